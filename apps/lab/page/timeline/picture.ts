/** What the worker answers about a span of time, as the timeline keeps and draws it. */
import type { Tables } from '../../../../src/control/trace/frames.ts';
import type { LaneSheet } from '../../../../src/control/trace/lane.ts';
import type { LaneWindow, SpanTable } from '../../../../src/control/trace/window.ts';
import type { Ticks } from '../../../../src/sim/time.ts';
import { FLAG, KIND } from '../../../../src/sim/trace/kinds.ts';
import { hex } from '../inspect/format.ts';

/** Kinds of rows from the top: who does something, what came of it, who was asked. */
export const ROW_KINDS = ['mark', 'note', 'initiator', 'request', 'handler', 'line', 'target', 'event'] as const;

/** A row of the timeline: something that does or undergoes something. */
export interface Lane extends Pick<LaneSheet, 'key' | 'name' | 'count'> {
  readonly kind: (typeof ROW_KINDS)[number];
  /** Keys of what the worker calls lanes, which are drawn in this row. */
  readonly parts: readonly string[];
}

/** The answer to one question. */
export interface Picture {
  readonly from: Ticks;
  readonly to: Ticks;
  readonly lanes: ReadonlyMap<string, LaneWindow>;
  /** What the numbers in spans stand for. */
  readonly tables: Tables;
  /** Spans of time of which nothing was recorded. */
  readonly gaps: readonly { readonly from: Ticks; readonly to: Ticks }[];
}

/** Spans that a lane has in a picture, of those of its parts that are not given by the pixel. */
export function spansOf(picture: Picture | null, lane: Lane): SpanTable[] {
  return lane.parts.map((key) => picture?.lanes.get(key)?.spans).filter((s) => s != null);
}

/** Bytes that a span moves or wants to move; 0 for what moves nothing. */
export function bytesOf({ shapes }: Tables, spans: SpanTable, n: number): number {
  const shape = shapes[spans.shapes[n]];
  if (shape === undefined || (shape.kind !== KIND.TRANSACTION && shape.kind !== KIND.REQUEST)) return 0;
  return shape.size === 0 ? spans.values[n] : shape.size;
}

/** Who began a span; '' if nobody did. */
export function initiatorOf({ shapes, names }: Tables, spans: SpanTable, n: number): string {
  return names[shapes[spans.shapes[n]]?.who ?? -1] ?? '';
}

/** A few signs for a span: what was moved, which vector, which text. */
export function labelOf({ shapes, names }: Tables, spans: SpanTable, n: number): string {
  const shape = shapes[spans.shapes[n]], value = spans.values[n];
  switch (shape?.kind) {
    case KIND.TRANSACTION: {
      const sign = (shape.flags & FLAG.WRITE) !== 0 ? '←' : '→';
      return `${sign} ${shape.size === 0 ? `${value} bytes` : hex(value, shape.size * 2)}`;
    }
    case KIND.REQUEST: return `${value} bytes at ${hex(spans.addresses[n], 8)}`;
    case KIND.HANDLER: case KIND.ACKNOWLEDGE: return `vector ${hex(value, 2)}`;
    case KIND.NOTE: return `${names[shape.who]} ${names[shape.what]}: ${names[value] ?? ''}`;
    case KIND.MARK: return names[shape.who];
    default: return '';
  }
}
