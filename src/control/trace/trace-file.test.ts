/** The trace file: what is written is read back; what is damaged is refused in one line. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Trace, type TraceRecord } from '../../sim/trace.ts';
import { KIND_NAMES } from '../../sim/trace/kinds.ts';
import { recordOf } from '../../sim/trace/records.ts';
import { crc32 } from '../../bits/crc32.ts';
import { TraceFormatError, type TraceHeader } from './format.ts';
import { TraceReader } from './reader.ts';
import { RowFilter, type RowWish } from './row-filter.ts';
import { TraceWriter } from './writer.ts';

const HEADER: TraceHeader = { ticksPerSecond: 3e9, board: 'pc', generator: 'test 1', filter: '' };

interface Run { name: string; records: TraceRecord[] }

interface Read { header: TraceHeader | null; runs: Run[]; whole: boolean; dropped: number }

/** Reads a file given in pieces of `piece` bytes. */
function read(file: Uint8Array, piece = file.length): Read {
  const result: Read = { header: null, runs: [], whole: false, dropped: -1 };
  const reader = new TraceReader({
    header: (h) => { result.header = h; },
    run: (name) => { result.runs.push({ name, records: [] }); },
    records: ({ rows, ids, count, shapes, names }) => {
      for (let row = 0; row < count; row++)
        result.runs.at(-1)!.records.push(recordOf(ids[row], rows, row, shapes, names));
    },
    end: (dropped) => { result.dropped = dropped; },
  });
  for (let at = 0; at < file.length; at += piece) reader.push(file.subarray(at, at + piece));
  result.whole = reader.finish();
  return result;
}

/** Writes runs: for each, what makes its records. */
function write(
  runs: readonly { name: string; make: (trace: Trace) => void }[], filter: RowFilter | null = null,
): { file: Uint8Array; heard: Run[]; writer: TraceWriter } {
  const parts: Uint8Array[] = [];
  const writer = new TraceWriter(HEADER, filter, (bytes) => { parts.push(bytes.slice()); });
  const heard: Run[] = [];
  for (const { name, make } of runs) {
    const trace = new Trace();
    const records: TraceRecord[] = [];
    trace.listen((r) => records.push(r));
    trace.attach(writer.run(name, trace));
    make(trace);
    trace.flush();
    heard.push({ name, records: records.sort((a, b) => a.id - b.id) });
  }
  writer.finish();
  const file = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    file.set(p, at);
    at += p.length;
  }
  return { file, heard, writer };
}

interface Step {
  kind: number; who: string; what: string; size: number; flags: number; time: number; ticks: number;
  address: number; value: number; extra: number; inside: boolean; cause: number;
}

const names = fc.constantFrom('cpu0', 'ide.primary', 'ram', 'none', 'irq14', 'größe €', '\u{1f4be}', '');
const far = fc.oneof(fc.nat(300), fc.nat(2 ** 31 - 1), fc.constantFrom(2 ** 32 - 1, 2 ** 36 + 5, 2 ** 45 - 1));
const steps = fc.array(
  fc.record<Step>({
    kind: fc.nat(KIND_NAMES.length - 1), who: names, what: names,
    size: fc.constantFrom(0, 1, 2, 4, 8),
    flags: fc.nat(7),
    time: fc.oneof(fc.nat(1000), fc.nat(2 ** 40)),
    ticks: fc.nat(5000),
    address: far, value: far,
    extra: fc.oneof(far, fc.constant(-1)),
    inside: fc.boolean(),
    cause: fc.nat(50),
  }),
  { maxLength: 120 },
);

/** Makes the records of `list`; some contain the ones that follow, up to three deep. */
function replay(list: readonly Step[], trace: Trace): void {
  const open: (() => void)[] = [];
  for (const s of list) {
    const name = (text: string): number => trace.name(text);
    const kind = s.kind === KIND_NAMES.indexOf('note') ? 0 : s.kind;
    const shape = trace.shapes.number({
      kind, who: name(s.who), what: name(s.what), space: name('io'), size: s.size, flags: s.flags, type: 0,
      status: name('ok'),
    });
    if (s.inside && open.length < 3) {
      const before = trace.cause;
      const id = trace.open(s.time);
      open.push(() => trace.close(id, before, shape, s.ticks, s.address, s.value, s.extra));
    } else {
      trace.add(shape, Math.max(0, trace.cause - s.cause), s.time, s.address, s.value, s.extra);
      if (s.flags === 7) trace.note(s.time, s.who, 'odd', `${s.what} at ${s.time}`);
      if (s.cause > 25) open.pop()?.();
    }
  }
  while (open.length > 0) open.pop()!();
}

describe('what is written is read back', () => {
  test('any records, any runs, in pieces of any length', () => {
    fc.assert(
      fc.property(fc.array(steps, { maxLength: 3 }), fc.integer({ min: 1, max: 400 }), (runs, piece) => {
        const { file, heard, writer } = write(runs.map((list, n) => ({
          name: `run ${n}`, make: (trace) => replay(list, trace),
        })));
        const back = read(file, piece);
        expect(back).toEqual({ header: HEADER, runs: heard, whole: true, dropped: 0 });
        expect(writer.written).toBe(heard.reduce((n, r) => n + r.records.length, 0));
        expect(writer.bytes).toBe(file.length);
      }),
      { numRuns: 150 },
    );
  });

  test('by whoever asks for nothing but the records, or for nothing at all', () => {
    const make = (trace: Trace): void => void trace.mark(3, 'here');
    const { file } = write([{ name: 'one', make }, { name: 'two', make }]);
    let records = 0;
    for (const visitor of [{ records: () => void records++ }, {}]) {
      const reader = new TraceReader(visitor);
      reader.push(file);
      expect(reader.finish()).toBe(true);
    }
    expect(records).toBe(2);
  });

  test('more than a block, with records open across its end', () => {
    const make = (trace: Trace): void => {
      const shape = trace.shape(0, 'cpu0');
      for (let n = 0; n < 30_000; n++) {
        if (n % 7_000 === 100) {
          const id = trace.open(n);
          for (let k = 0; k < 6000; k++) trace.add(shape, trace.cause, n + k, 0x1f0, (n * k) & 0xffff, 0x100000);
          trace.close(id, 0, shape, 6000, 0x1f7, 1, 0x100004);
        } else trace.add(shape, 0, n, 0x1f0, (n * 7919) & 0xffff, 0x100000);
      }
    };
    const { file, heard } = write([{ name: 'long', make }]);
    const back = read(file, 65_536);
    expect(back.whole).toBe(true);
    expect(back.runs[0].records.length).toBe(heard[0].records.length);
    const [wanted, got] = [heard[0].records, back.runs[0].records];
    const different = got.findIndex((r, n) => JSON.stringify(r) !== JSON.stringify(wanted[n]));
    expect(different).toBe(-1);
    // A few bytes a record.
    expect(file.length / heard[0].records.length).toBeLessThan(5);
  });

  test('the same records give the same bytes', () => {
    const make = (trace: Trace): void => {
      for (let n = 0; n < 5000; n++) trace.add(trace.shape(n % 3, `p${n % 5}`), 0, n * 360, n * 64, n & 0xff, -1);
    };
    expect(Buffer.compare(write([{ name: 'a', make }]).file, write([{ name: 'a', make }]).file)).toBe(0);
  });
});

/** Two runs with a few hundred records and a note. */
const SMALL = write([
  {
    name: 'first',
    make: (trace) => {
      for (let n = 0; n < 100; n++) trace.add(trace.shape(0, 'cpu0'), n >> 1, n * 360, 0x1f0, n * 77, 0x1000);
      trace.note(99, 'ide', 'odd', 'a remark');
    },
  },
  { name: 'second', make: (trace) => void trace.add(trace.shape(3, 'timer'), 0, 5) },
]);

/** Reads a file that is not as it should be: nothing but TraceFormatError may come out. */
function attempt(file: Uint8Array): Read | string {
  try {
    return read(file);
  } catch (error) {
    if (error instanceof TraceFormatError) {
      expect(error.message).toMatch(/^[^\n]+$/);
      return error.message;
    }
    throw error;
  }
}

describe('a file that is cut', () => {
  test('at every byte: readable to the last whole block, or refused within its header', () => {
    const { file, heard } = SMALL;
    const all = heard.flatMap((r) => r.records);
    let most = 0;
    for (let length = 0; length < file.length; length++) {
      const r = attempt(file.subarray(0, length));
      if (typeof r === 'string') expect(r).toBe(length === 0 ? 'it is empty' : 'it is cut off within its header');
      else {
        expect(r.whole).toBe(false);
        const got = r.runs.flatMap((x) => x.records);
        expect(got).toEqual(all.slice(0, got.length));
        expect(got.length).toBeGreaterThanOrEqual(most);
        most = got.length;
      }
    }
    expect(most).toBe(all.length);
  });

  test('what stands behind the end is no part of it', () => {
    expect(attempt(Uint8Array.from([...SMALL.file, 0]))).toBe('there are bytes behind its end');
  });
});

describe('a damaged file', () => {
  test('one bit anywhere: refused, or cut', () => {
    const { file } = SMALL;
    for (let at = 0; at < file.length; at++) {
      const changed = file.slice();
      changed[at] ^= 1 << (at & 7);
      const r = attempt(changed);
      if (typeof r !== 'string') expect(r.whole).toBe(false);
    }
  });

  test('any bytes in a block whose checksum is right: refused, or read as something', () => {
    const { file } = SMALL;
    // The blocks begin behind the header.
    const view = new DataView(file.buffer);
    const starts: number[] = [];
    for (let at = 20 + view.getUint32(12, true); at + 9 < file.length - 16; at += 9 + view.getUint32(at + 1, true))
      starts.push(at);
    expect(starts.length).toBe(5);
    fc.assert(
      fc.property(
        fc.nat(starts.length - 1), fc.array(fc.tuple(fc.nat(1000), fc.nat(255)), { minLength: 1, maxLength: 8 }),
        (which, changes) => {
          const changed = file.slice(), start = starts[which];
          const w = new DataView(changed.buffer);
          const length = w.getUint32(start + 1, true);
          for (const [at, byte] of changes) changed[start + 9 + (at % length)] = byte;
          const body = changed.subarray(start + 9, start + 9 + length);
          w.setUint32(start + 5, crc32(body, crc32(changed.subarray(start, start + 5))), true);
          attempt(changed);
        },
      ),
      { numRuns: 3000 },
    );
  });

  test.each([
    ['another file', Buffer.from('{"northbridge-trace":2}'), 'it is no trace file (wrong magic)'],
    ['a text file with changed line ends', Buffer.from('NBTRAC\n\n'), 'it is no trace file (wrong magic)'],
    ['nothing', Buffer.alloc(0), 'it is empty'],
    ['another version', Buffer.from([...SMALL.file.subarray(0, 8), 2, 0, 0, 0, ...SMALL.file.subarray(12)]),
      'it has version 2, this program reads version 1'],
  ])('%s', (_, bytes, message) => {
    expect(attempt(bytes)).toBe(message);
  });
});

describe('filters', () => {
  const all: RowWish = { initiators: [], targets: [], ranges: [], kinds: [], from: null, until: null };
  const make = (trace: Trace): void => {
    const shape = (who: string, what: string): number => trace.shapes.number({
      kind: 0, who: trace.name(who), what: trace.name(what), space: trace.name('io'), size: 2, flags: 0, type: 0,
      status: trace.name('ok'),
    });
    for (let n = 0; n < 40; n++) {
      if (n === 10) trace.mark(n, 'begin');
      if (n === 30) trace.mark(n, 'end');
      const access = shape(n % 2 === 0 ? 'cpu0' : 'ide.primary', n % 4 < 2 ? 'com1.ports' : 'ram');
      trace.add(access, n >> 1, n, 0x100 + n, 5, -1);
    }
  };
  const kept = (wish: Partial<RowWish>): TraceRecord[] => {
    const { file, writer } = write([{ name: 'r', make }], new RowFilter({ ...all, ...wish }));
    const back = read(file);
    expect(back.whole).toBe(true);
    expect([back.dropped, writer.dropped]).toEqual([42 - writer.written, 42 - writer.written]);
    expect(back.runs[0].records.length).toBe(writer.written);
    return back.runs[0].records;
  };

  test('hold back transactions only, keep ids, and count what they drop', () => {
    expect(kept({}).length).toBe(42);
    const ide = kept({ initiators: ['ide'] });
    expect(ide.filter((r) => r.kind === 'transaction').length).toBe(20);
    expect(ide.filter((r) => r.kind === 'mark').map((r) => r.id)).toEqual([11, 32]);
    expect(kept({ initiators: ['ide'], targets: ['com1'] }).length).toBe(12);
    expect(kept({ ranges: [{ space: 'io', first: 0x101, last: 0x102 }] }).length).toBe(5);
    expect(kept({ ranges: [{ space: 'memory', first: 0x101, last: 0x102 }] }).length).toBe(2);
    expect(kept({ kinds: ['mark'] }).length).toBe(2);
  });

  test('a window between times or marks', () => {
    expect(kept({ from: { time: 5 }, until: { time: 8 } }).map((r) => r.id)).toEqual([6, 7, 8]);
    const between = kept({ from: { mark: 'begin' }, until: { mark: 'end' } });
    expect([between[0].id, between.at(-1)!.id, between.length]).toEqual([11, 32, 22]);
    expect(kept({ from: { mark: 'never' } }).length).toBe(0);
    expect(kept({ from: { mark: 'begin' }, until: { time: 12 } }).length).toBe(3);
  });
});
