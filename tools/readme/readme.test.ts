/** The tables in README and docs are what the program prints today. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
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

test('a table is replaced, other blocks are not', () => {
  const text = 'a\n<!-- compare x -->\n```text\nold\n```\nb\n```text\nmine\n```\n';
  expect(withTables(text, (command) => `${command}: $& new\n`)).toBe(
    'a\n<!-- compare x -->\n```text\ncompare x: $& new\n```\nb\n```text\nmine\n```\n',
  );
});
