/**
 * Memory types from MTRRs and the page attribute table (SDM vol. 3, 9.11 "Memory type range
 * registers", 9.12 "Page attribute table").
 */
import { MEMORY_TYPE } from '../../mem/transaction.ts';

const { UC, WC, WT, WP, WB } = MEMORY_TYPE;
/** PAT's UC-: as UC, but a WC range wins. */
const UC_MINUS = 7;

/**
 * Effective type by MTRR type × 8 + PAT type (SDM vol. 3, table 9-8, "effective page-level memory
 * types").
 */
const EFFECTIVE = new Uint8Array(64);

function row(mtrr: number, types: Partial<Record<number, number>>): void {
  for (let pat = 0; pat < 8; pat++) EFFECTIVE[mtrr * 8 + pat] = types[pat] ?? UC;
}
row(UC, { [UC]: UC, [UC_MINUS]: UC, [WC]: WC });
row(WC, { [UC]: UC, [UC_MINUS]: WC, [WC]: WC, [WB]: WC });
row(WT, { [WC]: WC, [WT]: WT, [WB]: WT, [WP]: WP });
row(WP, { [WC]: WC, [WT]: WT, [WB]: WP, [WP]: WP });
row(WB, { [WC]: WC, [WT]: WT, [WB]: WB, [WP]: WP });

export const VARIABLE_RANGES = 8;
/** Fixed ranges: 8 of 64 KiB, 16 of 16 KiB, 64 of 4 KiB, below 1 MiB. */
export const FIXED_RANGES = 88;
/** PAT after reset: WB WT UC- UC, twice. */
export const PAT_RESET_LOW = 0x00070406, PAT_RESET_HIGH = 0x00070406;

/**
 * The registers, as the walker wants them. They are kept by `msr.ts`; `load` is called after any
 * change.
 */
export class MemoryTypes {
  /** MTRRdefType: bits 7:0 type, 10 fixed ranges on, 11 on. */
  defaultType = 0;
  readonly fixed = new Uint8Array(FIXED_RANGES);
  /**
   * Base address and mask of each variable range in pages (the processor has 36 address bits, of
   * which 32 are used); mask 0 = off.
   */
  private readonly bases = new Int32Array(VARIABLE_RANGES);
  private readonly masks = new Int32Array(VARIABLE_RANGES);
  private readonly types = new Uint8Array(VARIABLE_RANGES);
  private readonly pat = new Uint8Array(8);

  setPat(low: number, high: number): void {
    for (let i = 0; i < 4; i++) {
      this.pat[i] = (low >>> (8 * i)) & 7;
      this.pat[i + 4] = (high >>> (8 * i)) & 7;
    }
  }

  /**
   * `base` and `mask`: low halves of MTRRphysBase and MTRRphysMask (bit 11 of the mask = valid).
   */
  setVariable(n: number, base: number, mask: number): void {
    this.types[n] = base & 0xff;
    this.bases[n] = (base >>> 12) & (mask >>> 12);
    this.masks[n] = (mask & 0x800) === 0 ? 0 : mask >>> 12;
  }

  /**
   * Type that the MTRRs give to the page at physical `page`; overlapping ranges: UC wins, then WT
   * over WB.
   */
  ofPhysical(page: number): number {
    if ((this.defaultType & 0x800) === 0) return UC;
    if (page < 0x100000 && (this.defaultType & 0x400) !== 0) {
      const i =
        page < 0x80000 ? page >>> 16 : page < 0xc0000 ? 8 + ((page - 0x80000) >>> 14) : 24 + ((page - 0xc0000) >>> 12);
      return this.fixed[i];
    }
    const number = page >>> 12;
    let found = -1;
    for (let n = 0; n < VARIABLE_RANGES; n++) {
      const mask = this.masks[n];
      if (mask === 0 || (number & mask) !== this.bases[n]) continue;
      const type = this.types[n];
      if (found < 0 || type === UC || (found === WB && type === WT)) found = type;
    }
    return found < 0 ? this.defaultType & 0xff : found;
  }

  /**
   * Type of an access: `patIndex` = PAT·4 + PCD·2 + PWT of the page table entry (0 without paging).
   */
  effective(page: number, patIndex: number): number {
    return EFFECTIVE[(this.ofPhysical(page) & 7) * 8 + this.pat[patIndex]];
  }
}
