/** The lab as a static site: page, worker and everything that they load, in one folder. */
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { glossaryModule } from './glossary.ts';
import { writeBook } from './book.ts';
import { guestImages } from './guest-images.ts';
import { emptySiteFolder } from './site-folder.ts';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Everything but the page itself has a hash of its contents in its name, and so never changes. */
const OPTIONS = {
  absWorkingDir: ROOT, bundle: true, format: 'esm', platform: 'browser', target: 'es2022', minify: true,
  entryNames: '[name]-[hash]', chunkNames: 'part/[name]-[hash]', assetNames: 'part/[name]-[hash]', splitting: true,
  jsx: 'automatic', jsxImportSource: 'preact', loader: { '.elf': 'binary', '.wasm': 'file' },
  logLevel: 'warning', metafile: true,
  // Of capstone, whose code for Node is not reached in a browser.
  external: ['node:fs'],
} as const satisfies BuildOptions;

/**
 * Writes the site into `folder`: a new one, an empty one, or an earlier site, which is made anew.
 * @throws SiteFolderError for any other
 */
export async function bundle(folder: string): Promise<void> {
  emptySiteFolder(folder);
  cpSync(join(ROOT, 'apps/lab/public'), folder, { recursive: true });
  const plugins = [guestImages(join(ROOT, 'guest/images')), glossaryModule(join(ROOT, 'GLOSSARY.md'))];
  const options = { ...OPTIONS, external: [...OPTIONS.external], outdir: folder, plugins };
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const worker = await build({
    ...options, entryPoints: { worker: 'apps/lab/worker/main.ts' },
    define: { PACKAGE_VERSION: JSON.stringify(version) },
    // Of linkedom, which goes without them.
    external: [...options.external, 'canvas', 'perf_hooks'],
  });
  const page = await build({
    ...options, entryPoints: { lab: 'apps/lab/page/main.tsx', style: 'apps/lab/page/lab.css' },
    define: { WORKER_FILE: JSON.stringify(`./${outputOf(worker.metafile, 'apps/lab/worker/main.ts', folder)}`) },
  });
  const index = join(folder, 'index.html');
  writeFileSync(index, readFileSync(index, 'utf8')
    .replace('lab.js', outputOf(page.metafile, 'apps/lab/page/main.tsx', folder))
    .replace('style.css', outputOf(page.metafile, 'apps/lab/page/lab.css', folder)));
  writeBook(folder, ROOT);
  await writeServiceWorker(folder);
}

/** The file that an entry point became, relative to the site. */
function outputOf({ outputs }: Metafile, entry: string, folder: string): string {
  const found = Object.entries(outputs).find(([, o]) => o.entryPoint === entry);
  if (found === undefined) throw new Error(`${entry} has no output`);
  return relative(folder, join(ROOT, found[0]));
}

/** Last of all: it names all other files. */
async function writeServiceWorker(folder: string): Promise<void> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((f) => f.isFile() && !f.name.startsWith('.'))
    .map((f) => relative(folder, join(f.parentPath, f.name)).replaceAll('\\', '/')).sort();
  const hash = createHash('sha256');
  for (const f of files) hash.update(f).update('\0').update(readFileSync(join(folder, f)));
  const addresses = ['./', ...files.filter((f) => f !== 'index.html').map((f) => `./${f}`)];
  await build({
    absWorkingDir: ROOT, entryPoints: { offline: 'apps/lab/offline/service-worker.ts' }, outdir: folder, bundle: true,
    format: 'iife', minify: true, target: 'es2022', logLevel: 'warning',
    define: { SITE_FILES: JSON.stringify(addresses), SITE_VERSION: JSON.stringify(hash.digest('hex').slice(0, 16)) },
  });
}
