/**
 * One operand of a string instruction: where its elements lie and how many can be handled in one
 * go.
 */
import { SEGMENT } from '../../../ir/layout.ts';
import { GUEST_FAULT, VECTOR } from '../fault.ts';
import { PACKED } from '../slow-ops.ts';
import { SS, segmentCell } from '../state.ts';
import type { X86 } from '../x86.ts';

export function sizeOf(packed: number): number {
  return packed & PACKED.SIZE;
}
export function addressMask(packed: number): number {
  return (packed & PACKED.ADDRESS16) !== 0 ? 0xffff : -1;
}
/** 0 none, 1 REP or REPE, 2 REPNE. */
export function repeatOf(packed: number): number {
  return (packed >>> PACKED.REPEAT_SHIFT) & 3;
}
export function segmentOf(packed: number): number {
  return (packed >>> PACKED.SEGMENT_SHIFT) & 7;
}

export class StringOperand {
  private readonly write: number;
  /** Cell of ESI or EDI, as a word index. */
  private readonly register: number;
  private segment = 0;
  private base = 0;
  private min = 0;
  private max = 0;
  private mask = -1;
  private size = 1;
  private backwards = false;
  /**
   * Where the page of the next element is, after `locate`: host address of the page, or -1 and then
   * its physical address and memory type.
   */
  host = 0;
  frame = 0;
  type = 0;

  /** `write` 1: the operand is stored to. */
  constructor(register: number, write: number) {
    this.register = register >> 2;
    this.write = write;
  }

  /** Takes over segment, sizes and direction for one instruction. */
  begin(x: X86, segment: number, packed: number, backwards: boolean): void {
    const w = x.words, at = segmentCell(segment) >> 2;
    this.segment = segment;
    this.base = w[at + (SEGMENT.BASE >> 2)];
    this.min = w[at + ((this.write !== 0 ? SEGMENT.WMIN : SEGMENT.RMIN) >> 2)] >>> 0;
    this.max = w[at + ((this.write !== 0 ? SEGMENT.WMAX : SEGMENT.RMAX) >> 2)] >>> 0;
    this.mask = addressMask(packed);
    this.size = sizeOf(packed);
    this.backwards = backwards;
  }

  /** Offset of the next element in its segment, unsigned. */
  offset(x: X86): number {
    return (x.words[this.register] & this.mask) >>> 0;
  }

  /** Linear address of the next element. */
  linear(x: X86): number {
    return (this.base + this.offset(x)) >>> 0;
  }

  /**
   * Elements from the next one on, in the direction of DF, that lie whole in one page and in the
   * segment, without wrapping; 0 if even the next one does not.
   */
  run(x: X86): number {
    const offset = this.offset(x), size = this.size;
    const inPage = (this.base + offset) & 0xfff;
    if (offset < this.min || offset + size - 1 > this.max || inPage + size > 0x1000) return 0;
    if (this.backwards) {
      const page = (inPage / size) | 0, low = Math.floor((offset - this.min) / size);
      return 1 + (page < low ? page : low);
    }
    const page = ((0x1000 - inPage) / size) | 0, high = Math.floor((this.max - offset + 1) / size);
    const wrap = this.mask === -1 ? page : ((0x10000 - offset) / size) | 0;
    const n = page < high ? page : high;
    return n < wrap ? n : wrap;
  }

  /** Translates the page of the next element; throws GUEST_FAULT. */
  locate(x: X86): void {
    const mmu = x.mmu;
    const slot = mmu.translate(this.linear(x), x.user, this.write);
    if (slot < 0) throw GUEST_FAULT;
    this.host = mmu.hosts[slot];
    this.frame = mmu.frames[slot];
    this.type = mmu.memoryType(slot);
    // The next instruction of the kind then finds it without a call (`string-front.ts`).
    mmu.fillEngine(slot);
  }

  /** Host address of the lowest byte of the next `n` elements, after `locate` found RAM. */
  lowest(x: X86, n: number): number {
    const at = this.host + (this.linear(x) & 0xfff);
    return this.backwards ? at - (n - 1) * this.size : at;
  }

  /**
   * Stores up to `n` elements upwards over the bus, after `locate` found no RAM, and moves on;
   * returns how many, 0 if they are to be stored one by one. See `CorePort.busWriteRun`.
   */
  storeRun(x: X86, n: number, host: number, value: number): number {
    if (this.backwards) return 0;
    const at = (this.frame | (this.linear(x) & 0xfff)) >>> 0;
    const stored = x.env.busWriteRun(at, this.size, n, this.type, host, value);
    if (stored > 0) this.advance(x, stored);
    return stored;
  }

  /** Checks the next element against the segment and, if it is written, its pages. */
  check(x: X86): void {
    const offset = this.offset(x);
    if (offset < this.min || offset + this.size - 1 > this.max) x.raise(this.segment === SS ? VECTOR.SS : VECTOR.GP, 0);
    if (this.write !== 0) x.memory.probeWrite(this.linear(x), this.size, x.user);
    else x.memory.probeRead(this.linear(x), this.size, x.user);
  }

  /** Moves on by n elements. */
  advance(x: X86, n: number): void {
    const w = x.words, r = this.register;
    const next = w[r] + (this.backwards ? -n : n) * this.size;
    w[r] = (w[r] & ~this.mask) | (next & this.mask);
  }
}
