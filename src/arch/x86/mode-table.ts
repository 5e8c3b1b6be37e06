/**
 * Execution modes interned to small numbers, the second half of the jump cache's key
 * (`STATE.MODE`).
 */
import { SEGMENT } from '../../ir/layout.ts';
import type { X86Mode } from './mode.ts';
import { CR0_PE, CR0_PG } from './mmu.ts';
import { D } from './segments.ts';
import { CPL, CR0, CS, DS, EFLAGS_SYS, ES, FLAG, FS, GS, SS, segmentCell } from './state.ts';

const CODE32 = 1,
  STACK32 = 2,
  FLAT = 4,
  PROTECTED = 8,
  V86 = 16,
  FS_OPEN = 32,
  GS_OPEN = 64,
  PAGED = 128,
  CPL_SHIFT = 8;

export class ModeTable {
  private readonly modes: X86Mode[] = [];
  private readonly ids = new Map<string, number>();
  /** Ids of the modes whose CS has base 0 and limit 4 GiB, by bits; -1 = none yet. */
  private readonly flatCode = new Int32Array(1024).fill(-1);
  private readonly words: Int32Array;
  /** The mode found last, and what of. */
  private last = 0;
  private lastBits = -1;
  private lastBase = 0;
  private lastLimit = 0;

  constructor(words: Int32Array) {
    this.words = words;
  }

  mode(id: number): X86Mode {
    return this.modes[id];
  }

  /** Number of the mode that the cells describe. */
  current(): number {
    const w = this.words;
    const cpl = w[CPL >> 2] & 3;
    const at = segmentCell(CS) >> 2;
    const base = w[at + (SEGMENT.BASE >> 2)], limit = w[at + (SEGMENT.LIMIT >> 2)];
    const bits =
      (big(w, CS) ? CODE32 : 0) |
      (big(w, SS) ? STACK32 : 0) |
      (flat(w) ? FLAT : 0) |
      ((w[CR0 >> 2] & CR0_PE) !== 0 ? PROTECTED : 0) |
      ((w[EFLAGS_SYS >> 2] & FLAG.VM) !== 0 ? V86 : 0) |
      (cpl << CPL_SHIFT) |
      (takesAll(w, FS) ? FS_OPEN : 0) |
      (takesAll(w, GS) ? GS_OPEN : 0) |
      ((w[CR0 >> 2] & CR0_PG) !== 0 ? PAGED : 0);
    if (bits === this.lastBits && base === this.lastBase && limit === this.lastLimit) return this.last;
    this.lastBits = bits;
    this.lastBase = base;
    this.lastLimit = limit;
    return (this.last = this.intern(bits, base, limit));
  }

  private intern(bits: number, base: number, limit: number): number {
    const flatCode = base === 0 && limit === -1;
    if (flatCode && this.flatCode[bits] >= 0) return this.flatCode[bits];
    const key = `${bits} ${base} ${limit}`;
    let id = this.ids.get(key);
    if (id === undefined) {
      id = this.modes.length;
      this.ids.set(key, id);
      this.modes.push({
        code32: (bits & CODE32) !== 0,
        stack32: (bits & STACK32) !== 0,
        flat: (bits & FLAT) !== 0,
        protectedMode: (bits & PROTECTED) !== 0,
        v86: (bits & V86) !== 0,
        cpl: bits >>> CPL_SHIFT,
        fsOpen: (bits & FS_OPEN) !== 0,
        gsOpen: (bits & GS_OPEN) !== 0,
        paging: (bits & PAGED) !== 0,
      });
      if (flatCode) this.flatCode[bits] = id;
    }
    return id;
  }
}

function big(w: Int32Array, n: number): boolean {
  return (w[(segmentCell(n) + SEGMENT.ATTRIBUTES) >> 2] & D.BIG) !== 0;
}

/** Every offset may be read and written. */
function takesAll(w: Int32Array, n: number): boolean {
  const at = segmentCell(n) >> 2;
  return (
    w[at + (SEGMENT.RMIN >> 2)] === 0 &&
    w[at + (SEGMENT.RMAX >> 2)] === -1 &&
    w[at + (SEGMENT.WMIN >> 2)] === 0 &&
    w[at + (SEGMENT.WMAX >> 2)] === -1
  );
}

function flat(w: Int32Array): boolean {
  for (const n of [SS, DS, ES]) if (w[(segmentCell(n) + SEGMENT.BASE) >> 2] !== 0 || !takesAll(w, n)) return false;
  return true;
}
