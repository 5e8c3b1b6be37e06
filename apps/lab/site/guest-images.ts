import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/** Our guest programs as one module, `guest-images`: name below `folder` without `.elf` → bytes. */
export function guestImages(folder: string): Plugin {
  return {
    name: 'guest-images',
    setup(of) {
      of.onResolve({ filter: /^guest-images$/ }, () => ({ path: 'guest-images', namespace: 'guest-images' }));
      of.onLoad({ filter: /.*/, namespace: 'guest-images' }, () => {
        const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
          .filter((f) => f.endsWith('.elf')).map((f) => f.replaceAll('\\', '/')).sort();
        const imports = files.map((f, n) => `import image${n} from ${JSON.stringify(join(folder, f))};`);
        const names = files.map((f, n) => `${JSON.stringify(f.slice(0, -'.elf'.length))}: image${n}`);
        return {
          contents: `${imports.join('\n')}\nexport const images = { ${names.join(', ')} };`,
          loader: 'js', resolveDir: folder,
        };
      });
    },
  };
}
