import { describe, expect, test } from 'vitest';
import { ns } from '../../sim/time.ts';
import { IDE_DEVFN, IdeBench, type IdeBenchOptions } from '../../../test/benches/ide-bench.ts';
import { DRQ } from '../../testing/drivers/ide.ts';

const READ_DMA = 0xc8, WRITE_DMA = 0xca, READ_DMA_EXT = 0x25, SET_FEATURES = 0xef;
const ACTIVE = 1, ERROR = 2, INT = 4;
const TABLE = 0x8000, BUFFER = 0x100000;
const MS = 3e6;

/** A bench with Multiword DMA 2 set on both sides. */
function multiword2(o: IdeBenchOptions = {}): IdeBench {
  const b = new IdeBench(o);
  b.idetim(2, 3, 0x0d);
  b.driver.simple(SET_FEATURES, { features: 3, count: 0x22 });
  return b;
}
/** A bench with an Ultra DMA mode set on both sides, as Linux's ata_piix does it. */
function ultra(variant: 'piix4' | 'ich' | 'ich2', mode: number): IdeBench {
  const b = new IdeBench({ variant });
  b.driver.simple(SET_FEATURES, { features: 3, count: 0x40 | mode });
  b.pci.write(IDE_DEVFN, 0x48, 1, 1);
  b.pci.write(IDE_DEVFN, 0x4a, Math.min(2 - (mode & 1), mode), 2);
  if (variant !== 'piix4') b.pci.write(IDE_DEVFN, 0x54, 0xf0 | (mode === 5 ? 0x1000 : mode > 2 ? 1 : 0), 2);
  return b;
}
const memory = (b: IdeBench, at: number, n: number) => b.ram.bytes.slice(at, at + n);
const disk = (b: IdeBench, sector: number, n: number) => b.disks[0].bytes.slice(sector * 512, sector * 512 + n);

describe('bus master transfers (interface 1.0 §Standard programming sequence)', () => {
  test('READ DMA over three descriptors: Interrupt 1, Active 0, data in memory', () => {
    const b = multiword2();
    b.driver.table(TABLE, [
      { address: BUFFER, bytes: 512 },
      { address: BUFFER + 0x10000, bytes: 1024 },
      { address: BUFFER + 0x30002, bytes: 512, end: true },
    ]);
    const irqs = b.irq14.rising;
    b.driver.startDma(TABLE, true);
    b.driver.command(READ_DMA, { lba: 7, count: 4 });
    expect(b.driver.waitDma()).toBe(INT);
    expect(b.irq14.rising - irqs).toBe(1);
    expect(b.driver.endDma()).toBe(0x50);
    expect(b.irq14.level).toBe(false);
    expect(b.driver.masterStatus).toBe(0);
    expect(memory(b, BUFFER, 512)).toEqual(disk(b, 7, 512));
    expect(memory(b, BUFFER + 0x10000, 1024)).toEqual(disk(b, 8, 1024));
    expect(memory(b, BUFFER + 0x30002, 512)).toEqual(disk(b, 10, 512));
    const c = b.ide.counters(0);
    expect(c.dmaBytes).toBe(2048);
    expect(c.prdFetches).toBe(3);
    // The last region is not on a 64-byte line: one burst more.
    expect(c.dmaTransfers).toBe(3 + 32 + 1);
  });

  test('the command may come before the start bit', () => {
    const b = multiword2();
    b.driver.table(TABLE, [{ address: BUFFER, bytes: 512, end: true }]);
    b.driver.command(READ_DMA, { count: 1 });
    b.run(MS);
    expect(b.driver.alternateStatus & DRQ).toBe(DRQ);
    b.driver.startDma(TABLE, true);
    expect(b.driver.waitDma()).toBe(INT);
  });

  test('WRITE DMA EXT of 300 sectors', () => {
    const b = multiword2();
    for (let k = 0; k < 300 * 512; k++) b.ram.bytes[BUFFER + k] = (k * 11) >> 3;
    b.driver.table(TABLE, [
      { address: BUFFER, bytes: 0 },
      { address: BUFFER + 0x10000, bytes: 0 },
      { address: BUFFER + 0x20000, bytes: 300 * 512 - 0x20000, end: true },
    ]);
    b.driver.startDma(TABLE, false);
    b.driver.command(0x35, { lba: 1000, count: 300, ext: true });
    expect(b.driver.waitDma()).toBe(INT);
    expect(b.driver.endDma()).toBe(0x50);
    expect(disk(b, 1000, 300 * 512)).toEqual(memory(b, BUFFER, 300 * 512));
    expect(b.ide.counters(0).dmaBytes).toBe(300 * 512);
  });

  test('byte count 0 is 64 KiB', () => {
    const b = multiword2();
    b.driver.table(TABLE, [{ address: BUFFER, bytes: 0, end: true }]);
    b.driver.startDma(TABLE, true);
    b.driver.command(READ_DMA, { count: 128 });
    expect(b.driver.waitDma()).toBe(INT);
    expect(memory(b, BUFFER, 65536)).toEqual(disk(b, 0, 65536));
  });

  test('the bit that says data is in memory is not set before it is (§Status register, Interrupt)', () => {
    const b = multiword2({ drives: [{ timing: { finish: 1 } }] });
    b.driver.table(TABLE, [{ address: BUFFER, bytes: 512, end: true }]);
    b.driver.startDma(TABLE, true);
    b.driver.command(READ_DMA, { lba: 3, count: 1 });
    while ((b.driver.masterStatus & INT) === 0) b.scheduler.runUntil(b.scheduler.nextTime);
    expect(memory(b, BUFFER, 512)).toEqual(disk(b, 3, 512));
    expect(b.driver.masterStatus).toBe(INT);
  });

  test('the secondary channel has its own registers and IRQ 15', () => {
    const b = new IdeBench({ drives: [null, null, {}, null] });
    const d = b.driver;
    d.ports.command = 0x170;
    d.ports.control = 0x376;
    d.ports.master = 0xc008;
    d.table(TABLE, [{ address: BUFFER, bytes: 512, end: true }]);
    d.startDma(TABLE, true);
    d.command(READ_DMA, { count: 1 });
    expect(d.waitDma()).toBe(INT);
    expect(b.irq15.rising).toBe(1);
    expect(b.irq14.rising).toBe(0);
    expect(b.ide.counters(1).dmaBytes).toBe(512);
  });
});

describe('end conditions (interface 1.0, table of Interrupt and Active)', () => {
  test('table longer than the transfer: Interrupt 1, Active 1', () => {
    const b = multiword2();
    b.driver.table(TABLE, [{ address: BUFFER, bytes: 4096, end: true }]);
    b.driver.startDma(TABLE, true);
    b.driver.command(READ_DMA, { count: 1 });
    expect(b.driver.waitDma()).toBe(INT | ACTIVE);
    expect(memory(b, BUFFER, 512)).toEqual(disk(b, 0, 512));
    expect(memory(b, BUFFER + 512, 512)).toEqual(new Uint8Array(512));
    b.driver.endDma();
    expect(b.driver.masterStatus).toBe(0);
  });

  test('table shorter than the transfer: Active 0, Interrupt 0, the drive waits', () => {
    const b = multiword2();
    b.driver.table(TABLE, [{ address: BUFFER, bytes: 512, end: true }]);
    b.driver.startDma(TABLE, true);
    b.driver.command(READ_DMA, { count: 2 });
    expect(b.driver.waitDma(100 * MS)).toBe(-1);
    expect(b.driver.masterStatus).toBe(0);
    expect(b.driver.alternateStatus & DRQ).toBe(DRQ);
    expect(memory(b, BUFFER, 512)).toEqual(disk(b, 0, 512));
    expect(memory(b, BUFFER + 512, 64)).toEqual(new Uint8Array(64));
    b.driver.endDma();
    expect(b.driver.reset()).toBe(0x50);
  });

  for (const toMemory of [true, false]) {
    test(`no end mark, ${toMemory ? 'read' : 'write'}: bounded by the drive's count`, () => {
      const b = multiword2();
      // The whole 64 KiB window is one-sector descriptors, none with an end mark.
      b.driver.table(
        0x10000,
        Array.from({ length: 8192 }, (_, k) => ({ address: BUFFER + (k % 256) * 512, bytes: 512 })),
      );
      b.driver.startDma(0x10000, toMemory);
      b.driver.command(toMemory ? READ_DMA_EXT : 0x35, { count: 4096, ext: true });
      expect(b.driver.waitDma(10_000 * MS)).toBe(INT | ACTIVE);
      expect(b.ide.counters(0).dmaBytes).toBe(4096 * 512);
      expect(b.ide.counters(0).prdFetches).toBeLessThanOrEqual(4098);
    });
  }

  test('wrong direction: nothing moves', () => {
    const b = multiword2();
    b.driver.table(TABLE, [{ address: BUFFER, bytes: 512, end: true }]);
    b.driver.startDma(TABLE, false);
    b.driver.command(READ_DMA, { count: 1 });
    expect(b.driver.waitDma(100 * MS)).toBe(-1);
    expect(b.driver.masterStatus).toBe(ACTIVE);
    expect(b.ide.counters(0).dmaBytes).toBe(0);
    b.driver.endDma();
    expect(b.driver.reset()).toBe(0x50);
  });

  test('clearing the start bit gives the transfer up: no late write', () => {
    const b = multiword2();
    b.driver.table(TABLE, [{ address: BUFFER, bytes: 0, end: true }]);
    b.driver.startDma(TABLE, true);
    b.driver.command(READ_DMA, { count: 128 });
    b.run(MS);
    const moved = b.ide.counters(0).dmaBytes;
    expect(moved).toBeGreaterThan(0);
    b.outb(0xc000, 8);
    b.run(100 * MS);
    expect(b.ide.counters(0).dmaBytes).toBe(moved);
    expect(b.driver.masterStatus & ACTIVE).toBe(0);
    expect(memory(b, BUFFER + moved, 64)).toEqual(new Uint8Array(64));
  });
});

describe('what goes wrong on the bus', () => {
  const RMA = 0x2000;
  for (const [what, table, target] of [['the table', 0xe0000000, BUFFER], ['the data', TABLE, 0xe0000000]] as const) {
    test(`${what} outside memory: Error 1, Active 0, master abort in the PCI status, the drive waits`, () => {
      const b = multiword2();
      b.driver.table(TABLE, [{ address: target, bytes: 512, end: true }]);
      b.driver.startDma(table, true);
      b.driver.command(READ_DMA, { count: 1 });
      expect(b.driver.waitDma()).toBe(ERROR);
      expect(b.pci.read(IDE_DEVFN, 6, 2) & RMA).toBe(RMA);
      b.run(MS);
      expect(b.driver.alternateStatus & DRQ).toBe(DRQ);
      expect(b.irq14.rising).toBe(1); // SET FEATURES; nothing for the transfer
      b.driver.endDma();
      expect(b.driver.masterStatus).toBe(0);
      b.pci.write(IDE_DEVFN, 6, RMA, 2);
      expect(b.pci.read(IDE_DEVFN, 6, 2) & RMA).toBe(0);
      expect(b.driver.reset()).toBe(0x50);
      b.driver.table(TABLE, [{ address: BUFFER, bytes: 512, end: true }]);
      b.driver.startDma(TABLE, true);
      b.driver.command(READ_DMA, { count: 1 });
      expect(b.driver.waitDma()).toBe(INT);
    });
  }

  test('a table or data at the top of the address space, wrapping past it', () => {
    for (const table of [0xfffffffc, 0xfffffff8]) {
      const b = multiword2();
      b.driver.startDma(table, true);
      b.driver.command(READ_DMA, { count: 1 });
      expect(b.driver.waitDma()).toBe(ERROR);
    }
  });

  test('a region that crosses 64 KiB wraps in its window', () => {
    const b = multiword2();
    b.driver.table(TABLE, [{ address: BUFFER + 0xff00, bytes: 512, end: true }]);
    b.driver.startDma(TABLE, true);
    b.driver.command(READ_DMA, { lba: 2, count: 1 });
    expect(b.driver.waitDma()).toBe(INT);
    expect(memory(b, BUFFER + 0xff00, 256)).toEqual(disk(b, 2, 256));
    expect(memory(b, BUFFER, 256)).toEqual(disk(b, 2, 512).slice(256));
    expect(memory(b, BUFFER + 0x10000, 256)).toEqual(new Uint8Array(256));
  });

  test('a table that crosses 64 KiB goes on at the beginning of its window', () => {
    const b = multiword2();
    b.driver.table(0x1fff8, [{ address: BUFFER, bytes: 512 }]);
    b.driver.table(0x10000, [{ address: BUFFER + 512, bytes: 512, end: true }]);
    b.driver.table(0x20000, [{ address: BUFFER + 4096, bytes: 512, end: true }]);
    b.driver.startDma(0x1fff8, true);
    b.driver.command(READ_DMA, { lba: 2, count: 2 });
    expect(b.driver.waitDma()).toBe(INT);
    expect(memory(b, BUFFER, 1024)).toEqual(disk(b, 2, 1024));
  });

  test('Bus Master Enable off: nothing ends, nothing moves; on again: it goes on', () => {
    const b = multiword2();
    b.pci.write(IDE_DEVFN, 4, 1, 2);
    b.driver.table(TABLE, [{ address: BUFFER, bytes: 512, end: true }]);
    b.driver.startDma(TABLE, true);
    b.driver.command(READ_DMA, { count: 1 });
    expect(b.driver.waitDma(100 * MS)).toBe(-1);
    expect(b.driver.masterStatus).toBe(ACTIVE);
    expect(b.ide.counters(0).dmaTransfers).toBe(0);
    b.pci.write(IDE_DEVFN, 4, 5, 2);
    expect(b.driver.waitDma()).toBe(INT);
  });

  test('Bus Master Enable cleared in mid-transfer: no late write; set again: complete data', () => {
    const b = multiword2();
    b.driver.table(TABLE, [{ address: BUFFER, bytes: 0, end: true }]);
    b.driver.startDma(TABLE, true);
    b.driver.command(READ_DMA, { count: 128 });
    b.run(MS + 777);
    b.pci.write(IDE_DEVFN, 4, 1, 2);
    const before = b.ram.bytes.slice();
    b.run(50 * MS);
    expect(Buffer.compare(b.ram.bytes, before)).toBe(0);
    expect(b.irq14.rising).toBe(1);
    b.pci.write(IDE_DEVFN, 4, 5, 2);
    expect(b.driver.waitDma()).toBe(INT);
    expect(memory(b, BUFFER, 65536)).toEqual(disk(b, 0, 65536));
  });

  test('SRST in mid-transfer: the drive is gone, the bus master waits till it is stopped', () => {
    const b = multiword2();
    b.driver.table(TABLE, [{ address: BUFFER, bytes: 0, end: true }]);
    b.driver.startDma(TABLE, true);
    b.driver.command(READ_DMA, { count: 128 });
    b.run(MS);
    expect(b.driver.reset()).toBe(0x50);
    expect(b.driver.masterStatus).toBe(ACTIVE);
    b.driver.endDma();
    b.driver.startDma(TABLE, true);
    b.driver.command(READ_DMA, { count: 128 });
    expect(b.driver.waitDma()).toBe(INT);
    expect(memory(b, BUFFER, 65536)).toEqual(disk(b, 0, 65536));
  });

  test('controller and drive set to different kinds of DMA: nothing moves', () => {
    const b = multiword2({ variant: 'piix4' });
    b.driver.simple(SET_FEATURES, { features: 3, count: 0x42 });
    b.driver.table(TABLE, [{ address: BUFFER, bytes: 512, end: true }]);
    b.driver.startDma(TABLE, true);
    b.driver.command(READ_DMA, { count: 1 });
    expect(b.driver.waitDma(100 * MS)).toBe(-1);
    b.driver.endDma();
    expect(b.driver.reset()).toBe(0x50);
  });

  test('a bad sector ends the command with UNC after the data before it', () => {
    const b = multiword2({ drives: [{ badSectors: new Set([21]) }] });
    b.driver.table(TABLE, [{ address: BUFFER, bytes: 4096, end: true }]);
    b.driver.startDma(TABLE, true);
    b.driver.command(READ_DMA, { lba: 20, count: 8 });
    expect(b.driver.waitDma()).toBe(INT | ACTIVE);
    expect(b.driver.endDma()).toBe(0x51);
    expect(b.driver.error).toBe(0x40);
    expect(b.inb(0x1f3)).toBe(21);
    expect(memory(b, BUFFER, 512)).toEqual(disk(b, 20, 512));
  });
});

describe('injected faults', () => {
  test('hang: the transfer stops for good after so many bytes', () => {
    const b = multiword2({ fault: { kind: 'hang', afterBytes: 1024 } });
    b.driver.table(TABLE, [{ address: BUFFER, bytes: 4096, end: true }]);
    b.driver.startDma(TABLE, true);
    b.driver.command(READ_DMA, { count: 8 });
    expect(b.driver.waitDma(1000 * MS)).toBe(-1);
    expect(b.ide.counters(0).dmaBytes).toBeGreaterThanOrEqual(1024);
    expect(b.ide.counters(0).dmaBytes).toBeLessThan(4096);
  });
  test('corrupt: one bit in every 512 bytes, the same bits for the same seed', () => {
    const once = () => {
      const b = multiword2({ fault: { kind: 'corrupt', everyBytes: 512, seed: 42 } });
      b.driver.table(TABLE, [{ address: BUFFER, bytes: 4096, end: true }]);
      b.driver.startDma(TABLE, true);
      b.driver.command(READ_DMA, { count: 8 });
      expect(b.driver.waitDma()).toBe(INT);
      const got = memory(b, BUFFER, 4096), want = disk(b, 0, 4096);
      return [...got].flatMap((v, k) => (v === want[k] ? [] : [k]));
    };
    const wrong = once();
    expect(wrong.length).toBe(8);
    expect(once()).toEqual(wrong);
  });
});

describe('rate of each mode (calibration: ATA-6 cycle times), 64 KiB, within 1 %', () => {
  const measure = (b: IdeBench, write: boolean): number => {
    b.driver.table(TABLE, [{ address: BUFFER, bytes: 0, end: true }]);
    b.driver.startDma(TABLE, !write);
    b.driver.command(write ? WRITE_DMA : READ_DMA, { count: 128 });
    const moved = () => b.ide.masters[0].counters.bytesToMemory + b.ide.masters[0].counters.bytesFromMemory;
    expect(b.until(() => moved() > 0, 10 * MS)).toBe(true);
    const t0 = b.scheduler.now, first = moved();
    expect(b.until(() => moved() >= 65536, 1000 * MS)).toBe(true);
    const perWord = (b.scheduler.now - t0) / ((65536 - first) / 2);
    expect(b.driver.waitDma()).toBe(INT);
    return perWord;
  };
  const within = (ticks: number, nanoseconds: number) =>
    expect(Math.abs(ticks / ns(nanoseconds) - 1)).toBeLessThan(0.01);
  const multiword = (mode: number, isp: number, rtc: number): IdeBench => {
    const b = new IdeBench();
    b.driver.simple(SET_FEATURES, { features: 3, count: 0x20 | mode });
    b.idetim(isp, rtc, 9);
    return b;
  };
  for (const write of [false, true]) {
    const to = write ? 'to the drive' : 'to memory';
    test(`no fast timing ${to}: 600 ns`, () => within(measure(new IdeBench(), write), 600));
    test(`Multiword 0 ${to}: 480 ns`, () => within(measure(multiword(0, 0, 0), write), 480));
    test(`Multiword 1 ${to}: 180 ns, the chip's nearest`, () => within(measure(multiword(1, 2, 1), write), 180));
    test(`Multiword 2 ${to}: 120 ns`, () => within(measure(multiword(2, 2, 3), write), 120));
    test(`Ultra 0 ${to}: 120 ns`, () => within(measure(ultra('piix4', 0), write), 120));
    test(`Ultra 1 ${to}: ${write ? '90 ns, the clock of the chip' : '80 ns'}`, () =>
      within(measure(ultra('piix4', 1), write), write ? 90 : 80));
    test(`Ultra 2 ${to}: 60 ns`, () => within(measure(ultra('piix4', 2), write), 60));
    test(`Ultra 3 ${to}: 45 ns`, () => within(measure(ultra('ich', 3), write), 45));
    test(`Ultra 4 ${to}: 30 ns`, () => within(measure(ultra('ich', 4), write), 30));
    test(`Ultra 5 ${to}: 25 clocks of PCI a burst are slower than the cable's 20 ns`, () =>
      within(measure(ultra('ich2', 5), write), (25 * 30) / 32));
  }
});
