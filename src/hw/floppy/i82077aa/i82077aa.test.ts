import { describe, expect, test } from 'vitest';
import { DeviceBench } from '../../../testing/device-bench.ts';
import { describeContract } from '../../../testing/vitest.ts';
import { DD_SECTORS, FdcBench } from '../../../../test/benches/fdc-bench.ts';
import { FloppyDrive } from '../drive.ts';
import { I82077aa } from './i82077aa.ts';

const MS = 3e6, US = 3000;

describeContract('I82077aa', () => new I82077aa('fdc', new DeviceBench(), [new FloppyDrive(null)]), {
  except: {
    'ports.DSR': 'SW_RESET clears itself',
    'ports.FIFO': 'the FIFO is no storage: what is written is a command',
  },
});

describe('82077AA registers and reset (§2.1, §3)', () => {
  test('§2.1.5 in reset the main status register is 0, afterwards it asks for a command', () => {
    const b = new FdcBench();
    expect(b.inb(0x3f4)).toBe(0);
    b.outb(0x3f2, 0x0c);
    expect(b.inb(0x3f4)).toBe(0x80);
  });

  test('§7.4 polling after a reset: one interrupt, four units to be sensed, then invalid', () => {
    const b = new FdcBench();
    b.outb(0x3f2, 0x0c);
    b.run(MS);
    expect(b.irq.level).toBe(true);
    for (let unit = 0; unit < 4; unit++) {
      expect(b.driver.sense()).toEqual([0xc0 | unit, 0]);
      expect(b.irq.level).toBe(false);
    }
    expect(b.driver.sense()).toEqual([0x80]);
    expect(b.irq.rising).toBe(1);
  });

  test('§8.2 CONFIGURE without polling, given at once, keeps the interrupt from coming', () => {
    const b = new FdcBench();
    b.outb(0x3f2, 0x0c);
    b.driver.command(0x13, 0, 0x10, 0);
    b.run(10 * MS);
    expect(b.irq.rising).toBe(0);
  });

  test('§2.1.4 the reset bit of the DSR resets and clears itself', () => {
    const b = new FdcBench();
    b.driver.begin();
    b.outb(0x3f4, 0x80);
    b.run(MS);
    expect(b.driver.sense()).toEqual([0xc0, 0]);
  });

  test('§2.1.2 DMAGATE = 0 holds back INT', () => {
    const b = new FdcBench();
    b.outb(0x3f2, 0x04);
    b.run(MS);
    expect(b.irq.level).toBe(false);
  });

  test('§2.1.7 DSKCHG: until a step with a disk in the selected drive whose motor is on', () => {
    const b = new FdcBench();
    b.driver.begin();
    expect(b.inb(0x3f7)).toBe(0xff);
    b.driver.seek(1);
    expect(b.inb(0x3f7)).toBe(0x7f);
    const empty = new FdcBench({ sectors: 0 });
    empty.driver.begin();
    empty.driver.seek(1);
    expect(empty.inb(0x3f7)).toBe(0xff);
  });

  test('AT mode: status registers A and B are not driven', () => {
    const b = new FdcBench();
    expect([b.inb(0x3f0), b.inb(0x3f1)]).toEqual([0xff, 0xff]);
  });
});

describe('82077AA control commands (§5.2)', () => {
  test('§5.2.7 VERSION 90h; PART ID, SAVE and others are invalid: 80h and no interrupt', () => {
    const b = new FdcBench(), d = b.driver;
    d.begin();
    expect(d.command(0x10)).toEqual([0x90]);
    const rising = b.irq.rising;
    for (const code of [0x18, 0x2e, 0x00, 0x1f, 0x87, 0xff]) expect(d.command(code)).toEqual([0x80]);
    expect(b.irq.rising).toBe(rising);
  });

  test('§5.2.6 DUMPREG shows what SPECIFY, CONFIGURE, PERPENDICULAR MODE and LOCK set', () => {
    const b = new FdcBench(), d = b.driver;
    d.begin();
    d.command(0x03, 0xdf, 0x05);
    d.command(0x13, 0, 0x57, 9);
    d.command(0x12, 0x87);
    expect(d.command(0x94)).toEqual([0x10]);
    expect(d.command(0x0e)).toEqual([0, 0, 0, 0, 0xdf, 0x05, 0, 0x87, 0x57, 9]);
    expect(d.command(0x14)).toEqual([0]);
  });

  test('§5.2.9 LOCK: FIFO and threshold survive a software reset, else they do not', () => {
    const b = new FdcBench(), d = b.driver;
    const configAfterReset = (): number => {
      d.command(0x13, 0, 0x47, 9);
      b.outb(0x3f4, 0x80);
      return d.command(0x0e)[8];
    };
    d.begin();
    expect(configAfterReset()).toBe(0x20);
    d.command(0x94);
    expect(configAfterReset()).toBe(0x07);
  });

  test('§5.2.1 RECALIBRATE: step rate, interrupt, ST0; 79 pulses without track 0 end in EC', () => {
    const b = new FdcBench(), d = b.driver;
    d.begin();
    d.seek(40);
    const before = b.scheduler.now;
    expect(d.recalibrate()).toEqual([0x20, 0]);
    // SRT = Ch: 4 ms; 40 steps, and the time in which the last one is finished.
    expect((b.scheduler.now - before) / MS).toBeCloseTo(41 * 4, 0);
    b.outb(0x3f2, 0x0c);
    expect(d.recalibrate()).toEqual([0x70, 0]);
  });

  test('§5.2.2 SEEK and RELATIVE SEEK; MSR shows the drive busy and takes commands', () => {
    const b = new FdcBench(), d = b.driver;
    d.begin();
    d.give(0x0f, 0, 10);
    expect(b.inb(0x3f4)).toBe(0x81);
    d.status(1, 0);
    expect(b.irq.level).toBe(true);
    expect(d.sense()).toEqual([0x20, 10]);
    d.give(0xcf, 0, 5);
    d.status(1, 0);
    expect(d.sense()).toEqual([0x20, 15]);
    d.give(0x8f, 0, 2);
    d.status(1, 0);
    expect(d.sense()).toEqual([0x20, 13]);
    expect(b.drive.s.cylinder).toBe(13);
  });

  test('§6.4 ST3: track 0, write protect, head and unit', () => {
    const b = new FdcBench({ readOnly: true }), d = b.driver;
    d.begin();
    expect(d.command(0x04, 4)).toEqual([0x7c]);
    d.seek(1);
    expect(d.command(0x04, 0)).toEqual([0x68]);
  });
});

describe('82077AA reads and writes (§5.1)', () => {
  test('a track is one revolution: 18 sectors in 200 ms, by DMA, bytes as on the disk', () => {
    const b = new FdcBench(), d = b.ready();
    d.command(0x13, 0, 0x57, 0);
    d.give(...d.address(0x46, 0, 0, 1, 18));
    b.serveReads(1, false);
    const first = b.scheduler.now;
    const rest = b.serveReads(18 * 512 - 1);
    expect(Buffer.from(rest).equals(b.image(0, 0, 1, 18).subarray(1))).toBe(true);
    const turn = (b.scheduler.now - first) / MS;
    expect(turn).toBeGreaterThan(190);
    expect(turn).toBeLessThan(200);
    expect(d.result()).toEqual({ st0: 0, st1: 0, st2: 0, c: 1, h: 0, r: 1, n: 2 });
    expect(b.irq.level).toBe(false);
  });

  test('table 5-5: TC within a track ends normally, with the next sector in R', () => {
    const b = new FdcBench(), d = b.ready();
    d.give(...d.address(0x46, 0, 0, 3, 18));
    expect(Buffer.from(b.serveReads(1024)).equals(b.image(0, 0, 3, 2))).toBe(true);
    expect(d.result()).toEqual({ st0: 0, st1: 0, st2: 0, c: 0, h: 0, r: 5, n: 2 });
  });

  test('MT goes on to head 1', () => {
    const b = new FdcBench(), d = b.ready();
    d.give(...d.address(0xc6, 0, 0, 18, 18));
    const bytes = b.serveReads(1024);
    expect(Buffer.from(bytes.subarray(0, 512)).equals(b.image(0, 0, 18))).toBe(true);
    expect(Buffer.from(bytes.subarray(512)).equals(b.image(0, 1, 1))).toBe(true);
    expect(d.result()).toEqual({ st0: 4, st1: 0, st2: 0, c: 0, h: 1, r: 2, n: 2 });
  });

  test('§4.2.1 non-DMA mode: no TC, so EN; the interrupt asks for bytes, NON_DMA is set', () => {
    const b = new FdcBench(), d = b.ready(true);
    d.command(0x13, 0, 0x57, 0);
    d.seek(2);
    const rising = b.irq.rising;
    d.give(...d.address(0x46, 2, 1, 17, 18));
    expect(b.inb(0x3f4) & 0xb0).toBe(0x30);
    const bytes = d.readPio();
    expect(Buffer.from(bytes).equals(b.image(2, 1, 17, 2))).toBe(true);
    expect(d.result()).toEqual({ st0: 0x44, st1: 0x80, st2: 0, c: 3, h: 1, r: 1, n: 2 });
    expect(b.irq.rising).toBeGreaterThan(rising + 1024 / 16);
  });

  test('§4.2.2 a write in non-DMA mode reaches the disk; its end is an interrupt of its own', () => {
    const b = new FdcBench(), d = b.ready(true);
    const bytes = Uint8Array.from({ length: 1024 }, (_, k) => k * 3 + 1);
    d.give(...d.address(0x45, 0, 1, 17, 18));
    expect(b.irq.level).toBe(true);
    expect(d.writePio(bytes)).toBe(1024);
    expect(b.irq.level).toBe(false);
    expect(d.result()).toMatchObject({ st0: 0x44, st1: 0x80, st2: 0 });
    expect(Buffer.from(b.image(0, 1, 17, 2)).equals(bytes)).toBe(true);
  });

  test('§4.2.4 a write by DMA with TC in mid-sector fills the rest with 00', () => {
    const b = new FdcBench(), d = b.ready();
    const bytes = new Uint8Array(700).fill(0xa5);
    d.give(...d.address(0x45, 0, 0, 1, 18));
    b.serveWrites(bytes);
    expect(d.result()).toMatchObject({ st0: 0, st1: 0, r: 3 });
    const want = new Uint8Array(1024);
    want.set(bytes);
    expect(Buffer.from(b.image(0, 0, 1, 2)).equals(want)).toBe(true);
  });

  test('write protect: NW, and nothing is asked for', () => {
    const b = new FdcBench({ readOnly: true }), d = b.ready();
    d.give(...d.address(0x45, 0, 0, 1, 18));
    expect(d.result()).toMatchObject({ st0: 0x40, st1: 0x02 });
    expect(b.dreq.rising).toBe(0);
  });

  test('§6.2 a sector that is not there: ND after two index pulses; another cylinder: WC', () => {
    const b = new FdcBench(), d = b.ready();
    const before = b.scheduler.now;
    d.give(...d.address(0x46, 0, 0, 19, 19));
    expect(d.result()).toMatchObject({ st0: 0x40, st1: 0x04, st2: 0 });
    expect((b.scheduler.now - before) / MS).toBeGreaterThan(200);
    expect((b.scheduler.now - before) / MS).toBeLessThan(410);
    d.give(...d.address(0x46, 5, 0, 1, 18));
    expect(d.result()).toMatchObject({ st0: 0x40, st1: 0x04, st2: 0x10 });
  });

  test('§6.2 another data rate: MA', () => {
    const b = new FdcBench(), d = b.ready(false, 2);
    d.give(...d.address(0x46, 0, 0, 1, 18));
    expect(d.result()).toMatchObject({ st0: 0x40, st1: 0x01 });
  });

  test('720 kB at 250 kbit/s', () => {
    const b = new FdcBench({ sectors: DD_SECTORS }), d = b.ready(false, 2);
    d.seek(79);
    d.give(...d.address(0x46, 79, 1, 1, 9));
    expect(Buffer.from(b.serveReads(9 * 512)).equals(b.image(79, 1, 1, 9))).toBe(true);
    expect(d.result()).toMatchObject({ st0: 4, c: 80, r: 1 });
  });

  test('§5.2.5 EIS: the chip seeks by itself and says so in SE', () => {
    const b = new FdcBench(), d = b.ready();
    d.command(0x13, 0, 0x70, 0);
    d.give(...d.address(0x46, 7, 0, 1, 18));
    expect(Buffer.from(b.serveReads(512)).equals(b.image(7, 0, 1))).toBe(true);
    expect(d.result()).toMatchObject({ st0: 0x20, c: 7, r: 2 });
  });

  test('READ ID, VERIFY, READ TRACK', () => {
    const b = new FdcBench(), d = b.ready();
    d.seek(3);
    const id = d.command(0x4a, 4);
    expect([...id.slice(0, 5), id[6]]).toEqual([4, 0, 0, 3, 1, 2]);
    d.give(...d.address(0x56, 3, 0, 1, 18));
    expect(d.result()).toMatchObject({ st0: 0, st1: 0 });
    d.give(...d.address(0x42, 3, 0, 1, 18));
    expect(Buffer.from(b.serveReads(18 * 512)).equals(b.image(3, 0, 1, 18))).toBe(true);
    expect(d.result()).toMatchObject({ st0: 0, st1: 0 });
  });

  test('deleted data: CM and an end, or skipped with SK', () => {
    const b = new FdcBench(), d = b.ready();
    d.give(...d.address(0x49, 0, 0, 2, 18));
    b.serveWrites(new Uint8Array(512).fill(1));
    d.result();
    d.give(...d.address(0x46, 0, 0, 2, 18));
    b.serveReads(512);
    expect(d.result()).toMatchObject({ st0: 0, st2: 0x40 });
    d.give(...d.address(0x66, 0, 0, 2, 18));
    expect(Buffer.from(b.serveReads(512)).equals(b.image(0, 0, 3))).toBe(true);
    expect(d.result()).toMatchObject({ st0: 0, r: 4 });
    d.give(...d.address(0x4c, 0, 0, 2, 18));
    b.serveReads(512);
    expect(d.result()).toMatchObject({ st0: 0, st2: 0 });
  });

  test('FORMAT TRACK: a revolution from the index; filler, order and gaps are kept', () => {
    const b = new FdcBench(), d = b.ready();
    d.give(0x4d, 0, 2, 18, 0x6c, 0xf6);
    const order = Array.from({ length: 18 }, (_, k) => 1 + (k * 5) % 18);
    b.serveWrites(Uint8Array.from(order.flatMap((r) => [0, 0, r, 2])), false);
    expect(d.result()).toMatchObject({ st0: 0, st1: 0 });
    expect(b.image(0, 0, 1, 18).every((x) => x === 0xf6)).toBe(true);
    // The first after the index is the one that was formatted first.
    b.until(() => false, b.drive.nextIndex(b.scheduler.now) - b.scheduler.now);
    b.run(b.drive.nextIndex(b.scheduler.now) - b.scheduler.now);
    const ids = [0, 1, 2].map(() => d.command(0x4a, 0)[5]);
    expect(ids).toEqual([1, 6, 11]);
  });
});

describe('82077AA service in time (§2.1.6, calibration A7)', () => {
  /** Microseconds after DREQ at which the FIFO is emptied, each time; whether that was in time. */
  function servedAfter(delay: number, threshold: number): boolean {
    const b = new FdcBench(), d = b.ready();
    d.command(0x13, 0, 0x50 | threshold - 1, 0);
    d.give(...d.address(0x46, 0, 0, 1, 18));
    let taken = 0;
    while (taken < 512) {
      if (!b.until(() => b.dreq.level || b.irq.level, 3e9)) return false;
      if (!b.dreq.level) break;
      b.run(delay * US);
      while (b.dreq.level) {
        b.fdc.dma.dack.dackRead(1, taken === 511);
        taken++;
      }
    }
    return (d.result().st1 & 0x10) === 0;
  }

  for (const [threshold, deadline] of [[1, 14.5], [8, 126.5], [15, 238.5]])
    test(`a threshold of ${threshold} leaves ${deadline} µs`, () => {
      expect(servedAfter(deadline - 1, threshold)).toBe(true);
      expect(servedAfter(deadline + 1, threshold)).toBe(false);
    });

  test('a write that is not served: OR, the sector is completed with 00', () => {
    const b = new FdcBench(), d = b.ready();
    d.command(0x13, 0, 0x57, 0);
    d.give(...d.address(0x45, 0, 0, 1, 18));
    b.serveWrites(new Uint8Array(100).fill(0x11), false);
    expect(d.result()).toMatchObject({ st0: 0x40, st1: 0x10, r: 1 });
    const sector = b.image(0, 0, 1);
    expect([...sector.subarray(98, 102)]).toEqual([0x11, 0x11, 0, 0]);
  });
});
