import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const TOOL = fileURLToPath(new URL('../../tools/check-layers.mjs', import.meta.url));

/** What the tool says about a tree of files. */
function check(files: Record<string, string>): { status: number | null; lines: string[] } {
  const root = mkdtempSync(join(tmpdir(), 'northbridge-layers-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const r = spawnSync(process.execPath, [TOOL, root], { encoding: 'utf8' });
    return { status: r.status, lines: r.stderr.trimEnd().split('\n') };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

test('what the rules allow passes', () => {
  expect(
    check({
      'src/sim/a.ts':
        "import { b } from '../bits/b.ts';\n// a Date in a comment, 'process' in a string\nexport const a " +
          "= b + 'console.log(Date.now())';\nexport const event = { process: 1 };\n",
      'src/sim/a.test.ts': "import { readFileSync } from 'node:fs';\nimport '../hw/x.ts';\nDate.now();\n",
      'src/bits/b.ts': "export const b = '';\n",
      'apps/cli/main.ts': "import { a } from '../../src/sim/a.ts';\nprocess.exit(Date.now());\n",
    }),
  ).toMatchObject({ status: 0 });
});

test.each([
  [
    'an upward import', 'src/sim/a.ts', "import type { X } from '../hw/x.ts';",
    'src/sim/a.ts:1: sim imports src/hw/x.ts',
  ],
  [
    "the processor's side sees devices", 'src/cpu/a.ts', "\nexport { x } from '../hw/x.ts';",
    'src/cpu/a.ts:2: cpu imports src/hw/x.ts',
  ],
  [
    "devices see the processor's side", 'src/hw/a.ts', "const x = await import('../cpu/x.ts');",
    'src/hw/a.ts:1: hw imports src/cpu/x.ts',
  ],
  [
    'an instruction set in the core', 'src/cpu/a.ts', "import { x } from '../arch/x86/x86.ts';",
    'src/cpu/a.ts:1: cpu imports src/arch/x86/x86.ts; of arch it may import isa.ts only',
  ],
  [
    'and in its tests', 'src/control/a.test.ts', "import { EAX } from '../arch/x86/state.ts';",
    'control imports src/arch/x86/state.ts',
  ],
  ['neighbours of one rank', 'src/mem/a.ts', "import '../irq/x.ts';", 'mem imports src/irq/x.ts'],
  ['a package', 'src/sim/a.ts', "import { readFileSync } from 'node:fs';", 'under src/ imports are relative'],
  ['a test runner beside the one file for it', 'src/testing/a.ts', "import { test } from 'vitest';", "imports 'vitest'"],
  ['an app', 'src/control/a.ts', "import { x } from '../../apps/cli/x.ts';", 'outside src/'],
  ['no extension', 'src/sim/a.ts', "import { x } from './x';", 'does not end in .ts'],
  ['wall clock', 'src/sim/a.ts', 'export const t = Date.now();', 'Date is not for src/'],
  ['a sine of the host\'s', 'src/hw/a.ts', 'export const s = Math.sin(1);', 'Math.sin is not for src/'],
  ['randomness', 'src/hw/a.ts', 'export const r = `${Math.random()}`;', 'Math.random is not for src/'],
  ['host', 'src/hw/a.ts', "console.log('x');", 'console is not for src/'],
  ['unknown layer', 'src/stuff/a.ts', 'export {};', 'src/stuff/ is no layer'],
  ['a file named for nothing', 'src/sim/utils.ts', 'export {};', "not 'utils'"],
  ['a very long file', 'apps/cli/a.ts', '\n'.repeat(601), '601 lines; the limit is 600'],
  ['a time limit of one test', 'test/a.test.ts', "test('x', () => {\n}, 60_000);\n", 'a time limit of one test'],
  ['a reference against the table', 'src/sim/tsconfig.json', '{"references":[{"path":"../hw"}]}', 'refers to hw'],
])('%s fails', (_name, path, text, message) => {
  const r = check({ [path]: text });
  expect(r.status).toBe(1);
  expect(r.lines[0]).toContain(message);
});

test('a long file is a warning', () => {
  const r = check({ 'src/sim/a.ts': '\n'.repeat(451) });
  expect(r).toMatchObject({ status: 0, lines: ['warning: src/sim/a.ts: 451 lines; split it by concern (about 300)'] });
});
