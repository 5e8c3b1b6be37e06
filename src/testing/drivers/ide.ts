import type { DeviceBench } from '../device-bench.ts';

export interface IdePorts {
  command: number;
  control: number;
  /** Bus master registers of this channel. */
  master: number;
}

export const BSY = 0x80, DRDY = 0x40, DRQ = 0x08, ERR = 0x01;
/** A bench second, ticks. */
const SECOND = 3e9;

/** Physical region descriptor, as a driver writes it. */
export interface Prd {
  address: number;
  bytes: number;
  end?: boolean;
}

/**
 * A small IDE driver on a bench: waits run the bench's clock. The bench has no processor, so each
 * access also lets its own time pass.
 */
export class IdeDriver {
  readonly bench: DeviceBench;
  readonly ports: IdePorts;

  constructor(bench: DeviceBench, ports: IdePorts = { command: 0x1f0, control: 0x3f6, master: 0xc000 }) {
    this.bench = bench;
    this.ports = ports;
  }

  in8(port: number): number {
    const v = this.bench.inb(port);
    this.bench.run(this.bench.tx.ticks);
    return v;
  }
  out8(port: number, value: number): void {
    this.bench.outb(port, value);
    this.bench.run(this.bench.tx.ticks);
  }
  get alternateStatus(): number {
    return this.in8(this.ports.control);
  }
  get status(): number {
    return this.in8(this.ports.command + 7);
  }
  get error(): number {
    return this.in8(this.ports.command + 1);
  }

  /** Waits until BSY is clear; the status. Throws after 40 simulated seconds. */
  ready(): number {
    const end = this.bench.scheduler.now + 40 * SECOND;
    for (;;) {
      const s = this.alternateStatus;
      if ((s & BSY) === 0) return s;
      if (this.bench.scheduler.now > end) throw new Error(`IDE status stays ${s.toString(16)}`);
      const next = this.bench.scheduler.nextTime;
      if (next !== Infinity && next > this.bench.scheduler.now) this.bench.scheduler.runUntil(next);
      else this.bench.run(3000);
    }
  }

  /** Loads the registers and gives a command. `ext`: 48-bit form. */
  command(
    code: number,
    o: { lba?: number; count?: number; device?: number; features?: number; ext?: boolean } = {},
  ): void {
    const p = this.ports.command,
      lba = o.lba ?? 0,
      count = o.count ?? 0;
    const byte = (n: number): number => Math.floor(lba / 2 ** (8 * n)) & 0xff;
    if (o.features !== undefined) this.out8(p + 1, o.features);
    if (o.ext === true) {
      this.out8(p + 2, (count >> 8) & 0xff);
      for (let k = 0; k < 3; k++) this.out8(p + 3 + k, byte(3 + k));
    }
    this.out8(p + 2, count & 0xff);
    for (let k = 0; k < 3; k++) this.out8(p + 3 + k, byte(k));
    this.out8(p + 6, 0xe0 | ((o.device ?? 0) << 4) | (o.ext === true ? 0 : byte(3) & 15));
    this.out8(p + 7, code);
  }

  /** A command without data: the final status. */
  simple(
    code: number,
    o: { lba?: number; count?: number; device?: number; features?: number; ext?: boolean } = {},
  ): number {
    this.command(code, o);
    this.ready();
    return this.status;
  }

  /**
   * Reads `bytes` through the data port, waiting for DRQ before each block. `width` 2 or 4. Stops
   * at an error.
   */
  pioIn(bytes: number, block = 512, width: 2 | 4 = 2): Uint8Array {
    const out = new Uint8Array(bytes);
    const view = new DataView(out.buffer);
    for (let at = 0; at < bytes; at += block) {
      const s = this.ready();
      if ((s & DRQ) === 0) throw new Error(`no DRQ at byte ${at}: status ${s.toString(16)}`);
      void this.status;
      for (let k = at; k < Math.min(at + block, bytes); k += width) {
        if (width === 2) view.setUint16(k, this.bench.inw(this.ports.command), true);
        else view.setUint32(k, this.bench.inl(this.ports.command), true);
        this.bench.run(this.bench.tx.ticks);
      }
    }
    return out;
  }

  /** Writes data through the data port, block by block. */
  pioOut(data: Uint8Array, block = 512, width: 2 | 4 = 2): void {
    const view = new DataView(data.buffer, data.byteOffset);
    for (let at = 0; at < data.length; at += block) {
      const s = this.ready();
      if ((s & DRQ) === 0) throw new Error(`no DRQ at byte ${at}: status ${s.toString(16)}`);
      for (let k = at; k < Math.min(at + block, data.length); k += width) {
        if (width === 2) this.bench.outw(this.ports.command, view.getUint16(k, true));
        else this.bench.outl(this.ports.command, view.getUint32(k, true));
        this.bench.run(this.bench.tx.ticks);
      }
    }
    this.ready();
  }

  /**
   * Writes a descriptor table to memory. Without `end` on any entry the last one gets none either.
   */
  table(at: number, prds: readonly Prd[]): void {
    prds.forEach((p, k) => {
      this.bench.memory.write(at + 8 * k, 4, p.address, this.bench.tx);
      this.bench.memory.write(
        at + 8 * k + 4,
        4,
        ((p.bytes & 0xffff) | (p.end === true ? 0x80000000 : 0)) >>> 0,
        this.bench.tx,
      );
    });
  }

  /** Sets up and starts the bus master. */
  startDma(table: number, toMemory: boolean): void {
    const m = this.ports.master;
    this.bench.outl(m + 4, table);
    this.bench.outb(m, toMemory ? 8 : 0);
    this.bench.outb(m + 2, 6);
    this.bench.outb(m, toMemory ? 9 : 1);
  }

  get masterStatus(): number {
    return this.bench.inb(this.ports.master + 2);
  }

  /**
   * Lets time pass until the bus master shows an interrupt or an error; its status, or -1 after
   * `limit` ticks.
   */
  waitDma(limit = SECOND): number {
    return this.bench.until(() => (this.masterStatus & 6) !== 0, limit) ? this.masterStatus : -1;
  }

  /** Stops the bus master and clears its bits; the drive's status. */
  endDma(): number {
    this.bench.outb(this.ports.master, 0);
    this.bench.outb(this.ports.master + 2, 6);
    return this.status;
  }

  /** Software reset of the channel. */
  reset(): number {
    this.out8(this.ports.control, 4);
    this.bench.run(15_000);
    this.out8(this.ports.control, 0);
    return this.ready();
  }
}
