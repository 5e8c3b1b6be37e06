import { beforeEach, describe, expect, test } from 'vitest';
import { describeContract } from '../../../testing/vitest.ts';
import { DeviceBench, IrqProbe } from '../../../testing/device-bench.ts';
import { ms, TICKS_PER_SECOND, us } from '../../../sim/time.ts';
import type { RtcDate } from './calendar.ts';
import { Mc146818, RTC_CLOCK, type Mc146818Options } from './mc146818.ts';

const select = Object.fromEntries(
  [
    'SECONDS', 'SECONDS_ALARM', 'MINUTES', 'MINUTES_ALARM', 'HOURS', 'HOURS_ALARM', 'DAY_OF_WEEK',
    'DAY_OF_MONTH', 'MONTH', 'YEAR', 'A', 'B', 'C', 'D',
  ].map((row, index) => [
    `ports.${row}`,
    (s: { banks: ReadonlyMap<string, { r: Record<string, { value: number }> }> }): void => {
      s.banks.get('ports')!.r['INDEX'].value = index;
    },
  ]),
);
const dated = 'the time registers start with the date that is given';
describeContract('Mc146818', () => new Mc146818('rtc', new DeviceBench()), {
  select,
  except: {
    'ports.DAY_OF_WEEK': dated, 'ports.DAY_OF_MONTH': dated, 'ports.MONTH': dated, 'ports.B': 'SET clears UIE',
    'ports.RAM': 'index 0 is not RAM',
  },
  keeps: ['battery', 'regs.ports'],
});

let bench: DeviceBench, rtc: Mc146818, irq: IrqProbe;
function rd(index: number): number {
  bench.outb(0x70, index);
  return bench.inb(0x71);
}
function wr(index: number, value: number): void {
  bench.outb(0x70, index);
  bench.outb(0x71, value);
}
function make(options: Mc146818Options = {}): void {
  bench = new DeviceBench();
  rtc = new Mc146818('rtc', bench, options);
  irq = new IrqProbe(rtc.irq);
  bench.mapIo(0x70, 2, rtc.ports);
  bench.reset(rtc);
}
const time = (): number[] => [9, 8, 7, 6, 4, 2, 0].map(rd);
const at = (
  year: number, month: number, day: number, hour: number, minute: number, second: number,
): { date: RtcDate } => ({ date: { year, month, day, hour, minute, second } });
const seconds = (n: number): void => bench.run(n * TICKS_PER_SECOND);

beforeEach(() => make());

describe('MC146818A §Time, Calendar and Alarm', () => {
  test('the default date is 2000-01-01, a Saturday, in BCD and 24 hours', () => {
    expect(time()).toEqual([0x00, 0x01, 0x01, 7, 0, 0, 0]);
    expect(rd(0x32)).toBe(0x20);
    expect([rd(10), rd(11), rd(13)]).toEqual([0x26, 0x02, 0x80]);
  });

  test('it counts seconds of simulated time', () => {
    seconds(61);
    expect(time()).toEqual([0x00, 0x01, 0x01, 7, 0, 1, 1]);
  });

  test.each<[RtcDate, number[]]>([
    [{ year: 1999, month: 12, day: 31, hour: 23, minute: 59, second: 59 }, [0x00, 0x01, 0x01, 7, 0, 0, 0]],
    [{ year: 2024, month: 2, day: 28, hour: 23, minute: 59, second: 59 }, [0x24, 0x02, 0x29, 5, 0, 0, 0]],
    [{ year: 2023, month: 2, day: 28, hour: 23, minute: 59, second: 59 }, [0x23, 0x03, 0x01, 4, 0, 0, 0]],
    [{ year: 2026, month: 4, day: 30, hour: 23, minute: 59, second: 59 }, [0x26, 0x05, 0x01, 6, 0, 0, 0]],
    [{ year: 2026, month: 9, day: 9, hour: 9, minute: 59, second: 59 }, [0x26, 0x09, 0x09, 4, 0x10, 0, 0]],
  ])('roll-over after %o', (date, after) => {
    make({ date });
    seconds(1);
    expect(time()).toEqual(after);
  });

  test('binary mode and 12 hours with PM in bit 7', () => {
    make(at(2026, 1, 1, 11, 59, 58));
    wr(11, 0x84); // SET, DM, 12 hours
    wr(4, 11);
    wr(2, 59);
    wr(0, 58);
    wr(11, 0x04);
    seconds(2);
    expect([rd(4), rd(2), rd(0)]).toEqual([0x8c, 0, 0]);
    for (let i = 0; i < 12; i++) seconds(3600);
    expect([rd(4), rd(2), rd(0)]).toEqual([0x0c, 0, 0]);
    seconds(3600);
    expect(rd(4)).toBe(0x01);
  });

  test('§Register B SET: the time stands still while it is written', () => {
    wr(11, 0x82);
    wr(0, 0x30);
    seconds(3);
    expect(rd(0)).toBe(0x30);
    wr(11, 0x02);
    seconds(1);
    expect(rd(0)).toBe(0x31);
  });
});

describe('MC146818A §Update Cycle, §Register A', () => {
  test('UIP is set for 244 + 1984 µs before every second', () => {
    bench.run(TICKS_PER_SECOND - us(2300));
    expect(rd(10) & 0x80).toBe(0);
    bench.run(us(100));
    expect(rd(10) & 0x80).toBe(0x80);
    expect(rd(0)).toBe(0);
    bench.run(us(2200));
    expect(rd(10) & 0x80).toBe(0);
    expect(rd(0)).toBe(1);
  });

  test('SET hides UIP', () => {
    wr(11, 0x82);
    bench.run(TICKS_PER_SECOND - us(1000));
    expect(rd(10) & 0x80).toBe(0);
  });

  test('§Divider Control: held in reset the clock stops; released it updates half a second later', () => {
    wr(10, 0x76);
    seconds(5);
    expect(rd(0)).toBe(0);
    wr(10, 0x26);
    bench.run(ms(499));
    expect(rd(0)).toBe(0);
    bench.run(ms(2));
    expect(rd(0)).toBe(1);
    seconds(1);
    expect(rd(0)).toBe(2);
  });

  test('writing the same divider again does not disturb the second', () => {
    bench.run(ms(700));
    wr(10, 0x26);
    bench.run(ms(301));
    expect(rd(0)).toBe(1);
  });
});

describe('MC146818A §Interrupts, §Register C', () => {
  test('update-ended interrupt: reading C clears the flags and the line', () => {
    wr(11, 0x12);
    seconds(1);
    expect(irq.level).toBe(true);
    expect(rd(12) & 0xb0).toBe(0x90);
    expect(irq.level).toBe(false);
    expect(rd(12) & 0x90).toBe(0);
    expect(irq.rising).toBe(1);
  });

  test('SET clears UIE', () => {
    wr(11, 0x92);
    expect(rd(11)).toBe(0x82);
  });

  test('alarm at a time, and with don\'t-care bytes every minute', () => {
    wr(5, 0x00);
    wr(3, 0x01);
    wr(1, 0x02);
    wr(11, 0x22);
    seconds(61);
    expect(irq.level).toBe(false);
    seconds(1);
    expect(irq.level).toBe(true);
    expect(rd(12) & 0xa0).toBe(0xa0);
    wr(5, 0xff);
    wr(3, 0xc0);
    seconds(60);
    expect(irq.rising).toBe(2);
  });

  test.each([[1, 256], [2, 128], [3, 8192], [6, 1024], [15, 2]])('table 5: rate %i is %i Hz', (rs, hz) => {
    wr(10, 0x20 | rs);
    rd(12);
    wr(11, 0x42);
    let count = 0;
    const end = bench.scheduler.now + TICKS_PER_SECOND;
    while (bench.until(() => irq.level, end - bench.scheduler.now)) {
      count++;
      rd(12);
    }
    expect(count).toBe(hz);
  });

  test('PF is set at its rate without the interrupt, and without an event for each edge', () => {
    wr(10, 0x23);
    rd(12);
    bench.run(us(100));
    expect(rd(12) & 0x40).toBe(0);
    bench.run(us(50));
    expect(rd(12) & 0xc0).toBe(0x40);
    const before = bench.scheduler.executed;
    seconds(10);
    expect(bench.scheduler.executed - before).toBe(10);
  });

  test('an interrupt that nobody acknowledges is one event, not a storm', () => {
    wr(10, 0x23);
    wr(11, 0x42);
    const before = bench.scheduler.executed;
    seconds(10);
    expect(bench.scheduler.executed - before).toBeLessThanOrEqual(11);
    expect(irq.rising).toBe(1);
  });
});

describe('CMOS RAM and reset', () => {
  test('contents come from the host, and the century follows the date', () => {
    make({ cmos: Uint8Array.from({ length: 128 }, (_, i) => i), ...at(1987, 6, 5, 4, 3, 2) });
    expect([rd(14), rd(0x31), rd(0x32), rd(127), rd(9)]).toEqual([14, 0x31, 0x19, 127, 0x87]);
    wr(0x40, 0x99);
    expect(rd(0x40)).toBe(0x99);
    expect(rtc.ram[0x40]).toBe(0x99);
  });

  test('bit 7 of the index is no index bit', () => {
    wr(0x40, 0x12);
    expect(rd(0xc0)).toBe(0x12);
  });

  test('§RESET: clears enables and flags; time, RAM, rate and modes stay; the clock goes on', () => {
    wr(10, 0x2a);
    wr(11, 0x76);
    wr(0x50, 7);
    seconds(2.5);
    bench.reset(rtc);
    expect(irq.level).toBe(false);
    expect([rd(10), rd(11), rd(0x50), rd(12)]).toEqual([0x2a, 0x06, 7, 0]);
    seconds(1);
    expect(rd(0)).toBe(3);
  });

  test('the crystal stays exact for a month', () => {
    expect(RTC_CLOCK.cyclesAt(30 * 86400 * TICKS_PER_SECOND)).toBe(30 * 86400 * 32768);
  });
});
