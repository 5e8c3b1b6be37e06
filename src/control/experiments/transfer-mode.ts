/**
 * Transfer modes of an ATA drive, by name, with the value of SET FEATURES 03h (ATA/ATAPI-6 §8.46,
 * table 40).
 */
const KINDS = {
  pio: { code: 0x08, highest: 4 },
  mwdma: { code: 0x20, highest: 2 },
  udma: { code: 0x40, highest: 2 },
} as const;

export type TransferModeKind = keyof typeof KINDS;

export interface TransferMode {
  name: string;
  kind: TransferModeKind;
  /** Sector count register for SET FEATURES 03h. */
  value: number;
}

/** Every mode, slowest first within its kind. UDMA 2 is the highest of a PIIX4. */
export const TRANSFER_MODES: readonly TransferMode[] = (Object.keys(KINDS) as TransferModeKind[]).flatMap((kind) =>
  Array.from({ length: KINDS[kind].highest + 1 }, (_, n) => ({
    name: `${kind}${n}`,
    kind,
    value: KINDS[kind].code | n,
  })),
);

/** The mode that a method uses of those wanted: PIO methods a PIO mode, DMA a DMA mode. */
export function modeFor(method: string, wanted: readonly TransferMode[]): TransferMode | null {
  const dma = method === 'dma';
  return wanted.find((m) => (m.kind !== 'pio') === dma) ?? null;
}
