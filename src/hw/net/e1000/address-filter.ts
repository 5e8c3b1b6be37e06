import { destinationKind, isFor, KIND } from '../mac-address.ts';

const ADDRESSES = 16;
/** RAH.AV. */
const VALID = 0x80000000;

interface FilterRegisters {
  readonly RCTL: { readonly UPE: number; readonly MPE: number; readonly BAM: number; readonly MO: number };
}

/** Which frames are taken (§3.2.1): exact addresses, the multicast table, promiscuous modes. */
export class AddressFilter {
  private readonly r: FilterRegisters;
  private readonly low: readonly { value: number }[];
  private readonly high: readonly { value: number }[];
  private readonly mta: Uint32Array;

  constructor(r: FilterRegisters, mta: Uint32Array) {
    const rows = r as unknown as Readonly<Record<string, { value: number }>>;
    this.r = r;
    this.low = Array.from({ length: ADDRESSES }, (_, n) => rows[`RAL${n}`]);
    this.high = Array.from({ length: ADDRESSES }, (_, n) => rows[`RAH${n}`]);
    this.mta = mta;
  }

  accepts(frame: Uint8Array): boolean {
    const { RCTL } = this.r, kind = destinationKind(frame);
    if (kind === KIND.broadcast && RCTL.BAM === 1) return true;
    if (kind === KIND.station ? RCTL.UPE === 1 : RCTL.MPE === 1) return true;
    if (this.exact(frame)) return true;
    return kind !== KIND.station && this.inTable(frame);
  }

  private exact(frame: Uint8Array): boolean {
    for (let n = 0; n < ADDRESSES; n++) {
      const high = this.high[n].value;
      if ((high & VALID) !== 0 && isFor(frame, this.low[n].value, high)) return true;
    }
    return false;
  }

  /** §13.5.1: twelve bits of the last two bytes; RCTL.MO says which. */
  private inTable(frame: Uint8Array): boolean {
    const shift = [4, 3, 2, 0][this.r.RCTL.MO];
    const hash = ((frame[4] | (frame[5] << 8)) >> shift) & 0xfff;
    return ((this.mta[hash >> 5] >>> (hash & 31)) & 1) === 1;
  }
}
