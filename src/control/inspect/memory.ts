/** Bytes of an address space as they are, by debug accesses. */
import type { Machine } from '../../machine/machine.ts';
import type { Region } from '../../mem/region.ts';
import { STATUS, Transaction } from '../../mem/transaction.ts';
import type { Bank } from '../../reg/bank.ts';
import { bankOf, rowsAt } from './memory-map.ts';
import { changesByRead } from './registers.ts';

/** What a byte of a look is. */
export const BYTE = {
  /** Memory, or a register that a read leaves as it is. */
  PLAIN: 0,
  /** What a read would give; it was not made, because it would change the device. */
  READ_CHANGES: 1,
  /** Nobody is there. */
  NOBODY: 2,
} as const;

export interface MemoryLook {
  readonly space: string;
  readonly address: number;
  readonly bytes: Uint8Array;
  /** BYTE of each. */
  readonly kinds: Uint8Array;
  /** Who decodes them: from which byte of the look on. */
  readonly regions: readonly { readonly from: number; readonly name: string }[];
}

/** Longest look (bytes). */
export const LOOK_BYTES = 64 * 1024;

/**
 * Up to `length` bytes from an address on, without effects; fewer where the space ends. Null if
 * the machine has no such space.
 */
export function lookAtMemory(machine: Machine, space: string, address: number, length: number): MemoryLook | null {
  const found = machine.board.spaces.find((s) => s.name === space);
  if (found === undefined) return null;
  const first = Math.min(Math.max(0, Math.floor(address)), 2 ** found.bits);
  const count = Math.max(0, Math.min(length, LOOK_BYTES, 2 ** found.bits - first));
  const bytes = new Uint8Array(count), kinds = new Uint8Array(count);
  const regions: { from: number; name: string }[] = [];
  const tx = new Transaction('look');
  tx.debug = true;
  let region: Region | null = null, bank: Bank | null = null;
  for (let i = 0; i < count; i++) {
    const here = found.find(first + i);
    if (i === 0 || here !== region) {
      region = here;
      bank = region === null ? null : bankOf(machine.board, region)?.bank ?? null;
      regions.push({ from: i, name: region?.name ?? 'none' });
    }
    bytes[i] = found.read(first + i, 1, tx);
    const offset = region === null ? 0 : first + i - region.base + region.offset;
    kinds[i] = tx.status !== STATUS.OK
      ? BYTE.NOBODY
      : bank !== null && changesAt(bank, offset) ? BYTE.READ_CHANGES : BYTE.PLAIN;
  }
  return { space, address: first, bytes, kinds, regions };
}

function changesAt(bank: Bank, offset: number): boolean {
  return rowsAt(bank, offset, 1).some(([name, row]) => changesByRead(bank, name, row));
}
