import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ms, ns, us } from '../../../sim/time.ts';
import { DeviceBench } from '../../../testing/device-bench.ts';
import { IsaBench } from '../../../testing/isa-bench.ts';
import { describeContract } from '../../../testing/vitest.ts';
import { PatternSource } from './pattern-source.ts';
import { PATTERN_PORTS } from './spec.ts';

describeContract('PatternSource', () => new PatternSource('source', new DeviceBench()), {});

const BASE = 0x300, CONTROL = BASE, STATUS = BASE + 1, PERIOD = BASE + 2, DATA = BASE + 3, SEED = BASE + 4;

function made() {
  const bench = new IsaBench();
  const card = new PatternSource('source', bench);
  bench.mapIo(BASE, PATTERN_PORTS, card.ports);
  bench.wireDma(card.dma, 3);
  bench.reset(card);
  return { bench, card, irq: bench.probe(card.irq) };
}
/** The sequence, by its definition in exact arithmetic. */
function sequence(seed: number, length: number): number[] {
  let x = BigInt(seed);
  return Array.from({ length }, () => Number((x = (x * 1664525n + 1013904223n) % 2n ** 32n) >> 24n));
}

describe('pattern source', () => {
  test('the same bytes by port and by DMA, and an interrupt at terminal count', () => {
    const { bench, irq } = made();
    bench.outb(CONTROL, 1);
    expect(Array.from({ length: 5 }, () => bench.inb(DATA))).toEqual(sequence(1, 5));
    bench.outl(SEED, 1);
    bench.program(3, { address: 0x500, bytes: 5, transfer: 'write' });
    bench.outb(CONTROL, 3);
    bench.run(ms(1));
    expect([...bench.ram.subarray(0x500, 0x506)]).toEqual([...sequence(1, 5), 0]);
    expect([irq.level, bench.inb(STATUS), bench.inb(CONTROL)]).toEqual([true, 1, 2]);
    bench.outb(STATUS, 1);
    expect(irq.level).toBe(false);
  });

  test('one byte a period', () => {
    const { bench, card } = made();
    bench.outb(PERIOD, 20);
    bench.program(3, { address: 0x500, bytes: 100, transfer: 'write', mode: 'demand' });
    bench.outb(CONTROL, 3);
    expect(bench.until(() => card.irq.level, ms(10))).toBe(true);
    expect(bench.scheduler.now / us(1)).toBeGreaterThan(100 * 20);
    expect(bench.scheduler.now / us(1)).toBeLessThan(100 * 22);
  });
});

test('random ports and times never throw, never run away', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(7), fc.nat(255), fc.nat(300_000)), { maxLength: 40 }), (steps) => {
      const { bench, card } = made();
      bench.program(3, { address: 0x500, bytes: 64, transfer: 'write', mode: 'demand', autoinit: true });
      for (const [port, value, ticks] of steps) {
        bench.outb(BASE + port, value);
        bench.inb(BASE + (value & 7));
        const events = bench.scheduler.executed;
        bench.run(ticks);
        expect(bench.scheduler.executed - events).toBeLessThan(20 + ticks / ns(100));
      }
      expect(card.mismatch(card.save())).toBe('');
    }),
    { numRuns: 60, seed: 3 },
  );
});
