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

/**
 * Serves a folder on the loopback interface, as a static host would.
 * @param port 0: any that is free
 * @param prefix path under which it stands: `/` or `/some/folder/`
 * @param headers sent with every answer
 */
export async function serveFolder(
  folder: string, port = 0, prefix = '/', headers: Readonly<Record<string, string>> = {},
): Promise<Served> {
  const server: Server = createServer((request, response) => {
    void (async () => {
      const path = decodeURIComponent(new URL(request.url ?? '/', 'http://host').pathname);
      if (!path.startsWith(prefix)) return void response.writeHead(404).end('not found');
      const inside = normalize(path.slice(prefix.length) || 'index.html');
      const name = inside.endsWith('/') ? `${inside}index.html` : inside;
      if (name.startsWith('..')) return void response.writeHead(404).end('not found');
      try {
        const body = await readFile(join(folder, name));
        response.writeHead(200, { 'content-type': TYPES[extname(name)] ?? 'application/octet-stream', ...headers });
        response.end(body);
      } catch {
        response.writeHead(404, headers).end('not found');
      }
    })();
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
