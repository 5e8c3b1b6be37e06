/** How a user's program reaches the card. */
export const DEVICE_MMAP_METHODS = ['ports', 'read-write', 'mmap', 'mmap-memory', 'mmap-wc'] as const;
export type DeviceMmapMethod = (typeof DEVICE_MMAP_METHODS)[number];

/** POST codes of guest/linux/device-mmap beside `begin` and `end`. */
export const DEVICE_MMAP_POST = { before: 0xc0, mapped: 0xc1, turn: 0xc2 } as const;

/** The word that the program writes as number `k`; it is read back. */
export function patternWord(k: number): number {
  return (Math.imul(k, 0x9e3779b1) + 0x4e42) >>> 0;
}
