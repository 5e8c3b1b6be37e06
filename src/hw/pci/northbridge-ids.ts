/**
 * PCI identities of this project's own cards. No maker has vendor 4E42h (`NB`) in pci.ids
 * (2023.04.11), so no driver of Linux takes these cards for its own.
 */
export const NORTHBRIDGE_VENDOR = 0x4e42;
export const NORTHBRIDGE_DEVICE = { PATHS: 0x0001, SYSTEM_DMA: 0x0002, CAMERA: 0x0003, RAID: 0x0004 } as const;
