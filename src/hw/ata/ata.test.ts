import { describe, expect, test } from 'vitest';
import { us } from '../../sim/time.ts';
import { IdeBench, MemoryDisk } from '../../../test/benches/ide-bench.ts';
import { BSY, DRQ, ERR, type IdeDriver } from '../../testing/drivers/ide.ts';

const IDENTIFY = 0xec, SET_FEATURES = 0xef, READ = 0x20, READ_EXT = 0x24, VERIFY = 0x40;
const ABRT = 0x04, IDNF = 0x10, UNC = 0x40;

function words(d: IdeDriver, device = 0): Uint16Array {
  d.command(IDENTIFY, { device });
  const bytes = d.pioIn(512);
  return new Uint16Array(bytes.buffer);
}
const text = (w: Uint16Array, from: number, to: number) =>
  Array.from(w.slice(from, to + 1), (v) => String.fromCharCode(v >> 8, v & 0xff))
    .join('')
    .trim();

describe('IDENTIFY DEVICE (§8.15)', () => {
  test('strings, capacities and features agree with each other', () => {
    const b = new IdeBench({
      drives: [{ model: 'MODEL X', serial: 'S123', firmware: 'FW1', disk: new MemoryDisk(100_000) }],
    });
    const w = words(b.driver);
    expect([text(w, 27, 46), text(w, 10, 19), text(w, 23, 26)]).toEqual(['MODEL X', 'S123', 'FW1']);
    expect(w[60] + w[61] * 65536).toBe(100_000);
    expect(w[100] + w[101] * 65536).toBe(100_000);
    expect([w[1], w[3], w[6]]).toEqual([99, 16, 63]);
    expect([w[54], w[55], w[56], w[57] + w[58] * 65536]).toEqual([99, 16, 63, 99 * 16 * 63]);
    expect(w[49] & 0x0b00).toBe(0x0b00);
    expect(w[53] & 7).toBe(7);
    expect(w[83] & 0xc400).toBe(0x4400);
    expect(w[86] & 0x0400).toBe(0x0400);
    expect(w[63]).toBe(7);
    expect(w[88]).toBe(0x3f);
    expect(w[93] & 0xe001).toBe(0x6001);
    let sum = 0;
    for (const v of w) sum += (v & 0xff) + (v >> 8);
    expect(sum & 0xff).toBe(0);
    expect(w[255] & 0xff).toBe(0xa5);
  });

  test('words 59, 63, 85 and 88 follow the settings', () => {
    const b = new IdeBench();
    const d = b.driver;
    d.simple(0xc6, { count: 16 });
    d.simple(SET_FEATURES, { features: 3, count: 0x21 });
    d.simple(SET_FEATURES, { features: 0x82 });
    let w = words(d);
    expect([w[59], w[63], w[85] & 0x60, w[88]]).toEqual([0x0110, 0x0207, 0x40, 0x3f]);
    d.simple(SET_FEATURES, { features: 3, count: 0x44 });
    d.simple(SET_FEATURES, { features: 0x02 });
    w = words(d);
    expect([w[63], w[85] & 0x60, w[88]]).toEqual([0x07, 0x60, 0x103f]);
  });

  test('a disk of more than 2^28 sectors shows FFFFFFFh in the 28-bit words', () => {
    const size = 512 * 2 ** 33;
    const huge = { name: 'huge', size, readOnly: false, read: () => {}, write: () => {}, flush: () => {} };
    const w = words(new IdeBench({ drives: [{ disk: huge }] }).driver);
    expect([w[60], w[61]]).toEqual([0xffff, 0x0fff]);
    expect([w[100], w[101], w[102], w[103]]).toEqual([0, 0, 2, 0]);
    expect(w[1]).toBe(16383);
  });
});

describe('addresses', () => {
  const first = (b: IdeBench): number => {
    const data = b.driver.pioIn(512);
    return new DataView(data.buffer).getUint32(0, true);
  };
  test('LBA with 28 and with 48 bits', () => {
    const b = new IdeBench();
    b.driver.command(READ, { lba: 1234, count: 1 });
    expect(first(b)).toBe(1234);
    b.driver.command(READ_EXT, { lba: 4095, count: 1, ext: true });
    expect(first(b)).toBe(4095);
  });

  test('cylinder, head and sector, also after INITIALIZE DEVICE PARAMETERS (ATA/ATAPI-5)', () => {
    const b = new IdeBench();
    const chs = (c: number, h: number, s: number): void => {
      b.outb(0x1f2, 1);
      b.outb(0x1f3, s);
      b.outb(0x1f4, c & 0xff);
      b.outb(0x1f5, c >> 8);
      b.outb(0x1f6, 0xa0 | h);
      b.outb(0x1f7, READ);
    };
    chs(2, 3, 4);
    expect(first(b)).toBe((2 * 16 + 3) * 63 + 3);
    b.outb(0x1f2, 17);
    b.outb(0x1f6, 0xa0 | 3);
    b.outb(0x1f7, 0x91);
    expect(b.driver.ready()).toBe(0x50);
    chs(5, 2, 17);
    expect(first(b)).toBe((5 * 4 + 2) * 17 + 16);
    chs(5, 4, 1);
    expect(b.driver.ready() & ERR).toBe(ERR);
    expect(b.driver.error).toBe(IDNF);
  });

  test('HOB shows the previous contents; any write ends it (§7.8)', () => {
    const b = new IdeBench();
    b.outb(0x1f3, 0x12);
    b.outb(0x1f3, 0x34);
    expect(b.inb(0x1f3)).toBe(0x34);
    b.outb(0x3f6, 0x80);
    expect(b.inb(0x1f3)).toBe(0x12);
    b.outb(0x1f2, 0);
    expect(b.inb(0x1f3)).toBe(0x34);
  });

  test('past the end: IDNF and the first sector that is not there, nothing is moved', () => {
    const b = new IdeBench();
    expect(b.driver.simple(READ, { lba: 4095, count: 2 })).toBe(0x51);
    expect(b.driver.error).toBe(IDNF);
    expect(b.inb(0x1f3) + b.inb(0x1f4) * 256).toBe(4096);
    expect(b.driver.simple(READ_EXT, { lba: 2 ** 48 - 1, count: 0, ext: true })).toBe(0x51);
    expect(b.driver.error).toBe(IDNF);
  });

  test('count 0 is 256 sectors, or 65536 with 48 bits', () => {
    const b = new IdeBench();
    b.driver.command(READ, { count: 0 });
    expect(b.driver.pioIn(256 * 512, 512, 4).length).toBe(131072);
    expect(b.driver.alternateStatus).toBe(0x50);
    expect(b.driver.simple(VERIFY + 2, { count: 0, ext: true })).toBe(0x51); // 65536 do not fit on 4096 sectors
  });

  test('READ NATIVE MAX ADDRESS', () => {
    const b = new IdeBench();
    expect(b.driver.simple(0xf8)).toBe(0x50);
    expect([b.inb(0x1f3), b.inb(0x1f4), b.inb(0x1f5), b.inb(0x1f6) & 15]).toEqual([0xff, 0x0f, 0, 0]);
  });
});

describe('commands without data', () => {
  test('unknown commands, SMART and NOP are aborted', () => {
    const b = new IdeBench();
    for (const code of [0x00, 0x08, 0xb0, 0xff, 0xa1, 0xa0]) {
      expect(b.driver.simple(code)).toBe(0x51);
      expect(b.driver.error).toBe(ABRT);
    }
  });

  test('SET FEATURES refuses modes that the drive has not', () => {
    const b = new IdeBench();
    for (const count of [0x00, 0x01, 0x08, 0x0c, 0x20, 0x22, 0x40, 0x45])
      expect(b.driver.simple(SET_FEATURES, { features: 3, count })).toBe(0x50);
    for (const count of [0x02, 0x0d, 0x10, 0x23, 0x46, 0xff])
      expect(b.driver.simple(SET_FEATURES, { features: 3, count })).toBe(0x51);
    expect(b.driver.simple(SET_FEATURES, { features: 0x99 })).toBe(0x51);
  });

  test('SET MULTIPLE MODE takes powers of two to the maximum; READ MULTIPLE needs it', () => {
    const b = new IdeBench();
    expect(b.driver.simple(0xc4, { count: 1 })).toBe(0x51);
    for (const n of [3, 32, 255]) expect(b.driver.simple(0xc6, { count: n })).toBe(0x51);
    for (const n of [1, 2, 16, 0]) expect(b.driver.simple(0xc6, { count: n })).toBe(0x50);
  });

  test('SET MULTIPLE MODE with a count that is not supported switches the multiple commands off', () => {
    const b = new IdeBench();
    expect(b.driver.simple(0xc6, { count: 8 })).toBe(0x50);
    expect(words(b.driver)[59]).toBe(0x108);
    expect(b.driver.simple(0xc6, { count: 3 })).toBe(0x51);
    expect(words(b.driver)[59]).toBe(0);
    for (const command of [0xc4, 0xc5]) {
      expect(b.driver.simple(command, { count: 1 })).toBe(0x51);
      expect(b.driver.error).toBe(0x04);
    }
  });

  test('power modes (§CHECK POWER MODE)', () => {
    const b = new IdeBench();
    const mode = () => {
      b.driver.simple(0xe5);
      return b.inb(0x1f2);
    };
    expect(mode()).toBe(0xff);
    b.driver.simple(0xe0);
    expect(mode()).toBe(0x00);
    b.driver.simple(VERIFY, { count: 1 });
    expect(mode()).toBe(0xff);
    b.driver.simple(0xe6);
    b.driver.command(0xe5);
    expect(b.driver.alternateStatus & BSY).toBe(0); // asleep: nothing happens
    expect(b.driver.reset()).toBe(0x50);
    expect(mode()).toBe(0xff);
  });

  test('FLUSH CACHE reaches the host', () => {
    const b = new IdeBench();
    expect(b.driver.simple(0xe7)).toBe(0x50);
    expect(b.driver.simple(0xea)).toBe(0x50);
    expect(b.disks[0].flushes).toBe(2);
  });

  test('READ VERIFY finds a bad sector', () => {
    const b = new IdeBench({ drives: [{ badSectors: new Set([77]) }] });
    expect(b.driver.simple(VERIFY, { lba: 70, count: 7 })).toBe(0x50);
    expect(b.driver.simple(VERIFY, { lba: 70, count: 8 })).toBe(0x51);
    expect(b.driver.error).toBe(UNC);
    expect(b.inb(0x1f3)).toBe(77);
  });

  test('recalibrate, seek, idle', () => {
    const b = new IdeBench();
    for (const code of [0x10, 0x70, 0xe1, 0xe3]) expect(b.driver.simple(code)).toBe(0x50);
    expect(b.driver.simple(0x70, { lba: 5000 })).toBe(0x51);
  });
});

describe('reset, diagnosis and selection (§9)', () => {
  const SIGNATURE = [1, 1, 0, 0];
  const registers = (b: IdeBench) => [0x1f2, 0x1f3, 0x1f4, 0x1f5].map((p) => b.inb(p));

  test('after power on: BSY, then the signature of a device without packets', () => {
    const b = new IdeBench({ cold: true });
    b.pci.write(9, 0x40, 0x8000, 2);
    b.pci.write(9, 4, 1, 2);
    expect(b.inb(0x3f6)).toBe(BSY);
    expect(b.driver.ready()).toBe(0x50);
    expect(registers(b)).toEqual(SIGNATURE);
    expect(b.driver.error).toBe(1);
    expect(b.irq14.rising).toBe(0);
  });

  test('SRST in the middle of a data phase, without an interrupt', () => {
    const b = new IdeBench();
    b.driver.command(READ, { count: 4, lba: 0x123 });
    b.driver.ready();
    for (let k = 0; k < 10; k++) b.inw(0x1f0);
    const irqs = b.irq14.rising;
    b.outb(0x3f6, 4);
    expect(b.inb(0x3f6) & BSY).toBe(BSY);
    b.run(us(5));
    b.outb(0x3f6, 0);
    expect(b.inb(0x3f6) & BSY).toBe(BSY);
    expect(b.driver.ready()).toBe(0x50);
    expect(registers(b)).toEqual(SIGNATURE);
    expect(b.irq14.rising).toBe(irqs);
    expect(b.inw(0x1f0)).toBe(0);
  });

  test('EXECUTE DEVICE DIAGNOSTIC: both drives pass, device 0 is selected and interrupts', () => {
    const b = new IdeBench({ drives: [{}, {}] });
    b.outb(0x1f6, 0xb0);
    b.outb(0x1f7, 0x90);
    expect(b.driver.ready()).toBe(0x50);
    expect(b.irq14.rising).toBe(1);
    expect(b.driver.error).toBe(1);
    expect(registers(b)).toEqual(SIGNATURE);
    b.outb(0x1f6, 0xb0);
    expect(registers(b)).toEqual(SIGNATURE);
  });

  test('two drives keep their own data; the interrupt is the selected one\'s', () => {
    const b = new IdeBench({ drives: [{}, { disk: new MemoryDisk(50) }] });
    b.disks[1].bytes[0] = 0xee;
    b.driver.command(READ, { count: 1, device: 1 });
    b.driver.ready();
    expect(b.irq14.level).toBe(true);
    b.outb(0x1f6, 0xe0);
    expect(b.irq14.level).toBe(false);
    expect(b.inb(0x3f6)).toBe(0x50);
    b.outb(0x1f6, 0xf0);
    expect(b.irq14.level).toBe(true);
    expect(b.inw(0x1f0) & 0xff).toBe(0xee);
    expect(words(b.driver, 0)[60]).toBe(4096);
  });

  test('an absent device 1: device 0 answers, status 00h, commands go nowhere', () => {
    const b = new IdeBench();
    b.outb(0x1f6, 0xb0);
    b.outb(0x1f2, 0x55);
    b.outb(0x1f3, 0xaa);
    expect([b.inb(0x1f2), b.inb(0x1f3)]).toEqual([0x55, 0xaa]); // which is why drivers look at the status
    expect(b.inb(0x1f7)).toBe(0);
    b.outb(0x1f7, IDENTIFY);
    b.run(us(1000));
    expect(b.inb(0x1f7)).toBe(0);
    expect(b.irq14.rising).toBe(0);
  });

  test('an empty channel floats high but for DD7, which the host pulls down (§6)', () => {
    const b = new IdeBench({ drives: [] });
    for (let p = 0x1f0; p < 0x1f8; p++) expect(b.inb(p)).toBe(0x7f);
    expect([b.inw(0x1f0), b.inl(0x1f0)]).toEqual([0xff7f, 0xff7fff7f]);
    expect(b.inb(0x3f6)).toBe(0x7f);
    b.outb(0x1f2, 0x55);
    expect(b.inb(0x1f2)).toBe(0x7f);
    // A driver that waits for BSY = 0 after a software reset goes on.
    b.outb(0x3f6, 4);
    b.outb(0x3f6, 0);
    expect(b.driver.ready()).toBe(0x7f);
    b.outb(0x1f7, READ);
    b.outb(0x1f7, 0x90);
    b.run(us(5000));
    expect(b.irq14.rising).toBe(0);
  });

  test('a lone device 1 answers only when it is selected', () => {
    const b = new IdeBench({ drives: [null, {}] });
    b.outb(0x1f6, 0xa0);
    expect(b.inb(0x1f7)).toBe(0x7f);
    expect(words(b.driver, 1)[60]).toBe(4096);
  });
});

describe('time', () => {
  test('a command is busy for its overhead, and between DRQ blocks for a moment', () => {
    const b = new IdeBench();
    const t0 = b.scheduler.now;
    b.outb(0x1f2, 2);
    b.outb(0x1f6, 0xe0);
    b.outb(0x1f7, READ);
    expect(b.inb(0x3f6)).toBe(0xd0);
    b.driver.ready();
    expect(b.scheduler.now - t0).toBeGreaterThanOrEqual(us(50));
    for (let k = 0; k < 256; k++) b.inw(0x1f0);
    expect(b.inb(0x3f6) & (BSY | DRQ)).toBe(BSY);
    b.run(us(5));
    expect(b.inb(0x3f6) & (BSY | DRQ)).toBe(DRQ);
  });

  test('a slow medium limits a fast cable', () => {
    const b = new IdeBench({ drives: [{ timing: { sector: us(100) } }] });
    b.idetim(2, 3, 0x0d);
    b.driver.simple(SET_FEATURES, { features: 3, count: 0x22 });
    b.driver.table(0x8000, [{ address: 0x100000, bytes: 0, end: true }]);
    b.driver.startDma(0x8000, true);
    const t0 = b.scheduler.now;
    b.driver.command(0xc8, { count: 128 });
    expect(b.driver.waitDma()).toBe(4);
    expect(b.scheduler.now - t0).toBeGreaterThan(us(100 * 128));
  });

  test('a command while BSY is ignored', () => {
    const b = new IdeBench();
    b.driver.command(IDENTIFY);
    b.outb(0x1f7, 0xff);
    expect(b.driver.ready()).toBe(0x58);
    expect(b.trace.noteCount('ide', 'command-while-busy')).toBe(1);
  });
});

describe('ATA-6 §9.6: the host writes a sector only while DRQ is set', () => {
  const WRITE = 0x30;
  /** A driver that gives the command and the data without a look at the status. */
  function writeWithoutWaiting(b: IdeBench, data: Uint8Array): void {
    const view = new DataView(data.buffer);
    b.driver.ready();
    b.driver.command(WRITE, { lba: 5, count: 1 });
    for (let k = 0; k < 512; k += 2) b.outw(0x1f0, view.getUint16(k, true));
  }
  const data = Uint8Array.from({ length: 512 }, (_, k) => k ^ 0x5a);

  test('what comes before it is lost, and every word of it is noted', () => {
    const disk = new MemoryDisk(16), b = new IdeBench({ drives: [{ disk }] });
    writeWithoutWaiting(b, data);
    expect(b.trace.noteCount('ide', 'ata-data-before-drq')).toBe(256);
    b.run(us(100));
    expect(b.inb(0x3f6) & (BSY | DRQ | ERR)).toBe(DRQ); // it still waits for the whole sector
    expect(disk.writes).toBe(0);
  });

  test('forgiven, the drive takes it at once', () => {
    const disk = new MemoryDisk(16), b = new IdeBench({ drives: [{ disk }] });
    b.forgiven = new Set(['ata-data-before-drq']);
    writeWithoutWaiting(b, data);
    expect(b.trace.noteCount('ide', 'ata-data-before-drq')).toBe(1);
    b.run(us(100));
    expect(b.inb(0x3f6) & (BSY | DRQ | ERR)).toBe(0);
    expect(disk.bytes.subarray(5 * 512, 6 * 512)).toEqual(data);
  });
});
