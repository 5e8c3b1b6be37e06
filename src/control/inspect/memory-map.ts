/** Address spaces as they are mapped now, and what stands at an address. */
import { Device } from '../../hw/device.ts';
import type { Board } from '../../machine/board.ts';
import type { Machine } from '../../machine/machine.ts';
import { flatten } from '../../mem/flat-view.ts';
import { Ram } from '../../mem/ram.ts';
import type { Region } from '../../mem/region.ts';
import type { Bank } from '../../reg/bank.ts';
import type { Register } from '../../reg/layout.ts';

export interface SpaceLook {
  readonly name: string;
  /** Address bits. */
  readonly bits: number;
  /** Who can decode addresses here, also what is off now or hidden by others. By address. */
  readonly regions: readonly MappedLook[];
}

/** What a region holds. */
export type Holding = 'ram' | 'rom' | 'registers' | 'nobody' | 'other';

export interface MappedLook {
  readonly name: string;
  /** Address of the first byte; bytes. */
  readonly base: number;
  readonly size: number;
  readonly enabled: boolean;
  /** Of its addresses it decodes these: others may lie over it. First and last address of each. */
  readonly decodes: readonly (readonly [first: number, last: number])[];
  readonly owner: string | null;
  readonly bus: string | null;
  readonly holds: Holding;
}

/** The memory map of every space. */
export function memoryMap({ board }: Machine): SpaceLook[] {
  return board.spaces.map((space) => {
    const ranges = flatten(space.mapped);
    const regions = [...space.mapped].sort((a, b) => a.base - b.base || b.priority - a.priority || a.order - b.order);
    return {
      name: space.name, bits: space.bits,
      regions: regions.map((r) => ({
        name: r.name, base: r.base, size: r.size, enabled: r.enabled,
        decodes: ranges.filter((f) => f.region === r).map((f) => [f.start, f.end - 1] as const),
        owner: board.ownerOf(r.target)?.name ?? null, bus: r.bus?.name ?? null, holds: holding(board, r),
      })),
    };
  });
}

function holding(board: Board, region: Region): Holding {
  if (region.name === 'none') return 'nobody';
  if (region.target instanceof Ram) return region.target.readOnly ? 'rom' : 'ram';
  return bankOf(board, region) === null ? 'other' : 'registers';
}

/** A register bank behind a region, as it is or by a target of the same name in front of it. */
export function bankOf(board: Board, region: Region): { readonly device: Device; readonly bank: Bank;
  readonly name: string } | null {
  const device = board.ownerOf(region.target);
  if (!(device instanceof Device)) return null;
  for (const [name, bank] of device.banks) if (bank.name === region.target.name) return { device, bank, name };
  return null;
}

/** What stands at an address. */
export interface PlaceLook {
  readonly space: string;
  readonly address: number;
  readonly region: string;
  readonly owner: string | null;
  /** Bytes from the beginning of what the region shows. */
  readonly offset: number;
  readonly holds: Holding;
  /** Registers that answer there, reads and writes, of all pages. */
  readonly registers: readonly { readonly bank: string; readonly register: string }[];
}

/** What an address is now; null if the space has no such address or nobody is there. */
export function placeAt({ board }: Machine, space: string, address: number): PlaceLook | null {
  const region = board.spaces.find((s) => s.name === space)?.find(address) ?? null;
  if (region === null) return null;
  const offset = address - region.base + region.offset, found = bankOf(board, region);
  return {
    space, address, region: region.name, owner: board.ownerOf(region.target)?.name ?? null, offset,
    holds: holding(board, region),
    registers: found === null
      ? []
      : rowsAt(found.bank, offset, 1).map(([register]) => ({ bank: found.name, register })),
  };
}

/** Rows of a bank that stand in the bytes from `offset` on. */
export function rowsAt(bank: Bank, offset: number, size: number): [name: string, row: Register, base: number][] {
  return Object.entries(bank.layout.registers).flatMap(([name, row]) => {
    const bytes = (row.options.width ?? bank.layout.width) / 8;
    const base = [row.offset, ...(row.options.mirrors ?? [])].find((b) => b < offset + size && offset < b + bytes);
    return base === undefined ? [] : [[name, row, base] as [string, Register, number]];
  });
}
