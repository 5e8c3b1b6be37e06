/**
 * The page as a site of its own on localhost: the bundled library, the page's script, the guests'
 * files.
 */
import { build } from 'esbuild';
import { serveFiles, type Served, type ServedFile } from '../../apps/lab/site/serve.ts';

const root = new URL('../../', import.meta.url).pathname;

export interface Site extends Served {
  /** Source files in the library's bundle, relative to the project. */
  libraryFiles: string[];
  /** Bytes of the page's script with the library in it. */
  pageBytes: number;
}

/** Where the guests' files are. */
const GUESTS = 'guests/';
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
  const files = new Map<string, ServedFile>([
    [
      '',
      {
        type: 'text/html',
        body: '<!doctype html><meta charset="utf-8"><title>Northbridge</title><script type="module" ' +
          'src="/page.js"></script>',
      },
    ],
    // Browsers ask for it; a 404 would be a complaint on the console.
    ['favicon.ico', { type: 'image/x-icon', body: '' }],
    ['page.js', { type: 'text/javascript', body: page.outputFiles[0].contents }],
  ]);
  const served = await serveFiles(async (path) => {
    const guest = path.startsWith(GUESTS) ? guests.get(path.slice(GUESTS.length)) : undefined;
    return guest === undefined ? files.get(path) ?? null : { type: 'application/octet-stream', body: guest };
  }, 0, '/', { 'content-security-policy': POLICY, 'cache-control': 'no-store' });
  return {
    ...served, libraryFiles: Object.keys(library.metafile.inputs), pageBytes: page.outputFiles[0].contents.length,
  };
}
