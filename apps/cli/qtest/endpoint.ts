import { existsSync, lstatSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { InputError, systemReason } from '../input-error.ts';

/** Where a protocol is spoken: `unix:PATH[,server=on][,wait=off]`, `tcp:HOST:PORT`, `stdio`. */
export interface EndpointAddress {
  readonly text: string;
  readonly kind: 'unix' | 'tcp' | 'stdio';
  readonly path: string;
  readonly host: string;
  readonly port: number;
  /** It waits for somebody to connect; else it connects. */
  readonly server: boolean;
}

/** Reads an address as QEMU writes it. @throws InputError */
export function endpointAddress(option: string, text: string): EndpointAddress {
  const [where, ...words] = text.split(',');
  const on = (name: string): boolean => words.some((w) => w === name || w === `${name}=on` || w === `${name}=yes`);
  const stranger = words.find((w) => !/^(no)?(server|wait|delay)(=(on|off|yes|no))?$/.test(w));
  if (stranger !== undefined) throw new InputError(`${option} '${text}': '${stranger}' is not known`);
  const base = { text, path: '', host: '', port: 0, server: on('server') };
  if (where === 'stdio') return { ...base, kind: 'stdio' };
  const unix = /^unix:(.+)$/.exec(where);
  if (unix !== null) return { ...base, kind: 'unix', path: unix[1] };
  const tcp = /^tcp:([^:]*):(\d+)$/.exec(where);
  if (tcp !== null && Number(tcp[2]) < 65536)
    return { ...base, kind: 'tcp', host: loopback(option, tcp[1]), port: Number(tcp[2]) };
  throw new InputError(`${option} '${text}' is no address; write unix:PATH, tcp:127.0.0.1:PORT or stdio`);
}

/** Who can connect can read and write files that were given: nobody else's machine may. */
function loopback(option: string, host: string): string {
  if (host === '' || host === 'localhost' || host === '127.0.0.1' || host === '::1') return host || '127.0.0.1';
  throw new InputError(`${option}: '${host}' is not this machine; use 127.0.0.1, or a Unix socket`);
}

/** A connection: text to send, and its end. */
export interface Peer {
  send(text: string): void;
  close(): void;
}

/** What is done with a connection. */
export interface Conversation {
  /** A piece of text has come; false: nothing more is read, the connection is closed. */
  text(piece: string): boolean;
  closed(): void;
}

/**
 * Opens an endpoint. A server takes one connection at a time, and the next when it has ended.
 * @param talk called for each connection
 * @returns how to close it
 * @throws InputError if it cannot be opened
 */
export async function openEndpoint(
  option: string, address: EndpointAddress, talk: (peer: Peer) => Conversation,
): Promise<() => void> {
  if (address.kind === 'stdio') return overStdio(talk);
  const place = address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port };
  const failed = (error: unknown): InputError =>
    new InputError(`${option} ${address.text}: ${connectReason(error)}`);
  if (!address.server) {
    const socket = connect(place);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () => resolve()).once('error', (error) => reject(failed(error)));
    });
    converse(socket, talk);
    return () => socket.destroySoon();
  }
  if (address.kind === 'unix') removeStale(option, address.path);
  const server: Server = createServer({ pauseOnConnect: true });
  server.maxConnections = 1;
  let current: Socket | null = null;
  server.on('connection', (socket) => {
    current = socket;
    socket.on('close', () => { current = null; });
    converse(socket, talk);
    socket.resume();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('listening', () => resolve()).once('error', (error) => reject(failed(error)));
    server.listen(place);
  });
  return () => {
    current?.destroySoon();
    server.close();
  };
}

function connectReason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ECONNREFUSED') return 'nobody listens there';
  if (code === 'EADDRINUSE') return 'somebody listens there already';
  return systemReason(error);
}

/** A socket that a program left behind is in nobody's way; any other file is. */
function removeStale(option: string, path: string): void {
  if (!existsSync(path)) return;
  if (!lstatSync(path).isSocket()) throw new InputError(`${option} unix:${path}: a file is in its place`);
  rmSync(path, { force: true });
}

function converse(socket: Socket, talk: (peer: Peer) => Conversation): void {
  socket.setEncoding('latin1');
  const { text, closed } = talk({
    send: (t) => void (socket.destroyed || socket.write(t, 'latin1')),
    close: () => socket.end(),
  });
  socket.on('data', (piece: unknown) => {
    if (!text(String(piece))) socket.destroy();
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', closed);
}

function overStdio(talk: (peer: Peer) => Conversation): () => void {
  const { stdin, stdout } = process;
  stdin.setEncoding('latin1');
  const { text, closed } = talk({ send: (t) => void stdout.write(t, 'latin1'), close: () => stdin.destroy() });
  stdin.on('data', (piece) => {
    if (!text(String(piece))) stdin.destroy();
  });
  stdin.on('end', closed);
  return () => stdin.destroy();
}
