import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseElf32 } from '../../src/machine/loader/elf32.ts';

const root = new URL('../../', import.meta.url).pathname;
/** A program is a folder with a main.c. */
const programs = (folder: string): string[] =>
  readdirSync(join(root, folder)).filter((name) => existsSync(join(root, folder, name, 'main.c')));
const images = programs('guest');
/** Those that run under Linux. */
const forLinux = programs('guest/linux').map((name) => `linux/${name}`);
const readme = readFileSync(join(root, 'guest/images/README.md'), 'utf8');
const recorded = (name: string): string =>
  new RegExp(`^- ${name}: \`(.+)\`$`, 'm').exec(readme)?.[1] ?? `no ${name} in guest/images/README.md`;

/** First line of a tool's version, or undefined if there is no such tool. */
function version(tool: string): string | undefined {
  const result = spawnSync(tool, ['--version'], { encoding: 'utf8' });
  return result.status === 0 ? result.stdout.split('\n')[0] : undefined;
}

function compiles32(dir: string): boolean {
  writeFileSync(join(dir, 'probe.c'), 'int probe(void) { return 1; }\n');
  return spawnSync('gcc', ['-m32', '-ffreestanding', '-c', 'probe.c', '-o', 'probe.o'], { cwd: dir }).status === 0;
}

const dir = mkdtempSync(join(tmpdir(), 'northbridge-rebuild-'));
const possible = compiles32(dir);
const same = possible && version('gcc') === recorded('gcc') && version('ld') === recorded('ld');
afterAll(() => { rmSync(dir, { recursive: true, force: true }); });

describe.skipIf(!possible)(`guest/build.sh with ${version('gcc')}`, () => {
  beforeAll(() => { execFileSync(join(root, 'guest/build.sh'), [dir], { stdio: 'pipe' }); });

  test.each(images)('%s builds into an image that our loader takes', (name) => {
    expect(parseElf32(new Uint8Array(readFileSync(join(dir, `${name}.elf`)))).segments[0].address).toBe(0x100000);
  });

  test.each(forLinux)('%s builds into a program for i386 Linux', (name) => {
    const { segments } = parseElf32(new Uint8Array(readFileSync(join(dir, `${name}.elf`))));
    expect(segments[0].address).toBe(0x8048000);
  });

  // Another compiler makes other bytes: then only the building is tested.
  test.skipIf(!same).each([...images, ...forLinux])(
    `%s equals the image in guest/images (needs ${recorded('gcc')}, ${recorded('ld')})`,
    (name) => {
      expect(readFileSync(join(dir, `${name}.elf`)).equals(readFileSync(join(root, `guest/images/${name}.elf`)))).toBe(
        true,
      );
    },
  );

  test('the multiboot header lies in the first 8 KiB of every image', () => {
    for (const name of images) {
      const at = readFileSync(join(dir, `${name}.elf`)).indexOf(Buffer.from([0x02, 0xb0, 0xad, 0x1b]));
      expect(at).toBeGreaterThan(0);
      expect(at).toBeLessThan(8192 - 12);
      expect(at % 4).toBe(0);
    }
  });

  test('no image tells where it was built', () => {
    for (const name of [...images, ...forLinux]) {
      const text = readFileSync(join(dir, `${name}.elf`)).toString('latin1');
      expect(text).not.toContain(root);
      expect(text).not.toMatch(/GCC:|\/tmp\//);
    }
  });
});
