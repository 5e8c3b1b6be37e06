/**
 * The table of compiled functions: places are taken and given back; each has a counter cell in
 * `MAP.COUNTERS`.
 */
import { MAP } from '../ir/layout.ts';

/** Entries by which the table grows. */
const STEP = 64;
/** Most places: as many as there are counters. */
export const CODE_PLACES = (MAP.IR - MAP.COUNTERS) / 4;

export class CodeTable {
  readonly table: WebAssembly.Table;
  private readonly free: number[] = [];

  /** `fixed`: functions that stand at the places from 1 on for good. */
  constructor(fixed: readonly unknown[]) {
    this.table = new WebAssembly.Table({ element: 'anyfunc', initial: 1 + fixed.length });
    fixed.forEach((f, index) => this.table.set(1 + index, f));
  }

  /** A free place. There must be one: `CODE_PLACES`. */
  take(): number {
    if (this.free.length === 0) {
      const from = this.table.length;
      if (from + STEP > CODE_PLACES) throw new Error('the table of compiled functions is full');
      this.table.grow(STEP);
      for (let place = from + STEP - 1; place >= from; place--) this.free.push(place);
    }
    return this.free.pop()!;
  }

  set(place: number, compiled: unknown): void {
    this.table.set(place, compiled);
  }

  giveBack(place: number): void {
    this.table.set(place, null);
    this.free.push(place);
  }
}

/** Byte address of the entry counter of the compiled function at `place`. */
export function counterOf(place: number): number {
  return MAP.COUNTERS + 4 * place;
}
