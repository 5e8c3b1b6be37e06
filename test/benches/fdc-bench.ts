import { FloppyDrive, type DriveMechanics } from '../../src/hw/floppy/drive.ts';
import { I82077aa } from '../../src/hw/floppy/i82077aa/i82077aa.ts';
import { FloppyMedium } from '../../src/hw/floppy/medium.ts';
import type { SavedState } from '../../src/sim/state.ts';
import { DeviceBench } from '../../src/testing/device-bench.ts';
import { FdcDriver } from '../../src/testing/drivers/fdc.ts';
import { MemoryDisk } from './ide-bench.ts';

export const HD_SECTORS = 2880, DD_SECTORS = 1440;

export interface FdcBenchOptions {
  /** Sectors of the disk in drive 0; 0: no disk. */
  sectors?: number;
  readOnly?: boolean;
  mechanics?: Partial<DriveMechanics>;
}

/** An 82077AA with one drive, its ports and its DMA end; no DMA controller. */
export class FdcBench extends DeviceBench {
  readonly disk: MemoryDisk | null;
  readonly drive: FloppyDrive;
  readonly fdc: I82077aa;
  readonly driver: FdcDriver;
  readonly irq;
  readonly dreq;

  constructor({ sectors = HD_SECTORS, readOnly = false, mechanics = {} }: FdcBenchOptions = {}) {
    super();
    this.disk = sectors === 0 ? null : new MemoryDisk(sectors, readOnly);
    if (this.disk !== null) {
      for (let k = 0; k < this.disk.bytes.length; k++) this.disk.bytes[k] = (k >> 9) * 7 + k * 13;
    }
    this.drive = new FloppyDrive(this.disk === null ? null : new FloppyMedium(this.disk), mechanics);
    this.fdc = new I82077aa('fdc', this, [this.drive]);
    this.mapIo(0x3f0, 6, this.fdc.ports);
    this.mapIo(0x3f7, 1, this.fdc.ports, 7);
    this.irq = this.probe(this.fdc.irq);
    this.dreq = this.probe(this.fdc.dma.dreq);
    this.reset(this.fdc);
    this.driver = new FdcDriver(this);
  }

  /** The image's bytes of sectors from a cylinder, head and sector on. */
  image(c: number, h: number, r: number, sectors = 1): Uint8Array {
    const disk = this.disk as MemoryDisk, per = disk.bytes.length === HD_SECTORS * 512 ? 18 : 9;
    const at = ((c * 2 + h) * per + r - 1) * 512;
    return disk.bytes.slice(at, at + sectors * 512);
  }

  /** Motor on, at speed, at track 0 of a known disk. `nonDma`: SPECIFY says so. */
  ready(nonDma = false, rate = 0): FdcDriver {
    const { driver } = this;
    driver.begin(0, rate);
    driver.command(0x03, 0xcf, 0x02 | +nonDma);
    this.run(1.5e9);
    driver.recalibrate();
    return driver;
  }

  /** Serves DREQ at once for `count` bytes, TC with the last; the bytes that were read. */
  serveReads(count: number, terminal = true, limit = 30e9): Uint8Array {
    const out = new Uint8Array(count), { dack } = this.fdc.dma;
    for (let k = 0; k < count; k++) {
      if (!this.until(() => this.dreq.level, limit)) return out.subarray(0, k);
      out[k] = dack.dackRead(1, terminal && k === count - 1);
      this.run(3000);
    }
    return out;
  }

  /** Gives bytes by DMA, TC with the last unless `terminal` is false; how many were asked for. */
  serveWrites(bytes: Uint8Array, terminal = true, limit = 30e9): number {
    const { dack } = this.fdc.dma;
    for (let k = 0; k < bytes.length; k++) {
      if (!this.until(() => this.dreq.level, limit)) return k;
      dack.dackWrite(1, bytes[k], terminal && k === bytes.length - 1);
      this.run(3000);
    }
    return bytes.length;
  }

  save(): { fdc: SavedState; events: ReturnType<FdcBench['scheduler']['save']>; disk: Uint8Array } {
    return { fdc: this.fdc.save(), events: this.scheduler.save(), disk: this.disk?.bytes.slice() ?? new Uint8Array(0) };
  }
  load(saved: ReturnType<FdcBench['save']>): void {
    this.fdc.load(saved.fdc);
    this.scheduler.load(saved.events);
    this.disk?.bytes.set(saved.disk);
    // As a restored machine does: lines have the levels that they had.
    this.fdc.resetHold();
  }
}
