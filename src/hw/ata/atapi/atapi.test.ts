import { describe, expect, test } from 'vitest';
import { IdeBench, MemoryDisk, type IdeBenchOptions } from '../../../../test/benches/ide-bench.ts';
import { AtapiDriver, packetOf } from '../../../testing/drivers/atapi.ts';
import { DRQ, ERR, IdeDriver } from '../../../testing/drivers/ide.ts';
import { ms, us } from '../../../sim/time.ts';
import type { AtapiDriveOptions } from './drive.ts';

const TABLE = 0x8000, BUFFER = 0x100000;
const SECTORS = 400;

interface CdBench {
  b: IdeBench;
  cd: AtapiDriver;
  disc: MemoryDisk;
}

/** A bench with one CD-ROM drive as primary master. */
function withCd(options: Partial<AtapiDriveOptions> = {}, more: IdeBenchOptions = {}): CdBench {
  const disc = new MemoryDisk(SECTORS * 4, true);
  const b = new IdeBench({ ...more, drives: [{ cd: { disc, ...options } }] });
  return { b, cd: new AtapiDriver(b.driver), disc };
}
function settled(options: Partial<AtapiDriveOptions> = {}, more: IdeBenchOptions = {}): CdBench {
  const made = withCd(options, more);
  made.cd.settle();
  return made;
}
const sectors = ({ bytes }: MemoryDisk, lba: number, n: number): Uint8Array =>
  bytes.slice(lba * 2048, (lba + n) * 2048);
const read10 = (lba: number, n: number): Uint8Array =>
  packetOf(0x28, 0, lba >>> 24, (lba >>> 16) & 255, (lba >>> 8) & 255, lba & 255, 0, n >> 8, n & 255);
const allOf = (e: { status: number; data: Uint8Array }) => [e.status, ...e.data];
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

describe('what it is', () => {
  test('signature after a reset (ATA-6 §9.12), status 00h', () => {
    const { b } = withCd();
    expect([0x1f2, 0x1f3, 0x1f4, 0x1f5, 0x1f1].map((p) => b.inb(p))).toEqual([1, 1, 0x14, 0xeb, 1]);
    expect(b.inb(0x3f6)).toBe(0);
    b.outb(0x1f4, 0);
    b.driver.reset();
    expect([b.inb(0x1f4), b.inb(0x1f5)]).toEqual([0x14, 0xeb]);
  });

  test('IDENTIFY DEVICE is aborted and shows the signature (§8.15)', () => {
    const { b } = withCd();
    expect(b.driver.simple(0xec)).toBe(0x51);
    expect([b.driver.error, b.inb(0x1f4), b.inb(0x1f5)]).toEqual([4, 0x14, 0xeb]);
  });

  test('IDENTIFY PACKET DEVICE (§8.16): CD-ROM, removable, 12 bytes, sum 0', () => {
    const { b } = withCd();
    b.driver.simple(0xef, { features: 3, count: 0x22 });
    b.driver.command(0xa1);
    const w = new Uint16Array(b.driver.pioIn(512).buffer);
    expect(b.driver.status & DRQ).toBe(0);
    expect([w[0], w[63], w[49] & 0x300, w[82] & 0x10]).toEqual([0x85c0, 0x0407, 0x300, 0x10]);
    expect(String.fromCharCode(...Array.from(w.slice(27, 32), (v) => [v >> 8, v & 255]).flat())).toBe('NORTHBRIDG');
    expect(Array.from(w).reduce((sum, v) => sum + (v & 255) + (v >> 8), 0) & 255).toBe(0);
  });

  test('an absent device 1 beside it reads 00h everywhere: no second signature (§9.16)', () => {
    const { b } = withCd();
    b.outb(0x1f6, 0xb0);
    expect([1, 2, 3, 4, 5, 6, 7].map((k) => b.inb(0x1f0 + k))).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  test('DEVICE RESET ends a command that is under way, without an interrupt (§8.10)', () => {
    const { b, cd } = settled();
    cd.send(read10(0, 4));
    expect(b.inb(0x3f6) & 0x80).toBe(0x80);
    b.outb(0x1f7, 0x08);
    b.run(us(100));
    expect([b.inb(0x3f6), b.inb(0x1f4), b.inb(0x1f5), b.irq14.level]).toEqual([0, 0x14, 0xeb, false]);
    b.run(ms(500));
    expect(b.irq14.level).toBe(false);
  });
});

describe('protocols of PACKET (§9.8, §9.9)', () => {
  test('DRQ for the packet comes without an interrupt, C/D set; data with one, I/O set; the end with both', () => {
    const { b, cd } = settled();
    const seen: unknown[] = [];
    b.driver.command(0xa0, { lba: 0xfffe00 });
    b.driver.ready();
    seen.push([b.inb(0x1f2) & 3, b.irq14.level]);
    const packet = read10(5, 1);
    for (let k = 0; k < 12; k += 2) b.outw(0x1f0, packet[k] | (packet[k + 1] << 8));
    b.driver.ready();
    seen.push([b.inb(0x1f2) & 3, b.irq14.level, b.inb(0x1f4) | (b.inb(0x1f5) << 8)]);
    const end = cd.finish();
    seen.push([b.inb(0x1f2) & 3, end.status]);
    expect(seen).toEqual([[1, false], [2, true, 2048], [3, 0x50]]);
  });

  test.each([[0xfffe, [32768, 8192]], [0xffff, [32768, 8192]], [2048, Array(20).fill(2048)],
    [30001, [30000, 2768, 8192]]])('byte count limit %i', (limit, blocks) => {
    const { cd, disc } = settled();
    const end = cd.command(read10(100, 20), limit);
    expect(end.blocks).toEqual(blocks);
    expect(same(end.data, sectors(disc, 100, 20))).toBe(true);
  });

  test('an odd limit holds for the last block; a limit of 0 aborts what has data, and nothing else', () => {
    const { cd } = settled();
    expect(cd.command(packetOf(0x12, 0, 0, 0, 36), 7).blocks).toEqual([6, 6, 6, 6, 6, 6]);
    expect(cd.command(packetOf(0x12, 0, 0, 0, 5), 7).blocks).toEqual([5]);
    expect(cd.command(packetOf(0x12, 0, 0, 0, 36), 0)).toMatchObject({ status: 0x51, error: 4 });
    expect(cd.command(read10(0, 1), 0)).toMatchObject({ status: 0x51, error: 4 });
    expect(cd.command(packetOf(0x00), 0).status).toBe(0x50);
  });

  test.each([0x22, 0x42])('DMA through the bus master, mode %i', (mode) => {
    const { b, cd, disc } = settled({}, { variant: 'piix4' });
    b.driver.simple(0xef, { features: 3, count: mode });
    if (mode === 0x42) b.pci.write(9, 0x48, 0x00020001);
    b.driver.table(TABLE, [{ address: BUFFER, bytes: 40960, end: true }]);
    b.driver.startDma(TABLE, true);
    cd.send(read10(7, 20), { dma: true });
    expect(b.driver.waitDma(9e9)).toBe(4);
    expect(b.driver.endDma()).toBe(0x50);
    expect(same(b.ram.bytes.slice(BUFFER, BUFFER + 40960), sectors(disc, 7, 20))).toBe(true);
  });
});

describe('commands', () => {
  test('after power on: UNIT ATTENTION once, then becoming ready, then ready', () => {
    const { b, cd } = withCd();
    expect(cd.command(packetOf(0x00))).toMatchObject({ status: 0x51, error: 0x60 });
    expect(cd.sense()).toEqual([6, 0x29, 0]);
    expect(cd.command(packetOf(0x00)).error).toBe(0x20);
    expect(cd.sense()).toEqual([2, 4, 1]);
    b.run(ms(1500));
    expect(cd.command(packetOf(0x00)).status).toBe(0x50);
    expect(cd.sense()).toEqual([0, 0, 0]);
  });

  test('READ(10), READ(12), READ CD give the same sectors; past the end is ILLEGAL REQUEST', () => {
    const { cd, disc } = settled();
    const want = sectors(disc, 300, 3);
    for (const packet of [read10(300, 3), packetOf(0xa8, 0, 0, 0, 1, 44, 0, 0, 0, 3),
      packetOf(0xbe, 0, 0, 0, 1, 44, 0, 0, 3, 0x10)])
      expect(same(cd.command(packet).data, want)).toBe(true);
    expect(cd.command(read10(SECTORS - 1, 2))).toMatchObject({ status: 0x51, error: 0x50 });
    expect(cd.sense()).toEqual([5, 0x21, 0]);
    expect(cd.command(read10(5, 0)).status).toBe(0x50);
    expect(cd.command(packetOf(0xbe, 0, 0, 0, 1, 44, 0, 0, 3, 0xf8)).error).toBe(0x50);
  });

  test('READ CAPACITY, INQUIRY, MECHANISM STATUS', () => {
    const { cd } = settled();
    expect(allOf(cd.command(packetOf(0x25)))).toEqual([0x50, 0, 0, 1, 143, 0, 0, 8, 0]);
    const { data } = cd.command(packetOf(0x12, 0, 0, 0, 36));
    expect([data[0], data[1], data[3], data[4]]).toEqual([5, 0x80, 0x21, 31]);
    expect(String.fromCharCode(...data.slice(8, 36))).toBe('NORTHBRICD-ROM          1.0 ');
    expect(cd.command(packetOf(0x12, 1, 0, 0, 36)).error).toBe(0x50);
    expect(allOf(cd.command(packetOf(0xbd, 0, 0, 0, 0, 0, 0, 0, 0, 8)))).toEqual([0x50, 0, 0, 0, 0, 0, 1, 0, 0]);
  });

  test('READ TOC: tracks, sessions, raw; in LBA and MSF', () => {
    const { cd } = settled();
    const tocOf = (...bytes: number[]) => allOf(cd.command(packetOf(0x43, ...bytes)));
    expect(tocOf(0, 0, 0, 0, 0, 0, 0, 100)).toEqual(
      [0x50, 0, 18, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0, 0, 0x14, 0xaa, 0, 0, 0, 1, 144],
    );
    expect(tocOf(2, 0, 0, 0, 0, 0xaa, 0, 100)).toEqual([0x50, 0, 10, 1, 1, 0, 0x14, 0xaa, 0, 0, 0, 7, 25]);
    expect(tocOf(0, 1, 0, 0, 0, 0, 0, 100)).toEqual([0x50, 0, 10, 1, 1, 0, 0x14, 1, 0, 0, 0, 0, 0]);
    expect(tocOf(0, 0, 0, 0, 0, 0, 0, 4, 0x40)).toEqual([0x50, 0, 10, 1, 1]);
    const raw = tocOf(2, 2, 0, 0, 0, 0, 0, 100);
    expect([raw.length, raw[1 + 4 + 3], raw[1 + 4 + 11 + 3], raw[1 + 4 + 22 + 3]]).toEqual([49, 0xa0, 0xa1, 0xa2]);
    expect(tocOf(0, 5, 0, 0, 0, 0, 0, 100)[0]).toBe(0x51);
  });

  test('MODE SENSE: 2Ah tells rate and buffer; all pages; what is not there', () => {
    const { cd } = settled();
    const { data } = cd.command(packetOf(0x5a, 0, 0x2a, 0, 0, 0, 0, 0, 128));
    expect([data.length, data[0] * 256 + data[1], data[2], data[8], data[9]]).toEqual([28, 26, 1, 0x2a, 18]);
    expect([data[16] * 256 + data[17], data[20] * 256 + data[21]]).toEqual([1408, 128]);
    expect(cd.command(packetOf(0x5a, 0, 0x3f, 0, 0, 0, 0, 1, 0)).data.length).toBe(8 + 8 + 8 + 16 + 20);
    expect(cd.command(packetOf(0x5a, 0, 0x05, 0, 0, 0, 0, 0, 128)).error).toBe(0x50);
    cd.command(packetOf(0x5a, 0, 0xea, 0, 0, 0, 0, 0, 128));
    expect(cd.sense()).toEqual([5, 0x39, 0]);
  });

  test('GET CONFIGURATION, READ DISC INFORMATION, READ SUBCHANNEL', () => {
    const { cd } = settled();
    const { data } = cd.command(packetOf(0x46, 0, 0, 0, 0, 0, 0, 1, 0));
    expect([data[3] + 4, data[6] * 256 + data[7], data[10] >> 2, data[11]]).toEqual([data.length, 8, 0, 4]);
    expect(cd.command(packetOf(0x46, 2, 0, 0x10, 0, 0, 0, 1, 0)).data.length).toBe(20);
    expect(cd.command(packetOf(0x51, 0, 0, 0, 0, 0, 0, 0, 34)).data.length).toBe(34);
    expect(allOf(cd.command(packetOf(0x42, 0, 0, 1, 0, 0, 0, 0, 4)))).toEqual([0x50, 0, 0x15, 0, 0]);
    expect(cd.command(packetOf(0x42, 0, 0x40, 1, 0, 0, 0, 0, 16)).data.length).toBe(16);
  });

  test('eject and load: no medium, event, UNIT ATTENTION, and the lock that forbids it', () => {
    const { b, cd } = settled();
    const event = () => Array.from(cd.command(packetOf(0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8)).data.slice(4, 6));
    cd.command(packetOf(0x1e, 0, 0, 0, 1));
    expect(cd.command(packetOf(0x1b, 0, 0, 0, 2)).error).toBe(0x50);
    expect(cd.sense()).toEqual([5, 0x53, 2]);
    cd.command(packetOf(0x1e, 0, 0, 0, 0));
    expect(cd.command(packetOf(0x1b, 0, 0, 0, 2)).status).toBe(0x50);
    expect([event(), event()]).toEqual([[3, 1], [0, 1]]);
    expect(cd.command(read10(0, 1)).error).toBe(0x20);
    expect(cd.sense()).toEqual([2, 0x3a, 2]);
    cd.command(packetOf(0x1b, 0, 0, 0, 3));
    expect([event(), event()]).toEqual([[2, 2], [0, 2]]);
    cd.command(packetOf(0x00));
    expect(cd.sense()).toEqual([6, 0x28, 0]);
    cd.command(packetOf(0x00));
    expect(cd.sense()).toEqual([2, 4, 1]);
    b.run(ms(1500));
    expect(cd.command(read10(0, 1)).status).toBe(0x50);
  });

  test('stop and start: the disc must turn up again', () => {
    const { b, cd } = settled();
    cd.command(packetOf(0x1b, 0, 0, 0, 0));
    cd.command(packetOf(0x00));
    expect(cd.sense()).toEqual([2, 4, 2]);
    cd.command(packetOf(0x1b, 0, 0, 0, 1));
    b.run(ms(1500));
    expect(cd.command(packetOf(0x00)).status).toBe(0x50);
  });

  test('no disc', () => {
    const { b, cd } = withCd({ disc: new MemoryDisk(0, true) });
    cd.command(packetOf(0x00));
    b.run(ms(2000));
    cd.command(packetOf(0x00));
    expect(cd.sense()).toEqual([2, 0x3a, 1]);
    expect(cd.command(packetOf(0x4a, 1, 0, 0, 0x10, 0, 0, 0, 8)).data[5]).toBe(0);
    expect(cd.command(packetOf(0x46, 0, 0, 0, 0, 0, 0, 0, 8)).data[7]).toBe(0);
  });

  test('an unknown packet: ILLEGAL REQUEST, ABRT, a note', () => {
    const { b, cd } = settled();
    expect(cd.command(packetOf(0xff))).toMatchObject({ status: 0x51, error: 0x54 });
    expect(cd.sense()).toEqual([5, 0x20, 0]);
    expect(b.trace.noteCount('ide', 'unknown-command')).toBe(1);
  });

  test('a bad sector: the data before it, then MEDIUM ERROR with its address', () => {
    const { cd, disc } = settled({ badSectors: new Set([12]) });
    const end = cd.command(read10(10, 4));
    expect([end.status & ERR, end.error, same(end.data, sectors(disc, 10, 2))]).toEqual([ERR, 0x30, true]);
    const { data } = cd.command(packetOf(0x03, 0, 0, 0, 18));
    expect([data[0], data[2], data[6], data[12]]).toEqual([0xf0, 3, 12, 0x11]);
  });
});

describe('mechanics', () => {
  test('sectors come at the rate of the speed, without a gap', () => {
    const time = (speed: number): number => {
      const { b, cd } = settled({ mechanics: { speed } });
      b.driver.simple(0xef, { features: 3, count: 0x0c });
      cd.command(read10(0, 1));
      const start = b.scheduler.now;
      cd.command(read10(1, 300));
      return (b.scheduler.now - start) / 3e9;
    };
    expect(time(4)).toBeCloseTo(300 / (4 * 75), 1);
    expect(time(8)).toBeCloseTo(300 / (8 * 75), 1);
  });
});

test('a slave alone, and behind a disk', () => {
  for (const first of [null, {}]) {
    const disc = new MemoryDisk(SECTORS * 4, true);
    const b = new IdeBench({ drives: [null, null, first, { cd: { disc } }] });
    const cd = new AtapiDriver(new IdeDriver(b, { command: 0x170, control: 0x376, master: 0xc008 }), 1);
    cd.settle();
    expect(same(cd.command(read10(3, 2)).data, sectors(disc, 3, 2))).toBe(true);
  }
});

test.each(['pio', 'dma'])('a snapshot in the middle of a command ends as the original does: %s', (way) => {
  for (const at of [us(30), us(100), ms(40)]) {
    const make = (): CdBench => withCd({}, { ram: 2 << 20 });
    const a = make();
    a.cd.settle();
    if (way === 'dma') {
      a.b.driver.simple(0xef, { features: 3, count: 0x22 });
      a.b.driver.table(TABLE, [{ address: BUFFER, bytes: 40960, end: true }]);
      a.b.driver.startDma(TABLE, true);
    }
    a.cd.send(read10(200, 20), { dma: way === 'dma' });
    a.b.run(at);
    const c = make();
    c.b.load(a.b.save());
    if (way === 'dma') {
      expect([a.b.driver.waitDma(9e9), c.b.driver.waitDma(9e9)]).toEqual([4, 4]);
      expect(same(a.b.ram.bytes, c.b.ram.bytes)).toBe(true);
    } else expect(c.cd.finish()).toEqual(a.cd.finish());
    expect(c.b.scheduler.now).toBe(a.b.scheduler.now);
    expect(c.b.ide.save()).toEqual(a.b.ide.save());
  }
});

test('whatever a packet says, the command ends, and the drive goes on', () => {
  const { b, cd } = settled();
  let x = 8020;
  const next = (): number => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return x >>> 0;
  };
  const codes = [
    0x00, 0x03, 0x12, 0x1b, 0x1e, 0x25, 0x28, 0x2b, 0x42, 0x43, 0x46, 0x4a, 0x51, 0x5a, 0xa8, 0xbb, 0xbd, 0xbe,
  ];
  for (let n = 0; n < 400; n++) {
    const packet = Uint8Array.from({ length: 12 }, () => (next() % 3 === 0 ? next() & 255 : next() & 1));
    if (n % 8 !== 0) packet[0] = codes[next() % codes.length];
    // Sizes that a test can wait for.
    packet[6] = packet[7] = 0;
    const { status } = cd.command(packet, next() % 4 === 0 ? next() & 0xffff : 0xfffe);
    expect(status & 0x88).toBe(0);
  }
  b.outb(0x1f7, 0x08);
  b.run(us(100));
  // UNIT ATTENTION is told first.
  cd.command(packetOf(0x00));
  cd.command(packetOf(0x1b, 0, 0, 0, 3));
  cd.settle();
  expect(cd.command(read10(0, 1)).data.length).toBe(2048);
});
