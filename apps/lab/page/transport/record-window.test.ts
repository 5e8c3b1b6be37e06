import type { Remote } from 'comlink';
import { expect, test } from 'vitest';
import type { TraceRecord } from '../../../../src/sim/trace/records.ts';
import type { TraceApi } from '../../protocol/trace.ts';
import { RecordWindow } from './record-window.ts';

/** Records from `first` on, one every 10 ticks: record n at 10 n. */
function traceOf(first: number, last: number, hold: Promise<void> = Promise.resolve()): Remote<TraceApi> {
  return {
    idAt: async (time: number) => {
      await hold;
      return Math.max(first, Math.ceil(time / 10));
    },
    records: async (from: number, count: number) => {
      const ids = Array.from({ length: count }, (_, n) => Math.max(first, from) + n).filter((id) => id <= last);
      return ids.map((id): TraceRecord => ({ kind: 'event', id, parent: 0, name: 'tick', time: 10 * id }));
    },
  } as unknown as Remote<TraceApi>;
}

/** What a window says of a time once it has answered. */
function known(window: RecordWindow, time: number, trace: Remote<TraceApi>, last: number): Promise<number> {
  return new Promise((resolve) => {
    const ask = (): void => {
      const record = window.at(time, trace, last, ask);
      if (record !== undefined) resolve(record?.id ?? 0);
    };
    ask();
  });
}

test('the last record that has begun, near and far, at the first and the last of those that are kept', async () => {
  const window = new RecordWindow(), trace = traceOf(500, 5000);
  for (const [time, id] of [[30_005, 3000], [30_010, 3001], [49_999, 4999], [60_000, 5000], [5000, 500], [10, 0]])
    expect(await known(window, time, trace, 60_000)).toBe(id);
});

test('a machine that is replaced while it is asked: its answer is not taken, the next one answers', async () => {
  const window = new RecordWindow();
  let release = (): void => {};
  const old = traceOf(1, 100, new Promise((resolve) => { release = resolve; }));
  expect(window.at(500, old, 1000, () => { throw new Error('of the machine before'); })).toBe(undefined);
  window.clear();
  expect(await known(window, 500, traceOf(50, 80), 1000)).toBe(50);
  release();
  await new Promise((resolve) => { setTimeout(resolve, 0); });
  expect(await known(window, 500, traceOf(50, 80), 1000)).toBe(50);
});
