import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { describeContract } from '../../../testing/vitest.ts';
import { DeviceBench, IrqProbe } from '../../../testing/device-bench.ts';
import { TICKS_PER_SECOND } from '../../../sim/time.ts';
import { I8254, PIT_CLOCK } from './i8254.ts';

const except = Object.fromEntries(
  [0, 1, 2].map((n) => [`ports.COUNTER${n}`, 'the byte read is a count, not the byte written']),
);
describeContract('I8254', () => new I8254('pit', new DeviceBench()), { except });

let bench: DeviceBench, pit: I8254, irq0: IrqProbe;

/** Lets n clocks of the timer pass. */
function clocks(n: number): void {
  bench.scheduler.runUntil(PIT_CLOCK.timeOf(PIT_CLOCK.cyclesAt(bench.scheduler.now) + n));
}
function program(counter: number, mode: number, n: number, bcd = 0): void {
  bench.outb(0x43, (counter << 6) | 0x30 | (mode << 1) | bcd);
  bench.outb(0x40 + counter, n & 0xff);
  bench.outb(0x40 + counter, n >> 8);
}
/** Latches and reads a 16-bit count. */
function count(counter: number): number {
  bench.outb(0x43, counter << 6);
  return bench.inb(0x40 + counter) | (bench.inb(0x40 + counter) << 8);
}
function status(counter: number): number {
  bench.outb(0x43, 0xe0 | (2 << counter));
  return bench.inb(0x40 + counter);
}
const out = (counter: number): boolean => (status(counter) & 0x80) !== 0;
/** OUT after each of n clocks, as a string of 1 and 0. */
function wave(counter: number, n: number): string {
  let s = '';
  for (let i = 0; i < n; i++) {
    clocks(1);
    s += +out(counter);
  }
  return s;
}
function counts(counter: number, n: number): number[] {
  const list: number[] = [];
  for (let i = 0; i < n; i++) {
    clocks(1);
    list.push(count(counter));
  }
  return list;
}

beforeEach(() => {
  bench = new DeviceBench();
  pit = new I8254('pit', bench);
  irq0 = new IrqProbe(pit.out0);
  bench.mapIo(0x40, 4, pit.ports);
  bench.mapIo(0x61, 1, pit.port61);
  bench.reset(pit);
  bench.run(1000);
});

describe('8254 §Mode Definitions', () => {
  test('mode 0: OUT goes high N + 1 clocks after the count is written, and counting goes on', () => {
    program(0, 0, 4);
    expect(out(0)).toBe(false);
    expect(counts(0, 7)).toEqual([4, 3, 2, 1, 0, 0xffff, 0xfffe]);
    program(0, 0, 4);
    expect(wave(0, 7)).toBe('0000111');
    expect(irq0.rising).toBe(2);
  });

  test('mode 0: the first byte of a new count stops counting and OUT goes low', () => {
    program(0, 0, 3);
    clocks(6);
    expect(irq0.level).toBe(true);
    bench.outb(0x40, 5);
    expect(irq0.level).toBe(false);
    const held = count(0);
    clocks(3);
    expect(count(0)).toBe(held);
    bench.outb(0x40, 0);
    expect(wave(0, 6)).toBe('000001');
  });

  test('mode 0: GATE low pauses', () => {
    bench.outb(0x61, 1);
    program(2, 0, 10);
    clocks(4);
    expect(count(2)).toBe(7);
    bench.outb(0x61, 0);
    clocks(20);
    expect(count(2)).toBe(7);
    bench.outb(0x61, 1);
    expect(wave(2, 8)).toBe('00000011');
  });

  test('mode 1: a one-shot of N clocks from the trigger, retriggerable', () => {
    bench.outb(0x61, 0);
    program(2, 1, 3);
    expect(wave(2, 4)).toBe('1111');
    bench.outb(0x61, 1);
    expect(wave(2, 5)).toBe('00011');
    bench.outb(0x61, 0);
    bench.outb(0x61, 1);
    expect(wave(2, 2)).toBe('00');
    bench.outb(0x61, 0);
    bench.outb(0x61, 1);
    expect(wave(2, 5)).toBe('00011');
  });

  test('mode 2: low for the last clock of every N', () => {
    program(0, 2, 4);
    expect(out(0)).toBe(true);
    expect(wave(0, 12)).toBe('111011101110');
    program(0, 2, 4);
    expect(counts(0, 9)).toEqual([4, 3, 2, 1, 4, 3, 2, 1, 4]);
  });

  test('mode 2: a new count is taken over at the end of the cycle', () => {
    program(0, 2, 5);
    clocks(2);
    bench.outb(0x40, 3);
    bench.outb(0x40, 0);
    expect(status(0) & 0x40).toBe(0x40);
    expect(counts(0, 7)).toEqual([3, 2, 1, 3, 2, 1, 3]);
    expect(status(0) & 0x40).toBe(0);
  });

  test('mode 2: GATE low sets OUT high, its rise reloads', () => {
    bench.outb(0x61, 1);
    program(2, 2, 4);
    clocks(4);
    expect(out(2)).toBe(false);
    bench.outb(0x61, 0);
    expect(out(2)).toBe(true);
    clocks(9);
    bench.outb(0x61, 1);
    expect(counts(2, 5)).toEqual([4, 3, 2, 1, 4]);
  });

  test.each([2, 3])('mode %i: a count that waits is not loaded while GATE is low, but at its rise', (mode) => {
    bench.outb(0x61, 1);
    program(2, mode, 100);
    clocks(10);
    bench.outb(0x42, 50);
    bench.outb(0x42, 0);
    const before = count(2);
    bench.outb(0x61, 0);
    clocks(540);
    expect(count(2)).toBe(before);
    expect(status(2) & 0x40).toBe(0x40);
    bench.outb(0x61, 1);
    clocks(1);
    expect(count(2)).toBe(50);
    expect(status(2) & 0x40).toBe(0);
  });

  test.each([1, 2, 3, 5])('mode %i: the clock after a trigger takes the count that was written last', (mode) => {
    bench.outb(0x61, 1);
    program(2, mode, 100);
    clocks(10);
    bench.outb(0x61, 0);
    clocks(1);
    bench.outb(0x61, 1);
    bench.outb(0x42, 40);
    bench.outb(0x42, 0);
    clocks(1);
    expect(count(2)).toBe(40);
    expect(status(2) & 0x40).toBe(0);
  });

  test('mode 2: a trigger is remembered although GATE falls before the clock', () => {
    bench.outb(0x61, 1);
    program(2, 2, 100);
    clocks(10);
    bench.outb(0x61, 0);
    bench.outb(0x61, 1);
    bench.outb(0x61, 0);
    clocks(20);
    expect(count(2)).toBe(100);
  });

  test('mode 3: even counts have two equal halves and count by two', () => {
    program(0, 3, 6);
    expect(wave(0, 12)).toBe('111000111000');
    program(0, 3, 6);
    expect(counts(0, 7)).toEqual([6, 4, 2, 6, 4, 2, 6]);
  });

  test('mode 3: odd counts are high one clock longer', () => {
    program(0, 3, 5);
    expect(wave(0, 10)).toBe('1110011100');
    program(0, 3, 5);
    expect(counts(0, 6)).toEqual([4, 2, 0, 4, 2, 4]);
  });

  test('mode 3: a new count is taken over at the end of the half-cycle', () => {
    program(0, 3, 8);
    clocks(2);
    bench.outb(0x40, 4);
    bench.outb(0x40, 0);
    expect(wave(0, 9)).toBe('110011001');
  });

  test('mode 4: low for one clock, N + 1 clocks after the write; software retriggers', () => {
    program(0, 4, 3);
    expect(wave(0, 6)).toBe('111011');
    program(0, 4, 3);
    clocks(2);
    bench.outb(0x40, 3);
    bench.outb(0x40, 0);
    expect(wave(0, 6)).toBe('111011');
  });

  test('mode 5: a strobe N clocks after the trigger', () => {
    program(2, 5, 3);
    expect(wave(2, 5)).toBe('11111');
    bench.outb(0x61, 1);
    expect(wave(2, 6)).toBe('111011');
  });

  test('figure 7: modes 6 and 7 are 2 and 3, the status shows what was programmed', () => {
    program(0, 7, 6);
    expect(wave(0, 6)).toBe('111000');
    expect(status(0) & 0x3f).toBe(0x3e);
  });

  test('§Count of zero is 2^16, or 10^4 in BCD', () => {
    program(0, 2, 0);
    clocks(2);
    expect(count(0)).toBe(0xffff);
    program(0, 2, 0, 1);
    clocks(2);
    expect(count(0)).toBe(0x9999);
    clocks(9999);
    expect(count(0)).toBe(0);
  });
});

describe('8254 §Write and Read Operations', () => {
  test('LSB only and MSB only', () => {
    bench.outb(0x43, 0x14);
    bench.outb(0x40, 0x40);
    clocks(2);
    expect(bench.inb(0x40)).toBe(0x3f);
    bench.outb(0x43, 0x24);
    bench.outb(0x40, 0x12);
    clocks(2);
    expect(bench.inb(0x40)).toBe(0x11);
    expect(pit.ports.peek('COUNTER0')).toBe(0x11);
  });

  test('without a latch the two bytes are of two moments; with one they belong together', () => {
    program(0, 2, 0x1000);
    clocks(1);
    const low = bench.inb(0x40);
    clocks(1);
    expect([low, bench.inb(0x40)]).toEqual([0x00, 0x0f]);
    bench.outb(0x43, 0x00);
    clocks(100);
    bench.outb(0x43, 0x00); // ignored: the first latch is not read yet
    expect(bench.inb(0x40)).toBe(0xff);
    expect(bench.inb(0x40)).toBe(0x0f);
    expect(count(0)).toBe(0x0fff - 100);
  });

  test('§Read-Back Command: status first, then the count, of several counters at once', () => {
    program(0, 2, 0x1234);
    program(1, 3, 0x20);
    clocks(1);
    bench.outb(0x43, 0xc6); // count and status of counters 0 and 1
    clocks(50);
    expect(bench.inb(0x40)).toBe(0xb4);
    expect(bench.inb(0x40) | (bench.inb(0x40) << 8)).toBe(0x1234);
    expect(bench.inb(0x41)).toBe(0xb6);
    expect(bench.inb(0x41) | (bench.inb(0x41) << 8)).toBe(0x20);
  });

  test('§Null Count: set by the control word and the count, cleared when it is loaded', () => {
    bench.outb(0x43, 0x34);
    expect(status(0) & 0x40).toBe(0x40);
    bench.outb(0x40, 9);
    bench.outb(0x40, 0);
    expect(status(0) & 0x40).toBe(0x40);
    clocks(1);
    expect(status(0) & 0x40).toBe(0);
  });
});

describe('the timer in a PC', () => {
  test('the clock is 14.31818 MHz / 12 and stays exact for a month', () => {
    expect(PIT_CLOCK.cyclesAt(11 * TICKS_PER_SECOND)).toBe(13125000);
    expect(PIT_CLOCK.cyclesAt(30 * 86400 * TICKS_PER_SECOND)).toBe(Math.floor((30 * 86400 * 13125000) / 11));
  });

  test('counter 0 at 100 Hz gives 100 edges of IRQ0 a second and two events for each', () => {
    program(0, 2, 11932);
    irq0.rising = 0;
    const before = bench.scheduler.executed;
    bench.run(TICKS_PER_SECOND);
    expect(irq0.rising).toBe(99);
    expect(bench.scheduler.executed - before).toBeLessThanOrEqual(202);
  });

  test('the counters that drive no line make no events', () => {
    bench.outb(0x61, 1);
    program(1, 2, 18);
    program(2, 3, 1193);
    bench.run(TICKS_PER_SECOND);
    expect(bench.scheduler.executed).toBe(0);
  });

  test('the smallest divisors cannot stop time: 2 is two events in two clocks, the illegal 1 none', () => {
    program(0, 2, 1);
    bench.run(3_000_000);
    expect(bench.scheduler.executed).toBeLessThan(5);
    program(0, 2, 2);
    bench.run(3_000_000);
    expect(bench.scheduler.executed).toBeLessThan(1300);
    program(0, 3, 1);
    bench.run(3_000_000);
    expect(bench.scheduler.executed).toBeLessThan(1300);
  });

  test('port 61h: gate and output of counter 2, speaker, refresh toggle', () => {
    bench.outb(0x61, 3);
    program(2, 3, 100);
    expect(bench.inb(0x61) & 0x23).toBe(0x23);
    expect(pit.speaker).toBe(true);
    clocks(60);
    expect(bench.inb(0x61) & 0x20).toBe(0);
    expect(pit.speaker).toBe(false);
    const toggles = new Set<number>();
    let changes = 0, last = bench.inb(0x61) & 0x10;
    for (let i = 0; i < 180; i++) {
      clocks(1);
      const now = bench.inb(0x61) & 0x10;
      if (now !== last) changes++;
      last = now;
      toggles.add(now);
    }
    expect([toggles.size, changes]).toEqual([2, 10]);
  });

  test('calibration with port 61h as operating systems do it: mode 0, wait for bit 5', () => {
    bench.outb(0x61, 1);
    bench.outb(0x43, 0xb0);
    bench.outb(0x42, 11932 & 0xff);
    bench.outb(0x42, 11932 >> 8);
    const start = bench.scheduler.now;
    while ((bench.inb(0x61) & 0x20) === 0) bench.run(100);
    expect((bench.scheduler.now - start) / TICKS_PER_SECOND).toBeCloseTo(0.01, 5);
  });
});

/**
 * A counter that really counts, clock by clock, after figure 5 and the mode definitions: the model
 * to compare with. Counts are at least 2 and written once.
 */
function stepped(mode: number, n: number, clocksRun: number): string {
  let ce = -1, high = mode !== 0, shape = '', loaded = false;
  for (let k = 0; k < clocksRun; k++) {
    const reload = mode === 3 ? n - (n & 1) : n;
    if (!loaded) {
      ce = reload;
      loaded = true;
    } else if (mode === 2) {
      ce = ce === 1 ? n : ce - 1;
    } else if (mode === 3) {
      const end = (n & 1) === 1 && high ? ce === 0 : ce === 2;
      if (end) {
        ce = reload;
        high = !high;
      } else ce -= 2;
    } else ce = ce === 0 ? 0xffff : ce - 1;
    if (mode === 0 && ce === 0) high = true;
    shape += +(mode === 2 ? ce !== 1 : mode === 4 ? ce !== 0 : high);
  }
  return shape;
}

test('the output worked out from the time is that of a counter stepped clock by clock', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(0, 2, 3, 4), fc.integer({ min: 2, max: 40 }), fc.integer({ min: 1, max: 150 }),
      (mode, n, run) => {
        bench.run(7777);
        program(0, mode, n);
        let seen = '';
        for (let k = 0; k < run; k++) {
          clocks(1);
          seen += +irq0.level;
        }
        expect(seen).toBe(stepped(mode, n, run));
      },
    ),
    { numRuns: 200 },
  );
});

test('save, restore into another timer: the same edges', () => {
  program(0, 3, 1001);
  bench.run(123_456);
  const other = new DeviceBench();
  const twin = new I8254('pit', other);
  const probe = new IrqProbe(twin.out0);
  twin.load(pit.save());
  twin.out0.restore(pit.out0.level);
  probe.level = pit.out0.level;
  other.scheduler.load(bench.scheduler.save());
  irq0.rising = 0;
  bench.run(50_000_000);
  other.run(50_000_000);
  expect(probe.rising).toBe(irq0.rising);
  expect(other.scheduler.save()).toEqual(bench.scheduler.save());
});
