/** What software and devices can do wrong: every case ends, is named, and a reset helps. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Simulation } from '../../../sim/component.ts';
import { reg, regs, rw } from '../../../reg/layout.ts';
import { ms, ns } from '../../../sim/time.ts';
import { IsaBench } from '../../../testing/isa-bench.ts';
import { Device } from '../../device.ts';

/** A device with a register in memory and a DREQ that is as it is told. */
class Stubborn extends Device {
  asks = false;
  /** Withdraws its request after so many cycles. */
  patience = Infinity;
  cycles = 0;
  terminals = 0;
  readonly registers = this.regs('registers', regs(8, { VALUE: reg(0, { VALUE: rw(7, 0) }) }), {});
  readonly dma = this.isaDma('dreq', {
    read: (_size, terminal) => this.count(terminal),
    write: (_size, _value, terminal) => void this.count(terminal),
    verify: (terminal) => void this.count(terminal),
  });
  constructor(sim: Simulation) {
    super('card', sim);
  }
  private count(terminal: boolean): number {
    this.terminals += +terminal;
    return ++this.cycles & 0xff;
  }
  set(asks: boolean): void {
    this.asks = asks;
    this.outputs();
  }
  protected override outputs(): void {
    this.dma.dreq.set(this.asks && this.cycles < this.patience);
  }
}

const REGISTERS = 0xb0000;

function made(): { bench: IsaBench; card: Stubborn } {
  const bench = new IsaBench(0xa0000);
  const card = new Stubborn(bench);
  bench.wireDma(card.dma, 2);
  bench.mapMemory(REGISTERS, 1, card.registers);
  return { bench, card };
}

describe('a service that does not go as it should', () => {
  test('a device that stops asking before terminal count: nothing goes on, the rest can be read', () => {
    const { bench, card } = made();
    bench.program(2, { address: 0x1000, bytes: 512, transfer: 'write' });
    card.patience = 100;
    card.set(true);
    bench.run(ms(100));
    expect([card.cycles, card.terminals, bench.remaining(2)]).toEqual([100, 0, 412]);
    expect(bench.scheduler.nextTime).toBe(Infinity);
  });

  const MODES = ['block', 'demand', 'single'] as const;
  test.each(MODES)('%s: a DREQ that never falls, with autoinit: time goes on', (mode) => {
    const { bench, card } = made();
    bench.program(2, { address: 0x1000, bytes: 64, transfer: 'write', mode, autoinit: true });
    card.set(true);
    bench.run(ms(1));
    expect(card.terminals).toBeGreaterThan(10);
    expect(bench.scheduler.now).toBeGreaterThanOrEqual(ms(1));
    bench.outb(0x0a, 0x06);
    const { cycles } = card;
    bench.run(ms(1));
    expect(card.cycles - cycles).toBeLessThan(65);
  });

  test('a DREQ that falls before HLDA: the bus goes back, nothing is moved', () => {
    const { bench, card } = made();
    bench.program(2, { address: 0x1000, bytes: 64, transfer: 'write' });
    card.set(true);
    card.set(false);
    bench.run(ms(1));
    expect(card.cycles).toBe(0);
  });

  test('a memory address that is a register of the device itself is refused, once a cycle', () => {
    const { bench, card } = made();
    bench.program(2, { address: REGISTERS, bytes: 2, transfer: 'write' });
    card.set(true);
    bench.run(ms(1));
    expect(card.registers.r.VALUE.VALUE).toBe(0);
    expect(bench.trace.noteCount('card.registers', 'reentrant')).toBe(1);
    expect(bench.trace.noteCount('dma', 'dma-target-error')).toBe(1);
    expect(card.terminals).toBe(1);
  });

  test('an address that nothing decodes: ones, a note, and the count goes on', () => {
    const { bench, card } = made();
    bench.program(2, { address: 0xfffff0, bytes: 4, transfer: 'read' });
    card.set(true);
    bench.run(ms(1));
    expect(card.terminals).toBe(1);
    expect(bench.trace.noteCount('dma', 'dma-decode-error')).toBe(4);
  });

  test('cascade mode on a channel with a device: noted, and no DACK#', () => {
    const { bench, card } = made();
    bench.program(2, { address: 0, bytes: 4, transfer: 'write' });
    bench.outb(0x0b, 0xc2);
    card.set(true);
    bench.run(ms(1));
    expect(card.cycles).toBe(0);
    expect(bench.trace.noteCount('dma', 'dma-cascade')).toBeGreaterThan(0);
  });
});

test('a snapshot in the middle of each kind of service ends as the original does', () => {
  for (const mode of ['single', 'demand', 'block'] as const) {
    const a = made(), b = made();
    a.bench.program(2, { address: 0x1000, bytes: 300, transfer: 'write', mode });
    a.card.set(true);
    a.bench.run(ns(120) * 500);
    const saved = { time: a.bench.scheduler.save(), dma: a.bench.dma.save() };
    b.bench.scheduler.load(saved.time);
    b.bench.dma.load(saved.dma);
    b.card.cycles = a.card.cycles;
    b.card.asks = true;
    b.card.dma.dreq.restore(true);
    for (const { bench } of [a, b]) bench.run(ms(10));
    expect(b.card.terminals).toBe(1);
    expect(b.bench.dma.save()).toEqual(a.bench.dma.save());
    expect(b.bench.ram.subarray(0x1100, 0x112c)).toEqual(a.bench.ram.subarray(0x1100, 0x112c));
  }
});

test('random ports, requests and times never throw, never run away, and a reset always helps', () => {
  const port = fc.oneof(fc.nat(0x1f), fc.integer({ min: 0xc0, max: 0xdf }), fc.integer({ min: 0x80, max: 0x8f }));
  const step = fc.oneof(
    fc.record({ do: fc.constant('out' as const), port, value: fc.nat(255) }),
    fc.record({ do: fc.constant('in' as const), port, value: fc.constantFrom(1, 2, 4) }),
    fc.record({ do: fc.constant('dreq' as const), port: fc.nat(7), value: fc.nat(1) }),
    fc.record({ do: fc.constant('run' as const), port: fc.constant(0), value: fc.nat(2_000_000) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { bench, card } = made();
      const inputs = [0, 1, 3, 5, 6, 7].map((n) => bench.dma.channel(n));
      for (const s of steps) {
        if (s.do === 'out') bench.outb(s.port, s.value);
        else if (s.do === 'in') bench.io.read(s.port, s.value, bench.tx);
        else if (s.do === 'dreq' && s.port < 6) {
          const { dreq } = inputs[s.port];
          dreq.sink.irqLevel(dreq.input, s.value === 1);
        } else if (s.do === 'dreq') card.set(s.value === 1);
        else {
          const events = bench.scheduler.executed;
          bench.run(s.value);
          expect(bench.scheduler.executed - events).toBeLessThan(20 + s.value / ns(100));
        }
      }
      expect(bench.dma.mismatch(bench.dma.save())).toBe('');
      for (const { dreq } of inputs) dreq.sink.irqLevel(dreq.input, false);
      card.set(false);
      bench.resetDma();
      bench.program(2, { address: 0x2000, bytes: 3, transfer: 'write' });
      card.cycles = 0;
      card.set(true);
      bench.run(ms(1));
      expect([...bench.ram.subarray(0x2000, 0x2003)]).toEqual([1, 2, 3]);
    }),
    { numRuns: 150, seed: 8237 },
  );
});
