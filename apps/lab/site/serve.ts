import { createServer, type Server } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.json': 'application/json', '.svg': 'image/svg+xml', '.wasm': 'application/wasm', '.png': 'image/png',
};

/** A site that is being served. */
export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

/** A file as it is sent. */
export interface ServedFile {
  readonly type: string;
  readonly body: string | Uint8Array;
}

/**
 * Serves a folder on the loopback interface, as a static host would.
 * @param port 0: any that is free
 * @param prefix path under which it stands: `/` or `/some/folder/`
 * @param headers sent with every answer
 */
export function serveFolder(
  folder: string, port = 0, prefix = '/', headers: Readonly<Record<string, string>> = {},
): Promise<Served> {
  return serveFiles(async (path) => {
    const inside = normalize(path || 'index.html');
    const name = inside.endsWith('/') ? `${inside}index.html` : inside;
    if (name.startsWith('..')) return null;
    try {
      return { type: TYPES[extname(name)] ?? 'application/octet-stream', body: await readFile(join(folder, name)) };
    } catch {
      return null;
    }
  }, port, prefix, headers);
}

/**
 * Serves files on the loopback interface; parameters as of `serveFolder`.
 * @param find the file at a path behind the prefix, or null
 */
export async function serveFiles(
  find: (path: string) => Promise<ServedFile | null>, port = 0, prefix = '/',
  headers: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const server: Server = createServer((request, response) => {
    (async () => {
      const path = decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname);
      const file = path.startsWith(prefix) ? await find(path.slice(prefix.length)) : null;
      if (file === null) return void response.writeHead(404, headers).end('not found');
      response.writeHead(200, { 'content-type': file.type, ...headers }).end(file.body);
    })().catch(() => response.writeHead(400, headers).end('bad request'));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
}
