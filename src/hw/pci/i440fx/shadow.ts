import { allOnes } from '../../../bits/field.ts';
import type { AddressSpace } from '../../../mem/address-space.ts';
import { Ram } from '../../../mem/ram.ts';
import type { Region, RegionOptions } from '../../../mem/region.ts';
import { STATUS, type Target, type Transaction } from '../../../mem/transaction.ts';

/** Half of a PAM register: where it is, and the range that it is for (290549 §3.2.18). */
const RANGES = [
  { register: 0, shift: 4, base: 0xf0000, size: 0x10000 },
  ...Array.from({ length: 12 }, (_, n) => ({
    register: 1 + (n >> 1), shift: 4 * (n & 1), base: 0xc0000 + 0x4000 * n, size: 0x4000,
  })),
];
type Range = (typeof RANGES)[number];
const FIRST = 0xc0000, END = 0x100000;
const READ = 1, WRITE = 2;
const OVER_RAM = 1;

/** The BIOS ROM as PCI has it: it ends at 1 MiB. */
export interface RomBelow1MiB {
  readonly memory: Ram;
  /** Bus and time of an access. */
  readonly region: RegionOptions;
}

/**
 * C0000h-FFFFFh as PAM0 to PAM6 have it: what they do not enable goes to PCI, where the BIOS ROM
 * answers reads as far down as it reaches, and else nobody. A range with both enabled is main
 * memory's own; otherwise one of three regions lies over it: the ROM, main memory read only, or
 * main memory for writes and PCI for reads.
 */
export class Shadow {
  /** Main memory read only. */
  readonly locked: Ram;
  private readonly parts: readonly ShadowPart[];

  constructor(memory: AddressSpace, ram: Ram, rom: RomBelow1MiB | null = null) {
    const bytes = ram.bytes.subarray(FIRST, Math.max(FIRST, Math.min(END, ram.bytes.length)));
    this.locked = new Ram('shadow', bytes, true);
    this.parts = RANGES.map((range) => new ShadowPart(memory, ram, this.locked, range, rom));
  }

  /** The registers have these values. */
  set(values: readonly number[]): void {
    for (const part of this.parts) part.set(values[part.range.register] >> part.range.shift);
  }
}

/** One range of a PAM register. */
class ShadowPart {
  readonly range: Range;
  private readonly open: ShadowRange;
  private readonly openRegion: Region;
  private readonly locked: Region;
  private readonly rom: Region | null;

  constructor(memory: AddressSpace, ram: Ram, locked: Ram, range: Range, rom: RomBelow1MiB | null) {
    this.range = range;
    const { base, size } = range, over = { priority: OVER_RAM, disabled: true };
    const inRom = rom === null ? -1 : rom.memory.bytes.length - (END - base);
    const below = rom !== null && inRom >= 0 ? rom : null;
    this.open = new ShadowRange(ram, below?.memory ?? null, inRom - base);
    this.openRegion = memory.map(base, size, this.open, { ...over, offset: base });
    this.locked = memory.map(base, size, locked, { ...over, offset: base - FIRST });
    this.rom = below === null
      ? null
      : memory.map(base, size, below.memory, { ...below.region, ...over, offset: inRom });
  }

  set(enables: number): void {
    const { base } = this.range, enabled = enables & (READ | WRITE);
    this.open.writes = (enabled & WRITE) !== 0;
    this.openRegion.set(base, enabled === WRITE || (enabled === 0 && this.rom === null));
    this.locked.set(base, enabled === READ);
    this.rom?.set(base, enabled === 0);
  }
}

/** Reads go to PCI, writes to main memory if they are enabled. */
class ShadowRange implements Target {
  /** As the trace calls what nothing decodes. */
  readonly name = 'none';
  writes = false;
  private readonly ram: Ram;
  private readonly rom: Ram | null;
  private readonly toRom: number;

  constructor(ram: Ram, rom: Ram | null, toRom: number) {
    this.ram = ram;
    this.rom = rom;
    this.toRom = toRom;
  }

  read(offset: number, size: number, tx: Transaction): number {
    if (this.rom !== null) return this.rom.read(offset + this.toRom, size, tx);
    tx.status = STATUS.DECODE_ERROR;
    return allOnes(size);
  }

  write(offset: number, size: number, value: number, tx: Transaction): void {
    if (this.writes) this.ram.write(offset, size, value, tx);
    else tx.status = STATUS.DECODE_ERROR;
  }
}
