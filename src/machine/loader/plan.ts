import { LoadError } from './load-error.ts';

/** Bytes to place in guest memory. Addresses are physical, sizes in bytes. */
export interface LoadSegment {
  /** What it is, for messages and for the machine's memory map: `kernel`, `initrd`, … */
  readonly name: string;
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Zero bytes to write behind `bytes`. */
  readonly zeroBytes: number;
}

/** General registers at entry; EFLAGS is 2 (interrupts off) and CR0 has PE set and PG clear. */
export interface EntryRegisters {
  readonly eax: number;
  readonly ebx: number;
  readonly ecx: number;
  readonly edx: number;
  readonly esi: number;
  readonly edi: number;
  readonly ebp: number;
  readonly esp: number;
}

/**
 * Descriptor table and selectors at entry. The table's bytes are also among the plan's segments.
 */
export interface EntryDescriptors {
  /** GDTR base (physical) and limit (size - 1). */
  readonly base: number;
  readonly limit: number;
  readonly bytes: Uint8Array;
  readonly cs: number;
  /** Selector for DS, ES, FS, GS and SS. */
  readonly ds: number;
}

/**
 * Everything that a machine needs to start an image: place the segments, set the registers, run at
 * `entry`.
 */
export interface LoadPlan {
  readonly segments: readonly LoadSegment[];
  readonly entry: number;
  readonly registers: EntryRegisters;
  readonly gdt: EntryDescriptors;
}

/**
 * One row of a PC memory map (ACPI 6.3 §15.1, INT 15h E820h). Base and size in bytes, below 2^53.
 */
export interface MemoryRange {
  readonly base: number;
  readonly size: number;
  /** 1 usable RAM, 2 reserved, 3 ACPI reclaimable, 4 ACPI NVS, 5 unusable. */
  readonly type: number;
}

const RAM = 1;

/**
 * Code and data descriptors: base 0, limit 4 GiB, present, ring 0, accessed (IA-32 SDM vol. 3
 * §3.4.5).
 */
const FLAT_CODE = 0x00cf_9b00;
const FLAT_DATA = 0x00cf_9300;
const LIMIT_LOW = 0xffff;

/**
 * A table with flat 4 GiB segments at selector 10h (code) and 18h (data), as the Linux 32-bit boot
 * protocol wants it (Documentation/x86/boot.rst, "32-bit Boot Protocol": __BOOT_CS, __BOOT_DS).
 * @param base physical address where the table will lie
 */
export function flatDescriptors(base: number): EntryDescriptors {
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  view.setUint32(0x10, LIMIT_LOW, true);
  view.setUint32(0x14, FLAT_CODE, true);
  view.setUint32(0x18, LIMIT_LOW, true);
  view.setUint32(0x1c, FLAT_DATA, true);
  return { base, limit: bytes.length - 1, bytes, cs: 0x10, ds: 0x18 };
}

/**
 * The usable RAM of a map below 4 GiB, as [start, end) pairs in ascending order, neighbours joined.
 */
export function usableRam(map: readonly MemoryRange[]): { start: number; end: number }[] {
  for (const row of map) {
    if (!Number.isSafeInteger(row.base) || !Number.isSafeInteger(row.size) || row.base < 0 || row.size < 0
      || !Number.isSafeInteger(row.base + row.size)) {
      throw new LoadError(
        'memory map', -1,
        `a row with base ${row.base} and size ${row.size} is no range of addresses`,
      );
    }
  }
  const rows = map.filter((row) => row.type === RAM && row.size > 0 && row.base < 2 ** 32)
    .map((row) => ({ start: row.base, end: Math.min(row.base + row.size, 2 ** 32) }))
    .sort((a, b) => a.start - b.start);
  const joined: { start: number; end: number }[] = [];
  for (const row of rows) {
    const last = joined[joined.length - 1];
    if (last !== undefined && row.start <= last.end) last.end = Math.max(last.end, row.end);
    else joined.push(row);
  }
  return joined;
}

/** Whether [address, address + size) is usable RAM below 4 GiB. */
export function isRam(ram: readonly { start: number; end: number }[], address: number, size: number): boolean {
  return ram.some((r) => address >= r.start && address + size <= r.end);
}

/** Throws a LoadError if a segment is not in usable RAM, or if two of them overlap. */
export function checkPlacement(image: string, segments: readonly LoadSegment[], map: readonly MemoryRange[]): void {
  const ram = usableRam(map);
  const sorted = [...segments].sort((a, b) => a.address - b.address);
  let previous: LoadSegment | undefined;
  for (const s of sorted) {
    const size = s.bytes.length + s.zeroBytes;
    if (size === 0) continue;
    if (!isRam(ram, s.address, size)) {
      throw new LoadError(
        image, -1,
        `${s.name} needs 0x${size.toString(16)} bytes at 0x${s.address.toString(16)}, where there is not that much RAM`,
      );
    }
    if (previous !== undefined && previous.address + previous.bytes.length + previous.zeroBytes > s.address) {
      throw new LoadError(image, -1, `${s.name} at 0x${s.address.toString(16)} overlaps ${previous.name}`);
    }
    previous = s;
  }
}
