/**
 * The page as a site of its own on localhost: the bundled library, the page's script, the guests'
 * files.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';

const root = new URL('../../', import.meta.url).pathname;

export interface Site {
  /** Where it is served. */
  url: string;
  /** Source files in the library's bundle, relative to the project. */
  libraryFiles: string[];
  /** Bytes of the page's script with the library in it. */
  pageBytes: number;
  close(): Promise<void>;
}

/** Nothing but the site's own scripts, and Wasm that they compile; no `eval`. */
const POLICY = 'default-src \'self\'; script-src \'self\' \'wasm-unsafe-eval\'';

/** Bundles and serves. `guests`: their files by name, looked up when they are asked for. */
export async function openSite(guests: ReadonlyMap<string, Uint8Array>): Promise<Site> {
  const options = {
    absWorkingDir: root, bundle: true, format: 'esm', platform: 'browser', target: 'es2022', write: false,
    metafile: true, logLevel: 'silent',
  } as const;
  const library = await build({ ...options, entryPoints: ['src/index.ts'] });
  const page = await build({ ...options, entryPoints: ['test/browser/page.ts'] });
  const files = new Map<string, { type: string; body: string | Uint8Array }>([
    [
      '/',
      {
        type: 'text/html',
        body: '<!doctype html><meta charset="utf-8"><title>Northbridge</title><script type="module" ' +
          'src="/page.js"></script>',
      },
    ],
    // Browsers ask for it; a 404 would be a complaint on the console.
    ['/favicon.ico', { type: 'image/x-icon', body: '' }],
    ['/page.js', { type: 'text/javascript', body: page.outputFiles[0].contents }],
  ]);
  const server: Server = createServer((request, response) => {
    const url = request.url ?? '';
    const guest = guests.get(url.slice('/guests/'.length));
    const file = guest === undefined ? files.get(url) : { type: 'application/octet-stream', body: guest };
    if (file === undefined) {
      response.writeHead(404).end();
      return;
    }
    response
      .writeHead(200, { 'content-type': file.type, 'content-security-policy': POLICY, 'cache-control': 'no-store' })
      .end(file.body);
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    libraryFiles: Object.keys(library.metafile.inputs),
    pageBytes: page.outputFiles[0].contents.length,
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(() => resolve());
    }),
  };
}
