import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AudioFormat } from '../../../host/audio.ts';
import { ms, us } from '../../../sim/time.ts';
import { DeviceBench, IrqProbe } from '../../../testing/device-bench.ts';
import { Sb16 } from './sb16.ts';

const BASE = 0x220;

/** A card whose DMA cycles a test makes itself. */
function lone(bench = new DeviceBench()) {
  const frames: string[] = [];
  const audio = {
    frame: (time: number, { rate, bits, channels }: AudioFormat, frame: Uint8Array): void => {
      frames.push(`${time} ${rate} ${bits} ${channels} ${frame.join(',')}`);
    },
  };
  const card = new Sb16('sound', bench, { audio });
  const irq = new IrqProbe(card.irq);
  for (const { dreq } of [card.dma8, card.dma16]) bench.probe(dreq);
  bench.mapIo(BASE + 4, 12, card.ports, 4);
  bench.reset(card);
  const dsp = (...bytes: number[]): void => {
    for (const byte of bytes) {
      bench.outb(BASE + 0xc, byte);
      bench.run(us(4));
    }
  };
  const count = (name: string): number => card.counterRows.find((c) => c.name === name)!.value();
  /** Serves both channels as long as they ask, at most `most` cycles. */
  const serve = (most: number, value = 0x1234): void => {
    for (let n = 0; n < most; n++) {
      if (card.dma8.dreq.level) card.dma8.dack.dackWrite(1, value & 0xff, false);
      else if (card.dma16.dreq.level) card.dma16.dack.dackWrite(2, value, false);
      else return;
    }
  };
  return { bench, card, irq, frames, dsp, count, serve };
}

const START_8 = [0x41, 0x1f, 0x40, 0xc6, 0x00, 15, 0];

describe('what goes wrong ends in silence, not in a standstill', () => {
  test('DMA that is masked: underruns, no interrupt, virtual time goes on', () => {
    const { bench, dsp, count, irq, frames } = lone();
    dsp(...START_8);
    bench.run(ms(100));
    expect([count('soundUnderruns') >= 795, irq.level, frames.length]).toEqual([true, false, 0]);
  });

  test('a controller that stops before the end of the block: what came is played, the rest is underruns', () => {
    const { bench, dsp, count, irq, serve, frames } = lone();
    dsp(0x41, 0x1f, 0x40, 0xc2, 0x00, 99, 0);
    bench.run(us(200));
    serve(10);
    bench.run(ms(10));
    expect([frames.length, irq.level, count('soundUnderruns') > 60]).toEqual([10, false, true]);
  });

  test('a reset in mid-transfer ends it: no request, no sample, no interrupt any more', () => {
    const { bench, card, dsp, irq, serve, frames } = lone();
    dsp(...START_8);
    bench.run(us(200));
    serve(30);
    expect(irq.level).toBe(true);
    bench.outb(BASE + 6, 1);
    expect([irq.level, card.dma8.dreq.level]).toEqual([false, false]);
    const before = frames.length;
    serve(5);
    card.dma8.dack.dackWrite(1, 0, true);
    bench.outb(BASE + 6, 0);
    bench.run(ms(10));
    expect([frames.length, irq.level, card.dma8.dreq.level]).toEqual([before, false, false]);
  });

  test('blocks of one byte: an interrupt that nobody acknowledges stays, and time goes on', () => {
    const { bench, dsp, irq, serve, count } = lone();
    dsp(0x41, 0xaf, 0xc8, 0xc6, 0x00, 0, 0);
    for (let n = 0; n < 1000; n++) {
      bench.run(us(22));
      serve(100);
    }
    expect([irq.level, irq.rising, count('soundInterrupts') > 900]).toEqual([true, 1, true]);
  });

  test('a DACK# that was not asked for takes nothing and gives ones', () => {
    const { card, frames, bench } = lone();
    card.dma8.dack.dackWrite(1, 0x55, false);
    expect([card.dma8.dack.dackRead(1, false), card.dma16.dack.dackRead(2, true)]).toEqual([0xff, 0xffff]);
    card.dma16.dack.dackVerify(true);
    bench.run(ms(1));
    expect(frames).toEqual([]);
  });
});

test('save in the middle of two transfers, restore into another card: the same frames at the same times', () => {
  const a = lone();
  a.dsp(0x41, 0xac, 0x44, 0xb6, 0x30, 15, 0);
  a.bench.run(us(100));
  a.serve(25, 0x4321);
  a.bench.run(us(100));
  const b = lone();
  b.card.load(a.card.save());
  b.bench.scheduler.load(a.bench.scheduler.save());
  for (const line of ['irq', 'dma8', 'dma16'] as const) {
    const of = (card: Sb16) => (line === 'irq' ? card.irq : card[line].dreq);
    of(b.card).restore(of(a.card).level);
  }
  b.card.restored();
  const before = a.frames.length;
  for (const { bench, serve } of [a, b]) {
    for (let n = 0; n < 20; n++) {
      bench.run(us(50));
      serve(3, n * 257);
    }
  }
  expect(b.frames.length).toBeGreaterThan(10);
  expect(b.frames).toEqual(a.frames.slice(before));
  expect(b.card.save()).toEqual(a.card.save());
});

test('anything that software, the controller and time may do: no throw, bounded events, same twice', () => {
  const command = fc.oneof(
    fc.constantFrom(
      0x10, 0x14, 0x1c, 0x20, 0x24, 0x40, 0x41, 0x48, 0x80, 0x90, 0xb6, 0xb8, 0xc0, 0xc6, 0xce, 0xd0, 0xd4, 0xd5,
      0xd6, 0xd9, 0xda, 0xe1, 0xe3, 0xf2, 0xf3,
    ),
    fc.integer({ min: 0, max: 255 }),
  );
  const byte = fc.integer({ min: 0, max: 255 });
  const step = fc.oneof(
    fc.record({ kind: fc.constant('command' as const), a: command, b: fc.array(byte, { maxLength: 3 }) }),
    fc.record({ kind: fc.constant('out' as const), a: fc.integer({ min: 0, max: 15 }), b: byte }),
    fc.record({ kind: fc.constant('in' as const), a: fc.integer({ min: 0, max: 15 }), b: fc.constantFrom(1, 2, 4) }),
    fc.record({ kind: fc.constant('dack' as const), a: fc.constantFrom(1, 2), b: fc.integer({ min: 0, max: 80 }) }),
    fc.record({ kind: fc.constant('time' as const), a: fc.integer({ min: 0, max: 3_000_000 }), b: fc.constant(0) }),
  );
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
  const run = (steps: readonly Step[]): string => {
    const { bench, card, frames } = lone();
    const seen: number[] = [];
    for (const s of steps) {
      if (s.kind === 'command') for (const value of [s.a, ...s.b]) {
        bench.outb(BASE + 0xc, value);
        bench.run(us(4));
      }
      else if (s.kind === 'out') bench.outb(BASE + s.a, s.b);
      else if (s.kind === 'in') seen.push(bench.io.read(BASE + s.a, s.b, bench.tx));
      else if (s.kind === 'time') bench.run(s.a);
      else for (let n = 0; n < s.b; n++) {
        const dack = (s.a === 1 ? card.dma8 : card.dma16).dack;
        if (n % 3 === 0) seen.push(dack.dackRead(s.a, false));
        else dack.dackWrite(s.a, n * 771, n === 7);
      }
    }
    // A sample clock of 45 kHz and little else.
    expect(bench.scheduler.executed).toBeLessThan(steps.length * 200 + 100);
    return JSON.stringify([seen, frames, card.save()]);
  };
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 60 }), (steps) => {
      expect(run(steps)).toBe(run(steps));
    }),
    { seed: 16, numRuns: 150 },
  );
});
