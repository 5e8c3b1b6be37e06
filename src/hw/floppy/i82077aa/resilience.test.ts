import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FdcBench } from '../../../../test/benches/fdc-bench.ts';

const MS = 3e6, US = 3000;

describe('a snapshot in mid-transfer ends as the original does', () => {
  const read = (b: FdcBench): void => b.driver.give(...b.driver.address(0x46, 0, 0, 1, 18));
  const write = (b: FdcBench): void => b.driver.give(...b.driver.address(0x45, 0, 0, 1, 18));
  const format = (b: FdcBench): void => b.driver.give(0x4d, 0, 2, 18, 0x6c, 0xf6);
  const IDS = Uint8Array.from(Array.from({ length: 18 }, (_, k) => [0, 0, k + 1, 2]).flat());
  const BYTES = Uint8Array.from({ length: 9216 }, (_, k) => k * 11);

  test.each([
    ['read', read, 700, 9216], ['write', write, 1000, 9216], ['format', format, 9, 72],
  ] as const)('%s', (what, start, first, all) => {
    const serve = (b: FdcBench, from: number, to: number): Uint8Array => {
      if (what === 'read') return b.serveReads(to - from, to === all);
      b.serveWrites((what === 'write' ? BYTES : IDS).subarray(from, to), to === all);
      return new Uint8Array(0);
    };
    const a = new FdcBench(), b = new FdcBench();
    a.ready();
    a.driver.command(0x13, 0, 0x57, 0);
    start(a);
    serve(a, 0, first);
    b.load(a.save());
    const rest = serve(a, first, all);
    expect(serve(b, first, all)).toEqual(rest);
    expect(b.driver.result()).toEqual(a.driver.result());
    expect(b.scheduler.now).toBe(a.scheduler.now);
    expect(b.fdc.save()).toEqual(a.fdc.save());
    expect(b.image(0, 0, 1, 18)).toEqual(a.image(0, 0, 1, 18));
  });
});

describe('faults', () => {
  test('§4.2.5 nobody serves the request (channel masked): an overrun ends the command', () => {
    const b = new FdcBench(), d = b.ready();
    d.give(...d.address(0x46, 0, 0, 1, 18));
    b.run(2000 * MS);
    expect(b.dreq.level).toBe(false);
    expect(b.irq.level).toBe(true);
    expect(d.result()).toMatchObject({ st0: 0x40, st1: 0x10, r: 1 });
    expect(b.scheduler.nextTime).toBe(Infinity);
  });

  test('TC that is never reached: the command ends behind EOT with EN', () => {
    const b = new FdcBench(), d = b.ready();
    d.give(...d.address(0x46, 0, 0, 1, 2));
    expect(b.serveReads(2000, false, 500 * MS).length).toBe(1024);
    expect(d.result()).toMatchObject({ st0: 0x40, st1: 0x80 });
  });

  test('a reset in the middle of a sector that is being written leaves it damaged', () => {
    const b = new FdcBench(), d = b.ready(), before = b.image(0, 0, 1);
    d.give(...d.address(0x45, 0, 0, 1, 18));
    b.serveWrites(new Uint8Array(100), false);
    b.outb(0x3f2, 0x18);
    b.outb(0x3f2, 0x1c);
    b.run(MS);
    for (let k = 0; k < 4; k++) d.sense();
    expect(b.image(0, 0, 1)).toEqual(before);
    d.give(...d.address(0x46, 0, 0, 1, 18));
    b.serveReads(512, false);
    expect(d.result()).toMatchObject({ st0: 0x40, st1: 0x20, st2: 0x20, r: 1 });
  });

  test('§8.1 no disk: the command waits for index pulses until a reset', () => {
    const b = new FdcBench({ sectors: 0 }), d = b.ready();
    const notes = b.record();
    d.give(...d.address(0x46, 0, 0, 1, 18));
    b.run(5000 * MS);
    expect(b.inb(0x3f4)).toBe(0x50);
    expect(notes.text()).toContain('fdc-no-index');
    b.outb(0x3f4, 0x80);
    expect(b.inb(0x3f4)).toBe(0x80);
  });

  test('forgiven: no disk ends the command, no motor is needed', () => {
    const b = new FdcBench({ sectors: 0 });
    b.forgiven = new Set(['fdc-no-disk', 'fdc-drive-not-selected']);
    b.outb(0x3f2, 0x0c);
    b.run(MS);
    b.driver.give(...b.driver.address(0x46, 0, 0, 1, 18));
    expect(b.driver.result()).toMatchObject({ st0: 0x40, st1: 0x05 });
    const c = new FdcBench();
    c.forgiven = b.forgiven;
    c.outb(0x3f2, 0x0c);
    c.outb(0x3f7, 0);
    c.run(MS);
    c.driver.give(...c.driver.address(0x46, 0, 0, 1, 18));
    expect(c.serveReads(512)).toEqual(c.image(0, 0, 1));
  });

  test('the motor goes off in mid-transfer and on again: the command finds its sector again', () => {
    const b = new FdcBench(), d = b.ready();
    d.give(...d.address(0x46, 0, 0, 1, 18));
    b.serveReads(100, false);
    b.outb(0x3f2, 0x0c);
    b.run(100 * MS);
    b.outb(0x3f2, 0x1c);
    expect(b.until(() => b.dreq.level, 1000 * MS)).toBe(true);
  });

  test('the motor goes off while a track is formatted and on again: the track begins anew at an index', () => {
    const b = new FdcBench(), d = b.ready();
    d.give(0x4d, 0, 2, 18, 0x6c, 0xf6);
    const ids = Uint8Array.from(Array.from({ length: 18 }, (_, k) => [0, 0, k + 1, 2]).flat());
    b.serveWrites(ids.subarray(0, 22), false);
    b.outb(0x3f2, 0x0c);
    b.run(700 * MS);
    b.outb(0x3f2, 0x1c);
    b.serveWrites(ids.subarray(22), false);
    // What was given before the stop is lacking at the end.
    expect(d.result()).toMatchObject({ st0: 0x40, st1: 0x10 });
    expect(b.scheduler.nextTime).toBe(Infinity);
  });

  test('another drive is selected while a track is formatted: the track begins anew', () => {
    const b = new FdcBench(), d = b.ready();
    d.give(0x4d, 0, 2, 18, 0x6c, 0xf6);
    const ids = Uint8Array.from(Array.from({ length: 18 }, (_, k) => [0, 0, k + 1, 2]).flat());
    b.serveWrites(ids.subarray(0, 22), false);
    b.outb(0x3f2, 0x1d);
    b.run(20 * MS);
    b.outb(0x3f2, 0x1c);
    b.serveWrites(ids.subarray(22), false);
    expect(d.result()).toMatchObject({ st0: 0x40, st1: 0x10 });
  });

  test('§5.1 an implied seek of a drive that still seeks by command ends its busy bit', () => {
    const b = new FdcBench(), d = b.ready();
    d.command(0x13, 0, 0x57, 0);
    d.give(0x0f, 0, 40);
    d.give(...d.address(0x46, 2, 0, 1, 18));
    expect(b.serveReads(512)).toEqual(b.image(2, 0, 1));
    d.result();
    b.run(500 * MS);
    expect(b.inb(0x3f4)).toBe(0x80);
  });

  test('TC between two sectors ends the command there: the next sector is named, and not read', () => {
    const b = new FdcBench(), d = b.ready();
    d.command(0x13, 0, 0x57, 0);
    d.give(...d.address(0x46, 0, 0, 1, 18));
    b.serveReads(511, false);
    // The last byte stays in the FIFO until the gap before sector 2 is under the head.
    b.run(1.2 * MS);
    b.fdc.dma.dack.dackRead(1, true);
    expect(b.irq.level).toBe(true);
    expect(d.result()).toMatchObject({ st0: 0, st1: 0, r: 2 });
  });
});

/** One thing that a hostile guest does. */
type Step =
  | { do: 'out'; port: number; value: number }
  | { do: 'in'; port: number }
  | { do: 'time'; ticks: number }
  | { do: 'dack'; way: number; terminal: boolean; value: number }
  | { do: 'command'; bytes: readonly number[] }
  | { do: 'serve'; cycles: number }
  /** The DOR for a while, then drive 0 with its motor again. */
  | { do: 'switch'; dor: number; ticks: number };

const port = fc.constantFrom(0x3f2, 0x3f3, 0x3f4, 0x3f5, 0x3f7);
/** Bytes of commands, so that many are whole. */
const commandByte = fc.constantFrom(0x46, 0x45, 0xc6, 0x4d, 0x4a, 0x07, 0x0f, 0x08, 0x13, 0x42, 0x56, 0, 1, 2, 18);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('out' as const), port, value: fc.nat(255) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('in' as const), port }) },
  { weight: 8, arbitrary: commandByte.map((value) => ({ do: 'out' as const, port: 0x3f5, value })) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(0x1c, 0x1c, 0x0c, 0x18, 0x2d)
      .map((value) => ({ do: 'out' as const, port: 0x3f2, value })),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('time' as const), ticks: fc.oneof(fc.nat(100_000), fc.nat(600_000_000)),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('dack' as const), way: fc.nat(2), terminal: fc.boolean(), value: fc.nat(255),
    }),
  },
);

/** A whole command that could be meant: of unit 0 or 1, small cylinders, sectors and lengths. */
const command = fc.tuple(
  fc.constantFrom(
    0x46, 0x45, 0xc6, 0xc5, 0x66, 0x42, 0x4c, 0x49, 0x16, 0x56, 0x4d, 0x4d, 0x4d, 0x4d, 0x4a, 0x07,
    0x0f, 0x8f, 0xcf, 0x13,
  ),
  fc.constantFrom(0, 0, 0, 4, 1), fc.constantFrom(0, 0, 1, 2), fc.constantFrom(0, 0, 1), fc.constantFrom(1, 2, 18, 19),
  fc.constantFrom(2, 2, 2, 0), fc.constantFrom(18, 18, 2, 0, 255), fc.constantFrom(0x1b, 0, 255),
).map(([code, unit, c, h, r, n, eot, gap]): Step => {
  const bytes = code === 0x4d ? [code, unit, n, eot, gap, 0xf6] : code === 0x4a || code === 0x07 ? [code, unit]
    : (code & 0x1f) === 0x0f ? [code, unit, c * 5] : code === 0x13 ? [code, 0, r === 1 ? 0x57 : 0x1f, 0]
    : [code, unit, c, h, r, n, eot, gap, 0xff];
  return { do: 'command', bytes };
});
/** Commands that are carried out for a while, while motors and drives are switched under them. */
const busyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: command },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('serve' as const), cycles: fc.nat(120) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('switch' as const), dor: fc.constantFrom(0x0c, 0x1d, 0x3d, 0x14), ticks: fc.nat(6e8),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(0x1c, 0x0c, 0x1d, 0x3d, 0x3c, 0x14, 0x18)
      .map((value) => ({ do: 'out' as const, port: 0x3f2, value })),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('time' as const), ticks: fc.oneof(fc.nat(1e6), fc.nat(1.2e9)) }),
  },
  { weight: 2, arbitrary: fc.constantFrom(0x80, 0, 2).map((value) => ({ do: 'out' as const, port: 0x3f4, value })) },
  { weight: 2, arbitrary: fc.constant({ do: 'in' as const, port: 0x3f5 }) },
);

function act(b: FdcBench, s: Step): void {
  if (s.do === 'command') {
    // What is left of the command before: its result, or its missing parameters.
    for (let k = 0; k < 12 && (b.inb(0x3f4) & 0xc0) === 0xc0; k++) b.inb(0x3f5);
    for (const byte of s.bytes) b.outb(0x3f5, byte);
    return;
  }
  if (s.do === 'switch') {
    b.outb(0x3f2, s.dor);
    b.run(s.ticks);
    b.outb(0x3f2, 0x1c);
    return;
  }
  if (s.do === 'serve') {
    for (let k = 0; k < s.cycles && b.until(() => b.dreq.level, 3e8); k++) {
      if (b.fdc.fifo.s.reading) b.fdc.dma.dack.dackRead(1, false);
      else b.fdc.dma.dack.dackWrite(1, k & 3 ? k >> 2 : 0, false);
      b.run(3000);
    }
    return;
  }
  if (s.do === 'out') b.outb(s.port, s.value);
  else if (s.do === 'in') b.inb(s.port);
  else if (s.do === 'time') b.run(s.ticks);
  else if (s.way === 0) b.fdc.dma.dack.dackRead(1, s.terminal);
  else if (s.way === 1) b.fdc.dma.dack.dackWrite(1, s.value, s.terminal);
  else b.fdc.dma.dack.dackVerify(s.terminal);
}

test('whatever a guest does: no throw, bounded work, a snapshot that is complete, and a reset that helps', () => {
  fc.assert(fc.property(fc.array(step, { maxLength: 120 }), fc.boolean(), (steps, disk) => {
    const a = new FdcBench({ sectors: disk ? 2880 : 0 }), b = new FdcBench({ sectors: disk ? 2880 : 0 });
    const half = steps.length >> 1;
    for (const s of steps.slice(0, half)) act(a, s);
    b.load(a.save());
    for (const s of steps.slice(half)) {
      act(a, s);
      act(b, s);
    }
    expect(b.fdc.save()).toEqual(a.fdc.save());
    expect(b.scheduler.save()).toEqual(a.scheduler.save());
    a.outb(0x3f2, 0);
    a.outb(0x3f2, 0x0c);
    expect(a.inb(0x3f4)).toBe(0x80);
  }), { seed: 82077, numRuns: 60 });
});

test('motors, drives and resets under commands that are served: no throw, bounded work, and a reset helps', () => {
  fc.assert(fc.property(fc.array(busyStep, { maxLength: 60 }), (steps) => {
    const b = new FdcBench();
    b.ready();
    for (const s of steps) {
      const before = b.scheduler.executed, from = b.scheduler.now;
      act(b, s);
      expect(b.scheduler.executed - before).toBeLessThan(1000 + (b.scheduler.now - from) / (2 * US));
    }
    b.outb(0x3f2, 0);
    b.outb(0x3f2, 0x0c);
    expect(b.inb(0x3f4)).toBe(0x80);
  }), { seed: 82078, numRuns: 100 });
});
