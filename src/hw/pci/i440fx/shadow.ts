import { allOnes } from '../../../bits/field.ts';
import type { AddressSpace } from '../../../mem/address-space.ts';
import type { Ram } from '../../../mem/ram.ts';
import type { Region } from '../../../mem/region.ts';
import { STATUS, type Target, type Transaction } from '../../../mem/transaction.ts';

/** Half of a PAM register: where it is, and the range that it is for (290549 §3.2.18). */
const RANGES = [
  { register: 0, shift: 4, base: 0xf0000, size: 0x10000 },
  ...Array.from({ length: 12 }, (_, n) => ({
    register: 1 + (n >> 1), shift: 4 * (n & 1), base: 0xc0000 + 0x4000 * n, size: 0x4000,
  })),
];
const READ = 1, WRITE = 2;
const OVER_RAM = 1;

/**
 * C0000h-FFFFFh as PAM0 to PAM6 have it: what they do not enable goes to PCI, where nobody is. A
 * range with both enabled is main memory's own; otherwise this lies over it.
 */
export class Shadow {
  private readonly parts: readonly { part: ShadowRange; region: Region; range: (typeof RANGES)[number] }[];

  constructor(memory: AddressSpace, ram: Ram) {
    this.parts = RANGES.map((range) => {
      const part = new ShadowRange(ram);
      const { base, size } = range;
      const region = memory.map(base, size, part, { priority: OVER_RAM, offset: base, disabled: true });
      return { part, region, range };
    });
  }

  /** The registers have these values. */
  set(values: readonly number[]): void {
    for (const { part, region, range } of this.parts) {
      part.enabled = (values[range.register] >> range.shift) & (READ | WRITE);
      region.set(range.base, part.enabled !== (READ | WRITE));
    }
  }
}

class ShadowRange implements Target {
  /** As the trace calls what nothing decodes. */
  readonly name = 'none';
  enabled = 0;
  private readonly ram: Ram;

  constructor(ram: Ram) {
    this.ram = ram;
  }

  read(offset: number, size: number, tx: Transaction): number {
    if ((this.enabled & READ) !== 0) return this.ram.read(offset, size, tx);
    tx.status = STATUS.DECODE_ERROR;
    return allOnes(size);
  }

  write(offset: number, size: number, value: number, tx: Transaction): void {
    if ((this.enabled & WRITE) !== 0) this.ram.write(offset, size, value, tx);
    else tx.status = STATUS.DECODE_ERROR;
  }
}
