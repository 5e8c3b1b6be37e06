import { ns, type Ticks } from '../../sim/time.ts';

/**
 * Transfer modes. Cycle times per 16-bit word: ATA/ATAPI-6 §10, tables of Multiword DMA and Ultra
 * DMA timing (for Ultra DMA the two-word cycle time halved: a word moves on each edge of the
 * strobe).
 */
const MWDMA_NS = [480, 150, 120] as const;
const UDMA_NS = [120, 80, 60, 45, 30, 20] as const;

/** Least time per word in Multiword DMA mode 0-2. */
export function multiwordCycle(mode: number): Ticks {
  return ns(MWDMA_NS[mode] as number);
}
/** Time per word in Ultra DMA mode 0-5. */
export function ultraCycle(mode: number): Ticks {
  return ns(UDMA_NS[mode] as number);
}

export const MAX_PIO = 4, MAX_MULTIWORD = 2, MAX_ULTRA = 5;

/**
 * Transfer mode families of the SET FEATURES value (§SET FEATURES, Set transfer mode): bits 7:3.
 */
export const FAMILY = { PIO_DEFAULT: 0, PIO_FLOW_CONTROL: 1, MULTIWORD: 4, ULTRA: 8 } as const;
