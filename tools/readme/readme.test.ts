/** The tables in README and docs are what the program prints today. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EXPERIMENTS } from '../../src/control/experiments/index.ts';
import { COMMAND, documents, printed, ROOT, tablesIn, withTables } from './tables.ts';

const tables = documents().flatMap((name) =>
  tablesIn(readFileSync(join(ROOT, name), 'utf8')).map((t) => [name, t.command, t.content] as const),
);

test.each(tables)('%s: %s', (_name, command, content) => {
  expect(content, `out of date: ${COMMAND}, then read the text around it`).toBe(printed(command));
});

test('README has a table', () => {
  expect(tables.some(([name]) => name === 'README.md')).toBe(true);
});

test('README lists every experiment with its question, in order', () => {
  const rows = [...readFileSync(join(ROOT, 'README.md'), 'utf8').matchAll(/^\| `([a-z0-9-]+)` \| (.+) \|$/gm)];
  expect(rows.map(([, name, question]) => ({ name, question })))
    .toEqual(EXPERIMENTS.map(({ name, question }) => ({ name, question })));
});

test('the book\'s index names every page and every experiment', () => {
  const index = readFileSync(join(ROOT, 'docs/book/README.md'), 'utf8');
  for (const page of readdirSync(join(ROOT, 'docs/book'))) {
    if (page !== 'README.md') expect(index).toContain(`(${page})`);
  }
  for (const { name } of EXPERIMENTS) expect(index).toMatch(new RegExp(`\`[^\`]*\\b${name}\\b`));
});

test('a table is replaced, other blocks are not', () => {
  const text = 'a\n<!-- compare x -->\n```text\nold\n```\nb\n```text\nmine\n```\n';
  expect(withTables(text, (command) => `${command}: $& new\n`)).toBe(
    'a\n<!-- compare x -->\n```text\ncompare x: $& new\n```\nb\n```text\nmine\n```\n',
  );
});
