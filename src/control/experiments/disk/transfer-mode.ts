import { FAMILY, MAX_MULTIWORD, MAX_PIO } from '../../../hw/ata/transfer-mode.ts';

/** The highest Ultra DMA mode of a PIIX4. */
const MAX_PIIX4_ULTRA = 2;

/** Families as the mode's name begins, with bits 7:3 of the SET FEATURES value. */
const KINDS = {
  pio: { family: FAMILY.PIO_FLOW_CONTROL, highest: MAX_PIO },
  mwdma: { family: FAMILY.MULTIWORD, highest: MAX_MULTIWORD },
  udma: { family: FAMILY.ULTRA, highest: MAX_PIIX4_ULTRA },
} as const;

export type TransferModeKind = keyof typeof KINDS;

/** A transfer mode of an ATA drive. */
export interface TransferMode {
  name: string;
  kind: TransferModeKind;
  /** Sector count register for SET FEATURES 03h (ATA/ATAPI-6 §8.46, table 40). */
  value: number;
}

/** Every mode that a PIIX has, slowest first within its kind. */
export const TRANSFER_MODES: readonly TransferMode[] = (Object.keys(KINDS) as TransferModeKind[]).flatMap((kind) =>
  Array.from({ length: KINDS[kind].highest + 1 }, (_, n) => ({
    name: `${kind}${n}`,
    kind,
    value: (KINDS[kind].family << 3) | n,
  })),
);

/** The mode of that name, which is one of them. */
export function modeNamed(name: string): TransferMode {
  return TRANSFER_MODES.find((m) => m.name === name) as TransferMode;
}

/**
 * The mode that a method uses of those wanted: PIO methods a PIO mode, DMA a DMA mode; a method
 * that is named for its mode that one.
 */
export function modeFor(method: string, wanted: readonly TransferMode[]): TransferMode | null {
  const own = TRANSFER_MODES.find((m) => m.name === method);
  if (own !== undefined) return own;
  const dma = method === 'dma' || method === 'pio-then-dma';
  return wanted.find((m) => (m.kind !== 'pio') === dma) ?? null;
}

/** A mode as Linux names it (`XFER_MW_DMA_2`) in our words (`mwdma2`), or null. */
export function linuxMode(name: string | null): string | null {
  const m = /^XFER_(PIO|MW_DMA|UDMA)_(\d)$/.exec(name ?? '');
  return m === null ? null : `${(m[1] as string).replace('_', '').toLowerCase()}${m[2]}`;
}
