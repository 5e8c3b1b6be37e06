import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const root = new URL('../../', import.meta.url).pathname;
const readme = readFileSync(join(root, 'guest/images/README.md'), 'utf8');
const dir = mkdtempSync(join(tmpdir(), 'northbridge-examples-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** Whether the tool is the one that the images in the repository were built with. */
function recorded(tool: string): boolean {
  const version = spawnSync(tool, ['--version'], { encoding: 'utf8' }).stdout?.split('\n')[0];
  return version !== undefined && readme.includes(`- ${tool}: \`${version}\``);
}
writeFileSync(join(dir, 'probe.c'), 'int probe(void) { return 1; }\n');
const compiles = spawnSync('gcc', ['-m32', '-c', join(dir, 'probe.c'), '-o', join(dir, 'probe.o')]).status === 0;

test.skipIf(!compiles || !recorded('gcc') || !recorded('ld'))(
  'examples/forgotten-busy: the images are what its build.sh makes',
  () => {
    execFileSync(join(root, 'examples/forgotten-busy/build.sh'), [dir], { stdio: 'pipe' });
    for (const name of ['forgotten-busy.elf', 'waits.elf'])
      expect(readFileSync(join(dir, name)).equals(readFileSync(join(root, 'examples/forgotten-busy', name)))).toBe(true);
  },
);
