import type { DeviceBench } from '../device-bench.ts';

/**
 * A small PCI driver over configuration mechanism #1. Functions are named by device << 3 |
 * function.
 */
export class PciDriver {
  private readonly bench: DeviceBench;

  constructor(bench: DeviceBench) {
    this.bench = bench;
  }

  /** Reads 1, 2 or 4 bytes of configuration space. */
  read(devfn: number, register: number, size: 1 | 2 | 4 = 4): number {
    this.select(devfn, register);
    const port = 0xcfc + (register & 3);
    return size === 1 ? this.bench.inb(port) : size === 2 ? this.bench.inw(port) : this.bench.inl(port);
  }

  write(devfn: number, register: number, value: number, size: 1 | 2 | 4 = 4): void {
    this.select(devfn, register);
    const port = 0xcfc + (register & 3);
    if (size === 1) this.bench.outb(port, value);
    else if (size === 2) this.bench.outw(port, value);
    else this.bench.outl(port, value);
  }

  /** Vendor and device of every function that answers, as firmware finds them. */
  scan(): { devfn: number; id: number; classCode: number }[] {
    const found = [];
    for (let device = 0; device < 32; device++) {
      const functions =
        this.read(device << 3, 0) !== 0xffffffff && (this.read(device << 3, 0x0e, 1) & 0x80) !== 0 ? 8 : 1;
      for (let f = 0; f < functions; f++) {
        const devfn = (device << 3) | f;
        const id = this.read(devfn, 0);
        if (id !== 0xffffffff) found.push({ devfn, id, classCode: this.read(devfn, 8) >>> 8 });
      }
    }
    return found;
  }

  /** Size in bytes that a base address register asks for; its value is put back. */
  barSize(devfn: number, register: number): number {
    const mask = this.ones(devfn, register);
    if (mask === 0) return 0;
    if ((mask & 1) === 1) return (~(mask & 0xfffc) & 0xffff) + 1;
    const low = mask & 0xfffffff0;
    // A 64-bit register whose lower half takes no address bit: the upper half tells.
    if (low === 0 && (mask & 6) === 4) return ((~this.ones(devfn, register + 4) >>> 0) + 1) * 2 ** 32;
    return (~low >>> 0) + 1;
  }

  /** What a register keeps of all ones; its value is put back. */
  private ones(devfn: number, register: number): number {
    const old = this.read(devfn, register);
    this.write(devfn, register, 0xffffffff);
    const mask = this.read(devfn, register);
    this.write(devfn, register, old);
    return mask;
  }

  private select(devfn: number, register: number): void {
    this.bench.outl(0xcf8, (0x80000000 | (devfn << 8) | (register & 0xfc)) >>> 0);
  }
}
