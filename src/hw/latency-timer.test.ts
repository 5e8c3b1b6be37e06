import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DeviceBench } from '../testing/device-bench.ts';
import { Bus } from '../mem/bus.ts';
import { Ram } from '../mem/ram.ts';
import { Transaction } from '../mem/transaction.ts';
import type { Simulation } from '../sim/component.ts';
import { Clock } from '../sim/clock.ts';
import { Device } from './device.ts';
import { I440FX } from './pci/i440fx/i440fx.ts';
import { EduDevice } from './misc/edu/edu.ts';

/** A clock of the bus (30 ns) in ticks. A burst of 64 bytes: 1 of arbitration, 3, 15 more. */
const CLOCK = 90, ARBITRATION = 1, FIRST = 3;
const CARD_AT = 0x10000;

class Master extends Device {
  readonly s = this.cells('s', { doneAt: -1, status: -1 });
  readonly port = this.dmaPort('mem', { burst: 64, buffer: 1024 });
  readonly done = this.completion(this.port, 'done', (status) => {
    this.s.status = status;
    this.s.doneAt = this.sim.scheduler.now;
  });
  constructor(name: string, sim: Simulation) {
    super(name, sim);
  }
}

class Bench extends DeviceBench {
  readonly bus = new Bus('pci', new Clock('pci', 100e6, 3), {
    arbitration: ARBITRATION, firstData: FIRST, perBeat: 1, width: 4,
  });
  readonly traffic = { transfers: 0, bytes: 0, held: 0, cuts: 0 };
  readonly ram = new Ram('ram', Uint8Array.from({ length: 0x1000 }, (_, n) => n * 7));
  readonly masters: readonly Master[];
  readonly cpu = new Transaction('cpu');

  /** Latency timers in clocks; null: the masters have none that anybody obeys. */
  constructor(...timers: readonly (number | null)[]) {
    super();
    this.bus.traffic = this.traffic;
    this.memory.map(0, 0x1000, this.ram);
    this.memory.map(CARD_AT, 0x100, new Ram('card', new Uint8Array(0x100)), { bus: this.bus });
    this.masters = timers.map((clocks, n) => {
      const m = new Master(`m${n}`, this);
      m.port.bind({
        space: this.memory, bus: this.bus, latency: 0, enabled: () => true,
        ...(clocks === null ? {} : { latencyTimer: () => clocks * CLOCK }),
      });
      this.reset(m);
      return m;
    });
  }
  /** A processor's access so many clocks from now; returns the clocks that it takes. */
  access(after: number): number {
    this.run(after * CLOCK);
    this.memory.write(CARD_AT, 4, 1, this.cpu);
    return this.cpu.ticks / CLOCK;
  }
  /** The clock at which a master's request was over. */
  doneAt(n: number): number {
    return this.masters[n].s.doneAt / CLOCK;
  }
}

describe('latency timer (PCI 2.1 §3.5.4)', () => {
  test.each([0, 8, 16, 248])('of %i clocks: a burst runs to its end while nobody else asks', (clocks) => {
    const b = new Bench(clocks);
    b.masters[0].port.read(0, 64, b.masters[0].done);
    b.run(1000 * CLOCK);
    expect([b.doneAt(0), b.traffic.cuts]).toEqual([ARBITRATION + FIRST + 15, 0]);
  });

  test.each([
    // timer, when another asks, data phases that are made
    [0, 1, 1], [0, 4, 1], [0, 5, 2], [0, 6, 3], [8, 1, 6], [8, 6, 6], [8, 9, 6], [8, 10, 7], [16, 2, 14], [16, 18, 15],
  ])('of %i clocks, another asks in clock %i: the burst ends with data phase %i', (clocks, ask, phases) => {
    const b = new Bench(clocks);
    b.masters[0].port.read(0, 64, b.masters[0].done);
    const free = ARBITRATION + FIRST + phases - 1;
    expect(b.access(ask)).toBe(free - ask + ARBITRATION + FIRST);
    b.run(1000 * CLOCK);
    // The rest is a burst of its own, behind the other's.
    expect(b.doneAt(0)).toBe(free + ARBITRATION + FIRST + ARBITRATION + FIRST + (16 - phases) - 1);
    expect([...b.masters[0].port.buffer.subarray(0, 64)]).toEqual([...b.ram.bytes.subarray(0, 64)]);
    expect(b.traffic).toEqual({ transfers: 3, bytes: 68, cuts: 1, held: (b.doneAt(0) * CLOCK) });
    expect(b.masters[0].port.busTime.held).toBe((2 * (ARBITRATION + FIRST) + 14) * CLOCK);
  });

  test.each([[null, 6], [24, 6], [18, 18]])('of %o clocks, asked in clock %i: too late or never, nothing is cut', (
    clocks, ask,
  ) => {
    const b = new Bench(clocks);
    b.masters[0].port.read(0, 64, b.masters[0].done);
    b.access(ask);
    b.run(1000 * CLOCK);
    expect([b.doneAt(0), b.traffic.cuts]).toEqual([ARBITRATION + FIRST + 15, 0]);
  });

  test('a burst that waits for the bus has its slice, counted from its own first clock', () => {
    const b = new Bench(4);
    expect(b.access(0)).toBe(4);
    b.masters[0].port.read(0, 64, b.masters[0].done);
    expect(b.access(1)).toBe(4 + ARBITRATION + 4 + ARBITRATION + FIRST - 1);
    expect(b.traffic).toMatchObject({ cuts: 1, bytes: 4 + 8 + 4 });
  });

  test('a burst from an odd address ends with a whole doubleword', () => {
    const b = new Bench(0);
    b.masters[0].port.read(2, 40, b.masters[0].done);
    b.access(1);
    expect(b.traffic.bytes).toBe(2 + 4);
    b.run(1000 * CLOCK);
    expect([...b.masters[0].port.buffer.subarray(0, 40)]).toEqual([...b.ram.bytes.subarray(2, 42)]);
  });

  test('two masters without a slice take turns, a data phase each', () => {
    const b = new Bench(0, 0);
    for (const m of b.masters) m.port.read(0, 64, m.done);
    b.run(10_000 * CLOCK);
    expect(b.masters.map((m) => m.s.status)).toEqual([0, 0]);
    expect(b.traffic).toMatchObject({ bytes: 128, transfers: 32, cuts: 30 });
  });

  test('whatever is asked when: all bytes arrive, nobody has the bus twice, a snapshot goes on alike', () => {
    const job = fc.record({ at: fc.nat(300), bytes: fc.integer({ min: 1, max: 600 }), from: fc.nat(1000) });
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(null, 0, 8, 16, 32, 64), { minLength: 3, maxLength: 3 }),
        fc.array(job, { minLength: 3, maxLength: 3 }), fc.array(fc.nat(400), { maxLength: 8 }), fc.nat(500),
        (timers, jobs, asks, cut) => {
          const end = (stop: number) => {
            let b = new Bench(...timers), bytes = 0;
            for (let clock = 0; clock < 3000; clock++) {
              if (clock === stop) {
                const other = new Bench(...timers);
                other.scheduler.load(b.scheduler.save());
                b.masters.forEach((m, n) => other.masters[n].load(m.save()));
                other.bus.busyUntil = b.bus.busyUntil;
                Object.assign(other.traffic, b.traffic);
                b = other;
              }
              for (const [n, j] of jobs.entries())
                if (j.at === clock) b.masters[n].port.read(j.from, j.bytes, b.masters[n].done);
              for (const ask of asks) if (ask === clock && b.access(0) > 0) bytes += 4;
              b.run(CLOCK);
            }
            return { b, bytes };
          };
          const { b, bytes } = end(-1);
          for (const [n, j] of jobs.entries())
            expect([...b.masters[n].port.buffer.subarray(0, j.bytes)])
              .toEqual([...b.ram.bytes.subarray(j.from, j.from + j.bytes)]);
          const held = b.masters.reduce((sum, m) => sum + m.port.busTime.held, 0);
          expect(b.traffic.held).toBe(held + (bytes / 4) * (ARBITRATION + FIRST) * CLOCK);
          expect(b.traffic.bytes).toBe(bytes + jobs.reduce((sum, j) => sum + j.bytes, 0));
          const again = end(cut).b;
          expect(again.masters.map((m) => m.save())).toEqual(b.masters.map((m) => m.save()));
          expect(again.traffic).toEqual(b.traffic);
        },
      ),
      { numRuns: 60, seed: 5 },
    );
  });
});

test.each([true, false])('the register at 0Dh is the timer, where the board says so (%s)', (latencyTimer) => {
  const b = new DeviceBench(), bridge = new I440FX('pci0', b, { memory: b.memory, io: b.io, latencyTimer });
  const edu = new EduDevice('edu', b, { dmaBits: 32 });
  bridge.pci.slot(3, 0, edu);
  b.reset(bridge, edu);
  bridge.writeConfig(3, 0, 0x0d, 1, 0x47, b.tx);
  expect(bridge.readConfig(3, 0, 0x0d, 1, b.tx)).toBe(0x40);
  expect(bridge.pci.upstream(edu).latencyTimer?.()).toBe(latencyTimer ? 64 * CLOCK : undefined);
});
