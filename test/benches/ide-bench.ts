import { AtapiDrive, type AtapiDriveOptions } from '../../src/hw/ata/atapi/drive.ts';
import { AtaDrive, type AtaDriveOptions } from '../../src/hw/ata/drive.ts';
import { I440FX } from '../../src/hw/pci/i440fx/i440fx.ts';
import { Piix3Ide, type Piix3IdeOptions } from '../../src/hw/pci/piix3/piix3-ide.ts';
import type { BlockBackend } from '../../src/host/block.ts';
import { Ram } from '../../src/mem/ram.ts';
import type { SavedState } from '../../src/sim/state.ts';
import { DeviceBench, IrqProbe } from '../../src/testing/device-bench.ts';
import { IdeDriver } from '../../src/testing/drivers/ide.ts';
import { PciDriver } from '../../src/testing/drivers/pci.ts';

/** A disk in memory whose sector n begins with n (32 bits) and goes on with a pattern. */
export class MemoryDisk implements BlockBackend {
  readonly name = 'memory disk';
  readonly bytes: Uint8Array;
  readonly readOnly: boolean;
  writes = 0;
  flushes = 0;

  constructor(sectors: number, readOnly = false) {
    this.bytes = new Uint8Array(sectors * 512);
    this.readOnly = readOnly;
    for (let k = 0; k < this.bytes.length; k++) this.bytes[k] = (k * 7 + (k >> 9) * 13) & 0xff;
    const view = new DataView(this.bytes.buffer);
    for (let n = 0; n < sectors; n++) view.setUint32(n * 512, n, true);
  }
  get size(): number {
    return this.bytes.length;
  }
  read(offset: number, buffer: Uint8Array, at: number, length: number): void {
    buffer.set(this.bytes.subarray(offset, offset + length), at);
  }
  write(offset: number, buffer: Uint8Array, at: number, length: number): void {
    this.writes++;
    this.bytes.set(buffer.subarray(at, at + length), offset);
  }
  flush(): void {
    this.flushes++;
  }
}

/** PCI device 1, function 1. */
export const IDE_DEVFN = 9;
export const BM_BASE = 0xc000;

export interface IdeBenchOptions extends Omit<Piix3IdeOptions, 'drives'> {
  /**
   * One entry a position; null: nothing there. Default: one disk of 4096 sectors as primary master.
   */
  drives?: (Partial<AtaDriveOptions> | { cd: AtapiDriveOptions } | null)[];
  /** Bytes of RAM at 0 (default 4 MiB). */
  ram?: number;
  /** Leave the function as it is after reset. */
  cold?: boolean;
}

/**
 * Host bridge, IDE function with drives, RAM, interrupt probes, a driver: a machine without a
 * processor.
 */
export class IdeBench extends DeviceBench {
  readonly ram: Ram;
  readonly bridge: I440FX;
  readonly ide: Piix3Ide;
  readonly disks: MemoryDisk[] = [];
  readonly irq14: IrqProbe;
  readonly irq15: IrqProbe;
  readonly pci = new PciDriver(this);
  readonly driver = new IdeDriver(this);

  constructor(o: IdeBenchOptions = {}) {
    super();
    this.ram = new Ram('ram', new Uint8Array(o.ram ?? 4 << 20));
    this.memory.map(0, this.ram.bytes.length, this.ram);
    this.bridge = new I440FX('pci0', this, { memory: this.memory, io: this.io });
    const drives = (o.drives ?? [{}]).map((d) => {
      if (d === null) return null;
      if ('cd' in d) return new AtapiDrive(d.cd);
      const disk = d.disk ?? new MemoryDisk(4096);
      if (disk instanceof MemoryDisk) this.disks.push(disk);
      return new AtaDrive({ ...d, disk });
    });
    this.ide = new Piix3Ide('ide', this, { ...o, drives });
    this.bridge.pci.slot(1, 1, this.ide);
    for (const port of this.ide.ports) port.bind(this.bridge.pci.upstream(this.ide));
    this.irq14 = new IrqProbe(this.ide.irq14);
    this.irq15 = new IrqProbe(this.ide.irq15);
    this.reset(this.bridge, this.ide);
    if (o.cold === true) return;
    // What firmware does: decode both channels, place the bus master, let it master the bus.
    this.pci.write(IDE_DEVFN, 0x40, 0x80008000);
    this.pci.write(IDE_DEVFN, 0x20, BM_BASE);
    this.pci.write(IDE_DEVFN, 0x04, 5, 2);
    this.run(6_000_000);
  }

  /** Programs IDETIM of the primary channel, drive 0: ISP and RTC codes, TIME, PPE, DTE. */
  idetim(isp: number, rtc: number, bits: number): void {
    this.pci.write(IDE_DEVFN, 0x40, 0x8000 | (isp << 12) | (rtc << 8) | bits, 2);
  }

  save(): {
    scheduler: ReturnType<DeviceBench['scheduler']['save']>;
    parts: SavedState[];
    ram: Uint8Array;
    disks: Uint8Array[];
    bus: number;
    line: boolean;
  } {
    return {
      scheduler: this.scheduler.save(),
      parts: [this.bridge.save(), this.ide.save()],
      ram: this.ram.bytes.slice(),
      disks: this.disks.map((d) => d.bytes.slice()),
      bus: this.bridge.pci.bus.busyUntil, line: this.ide.irq14.level,
    };
  }
  load(saved: ReturnType<IdeBench['save']>): void {
    this.scheduler.load(saved.scheduler);
    this.bridge.load(saved.parts[0] as SavedState);
    this.ide.load(saved.parts[1] as SavedState);
    this.ram.bytes.set(saved.ram);
    saved.disks.forEach((d, k) => this.disks[k]?.bytes.set(d));
    this.bridge.pci.bus.busyUntil = saved.bus;
    this.ide.irq14.restore(saved.line);
    this.irq14.level = saved.line;
    this.bridge.restored();
    this.ide.restored();
  }
}
