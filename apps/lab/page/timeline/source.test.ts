import { expect, test } from 'vitest';
import type { Pane } from '../state/pane.ts';
import { tablesOf } from './source.ts';

test('two questions for the same names at once: each name once, at its number', async () => {
  const names = ['cpu0', 'ram', 'ide', 'pic'];
  let release = (): void => {};
  const gate = new Promise<void>((resolve) => { release = resolve; });
  const trace = {
    tables: async (from: number) => {
      await gate;
      return { names: names.slice(from), shapes: names.slice(from).map((_, who) => ({ who: who + from })) };
    },
  };
  const pane = { sheet: { peek: () => ({ board: {} }) }, remote: { trace } } as unknown as Pane;
  const sheet = pane.sheet.peek();
  Object.assign(pane, { sheet: { peek: () => sheet } });
  const both = [tablesOf(pane, 3, 3), tablesOf(pane, 3, 3)];
  release();
  for (const tables of await Promise.all(both)) {
    expect(tables.names).toEqual(names);
    expect(tables.shapes.map((s) => s.who)).toEqual([0, 1, 2, 3]);
  }
});
