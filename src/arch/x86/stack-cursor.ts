/**
 * A stack being pushed to or popped from by a far transfer: nothing of the processor's state
 * changes until the transfer commits.
 */
import { SEGMENT } from '../../ir/layout.ts';
import { VECTOR } from './fault.ts';
import { D, attributesOf, descriptorBase, descriptorLimit } from './segments.ts';
import { ESP, SS, segmentCell } from './state.ts';
import type { X86 } from './x86.ts';

export class StackCursor {
  /** Stack pointer, within `mask`. */
  sp = 0;
  mask = -1;
  private base = 0;
  private min = 0;
  private max = 0;
  private user = 0;
  private error = 0;

  /** The current stack, at its current pointer. */
  current(x: X86): void {
    const w = x.words;
    const at = segmentCell(SS) >> 2;
    this.base = w[at + (SEGMENT.BASE >> 2)];
    this.min = w[at + (SEGMENT.RMIN >> 2)] >>> 0;
    this.max = w[at + (SEGMENT.RMAX >> 2)] >>> 0;
    this.mask = (attributesOf(x, SS) & D.BIG) !== 0 ? -1 : 0xffff;
    this.sp = w[ESP >> 2] & this.mask;
    this.user = x.user;
    this.error = x.ext;
  }

  /**
   * The stack segment in `x.low`, `x.high`, with pointer `sp` for privilege `level`; a limit
   * violation raises #SS(error).
   */
  enter(x: X86, sp: number, level: number, error: number): void {
    this.base = descriptorBase(x.low, x.high);
    const limit = descriptorLimit(x.low, x.high);
    this.mask = (x.high & D.BIG) !== 0 ? -1 : 0xffff;
    if ((x.high & D.EXPAND_DOWN) !== 0) {
      this.min = limit + 1;
      this.max = (x.high & D.BIG) !== 0 ? 0xffffffff : 0xffff;
    } else {
      this.min = 0;
      this.max = limit;
    }
    this.sp = sp & this.mask;
    this.user = level === 3 ? 1 : 0;
    this.error = error;
  }

  private check(x: X86, offset: number, size: number): number {
    const o = offset >>> 0;
    if (o < this.min || o + size - 1 > this.max) x.raise(VECTOR.SS, this.error);
    return (this.base + o) >>> 0;
  }

  /** Linear address that the pointer points to. */
  get place(): number {
    return (this.base + (this.sp >>> 0)) >>> 0;
  }

  push(x: X86, size: number, value: number): void {
    const sp = (this.sp - size) & this.mask;
    x.memory.write(this.check(x, sp, size), size, value, this.user);
    this.sp = sp;
  }

  pop(x: X86, size: number): number {
    const value = x.memory.read(this.check(x, this.sp, size), size, this.user);
    this.sp = (this.sp + size) & this.mask;
    return value;
  }

  /** Value `offset` bytes above the pointer. */
  peek(x: X86, size: number, offset: number): number {
    return x.memory.read(this.check(x, (this.sp + offset) & this.mask, size), size, this.user);
  }

  /** Raises what a write of `size` bytes at the pointer would raise; nothing is written. */
  probeWrite(x: X86, size: number): void {
    x.memory.probeWrite(this.check(x, this.sp, size), size, this.user);
  }

  /** Makes the pointer the processor's; the part of ESP outside a 16-bit stack stays. */
  commit(x: X86): void {
    const w = x.words;
    w[ESP >> 2] = (w[ESP >> 2] & ~this.mask) | (this.sp & this.mask);
  }
}
