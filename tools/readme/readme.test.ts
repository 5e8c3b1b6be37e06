/** The tables in README and docs are what the program prints today. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { northbridge } from '../../apps/cli/program.ts';
import { EXPERIMENTS } from '../../src/control/experiments/index.ts';
import { BOARDS } from '../../src/machine/boards/index.ts';
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
    if (page !== 'README.md' && page.endsWith('.md')) expect(index).toContain(`(${page})`);
  }
  for (const { name } of EXPERIMENTS) expect(index).toMatch(new RegExp(`\`[^\`]*\\b${name}\\b`));
});

test('docs/command-line.md names every command, parameter of an experiment, and option of a board', async () => {
  const page = readFileSync(join(ROOT, 'docs/command-line.md'), 'utf8');
  const option = (key: string): string => `--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}`;
  const keys = [
    ...EXPERIMENTS.flatMap((e) => Object.keys(e.parameters)), ...BOARDS.flatMap((b) => Object.keys(b.options)),
  ];
  for (const key of keys) expect(page).toMatch(new RegExp(`${option(key)}(?![a-z0-9-])`));
  const { commands } = await northbridge(undefined, EXPERIMENTS);
  expect([keys.length > 80, commands.length > 10]).toEqual([true, true]);
  for (const command of commands) expect(page).toContain(`\`${command.name()}`);
});

test('a table is replaced, other blocks are not', () => {
  const text = 'a\n<!-- compare x -->\n```text\nold\n```\nb\n```text\nmine\n```\n';
  expect(withTables(text, (command) => `${command}: $& new\n`)).toBe(
    'a\n<!-- compare x -->\n```text\ncompare x: $& new\n```\nb\n```text\nmine\n```\n',
  );
});
