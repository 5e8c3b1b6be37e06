import type { BankView } from '../../../reg/bank.ts';
import type { VgaRegisters } from './spec-ports.ts';

/** Each bit of a plane mask as all ones of its byte: plane n is byte n. */
const SPREAD: Uint32Array = Uint32Array.from({ length: 16 }, (_, mask) =>
  [0, 1, 2, 3].reduce((word, plane) => word | ((mask >> plane) & 1) * (0xff << (8 * plane)), 0) >>> 0);
/** Words of four planes that the standard VGA has: 64 Ki. */
const WORDS = 0x10000;

/**
 * The memory of the VGA as processors see it at A0000h: four planes of 64 KiB, the latches, the
 * graphics controller between (graphreg, "Display memory"). Plane p of word w is byte 4w + p.
 */
export class Planes {
  private readonly words: Uint32Array;
  private readonly r: BankView<VgaRegisters>;
  /** The latches: what the last read has left, one byte a plane. */
  private readonly latch: { value: number };

  constructor(words: Uint32Array, r: BankView<VgaRegisters>, latch: { value: number }) {
    this.words = words;
    this.r = r;
    this.latch = latch;
  }

  /** Reads a byte at an offset in the window. `look`: the latches stay as they are. */
  read(offset: number, look: boolean): number {
    const r = this.r;
    const word = this.words[this.word(offset)];
    if (!look) this.latch.value = word;
    if (r.MEMORY_MODE.CHAIN4 === 1) return (word >>> (8 * (offset & 3))) & 0xff;
    if (r.GRAPHICS_MODE.READ === 1) {
      const differ = (word ^ SPREAD[r.COLOUR_COMPARE.PLANES]) & SPREAD[r.COLOUR_CARE.PLANES];
      return ~(differ | (differ >>> 8) | (differ >>> 16) | (differ >>> 24)) & 0xff;
    }
    const map = r.READ_MAP.PLANE;
    const plane = r.GRAPHICS_MODE.HOST_ODD_EVEN === 1 ? (map & 2) | (offset & 1) : map;
    return (word >>> (8 * plane)) & 0xff;
  }

  /** Writes a byte. */
  write(offset: number, value: number): void {
    const r = this.r, at = this.word(offset);
    let mask = r.MAP_MASK.PLANES;
    if (r.MEMORY_MODE.CHAIN4 === 1) mask &= 1 << (offset & 3);
    else if (r.MEMORY_MODE.SEQUENTIAL === 0) mask &= (offset & 1) === 0 ? 5 : 10;
    const planes = SPREAD[mask];
    this.words[at] = (this.words[at] & ~planes) | (this.formed(value) & planes);
  }

  /** What the graphics controller makes of a byte, by its write mode (graphreg, index 05h). */
  private formed(value: number): number {
    const r = this.r, latch = this.latch.value, mode = r.GRAPHICS_MODE.WRITE;
    if (mode === 1) return latch;
    let bits = r.BIT_MASK.BITS, data: number;
    if (mode === 2) {
      data = SPREAD[value & 15];
    } else {
      const count = r.ROTATE.COUNT, rotated = ((value >> count) | (value << (8 - count))) & 0xff;
      if (mode === 3) {
        bits &= rotated;
        data = SPREAD[r.SET_RESET.PLANES];
      } else {
        const set = SPREAD[r.ENABLE_SET_RESET.PLANES];
        data = (Math.imul(rotated, 0x01010101) & ~set) | (SPREAD[r.SET_RESET.PLANES] & set);
      }
    }
    const kept = Math.imul(bits, 0x01010101);
    return (this.combined(data, latch) & kept) | (latch & ~kept);
  }

  private combined(data: number, latch: number): number {
    switch (this.r.ROTATE.FUNCTION) {
      case 1: return data & latch;
      case 2: return data | latch;
      case 3: return data ^ latch;
      default: return data;
    }
  }

  /**
   * The word of four planes behind an offset (seqreg, index 04h; graphreg, index 06h): in chain-4
   * and odd/even modes the bits that choose the plane are 0 in it.
   */
  private word(offset: number): number {
    const r = this.r;
    if (r.MEMORY_MODE.CHAIN4 === 1) return offset & (WORDS - 4);
    return r.MISC_GRAPHICS.CHAIN_ODD_EVEN === 1 ? offset & (WORDS - 2) : offset & (WORDS - 1);
  }
}
