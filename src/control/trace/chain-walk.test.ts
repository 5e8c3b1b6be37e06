/** Chains of causes in real runs, beside what a look at every record finds. */
import { beforeAll, describe, expect, test } from 'vitest';
import { TEST_KIT } from '../../../test/benches/experiment-bench.ts';
import type { TraceRecord } from '../../sim/trace/records.ts';
import { EXPERIMENTS } from '../experiments/index.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { jobOf } from '../experiments/job.ts';
import { Explorer } from '../explore/explorer.ts';
import { ChainFinder } from './chain.ts';
import type { Way } from './chain-walk.ts';
import { TraceReader } from './reader.ts';
import type { TraceStore } from './store.ts';

const RUNS = [
  ['disk-read', 'dma', { bytes: 262_144 }], ['ring-receive', 'rtl8139-ring', {}], ['ring-receive', 'e1000-rings', {}],
] as const;

function storeOf(name: string, method: string, values: Record<string, unknown>): TraceStore {
  const e = EXPERIMENTS.find((x) => x.name === name) as Experiment;
  const x = Explorer.trial(e, jobOf(e, { values, methods: [method] }), method, TEST_KIT, { engine: 'interpreter' });
  while (!x.over) x.advance(Infinity);
  return x.store;
}

/** Ids of the chain as `ChainFinder` has them, which looks at everything as often as it must. */
function foundByScan(store: TraceStore, root: number): number[] {
  const finder = new ChainFinder(root), header = { ticksPerSecond: 3e9, board: '', generator: '', filter: '' };
  for (let size = -1; finder.size > size;) {
    size = finder.size;
    const reader = new TraceReader({ records: (block) => finder.scan(block) });
    for (const piece of store.file(header, 'run')) reader.push(piece);
  }
  return [...finder.members()].filter((id) => id >= root).sort((a, b) => a - b);
}

describe.each(RUNS)('%s, %s', (name, method, values) => {
  let store: TraceStore, records: TraceRecord[];
  const at = (id: number): TraceRecord => records[id - 1];
  const walk = (id: number, way: Way): number => store.walk(id, way)?.id ?? 0;

  beforeAll(() => {
    store = storeOf(name, method, values);
    records = store.records(1, Infinity);
    expect(records.at(-1)?.id).toBe(records.length);
  });

  test('causes, effects, siblings and series are those that a look at every record finds', () => {
    const effects = new Map<number, number[]>();
    for (const r of records) if (r.parent !== 0) effects.set(r.parent, [...effects.get(r.parent) ?? [], r.id]);
    const after = new Map(records.flatMap((r) => (r.kind === 'request' && r.after !== 0 ? [[r.after, r.id]] : [])));
    for (let id = 1; id <= records.length; id += 7) {
      const r = at(id), of = effects.get(id) ?? [];
      expect(store.effects(id, Infinity)).toEqual({ ids: of, count: of.length });
      expect(walk(id, 'cause')).toBe(r.parent);
      const siblings = effects.get(r.parent) ?? [], own = siblings.indexOf(id);
      const series = r.kind === 'request' ? r.after : 0;
      expect(walk(id, 'next')).toBe(after.get(id) ?? siblings[own + 1] ?? 0);
      expect(walk(id, 'previous')).toBe(series !== 0 ? series : siblings[own - 1] ?? 0);
    }
  });

  test('a path has what a look at every record finds', () => {
    const request = store.seek(0, 1, { kinds: ['request'] })?.id ?? 0;
    const path = store.path(request), ids = [...path?.ids ?? []];
    expect(path?.cut).toBe(false);
    expect(ids).toEqual(foundByScan(store, ids[0]));
  });

  test('on and back go through the same records, and effect and cause along the main line', () => {
    const request = store.seek(0, 1, { kinds: ['request'] })?.id ?? 0;
    const { ids, main } = store.path(request) ?? { ids: [], main: [] };
    const some = [...ids].slice(0, 600);
    let id = some[0];
    const there = [id];
    while (there.length < some.length) there.push(id = walk(id, 'on'));
    expect(there).toEqual(some);
    const back = [id];
    while (back.length < some.length) back.push(id = walk(id, 'back'));
    expect(back).toEqual(some.toReversed());
    expect(walk(id, 'back')).toBe(0);
    for (let n = 0; n + 1 < Math.min(100, main.length); n++) {
      if (at(main[n + 1]).parent !== main[n]) continue;
      expect(walk(main[n], 'effect')).toBe(main[n + 1]);
      expect(walk(main[n + 1], 'cause')).toBe(main[n]);
    }
  });
});

test('a DMA read is walked from the command to the return of its handler', () => {
  const store = storeOf('disk-read', 'dma', { bytes: 65_536 });
  const command = store.walk(store.seek(0, 1, { kinds: ['request'] })?.id ?? 0, 'cause');
  expect(command).toMatchObject({ kind: 'transaction', target: 'ide.busmaster', write: true });
  const seen: string[] = [];
  const there: number[] = [];
  for (let r = command; r !== null; r = store.walk(r.id, 'on')) {
    there.push(r.id);
    const word = r.kind === 'transaction' ? (r.initiator === 'cpu0' ? 'register' : `burst of ${r.size}`)
      : r.kind === 'edge' ? `${r.line} ${r.level ? 'rises' : 'falls'}` : r.kind;
    if (!seen.includes(word)) seen.push(word);
    // As a page does that shows the chain of what it came to: the way does not change.
    store.path(r.id);
  }
  expect(seen).toEqual([
    'register', 'request', 'burst of 8', 'completion', 'event', 'burst of 64', 'ide.irq14 rises', 'irq14 rises',
    'pic.intr rises', 'acknowledge', 'pic.intr falls', 'handler', 'return',
  ]);
  const back: number[] = [];
  for (let r = store.record(there.at(-1) ?? 0); r !== null; r = store.walk(r.id, 'back')) back.push(r.id);
  expect(back).toEqual(there.toReversed());
});

test('equal links are gone over at once: from the command to its handler and back in a dozen steps', () => {
  const store = storeOf('disk-read', 'dma', { bytes: 65_536 });
  const wish = { kinds: ['transaction'], initiators: ['cpu0'], targets: ['ide.primary.command'] } as const;
  let command = store.seek(0, 1, wish);
  while (command?.kind === 'transaction' && !(command.write && command.value === 0xc8))
    command = store.seek(command.id, 1, wish);
  if (command === null) throw new Error('no READ DMA');
  const seen: TraceRecord[] = [command];
  for (let r: TraceRecord | null = command; r !== null && r.kind !== 'handler';)
    if ((r = store.walk(r.id, 'outcome')) !== null) seen.push(r);
  expect(seen.at(-1)?.kind).toBe('handler');
  expect(seen.length).toBeLessThan(12);
  let back = seen.at(-1) as TraceRecord, steps = 0;
  for (let r = store.walk(back.id, 'origin'); r !== null; steps++) {
    back = r;
    r = store.walk(back.id, 'origin');
  }
  expect(back.id).toBe(command.id);
  expect(steps).toBeLessThan(12);
});
