/** What page tables say of one page at any moment: looked at, not used. */
import type { Machine } from '../../machine/machine.ts';
import { translationsOf, walkOf } from './processor.ts';

/** The page table's entry for a page, or why there is none. */
export interface PageEntry {
  /** The entry in hexadecimal, or 'none' where no table holds one. */
  readonly digits: string;
  /** What it says: `present, writable, user, not cached`. */
  readonly text: string;
  /** Physical address of the page, or -1 if it is not present. */
  readonly frame: number;
}

/** What the tables of the process that runs now say of the page at a virtual address. */
export function pageEntryOf(machine: Machine, address: number): PageEntry {
  const walk = walkOf(machine, address);
  const table = walk?.steps.find((s) => s.table === 'page table');
  if (walk === null || table === undefined) return { digits: 'none', text: walk?.why ?? 'no paging', frame: -1 };
  return {
    digits: table.digits, text: table.text,
    frame: walk.physical === null ? -1 : (walk.physical & ~0xfff) >>> 0,
  };
}

/** The translation that the processor's walk has made of the page for a user's data, or null. */
export function heldFor(machine: Machine, address: number): { frame: number; text: string } | null {
  const page = (address & ~0xfff) >>> 0;
  return translationsOf(machine).find((t) => t.kind === 'data' && t.regime === 'user' && t.page === page) ?? null;
}
