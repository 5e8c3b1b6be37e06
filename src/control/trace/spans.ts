import type { Ticks } from '../../sim/time.ts';

/** Entries that a list begins with. */
const SMALL = 64;
/**
 * A pause of so many times the usual distance between two spans ends a group: an average over the
 * pause would show spans where there are none.
 */
const PAUSE = 64;

/**
 * The spans of one lane in the order in which they begin, in groups of up to `grain`. Each group
 * knows how many spans there were before it and how long the lane was busy before it, so what a
 * lane did between two times is the difference of two look-ups, however much lies between. Busy
 * is time under at least one span. With a grain of 1 all of this is exact; else busy time within
 * a group is taken as spread evenly.
 */
export class SpanGroups {
  readonly grain: number;
  /** Groups in use: `head` to `n` - 1. */
  protected head = 0;
  protected n = 0;
  /** Of the first span of a group. */
  protected id = new Float64Array(SMALL);
  protected start = new Float64Array(SMALL);
  /** Latest end of this group and all before it. */
  protected reach = new Float64Array(SMALL);
  /** Busy ticks and spans before the group. */
  protected busy = new Float64Array(SMALL);
  protected before = new Float64Array(SMALL);
  /** Spans in the last group. */
  private filled = 0;
  private usual = 0;
  /** All spans, dropped ones too. */
  protected spans = 0;
  protected busyTicks = 0;
  protected latest = -Infinity;

  constructor(grain: number) {
    this.grain = grain;
  }

  /** Spans that are kept (but for what is left of a group that is dropped in part). */
  get count(): number {
    return this.n === this.head ? 0 : this.spans - this.before[this.head];
  }

  /** Ticks under at least one of them. */
  get busyTime(): Ticks {
    return this.n === this.head ? 0 : this.busyTicks - this.busy[this.head];
  }

  /** Bytes that the lists take. */
  get bytes(): number {
    return 5 * 8 * this.id.length;
  }

  /** A span that begins at the last one's start or later. */
  add(id: number, start: Ticks, end: Ticks): void {
    const from = start > this.latest ? start : this.latest, pause = from - this.latest;
    if (this.filled === this.grain || this.n === this.head || (this.grain > 1 && this.pauses(pause, end - start))) {
      if (this.n === this.id.length) this.room();
      const { n } = this;
      this.id[n] = id;
      this.start[n] = start;
      this.busy[n] = this.busyTicks;
      this.before[n] = this.spans;
      this.n = n + 1;
      this.filled = 0;
    }
    this.filled++;
    this.spans++;
    if (end > from) this.busyTicks += end - from;
    if (end > this.latest) this.latest = end;
    this.reach[this.n - 1] = this.latest;
  }

  /** What `restore` needs to forget everything that is added from now on. */
  mark(): readonly number[] {
    const { n, head, filled, usual, spans, busyTicks, latest } = this;
    return [n - head, filled, usual, spans, busyTicks, latest];
  }
  restore([size, filled, usual, spans, busyTicks, latest]: readonly number[]): void {
    this.n = this.head + size;
    this.filled = filled;
    this.usual = usual;
    this.spans = spans;
    this.busyTicks = busyTicks;
    this.latest = latest;
    if (size > 0) this.reach[this.n - 1] = latest;
  }

  /** Forgets groups that lie before the record `id` as a whole. */
  drop(id: number): void {
    while (this.head + 1 < this.n && this.id[this.head + 1] <= id) this.head++;
  }

  /** Busy ticks before `time`, of which `last` is the last group that begins before it. */
  private busyAt(time: Ticks, last: number): number {
    let at = last;
    // A group's own busy time begins at its start or later.
    while (at > this.head && this.from(at) > time) at--;
    if (at < this.head) return this.n === this.head ? this.busyTicks : this.busy[this.head];
    const from = this.from(at), to = this.reach[at], all = this.busyAfter(at) - this.busy[at];
    if (time >= to) return this.busy[at] + all;
    return time <= from ? this.busy[at] : this.busy[at] + (all * (time - from)) / (to - from);
  }

  /** Spans that begin before `time`, counted from the lane's first one. */
  private countAt(time: Ticks, at: number): number {
    if (at < this.head) return this.n === this.head ? this.spans : this.before[this.head];
    const size = (at + 1 < this.n ? this.before[at + 1] : this.spans) - this.before[at];
    if (size === 1) return this.before[at] + 1;
    const from = this.start[at], to = at + 1 < this.n ? Math.min(this.reach[at], this.start[at + 1]) : this.reach[at];
    const part = to > from ? Math.min(1, (time - from) / (to - from)) : 1;
    return this.before[at] + Math.max(1, Math.round(size * part));
  }

  /**
   * Cuts the time from `from` to `to` into as many parts as the lists have places, and fills in the
   * busy share of each part and the spans that begin in it.
   */
  sweep(from: Ticks, to: Ticks, shares: Float64Array, counts: Uint32Array): void {
    const parts = shares.length, width = (to - from) / parts;
    let near = this.groupBefore(from), busy = this.busyAt(from, near), count = this.countAt(from, near);
    for (let part = 0; part < parts; part++) {
      const end = part + 1 === parts ? to : from + (part + 1) * width;
      near = this.search(this.start, end, near, false);
      const busyThen = this.busyAt(end, near), countThen = this.countAt(end, near);
      shares[part] = (busyThen - busy) / width;
      counts[part] = countThen - count;
      busy = busyThen;
      count = countThen;
    }
  }

  /** The last group that begins before `time`, `head` - 1 if there is none. */
  groupBefore(time: Ticks): number {
    return this.search(this.start, time, this.head, false);
  }

  /** The first group that has spans which end after `time`, `n` if there is none. */
  groupReaching(time: Ticks): number {
    return this.search(this.reach, time, this.head, true) + 1;
  }

  /** Group numbers to look at are `first` to `end` - 1. */
  get first(): number {
    return this.head;
  }
  get end(): number {
    return this.n;
  }
  /** Id of a group's first span; Infinity behind the last group. */
  idOf(group: number): number {
    return group < this.n ? this.id[group] : Infinity;
  }
  /** Spans of the groups `from` to `to` - 1. */
  sizeOf(from: number, to: number): number {
    return (to < this.n ? this.before[to] : this.spans) - (from < this.n ? this.before[from] : this.spans);
  }
  startOf(group: number): Ticks {
    return this.start[group];
  }

  /** Where the group's own busy time begins: what lies before is of earlier ones. */
  private from(at: number): Ticks {
    return at > this.head ? Math.max(this.start[at], this.reach[at - 1]) : this.start[at];
  }

  private busyAfter(at: number): number {
    return at + 1 < this.n ? this.busy[at + 1] : this.busyTicks;
  }

  /**
   * Last group whose number in `of`, which rises, is below `time`, or equal to it with `equal`;
   * `near` is a good place to begin at.
   */
  private search(of: Float64Array, time: Ticks, near: number, equal: boolean): number {
    const { head, n } = this;
    if (n === head) return head - 1;
    // Times of spans are whole ticks.
    const bound = equal ? Math.floor(time) + 1 : time;
    let at = near < head ? head : near < n ? near : n - 1, low = head - 1, high = at, step = 1;
    if (of[at] < bound) {
      for (low = at; at + step < n && of[at + step] < bound; step *= 2) low = at += step;
      high = at + step < n ? at + step : n;
    }
    while (low + 1 < high) {
      at = (low + high) >>> 1;
      if (of[at] < bound) low = at;
      else high = at;
    }
    return low;
  }

  private pauses(pause: Ticks, length: Ticks): boolean {
    const far = PAUSE * this.usual, distance = Math.max(0, pause) + length;
    this.usual += (Math.min(distance, far || distance) - this.usual) / 16;
    return this.filled > 0 && far > 0 && pause > far;
  }

  /** Makes room for more: in the place of what was dropped, or in longer lists. */
  protected room(): void {
    const { head, n } = this;
    const size = head > n / 2 ? this.id.length : 2 * this.id.length;
    for (const name of this.columns()) {
      const of = this as unknown as Record<string, Float64Array>, old = of[name];
      if (size === old.length) old.copyWithin(0, head, n);
      else {
        of[name] = new Float64Array(size);
        of[name].set(old.subarray(head, n));
      }
    }
    this.n = n - head;
    this.head = 0;
  }

  protected columns(): readonly string[] {
    return ['id', 'start', 'reach', 'busy', 'before'];
  }
}

/** What is known of a span that is kept by itself. */
export interface Span {
  id: number;
  start: Ticks;
  /** Infinity: it has not ended yet. */
  end: Ticks;
  shape: number;
  address: number;
  value: number;
}

/** Spans one by one, with what is drawn on them. */
export class ExactSpans extends SpanGroups {
  protected last = new Float64Array(SMALL);
  protected shape = new Float64Array(SMALL);
  protected address = new Float64Array(SMALL);
  protected value = new Float64Array(SMALL);

  constructor() {
    super(1);
  }

  override get bytes(): number {
    return 9 * 8 * this.id.length;
  }

  append(id: number, start: Ticks, end: Ticks, shape: number, address: number, value: number): void {
    this.add(id, start, end);
    const at = this.n - 1;
    this.last[at] = end;
    this.shape[at] = shape;
    this.address[at] = address;
    this.value[at] = value;
  }

  /** A span by its number. */
  span(at: number): Span {
    return {
      id: this.id[at], start: this.start[at], end: this.last[at], shape: this.shape[at], address: this.address[at],
      value: this.value[at],
    };
  }

  endOf(at: number): Ticks {
    return this.last[at];
  }

  protected override columns(): readonly string[] {
    return [...super.columns(), 'last', 'shape', 'address', 'value'];
  }
}
