import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BOARDS } from '../../src/machine/boards/index.ts';
import { DEVICE_NAMES, deviceOf } from '../../src/machine/catalogue.ts';
import { COMMAND, fidelityPage, PAGE, ROOT, verifiedBy } from './page.ts';
import { proseOf } from './prose.ts';

test('docs/fidelity.md is what the models say today', () => {
  expect(readFileSync(join(ROOT, PAGE), 'utf8'), `out of date: ${COMMAND}`).toBe(fidelityPage());
});

test('every device is on the page, and every option of a board has a source', () => {
  const page = fidelityPage();
  for (const name of DEVICE_NAMES) expect(page).toContain(`\n### ${name}\n`);
  for (const b of BOARDS)
    for (const [name, row] of Object.entries(b.options)) expect(row.source, `${b.name} ${name}`).not.toBe('');
});

test.each(DEVICE_NAMES)('%s says what it leaves out', (name) => {
  const section = fidelityPage().split(`\n### ${name}\n`)[1]?.split('\n### ')[0] as string;
  expect(section).toMatch(/\n(Not modelled|Absent):\n- \S/);
  for (const f of deviceOf(name)?.describe()?.figures ?? []) expect(section).toContain(`| ${f.value} |`);
});

describe('what a README says', () => {
  test.each([
    ['## Not modelled\nA, B.\nC.\n\n## Deviations\n- d\n- e\n', 'A, B.\nC.', '- d\n- e'],
    ['Text. Not modelled: A;\nB.\n\nDeviations, with their reasons:\n- d\n  more\n\nNext', 'A;\nB.', '- d\n  more'],
    ['**Not modelled:** A.\n', 'A.', ''], ['Not modelled (`x.ts`): A.\n', 'A.', ''],
    ['nothing of the kind', '', ''],
  ])('%#', (text, notModelled, deviations) => expect(proseOf(text)).toEqual({ notModelled, deviations }));
});

test.each([
  ['ADR 0003, an assumption', 'nobody'], ['unverified: no figure known', 'nobody'], ['a choice', 'nobody'],
  ['calibration A7: 3.5 clocks', 'second-hand'], ['PCI 2.2 §4.2.3.1: 33⅓ MHz', 'document'],
])('%s: verified by %s', (source, by) => expect(verifiedBy(source)).toBe(by));
