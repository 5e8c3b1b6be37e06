import { allOnes } from '../../../bits/field.ts';
import type { Guard, Target, Transaction } from '../../../mem/transaction.ts';
import type { Bank } from '../../../reg/bank.ts';
import { EDU_REGISTERS } from './spec.ts';

const { FACTORIAL, DMA_SOURCE, DMA_COMMAND } = EDU_REGISTERS.registers;
const RUN = 1;

/**
 * The registers as the bus sees them ("MMIO area spec"): whole or not at all, and some not while
 * what they started is under way.
 */
export class EduRegisters implements Target {
  readonly name: string;
  readonly guard?: Guard;
  private readonly bank: Bank<typeof EDU_REGISTERS.registers>;

  constructor(bank: Bank<typeof EDU_REGISTERS.registers>) {
    this.name = bank.name;
    if (bank.guard !== undefined) this.guard = bank.guard;
    this.bank = bank;
  }

  read(offset: number, size: number, tx: Transaction): number {
    return size === 4 && offset % 4 === 0 ? this.bank.read(offset, size, tx) : allOnes(size);
  }

  write(offset: number, size: number, value: number, tx: Transaction): void {
    if (size !== 4 || offset % 4 !== 0 || this.ignored(offset, value)) return;
    this.bank.write(offset, size, value, tx);
  }

  private ignored(offset: number, value: number): boolean {
    if (offset === FACTORIAL.offset) return (this.bank.peek('STATUS') & 1) !== 0;
    if (offset < DMA_SOURCE.offset || offset > DMA_COMMAND.offset) return false;
    // "RUN" can be set, not cleared: a transfer ends by itself.
    return this.bank.r.DMA_COMMAND.RUN === 1 || (offset === DMA_COMMAND.offset && (value & RUN) === 0);
  }
}
