import type { DeviceBench } from '../device-bench.ts';

/** A bench second, ticks. */
const SECOND = 3e9;
/** What an access takes when the bench has no bus: 1 µs. */
const ACCESS = 3000;

const DOR = 2, STATUS = 4, FIFO = 5, CCR = 7;
const RQM = 0x80, DIO = 0x40, NON_DMA = 0x20, BUSY = 0x10;

/** Where a command stopped. */
export interface FdcResult {
  st0: number; st1: number; st2: number; c: number; h: number; r: number; n: number;
}

/** A small driver of an 82077AA on a bench; waits run the bench's clock. */
export class FdcDriver {
  readonly bench: DeviceBench;
  readonly base: number;
  /** Time of each access, ticks; how fast the host is. */
  access = ACCESS;

  constructor(bench: DeviceBench, base = 0x3f0) {
    this.bench = bench;
    this.base = base;
  }

  in(offset: number): number {
    const v = this.bench.inb(this.base + offset);
    this.bench.run(this.access);
    return v;
  }
  out(offset: number, value: number): void {
    this.bench.outb(this.base + offset, value);
    this.bench.run(this.access);
  }

  /** Waits until the status under a mask has a value. @throws Error after ten simulated seconds */
  status(mask: number, value: number): number {
    const end = this.bench.scheduler.now + 10 * SECOND;
    for (;;) {
      const msr = this.in(STATUS);
      if ((msr & mask) === value) return msr;
      if (this.bench.scheduler.now > end) throw new Error(`MSR stays ${msr.toString(16)}`);
      const next = this.bench.scheduler.nextTime;
      if (next !== Infinity && next > this.bench.scheduler.now) this.bench.scheduler.runUntil(next);
      else this.bench.run(ACCESS);
    }
  }

  /** Ends the reset that the chip is in after power-on, and what polling reports. */
  begin(unit = 0, rate = 0): void {
    this.out(DOR, 0x0c | 0x10 << unit | unit);
    this.out(CCR, rate);
    this.bench.run(SECOND / 1000);
    for (let k = 0; k < 4; k++) this.command(0x08);
    // SRT 4 ms, HUT 240 ms, HLT 2 ms.
    this.command(0x03, 0xcf, 0x02);
  }

  /** Gives a command's bytes. */
  give(...bytes: number[]): void {
    for (const b of bytes) {
      this.status(RQM | DIO, RQM);
      this.out(FIFO, b);
    }
  }

  /** A command and its result bytes, as many as it has. */
  command(...bytes: number[]): number[] {
    this.give(...bytes);
    return this.results();
  }

  /** Waits for the end of the command; its result bytes. */
  results(): number[] {
    const out: number[] = [];
    for (;;) {
      const msr = this.status(RQM, RQM);
      if ((msr & (DIO | BUSY)) !== (DIO | BUSY)) return out;
      out.push(this.in(FIFO));
    }
  }

  /** Waits for the end of a data command. */
  result(): FdcResult {
    const [st0, st1, st2, c, h, r, n] = this.results();
    return { st0, st1, st2, c, h, r, n };
  }

  /** ST0 and PCN. */
  sense(): number[] {
    return this.command(0x08);
  }

  /** RECALIBRATE or SEEK to its end; ST0 and PCN. */
  recalibrate(unit = 0): number[] {
    this.give(0x07, unit);
    this.status(1 << unit, 0);
    return this.sense();
  }
  seek(cylinder: number, unit = 0): number[] {
    this.give(0x0f, unit, cylinder);
    this.status(1 << unit, 0);
    return this.sense();
  }

  /** The nine bytes of a READ or WRITE of 512-byte sectors. */
  address(code: number, c: number, h: number, r: number, eot: number, unit = 0): number[] {
    return [code, h << 2 | unit, c, h, r, 2, eot, 0x1b, 0xff];
  }

  /** Takes bytes in non-DMA mode, polling, until the result phase. */
  readPio(most = Infinity): Uint8Array {
    const bytes: number[] = [];
    while (bytes.length < most) {
      const msr = this.status(RQM, RQM);
      if ((msr & NON_DMA) === 0) break;
      bytes.push(this.in(FIFO));
    }
    return Uint8Array.from(bytes);
  }

  /** Gives bytes in non-DMA mode, polling; the number that the chip asked for. */
  writePio(bytes: Uint8Array): number {
    let given = 0;
    for (; given < bytes.length; given++) {
      const msr = this.status(RQM, RQM);
      if ((msr & NON_DMA) === 0) break;
      this.out(FIFO, bytes[given]);
    }
    return given;
  }
}
