/** The lab as a static site: page, worker and everything that they load, in one folder. */
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Our guest programs as one module: name below guest/images → bytes. */
const guestImages: Plugin = {
  name: 'guest-images',
  setup(of) {
    of.onResolve({ filter: /^guest-images$/ }, () => ({ path: 'guest-images', namespace: 'guest-images' }));
    of.onLoad({ filter: /.*/, namespace: 'guest-images' }, () => {
      const folder = join(ROOT, 'guest/images');
      const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.elf')).sort();
      const list = files.map((f, n) => `${JSON.stringify(f.replaceAll('\\', '/').slice(0, -4))}: image${n}`);
      const imports = files.map((f, n) => `import image${n} from ${JSON.stringify(join(folder, f))};`);
      return {
        contents: `${imports.join('\n')}\nexport const images = { ${list.join(', ')} };`,
        loader: 'js', resolveDir: folder, watchFiles: files.map((f) => join(folder, f)),
      };
    });
  },
};

/** Writes the site into `folder`, which is made anew. */
export async function bundle(folder: string): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: { lab: 'apps/lab/page/main.tsx', worker: 'apps/lab/worker/main.ts', style: 'apps/lab/page/lab.css' },
    outdir: folder, entryNames: '[name]', chunkNames: 'part/[name]-[hash]', assetNames: 'part/[name]-[hash]',
    bundle: true, splitting: true, format: 'esm', platform: 'browser', target: 'es2022', minify: true, sourcemap: false,
    jsx: 'automatic', jsxImportSource: 'preact', logLevel: 'warning',
    loader: { '.elf': 'binary', '.wasm': 'file' }, plugins: [guestImages],
  });
  cpSync(join(ROOT, 'apps/lab/public'), folder, { recursive: true });
}
