import type { Ticks } from '../../sim/time.ts';
import { KIND } from '../../sim/trace/kinds.ts';
import type { Blocks } from './blocks.ts';
import type { Lane } from './lane.ts';
import type { Lanes } from './lanes.ts';
import type { RecordBlock } from './reader.ts';
import type { Span } from './spans.ts';

/** What is asked of some lanes between two times. */
export interface WindowQuery {
  /** Keys of lanes. */
  readonly lanes: readonly string[];
  readonly from: Ticks;
  readonly to: Ticks;
  /** Parts that the window is cut into where there are too many spans. */
  readonly pixels: number;
  /** Spans of a lane that are given one by one at most; 512 if absent. */
  readonly most?: number;
}

/** Spans of a lane, in the order of their beginning; all lists have the same length. */
export interface SpanTable {
  readonly ids: Float64Array;
  readonly starts: Float64Array;
  /** Equal to the start: a point. Infinity: it has not ended yet. */
  readonly ends: Float64Array;
  /** Numbers of shapes: what a record is, who, and what (`TraceStore.tables`). */
  readonly shapes: Int32Array;
  readonly addresses: Float64Array;
  /** Columns `value` of the records: see `Rows`. */
  readonly values: Float64Array;
}

/** A lane by the pixel. */
export interface PixelRow {
  /** How much of the pixel's time is under a span: 0 to 255; 0 only if there is nothing. */
  readonly coverage: Uint8Array;
  /** Spans that begin in the pixel. */
  readonly counts: Uint32Array;
}

/** One of the two is given. */
export interface LaneWindow {
  readonly key: string;
  readonly spans: SpanTable | null;
  readonly pixels: PixelRow | null;
}

export interface TraceWindow {
  readonly from: Ticks;
  readonly to: Ticks;
  readonly lanes: readonly LaneWindow[];
}

/** Spans of a lane that are given one by one. */
const MOST = 512;
/** Blocks that are decoded for one window: what needs more is given by the pixel. */
const MOST_DECODINGS = 12;
/** The whole of a pixel's time. */
const WHOLE = 255;

/** Answers about spans between two times. */
export class Windows {
  private readonly blocks: Blocks;
  private readonly lanes: Lanes;

  constructor(blocks: Blocks, lanes: Lanes) {
    this.blocks = blocks;
    this.lanes = lanes;
  }

  window({ lanes, from, to, pixels, most = MOST }: WindowQuery): TraceWindow {
    const enough = this.blocks.decodings + MOST_DECODINGS;
    return {
      from, to,
      lanes: lanes.map((key) => {
        const lane = this.lanes.lane(key);
        if (lane === null) return { key, spans: table([]), pixels: null };
        return lane.whole(this.lanes.latest, () => {
          const spans = this.spansOf(lane, from, to, most, enough - this.blocks.decodings);
          return spans === null
            ? { key, spans: null, pixels: pixelsOf(lane, from, to, pixels) }
            : { key, spans: table(spans), pixels: null };
        });
      }),
    };
  }

  /**
   * Spans of a lane that touch the time from `from` up to, without, `to`; null: there are more than
   * `most`, or they stand in more than `decodings` blocks that are not at hand. Call it within
   * `Lane.whole`.
   */
  spansOf(lane: Lane, from: Ticks, to: Ticks, most: number, decodings: number): Span[] | null {
    const { exact, groups } = lane;
    const last = groups.groupBefore(to);
    if (last < groups.first) return [];
    // One that ends where the window begins touches it only if it is a point.
    const begin = Math.min(groups.groupReaching(from), groups.groupBefore(from) + 1);
    // The first and the last group may lie outside but for one span.
    if (groups.sizeOf(begin, last + 1) - 2 * groups.grain > most) return null;
    const found: Span[] = [];
    const touches = (start: Ticks, end: Ticks): boolean => start < to && (end > from || start >= from);
    if (exact !== null) {
      for (let at = begin; at <= last; at++) {
        const span = exact.span(at);
        if (!touches(span.start, span.end)) continue;
        if (lane.lasts(span.id)) span.end = Infinity;
        found.push(span);
      }
      return found.length > most ? null : found;
    }
    const { blocks } = this;
    const first = blocks.placeOf(Math.max(groups.idOf(begin), blocks.first)), until = groups.idOf(last + 1);
    const end = Math.min(until === Infinity ? blocks.size : blocks.placeOf(until) + 1, blocks.size);
    let missing = 0;
    for (let place = first; place < end; place++) if (!blocks.isAtHand(place)) missing++;
    if (missing > decodings) return null;
    const scan = lane.paired ? new PairScan(lane, to) : null;
    for (let place = first; place < end; place++) {
      const block = blocks.read(place), { rows, ids, count } = block;
      for (let row = 0; row < count; row++) {
        const shape = rows.shape[row];
        if (!this.lanes.isOn(shape, lane)) continue;
        if (scan !== null) {
          scan.row(block, row);
          continue;
        }
        const start = rows.start[row];
        if (!touches(start, start + rows.ticks[row])) continue;
        if (found.length === most) return null;
        found.push({
          id: ids[row], start, end: start + rows.ticks[row], shape, address: rows.address[row], value: rows.value[row],
        });
      }
    }
    if (scan === null) return found;
    for (let place = end; place < blocks.size && scan.unfinished > 0 && place < end + MOST_DECODINGS; place++) {
      const block = blocks.read(place);
      for (let row = 0; row < block.count; row++)
        if (this.lanes.isOn(block.rows.shape[row], lane)) scan.row(block, row);
    }
    const pairs = scan.spans.filter((s) => touches(s.start, s.end));
    return pairs.length > most ? null : pairs;
  }
}

/** Spans whose end is a record of its own, put together from rows. */
class PairScan {
  readonly spans: Span[] = [];
  private readonly lane: Lane;
  private readonly to: Ticks;
  private readonly open: Span[] = [];

  /** Spans that begin at `to` or later are of no interest. */
  constructor(lane: Lane, to: Ticks) {
    this.lane = lane;
    this.to = to;
  }

  /** Spans whose end is to be looked for. */
  get unfinished(): number {
    return this.open.filter((s) => !this.lane.lasts(s.id)).length;
  }

  /** A record of the lane. */
  row({ rows, ids, shapes }: RecordBlock, row: number): void {
    const { kind } = shapes[rows.shape[row]], start = rows.start[row], value = rows.value[row];
    const line = kind === KIND.EDGE;
    if (kind === KIND.REQUEST || kind === KIND.HANDLER || (line && value !== 0)) {
      if (start >= this.to) return;
      const span = { id: ids[row], start, end: Infinity, shape: rows.shape[row], address: rows.address[row], value };
      this.spans.push(span);
      this.open.push(span);
      return;
    }
    const at = line ? this.open.length - 1 : this.open.findIndex((s) => s.id === rows.parent[row]);
    if (at < 0) return;
    this.open[at].end = start;
    this.open.splice(at, 1);
  }
}

function pixelsOf({ groups }: Lane, from: Ticks, to: Ticks, pixels: number): PixelRow {
  const coverage = new Uint8Array(pixels), counts = new Uint32Array(pixels), shares = new Float64Array(pixels);
  groups.sweep(from, to, shares, counts);
  for (let pixel = 0; pixel < pixels; pixel++)
    if (shares[pixel] > 0) coverage[pixel] = Math.max(1, Math.min(WHOLE, Math.round(shares[pixel] * WHOLE)));
  return { coverage, counts };
}

function table(spans: readonly Span[]): SpanTable {
  const of = (column: (s: Span) => number): Float64Array => Float64Array.from(spans, column);
  return {
    ids: of((s) => s.id), starts: of((s) => s.start), ends: of((s) => s.end),
    shapes: Int32Array.from(spans, (s) => s.shape), addresses: of((s) => s.address), values: of((s) => s.value),
  };
}

/** The buffers of a window, to hand over without a copy. */
export function buffersOf(window: TraceWindow): ArrayBufferLike[] {
  return window.lanes.flatMap(({ spans, pixels }) =>
    [...Object.values(spans ?? {}), ...Object.values(pixels ?? {})].map((a: ArrayBufferView) => a.buffer));
}
