import type { AddressSpace } from '../../mem/address-space.ts';
import { Ram } from '../../mem/ram.ts';

/** One entry of the BIOS memory map (INT 15h, AX = E820h). */
export interface E820Entry {
  address: number;
  size: number;
  /** 1 = usable RAM, 2 = reserved. */
  type: 1 | 2;
}

/**
 * The memory map that a BIOS would report, read from the board's own map: RAM is usable, apart from the extended BIOS data area (1 KiB below 640 KiB) and the BIOS area
 * 0xF0000..0xFFFFF, which are reserved.
 */
export function e820(memory: AddressSpace): E820Entry[] {
  const entries: E820Entry[] = [];
  const regions = memory.mapped.filter((r) => r.enabled && r.target instanceof Ram && !r.target.readOnly).sort((a, b) => a.base - b.base);
  for (const r of regions) {
    const end = r.base + r.size;
    if (r.base === 0) {
      entries.push({ address: 0, size: 0x9fc00, type: 1 }, { address: 0x9fc00, size: 0x400, type: 2 });
    } else if (end <= 0x100000) {
      if (end > 0xf0000) entries.push({ address: 0xf0000, size: 0x10000, type: 2 });
    } else {
      entries.push({ address: r.base, size: r.size, type: 1 });
    }
  }
  return entries;
}
