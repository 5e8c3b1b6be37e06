import type { Guard, Target, Transaction } from '../../../mem/transaction.ts';

/** Tables of 128 words (§13.5.1 MTA, §13.5.4 VFTA): where each begins. */
const MTA = 0x5200, VFTA = 0x5600, TABLE_BYTES = 0x200;
export const TABLE_WORDS = TABLE_BYTES / 4;

/**
 * The 128 KiB behind BAR0: the register bank, and two tables that are plain words. VFTA has no
 * effect here: there are no VLAN tags.
 */
export class RegisterSpace implements Target {
  readonly name: string;
  readonly guard?: Guard;
  private readonly bank: Target;
  private readonly mta: Uint32Array;
  private readonly vfta: Uint32Array;

  constructor(bank: Target, mta: Uint32Array, vfta: Uint32Array) {
    this.name = bank.name;
    if (bank.guard !== undefined) this.guard = bank.guard;
    this.bank = bank;
    this.mta = mta;
    this.vfta = vfta;
  }

  private table(offset: number): Uint32Array | null {
    if (offset >= MTA && offset < MTA + TABLE_BYTES) return this.mta;
    return offset >= VFTA && offset < VFTA + TABLE_BYTES ? this.vfta : null;
  }

  read(offset: number, size: number, tx: Transaction): number {
    const table = this.table(offset);
    if (table === null) return this.bank.read(offset, size, tx);
    const value = table[(offset % TABLE_BYTES) >> 2] >>> (8 * (offset & 3));
    return (size === 4 ? value : value & ((1 << (8 * size)) - 1)) >>> 0;
  }

  write(offset: number, size: number, value: number, tx: Transaction): void {
    const table = this.table(offset);
    if (table === null) {
      this.bank.write(offset, size, value, tx);
      return;
    }
    const index = (offset % TABLE_BYTES) >> 2, shift = 8 * (offset & 3);
    const lanes = size === 4 ? -1 : ((1 << (8 * size)) - 1) << shift;
    table[index] = (table[index] & ~lanes) | ((value << shift) & lanes);
  }
}
