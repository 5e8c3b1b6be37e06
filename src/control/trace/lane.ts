import type { Ticks } from '../../sim/time.ts';
import { ExactSpans, SpanGroups, type Span } from './spans.ts';

/** What a lane shows. */
export const LANE_KINDS = [
  'initiator', 'target', 'request', 'line', 'handler', 'acknowledge', 'event', 'note', 'mark',
] as const;
export type LaneKind = (typeof LANE_KINDS)[number];

/** A lane, as the page gets it. */
export interface LaneSheet {
  /** `kind:name`; stays the same. */
  readonly key: string;
  readonly kind: LaneKind;
  readonly name: string;
  /** Spans, or points, that are kept. */
  readonly count: number;
  /** Ticks under at least one span. */
  readonly busy: Ticks;
}

/** Spans that are kept one by one before a lane is kept in groups, and the size of a group. */
const EXACT = 16_384, GRAIN = 8;
/** Spans that wait for their end; the oldest is given up then. */
const MOST_OPEN = 64;

/** One lane: its spans, one by one while they are few. */
export class Lane {
  readonly kind: LaneKind;
  readonly name: string;
  readonly key: string;
  /** Spans end with a record of their own. */
  readonly paired: boolean;
  exact: ExactSpans | null = new ExactSpans();
  groups: SpanGroups;
  /** Spans that have begun, in that order, from the first one on that has not ended. */
  private readonly open: Span[] = [];

  constructor(kind: LaneKind, name: string) {
    this.kind = kind;
    this.name = name;
    this.key = `${kind}:${name}`;
    this.paired = kind === 'request' || kind === 'line' || kind === 'handler';
    this.groups = this.exact as ExactSpans;
  }

  get bytes(): number {
    return this.groups.bytes;
  }

  /** A span with both its ends. */
  add(id: number, start: Ticks, end: Ticks, shape: number, address: number, value: number): void {
    if (this.exact !== null && this.exact.count >= EXACT) this.coarsen(this.exact);
    if (this.exact === null) this.groups.add(id, start, end);
    else this.exact.append(id, start, end, shape, address, value);
  }

  /** A span begins; `end` will come. */
  begin(id: number, start: Ticks, shape: number, address: number, value: number): void {
    if (this.open.length === MOST_OPEN) {
      // Nobody ends it any more: it is a point.
      const [oldest] = this.open;
      oldest.end = oldest.start;
      this.settle();
    }
    this.open.push({ id, start, end: Infinity, shape, address, value });
  }

  /** The span of the record `id` ends; 0: the one that began last. Returns whether it was known. */
  finish(id: number, time: Ticks): boolean {
    const { open } = this;
    if (open.length === 1 && (id === 0 || open[0].id === id)) {
      const o = open[0];
      open.length = 0;
      this.add(o.id, o.start, time, o.shape, o.address, o.value);
      return true;
    }
    for (let k = open.length - 1; k >= 0; k--)
      if ((id === 0 || open[k].id === id) && open[k].end === Infinity) {
        open[k].end = time;
        if (k === 0) this.settle();
        return true;
      }
    return false;
  }

  /** Nothing that has begun will be seen to end: it lasts until `time` at least. */
  cut(time: Ticks): void {
    for (const o of this.open) if (o.end === Infinity) o.end = time;
    this.settle();
  }

  drop(id: number): void {
    this.groups.drop(id);
  }

  /** Calls `ask` while the open spans count as lasting until `now`. */
  whole<T>(now: Ticks, ask: () => T): T {
    const { exact, groups, open } = this;
    if (open.length === 0) return ask();
    const mark = groups.mark();
    for (const o of open) {
      const end = o.end === Infinity ? Math.max(now, o.start) : o.end;
      if (exact === null) groups.add(o.id, o.start, end);
      else exact.append(o.id, o.start, end, o.shape, o.address, o.value);
    }
    const answer = ask();
    groups.restore(mark);
    return answer;
  }

  /** The record `id` has begun a span that has not ended. */
  lasts(id: number): boolean {
    return this.open.some((o) => o.id === id && o.end === Infinity);
  }

  /** Keeps what has ended, in the order of its beginning. */
  private settle(): void {
    const { open } = this;
    let n = 0;
    for (; n < open.length && open[n].end !== Infinity; n++) {
      const o = open[n];
      this.add(o.id, o.start, o.end, o.shape, o.address, o.value);
    }
    open.splice(0, n);
  }

  private coarsen(exact: ExactSpans): void {
    const groups = new SpanGroups(GRAIN);
    for (let at = exact.first; at < exact.end; at++) groups.add(exact.idOf(at), exact.startOf(at), exact.endOf(at));
    this.groups = groups;
    this.exact = null;
  }
}
