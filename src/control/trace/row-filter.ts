import { KIND, KIND_NAMES } from '../../sim/trace/kinds.ts';
import { sizeOf, type Shape } from '../../sim/trace/names.ts';
import type { Rows } from '../../sim/trace/rows.ts';
import type { TraceFilter } from '../export/trace-filter.ts';
import { named, touches } from '../export/trace-filter.ts';

/** A moment of a run: a time in ticks, or a mark's name. */
export type Moment = { readonly time: number } | { readonly mark: string };

/** What is wanted: `TraceFilter`, and a window of the run; null: open. */
export interface RowWish extends TraceFilter {
  /** Kinds by name; empty: all. */
  kinds: readonly string[];
  from: Moment | null;
  until: Moment | null;
}

/** Whether everything passes. */
export function passesAll(w: RowWish): boolean {
  const lists = [w.initiators, w.targets, w.ranges, w.kinds];
  return w.from === null && w.until === null && lists.every((list) => list.length === 0);
}

const YES = 1, NO = 0, BY_ADDRESS = 2;

/**
 * Decides which rows are kept. What depends on names is decided once a shape; then a row costs a
 * look at a table. Rows must be shown in their order, because marks open and close the window.
 */
export class RowFilter {
  private readonly wish: RowWish;
  private shapes: readonly Shape[] = [];
  private names: readonly string[] = [];
  private verdicts: number[] = [];
  /** The window has been opened and closed by a mark. */
  private opened = true;
  private closed = false;
  private readonly fromTime: number;
  private readonly untilTime: number;

  constructor(wish: RowWish) {
    this.wish = wish;
    this.fromTime = wish.from !== null && 'time' in wish.from ? wish.from.time : -Infinity;
    this.untilTime = wish.until !== null && 'time' in wish.until ? wish.until.time : Infinity;
  }

  /** A run begins; the tables may grow. */
  begin(shapes: readonly Shape[], names: readonly string[]): void {
    this.shapes = shapes;
    this.names = names;
    this.verdicts = [];
    this.opened = this.wish.from === null || 'time' in this.wish.from;
    this.closed = false;
  }

  passes(rows: Rows, row: number): boolean {
    const number = rows.shape[row];
    const verdict = this.verdicts[number] ?? this.judge(number);
    if (this.shapes[number].kind === KIND.MARK) return this.mark(rows, row, number) && verdict !== NO;
    if (verdict === NO || !this.opened || this.closed) return false;
    const start = rows.start[row];
    if (start < this.fromTime || start >= this.untilTime) return false;
    return verdict === YES || this.inRange(rows, row, this.shapes[number]);
  }

  /** Both marks of a window belong to it. */
  private mark(rows: Rows, row: number, number: number): boolean {
    const name = this.names[this.shapes[number].who], { from, until } = this.wish;
    if (from !== null && 'mark' in from && from.mark === name) this.opened = true;
    const inside = this.opened && !this.closed;
    if (inside && until !== null && 'mark' in until && until.mark === name) this.closed = true;
    return inside && rows.start[row] >= this.fromTime && rows.start[row] < this.untilTime;
  }

  private judge(number: number): number {
    const { kinds, initiators, targets, ranges } = this.wish;
    const s = this.shapes[number], name = (n: number): string => this.names[n];
    let verdict: number = YES;
    if (kinds.length > 0 && !kinds.includes(KIND_NAMES[s.kind])) verdict = NO;
    else if (s.kind === KIND.TRANSACTION) {
      if (initiators.length > 0 && !named(name(s.who), initiators)) verdict = NO;
      else if (targets.length > 0 && !named(name(s.what), targets)) verdict = NO;
      else if (ranges.length > 0)
        verdict = ranges.some((r) => r.space === '' || r.space === name(s.space)) ? BY_ADDRESS : NO;
    }
    this.verdicts[number] = verdict;
    return verdict;
  }

  private inRange(rows: Rows, row: number, s: Shape): boolean {
    return touches(this.wish.ranges, this.names[s.space], rows.address[row], sizeOf(s, rows.value[row]));
  }
}
