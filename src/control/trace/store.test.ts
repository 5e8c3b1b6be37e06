import { assert, constantFrom, array, integer, property, record, type Arbitrary } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Trace } from '../../sim/trace.ts';
import { KIND } from '../../sim/trace/kinds.ts';
import type { TraceRecord } from '../../sim/trace/records.ts';
import type { TraceHeader } from './format.ts';
import { TraceReader } from './reader.ts';
import { recordOf } from '../../sim/trace/records.ts';
import type { RecordWish } from './seek.ts';
import { TraceStore, type StoreOptions } from './store.ts';

const HEADER: TraceHeader = { ticksPerSecond: 3e9, board: 'pc', generator: 'test', filter: '' };

/** One thing that happens. */
interface Step {
  who: string;
  what: string;
  kind: 'access' | 'burst' | 'request' | 'complete' | 'edge' | 'event';
  pause: number;
  ticks: number;
}

const STEP: Arbitrary<Step> = record({
  who: constantFrom('cpu0', 'ide.bm', 'nic.dma'), what: constantFrom('ram', 'ide', 'none'),
  kind: constantFrom('access', 'access', 'access', 'burst', 'request', 'complete', 'edge', 'event'),
  pause: integer({ min: 0, max: 40 }), ticks: integer({ min: 0, max: 30 }),
});

/** A store beside a plain list of what was recorded. */
class Bench {
  readonly trace = new Trace();
  readonly store: TraceStore;
  readonly records: TraceRecord[] = [];
  time = 0;
  private readonly requests: { id: number; port: string }[] = [];
  private level = 0;

  constructor(options: StoreOptions = {}) {
    this.store = new TraceStore(options);
    this.store.attach(this.trace);
    this.trace.listen((r) => this.records.push(r));
  }

  run(steps: readonly Step[], times = 1): void {
    for (let n = 0; n < times; n++) for (const s of steps) this.step(s);
    this.trace.flush();
    this.records.sort((a, b) => a.id - b.id);
  }

  private step({ who, what, kind, pause, ticks }: Step): void {
    const { trace } = this;
    this.time += pause;
    const shape = (of: number, size = 0): number => trace.shapes.number({
      kind: of, who: trace.name(who), what: of === KIND.TRANSACTION ? trace.name(what) : 0, space: trace.name('memory'),
      size, flags: 0, type: 0, status: 0,
    });
    const last = this.requests[this.requests.length - 1]?.id ?? 0;
    switch (kind) {
      case 'access': case 'burst': {
        const id = trace.open(this.time);
        trace.close(id, 0, shape(KIND.TRANSACTION, kind === 'access' ? 4 : 0), ticks, 16 * pause, 64, -1);
        this.time += ticks;
        break;
      }
      case 'request':
        this.requests.push({ id: trace.add(shape(KIND.REQUEST), 0, this.time, 0x1000, 64, last), port: who });
        break;
      case 'complete':
        for (const { id, port } of this.requests.splice(-1))
          trace.add(trace.shape(KIND.COMPLETION, port), id, this.time, 0, 64);
        break;
      case 'edge':
        trace.add(trace.shape(KIND.EDGE, 'irq'), last, this.time, 0, (this.level ^= 1));
        break;
      default:
        trace.add(trace.shape(KIND.EVENT, who), last, this.time);
    }
  }

  /** What the store holds, by way of a file. */
  fromFile(): TraceRecord[] {
    const found: TraceRecord[] = [];
    const reader = new TraceReader({
      records: ({ rows, ids, count, shapes, names }) => {
        for (let row = 0; row < count; row++) found.push(recordOf(ids[row], rows, row, shapes, names));
      },
    });
    for (const piece of this.store.file(HEADER, 'run')) reader.push(piece);
    expect(reader.finish()).toBe(true);
    return found;
  }
}

/** A span of the model. */
interface ModelSpan { id: number; start: number; end: number }

function modelLane(records: readonly TraceRecord[], key: string): ModelSpan[] {
  return records.flatMap((r) => {
    if (r.kind === 'event') return key === `event:${r.name}` ? [{ id: r.id, start: r.time, end: r.time }] : [];
    if (r.kind !== 'transaction') return [];
    return key === `initiator:${r.initiator}` || key === `target:${r.target}`
      ? [{ id: r.id, start: r.start, end: r.end }]
      : [];
  });
}

function busyIn(spans: readonly ModelSpan[], from: number, to: number): number {
  let busy = 0, reach = from;
  for (const { start, end } of spans) {
    const a = Math.max(start, reach), b = Math.min(end, to);
    if (b > a) {
      busy += b - a;
      reach = b;
    }
  }
  return busy;
}

/** Spans that end with a record of their own. */
function modelPairs(records: readonly TraceRecord[], key: string, now: number): ModelSpan[] {
  const ends = new Map<number, number>();
  for (const r of records) if (r.kind === 'completion') ends.set(r.parent, r.time);
  const edges = records.flatMap((r) => (r.kind === 'edge' ? [r] : []));
  if (key === 'line:irq')
    return edges.flatMap((r, n) => (r.level ? [{ id: r.id, start: r.time, end: edges[n + 1]?.time ?? now }] : []));
  return records.flatMap((r) =>
    (r.kind === 'request' && key === `request:${r.port}`
      ? [{ id: r.id, start: r.time, end: ends.get(r.id) ?? now }]
      : []));
}

const PAIRED = ['request:cpu0', 'request:nic.dma', 'line:irq'];
const KEYS = ['initiator:cpu0', 'initiator:ide.bm', 'target:ram', 'target:none', 'event:cpu0'];

describe('records', () => {
  test('are those that were recorded, one by one, from an id on, in a file', () => {
    assert(property(array(STEP, { minLength: 1, maxLength: 60 }), integer({ min: 1, max: 300 }), (steps, times) => {
      const b = new Bench();
      b.run(steps, times);
      expect(b.store.last).toBe(b.records.length);
      for (const r of b.records.filter((_, n) => n % 97 === 0)) expect(b.store.record(r.id)).toEqual(r);
      const from = Math.ceil(b.records.length / 3);
      expect(b.store.records(from, 50)).toEqual(b.records.slice(from - 1, from + 49));
      expect(b.fromFile()).toEqual(b.records);
      // Once more, with all of it encoded.
      expect(b.store.records(1, 20)).toEqual(b.records.slice(0, 20));
    }), { numRuns: 20 });
  });

  test('are given block by block up to one, while more come and the oldest go', () => {
    const step: Step = { who: 'cpu0', what: 'ram', kind: 'access', pause: 7, ticks: 5 };
    const b = new Bench({ limit: 1_000_000 });
    b.run([step], 9000);
    const last = b.store.latest(), ids: number[] = [];
    for (const { ids: of, count } of b.store.each(last)) {
      ids.push(...of.subarray(0, count));
      b.run([step], 2000);
    }
    expect(ids.at(-1)).toBe(last);
    expect(ids).toEqual(ids.toSorted((x, y) => x - y));
    expect(new Set(ids).size).toBe(ids.length);
    expect([...new TraceStore().each(new TraceStore().latest())]).toEqual([]);
  });

  test('are found by their time', () => {
    assert(property(array(STEP, { minLength: 1, maxLength: 60 }), integer({ min: 0, max: 1000 }), (steps, part) => {
      const b = new Bench();
      b.run(steps, 200);
      const time = Math.floor((b.time * part) / 900);
      const first = b.records.find((r) => (r.kind === 'transaction' ? r.start : r.time) >= time);
      expect(b.store.idAt(time)).toBe(first?.id ?? b.records.length + 1);
    }), { numRuns: 30 });
  });
});

describe('windows', () => {
  test('give the spans that touch them', () => {
    assert(property(
      array(STEP, { minLength: 5, maxLength: 60 }), integer({ min: 0, max: 1000 }), integer({ min: 1, max: 2000 }),
      (steps, part, width) => {
        const b = new Bench();
        b.run(steps, 150);
        const from = Math.floor((b.time * part) / 1000), to = from + width;
        for (const lane of b.store.window({ lanes: KEYS, from, to, pixels: 10, most: 1e6 }).lanes) {
          const touching = modelLane(b.records, lane.key)
            .filter((s) => s.start < to && (s.end > from || s.start >= from));
          expect([...lane.spans?.ids ?? []]).toEqual(touching.map((s) => s.id));
          expect([...lane.spans?.ends ?? []]).toEqual(touching.map((s) => s.end));
        }
      },
    ), { numRuns: 40 });
  });

  test('give by the pixel how much of it is busy, and what begins in it', () => {
    assert(property(
      array(STEP, { minLength: 5, maxLength: 60 }), integer({ min: 0, max: 900 }), integer({ min: 50, max: 1000 }),
      (steps, part, share) => {
        const b = new Bench();
        b.run(steps, 100);
        const from = Math.floor((b.time * part) / 1000), to = from + Math.max(1, Math.floor((b.time * share) / 1000));
        const pixels = 37;
        for (const lane of b.store.window({ lanes: KEYS, from, to, pixels, most: 0 }).lanes) {
          const spans = modelLane(b.records, lane.key), width = (to - from) / pixels;
          if (lane.pixels === null) continue;
          for (let p = 0; p < pixels; p++) {
            const a = from + p * width, z = p + 1 === pixels ? to : from + (p + 1) * width;
            const busy = busyIn(spans, a, z) / width;
            expect(Math.abs(lane.pixels.coverage[p] - 255 * busy)).toBeLessThan(1.01);
            expect(lane.pixels.counts[p]).toBe(spans.filter((s) => s.start >= a && s.start < z).length);
          }
        }
      },
    ), { numRuns: 30 });
  });

  test('of a lane with many spans agree with it to the length of a group', () => {
    const b = new Bench();
    const access: Step = { who: 'cpu0', what: 'ram', kind: 'access', pause: 7, ticks: 5 };
    b.run([access], 30_000);
    b.run([{ ...access, pause: 3_000_000 }, ...Array.from({ length: 9 }, () => access)], 5_000);
    const key = 'initiator:cpu0', spans = modelLane(b.records, key);
    const from = 100_003, to = b.time - 100_001, pixels = 1000, width = (to - from) / pixels;
    const { pixels: row } = b.store.window({ lanes: [key], from, to, pixels }).lanes[0];
    let count = 0;
    for (let p = 0; p < pixels; p++) {
      const a = from + p * width, busy = busyIn(spans, a, a + width) / width;
      expect(Math.abs((row?.coverage[p] ?? 0) - 255 * busy)).toBeLessThan(2);
      count += row?.counts[p] ?? 0;
    }
    expect(Math.abs(count - spans.filter((s) => s.start >= from && s.start < to).length)).toBeLessThan(16);
    // Within it the spans are exact again.
    const at = spans[40_000].start - 50, near = b.store.window({ lanes: [key], from: at, to: at + 2000, pixels: 100 });
    expect([...near.lanes[0].spans?.ids ?? []])
      .toEqual(spans.filter((s) => s.start < at + 2000 && s.end > at).map((s) => s.id));
  });
});

describe('spans that end with a record of their own', () => {
  test.each([['few', 20], ['many', 2500]])('%s: requests and lines in a window', (_, times) => {
    assert(property(
      array(STEP, { minLength: 20, maxLength: 60 }), integer({ min: 0, max: 1000 }), integer({ min: 1, max: 3000 }),
      (steps, part, width) => {
        const b = new Bench();
        // What is not completed soon is given up: one request at a time, each port its own.
        b.run(steps.flatMap((s): Step[] => (s.kind === 'request' ? [s, { ...s, kind: 'complete' }] : [s])), times);
        const from = Math.floor((b.time * part) / 1000), to = from + width;
        for (const lane of b.store.window({ lanes: PAIRED, from, to, pixels: 10, most: 1e6 }).lanes) {
          const touching = modelPairs(b.records, lane.key, Infinity)
            .filter((s) => s.start < to && (s.end > from || s.start >= from));
          expect([...lane.spans?.ids ?? []]).toEqual(touching.map((s) => s.id));
          expect([...lane.spans?.ends ?? []]).toEqual(touching.map((s) => s.end));
        }
      },
    ), { numRuns: times > 100 ? 3 : 30, endOnFailure: true });
  });
});

describe('edges', () => {
  test('the nearest one, and the nearest before and after', () => {
    assert(property(array(STEP, { minLength: 5, maxLength: 60 }), integer({ min: 0, max: 1000 }), (steps, part) => {
      const b = new Bench();
      b.run(steps.flatMap((s): Step[] => (s.kind === 'request' ? [s, { ...s, kind: 'complete' }] : [s])), 50);
      const time = Math.floor((b.time * part) / 1000);
      for (const key of [...KEYS, ...PAIRED]) {
        const spans = [...modelLane(b.records, key), ...modelPairs(b.records, key, Infinity)];
        const times = spans.flatMap((s) => [s.start, s.end]).filter((t) => t !== Infinity);
        const best = (of: number[]): number | undefined =>
          (of.length === 0 ? undefined : Math.min(...of.map((t) => Math.abs(t - time))));
        const away = (side: 'nearest' | 'before' | 'after'): number | undefined => {
          const edge = b.store.edge(key, time, side);
          return edge === null ? undefined : Math.abs(edge.time - time);
        };
        expect([key, away('nearest')]).toEqual([key, best(times)]);
        expect([key, away('before')]).toEqual([key, best(times.filter((t) => t < time))]);
        expect([key, away('after')]).toEqual([key, best(times.filter((t) => t > time))]);
      }
    }), { numRuns: 40, endOnFailure: true });
  });
});

describe('what is not kept', () => {
  const access: Step = { who: 'cpu0', what: 'ram', kind: 'access', pause: 7, ticks: 5 };
  const LANE = 'initiator:cpu0';

  test('a limit holds for what is known of records, too, however little their bytes are', () => {
    const b = new Bench({ limit: 2_000_000 });
    b.run([access], 500_000);
    const { records, dropped, bytes } = b.store.sums();
    expect(dropped).toBeGreaterThan(300_000);
    expect(12 * records + bytes).toBeLessThan(2_200_000);
  });

  test('a limit in bytes drops the oldest records, and says so', () => {
    assert(property(array(STEP, { minLength: 10, maxLength: 60 }), integer({ min: 4, max: 40 }), (steps, size) => {
      const b = new Bench({ limit: size * 15_000 });
      b.run(steps, 2000);
      const sums = b.store.sums();
      expect(sums.first).toBe(sums.dropped + 1);
      expect(sums.records).toBe(b.records.length - sums.dropped);
      const kept = b.records.slice(sums.dropped);
      expect(b.store.record(sums.dropped)).toBeNull();
      expect(b.fromFile()).toEqual(kept);
      if (sums.dropped === 0) return;
      const [gap] = b.store.gaps(), [first] = kept;
      expect(gap).toEqual({ from: 0, to: first.kind === 'transaction' ? first.start : first.time, why: 'limit' });
      // Lanes begin where the records do, but for what is left of a group.
      const count = b.store.lanes().find((l) => l.key === LANE)?.count ?? 0;
      const left = kept.filter((r) => r.kind === 'transaction' && r.initiator === 'cpu0').length;
      expect(count - left).toBeGreaterThanOrEqual(0);
      expect(count - left).toBeLessThan(8);
    }), { numRuns: 6, endOnFailure: true });
  });

  test('recording off and on again: a gap, no cause from before it, nothing made in between', () => {
    const b = new Bench(), { trace, store } = b;
    b.run([access], 10);
    const request = trace.add(trace.shape(KIND.REQUEST, 'p'), 0, b.time);
    const off = b.time;
    store.setRecording(false, off);
    expect(store.gaps()).toEqual([{ from: off, to: Infinity, why: 'off' }]);
    b.run([access], 10);
    const on = b.time;
    store.setRecording(true, on);
    expect(store.gaps()).toEqual([{ from: off, to: on, why: 'off' }]);
    trace.add(trace.shape(KIND.COMPLETION, 'p'), request, b.time);
    trace.flush();
    expect(store.record(store.last)).toMatchObject({ kind: 'completion', parent: 0 });
    expect(store.records(1, 100).length).toBe(12);
    // The request was not seen to end: it stands to where recording stopped.
    const [lane] = store.window({ lanes: ['request:p'], from: 0, to: on + 1, pixels: 10 }).lanes;
    expect([...lane.spans?.ends ?? []]).toEqual([off]);
    expect(b.fromFile().length).toBe(12);
  });

  test('with nobody else there, a trace that is switched off makes no records', () => {
    const trace = new Trace(), store = new TraceStore();
    store.attach(trace);
    expect(trace.enabled).toBe(true);
    store.setRecording(false, 5);
    expect(trace.enabled).toBe(false);
    store.setRecording(true, 6);
    expect(trace.enabled).toBe(true);
  });

  test('a trigger keeps what was shortly before it, and all that follows', () => {
    const b = new Bench();
    const wish = { initiators: [], targets: ['ide'], ranges: [], kinds: ['transaction'], from: null, until: null };
    b.run([access], 9000);
    b.store.arm(wish, 5000);
    b.run([access], 30_000);
    expect(b.store.sums()).toMatchObject({ armed: true });
    expect(b.store.last - b.store.first).toBeLessThan(5000 + 2 * 4096);
    const { first } = b.store;
    b.run([{ ...access, what: 'ide' }, ...Array.from({ length: 20_000 }, () => access)]);
    expect(b.store.sums()).toMatchObject({ armed: false, first });
    expect(b.store.gaps()).toMatchObject([{ from: 0, why: 'trigger' }]);
    expect(b.store.seek(0, 1, { targets: ['ide'] })?.id).toBe(39_001);
  });
});

test('a record that is wished for, after and before another one', () => {
  assert(property(
    array(STEP, { minLength: 5, maxLength: 60 }), integer({ min: 1, max: 1000 }),
    constantFrom<RecordWish>(
      { initiators: ['ide'] }, { targets: ['none'] }, { kinds: ['event', 'edge'] }, { lines: ['irq'] },
      { ranges: [{ space: 'memory', first: 0x100, last: 0x10f }] }, { write: true }, { names: ['nic'] },
    ),
    (steps, part, wish) => {
      const b = new Bench();
      b.run(steps, 100);
      const id = Math.ceil((b.records.length * part) / 1000);
      const fits = (r: TraceRecord): boolean => {
        if (wish.initiators) return (r.kind === 'transaction' && r.initiator === 'ide.bm') ||
          ((r.kind === 'request' || r.kind === 'completion') && r.port === 'ide.bm');
        if (wish.targets) return r.kind === 'transaction' && r.target === 'none';
        if (wish.kinds) return r.kind === 'event' || r.kind === 'edge';
        if (wish.lines) return r.kind === 'edge';
        if (wish.names) return r.kind === 'event' && r.name === 'nic.dma';
        if (wish.write !== undefined) return false;
        return r.kind === 'transaction' && r.address <= 0x10f && r.address + r.size > 0x100;
      };
      expect(b.store.seek(id, 1, wish)).toEqual(b.records.find((r) => r.id > id && fits(r)) ?? null);
      expect(b.store.seek(id, -1, wish)).toEqual(b.records.findLast((r) => r.id < id && fits(r)) ?? null);
    },
  ), { numRuns: 40 });
});
