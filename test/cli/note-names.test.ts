import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { NOTE_NAMES } from '../../src/sim/notes.ts';
import { RULE_NAMES } from '../../src/sim/forgive.ts';
import { EXITING, multibootElf } from './kernels.ts';
import { northbridge, scratch } from './northbridge.ts';

const SOURCE = fileURLToPath(new URL('../../src', import.meta.url));

const NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Names in the calls of `note` in a source text, without its comments and all other texts. */
function namesIn(source: string): string[] {
  const text = source.replace(/\/\/[^\n]*/g, '').replace(/`[^`]*`|"[^"\n]*"/g, '')
    .replace(/'([^'\n]*)'/g, (whole, inside: string) => (NAME.test(inside) ? whole : ''));
  return [...text.matchAll(/\bnote\(([^;]*?)\);/g)]
    .flatMap(([, args]) => [...args.matchAll(/'([^']*)'/g)].map((m) => m[1]));
}

test('the names of notes are those that the sources note, no more and no less', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.startsWith('testing'));
  const found = files.flatMap((name) => namesIn(readFileSync(join(SOURCE, name), 'utf8')));
  expect([...new Set([...found, ...RULE_NAMES])].sort()).toEqual(NOTE_NAMES);
});

test('--fail-note refuses a name that nobody notes', () => {
  const files = scratch();
  writeFileSync(files.path('passes.elf'), multibootElf(EXITING('ok', 0x10)));
  const r = northbridge(['test', files.path('passes.elf'), '--fail-note', 'ata-data-before-dr']);
  files.remove();
  expect(r).toMatchObject({ status: 2, stdout: '' });
  expect(r.stderr).toContain("unknown note 'ata-data-before-dr'; did you mean 'ata-data-before-drq'?");
});
