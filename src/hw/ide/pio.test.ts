import { describe, expect, test } from 'vitest';
import { ns } from '../../sim/time.ts';
import { IDE_DEVFN, IdeBench } from '../../../test/benches/ide-bench.ts';
import { DRQ, ERR } from '../../testing/drivers/ide.ts';

const READ = 0x20, WRITE = 0x30, READ_MULTIPLE = 0xc4, WRITE_MULTIPLE = 0xc5;
/** The bus's share of one access: 2 clocks of arbitration, 8 to the data. */
const BUS = 10 * ns(30);

describe('PIO data-in (ATA-6 §9.5)', () => {
  test('READ SECTORS gives the data, an interrupt a sector, and ends in 50h', () => {
    const b = new IdeBench();
    b.driver.command(READ, { lba: 5, count: 3 });
    const data = b.driver.pioIn(3 * 512);
    expect(data).toEqual(b.disks[0].bytes.slice(5 * 512, 8 * 512));
    expect(b.irq14.rising).toBe(3);
    expect(b.driver.alternateStatus).toBe(0x50);
    expect(b.ide.counters(0).dataReads16).toBe(768);
  });

  test('READ MULTIPLE moves blocks, the last one shorter', () => {
    const b = new IdeBench();
    expect(b.driver.simple(0xc6, { count: 8 })).toBe(0x50);
    const before = b.irq14.rising;
    b.driver.command(READ_MULTIPLE, { lba: 100, count: 20 });
    expect(b.driver.pioIn(20 * 512, 8 * 512, 4)).toEqual(b.disks[0].bytes.slice(100 * 512, 120 * 512));
    expect(b.irq14.rising - before).toBe(3);
    expect(b.ide.counters(0).dataReads32).toBe(2560);
  });

  test('reading the status ends the interrupt, reading the alternate status does not (§7.3, §7.15)', () => {
    const b = new IdeBench();
    b.driver.command(READ, { count: 1 });
    expect(b.driver.ready() & DRQ).toBe(DRQ);
    expect(b.irq14.level).toBe(true);
    expect(b.driver.alternateStatus).toBe(0x58);
    expect(b.irq14.level).toBe(true);
    expect(b.driver.status).toBe(0x58);
    expect(b.irq14.level).toBe(false);
  });

  test('nIEN takes the interrupt line away, not the request (§7.8)', () => {
    const b = new IdeBench();
    b.driver.out8(0x3f6, 2);
    b.driver.command(READ, { count: 1 });
    b.driver.ready();
    expect(b.irq14.level).toBe(false);
    b.driver.out8(0x3f6, 0);
    expect(b.irq14.level).toBe(true);
  });
});

describe('PIO data-out (ATA-6 §9.6)', () => {
  test('WRITE SECTORS asks without an interrupt first; data is on the disk when the block completes', () => {
    const b = new IdeBench();
    const data = new Uint8Array(1024).map((_, k) => k * 3);
    b.driver.command(WRITE, { lba: 9, count: 2 });
    b.driver.ready();
    expect(b.irq14.rising).toBe(0);
    b.driver.pioOut(data);
    expect(b.irq14.rising).toBe(1); // the first one was not acknowledged, so the line stays up
    expect(b.driver.status).toBe(0x50);
    expect(b.disks[0].bytes.slice(9 * 512, 11 * 512)).toEqual(data);
  });

  test('WRITE MULTIPLE with 32-bit accesses', () => {
    const b = new IdeBench();
    const data = new Uint8Array(5 * 512).map((_, k) => k ^ (k >> 8));
    b.driver.simple(0xc6, { count: 4 });
    b.driver.command(WRITE_MULTIPLE, { lba: 50, count: 5 });
    b.driver.pioOut(data, 4 * 512, 4);
    expect(b.disks[0].bytes.slice(50 * 512, 55 * 512)).toEqual(data);
    expect(b.disks[0].writes).toBe(2);
  });

  test('a read-only disk aborts writes', () => {
    const b = new IdeBench({ drives: [{ disk: Object.assign(new (class {
      name = 'ro'; size = 512 * 100; readOnly = true;
      read(): void {}
      write(): void { throw new Error('written'); }
      flush(): void {}
    })()) }] });
    expect(b.driver.simple(WRITE, { count: 1 }) & ERR).toBe(ERR);
    expect(b.driver.error).toBe(4);
  });
});

describe('PIO timing from IDETIM (82371SB §IDETIM, IDE transaction timings)', () => {
  const modes: [string, number, number, number, number][] = [
    ['compatible (PIO 0 and 1)', 0, 0, 0, 600],
    ['PIO 2: ISP 4, RTC 4', 1, 0, 1, 240],
    ['PIO 3: ISP 3, RTC 3', 2, 1, 1, 180],
    ['PIO 4: ISP 3, RTC 1', 2, 3, 1, 120],
  ];
  for (const [name, isp, rtc, bits, cycle] of modes) {
    test(`${name}: ${cycle} ns a word on top of the bus`, () => {
      const b = new IdeBench();
      b.idetim(isp, rtc, bits);
      b.driver.command(READ, { count: 2 });
      b.driver.ready();
      b.run(30_000);
      b.inw(0x1f0);
      expect(b.tx.ticks).toBe(BUS + ns(cycle));
      b.run(b.tx.ticks);
      b.inl(0x1f0);
      expect(b.tx.ticks).toBe(BUS + 2 * ns(cycle));
    });

    test(`${name} with prefetch: the cable works behind the bus`, () => {
      const b = new IdeBench();
      b.idetim(isp, rtc, bits | 4);
      b.driver.command(READ, { count: 1 });
      b.driver.ready();
      b.run(30_000);
      const t0 = b.scheduler.now;
      for (let k = 0; k < 128; k++) {
        b.inl(0x1f0);
        b.run(b.tx.ticks);
      }
      const each = Math.max(BUS, 2 * ns(cycle));
      expect(b.scheduler.now - t0).toBe(BUS + 2 * ns(cycle) + 127 * each);
    });
  }

  test('DTE keeps PIO in compatible timing; a slave takes SIDETIM if SITRE is set', () => {
    const b = new IdeBench({ drives: [{}, {}] });
    b.idetim(2, 3, 9);
    expect(b.ide.channels[0].timing.pio).toEqual([ns(600), ns(600)]);
    b.pci.write(IDE_DEVFN, 0x40, 0xf333, 2);
    b.pci.write(IDE_DEVFN, 0x44, 0x04, 1); // PISP1 = 1, PRTC1 = 0
    expect(b.ide.channels[0].timing.pio).toEqual([ns(90), ns(240)]);
  });

  test('other registers take 33 clocks', () => {
    const b = new IdeBench();
    b.run(30_000);
    b.inb(0x3f6);
    expect(b.tx.ticks).toBe(BUS + ns(990));
  });

  test('posted writes end for the host when the buffer takes them', () => {
    const b = new IdeBench();
    b.idetim(2, 1, 5);
    b.driver.command(WRITE, { count: 1 });
    b.driver.ready();
    b.run(30_000);
    const t0 = b.scheduler.now;
    for (let k = 0; k < 128; k++) {
      b.outl(0x1f0, k);
      b.run(b.tx.ticks);
    }
    expect(b.scheduler.now - t0).toBe(BUS + 127 * Math.max(BUS, ns(360)));
  });
});
