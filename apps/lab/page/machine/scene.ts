/** What is to be seen of a record at a moment: which ways are lit, and where the datum is. */
import { beatAt, beats, lead, type Beat, type Lead } from '../../../../src/control/diagram/beats.ts';
import type { Diagram, Point } from '../../../../src/control/diagram/diagram.ts';
import { route, type Leg, type Route } from '../../../../src/control/diagram/route.ts';
import type { TraceRecord, TransactionRecord } from '../../../../src/sim/trace/records.ts';
import type { Moment } from '../state/moment.ts';

/** `wait`: for the bus; `address`, `data`: on their way; `done`: it has arrived. */
export type Phase = 'wait' | 'address' | 'data' | 'done';

export interface Scene {
  readonly record: TraceRecord;
  readonly route: Route;
  /** Who began it, or null. */
  readonly initiator: string | null;
  readonly phase: Phase;
  readonly lit: readonly Leg[];
  /** Where the mark is, or null. */
  readonly mark: Point | null;
  /** Beat under way, from 0, and how many there are; for what is no burst 0 of 1. */
  readonly beat: number;
  readonly beats: number;
  /** Address and size of that beat. */
  readonly address: number;
  readonly size: number;
}

/** What does not change while a record is shown. */
export interface Plan {
  readonly record: TraceRecord;
  readonly route: Route;
  readonly address: readonly Leg[];
  readonly data: readonly Leg[];
  /** All of them, addresses first. */
  readonly all: readonly Leg[];
  readonly beats: readonly Beat[];
  readonly lead: Lead;
  /** The way as a text. */
  readonly text: string;
}

export function planOf(diagram: Diagram, record: TraceRecord): Plan {
  const way = route(diagram, record), { board } = diagram;
  const data = way.legs.filter((l) => l.kind === 'data'), others = way.legs.filter((l) => l.kind !== 'data');
  const all = record.kind === 'transaction' ? beats(record, board) : [];
  return {
    record, route: way, address: way.legs.filter((l) => l.kind === 'address'), data, all: [...others, ...data],
    beats: all, lead: record.kind === 'transaction' ? lead(record, board, all) : { granted: 0, data: 0 },
    text: way.legs.map((l) => `${l.kind} ${l.through.join(' ')}`).join('; '),
  };
}

/** @param calm nothing moves: ways are lit as a whole, the mark stands at their end. */
export function sceneOf(plan: Plan, moment: Moment, calm: boolean): Scene {
  const { record, route: way } = plan;
  if (record.kind === 'transaction') return transaction(plan, record, moment, calm);
  return {
    record, route: way, initiator: 'initiator' in record ? record.initiator : null, phase: 'done',
    lit: way.legs, mark: null, beat: 0, beats: 1, address: 0, size: 0,
  };
}

function transaction(plan: Plan, record: TransactionRecord, moment: Moment, calm: boolean): Scene {
  const { beats: all, lead: before, address, data } = plan, { time } = moment;
  const given = all[moment.beat];
  // At a border between two beats the moment says which of them it is.
  const index = given !== undefined && time >= given.start && time <= given.end ? moment.beat : beatAt(all, time);
  const beat = Math.max(0, index), at = all[beat] as Beat;
  const phase: Phase = record.start === record.end || (time >= record.end && beat === all.length - 1) ? 'done'
    : index >= 0 ? 'data'
      : time < before.granted ? 'wait' : 'address';
  const lit = phase === 'wait' ? [] : phase === 'address' ? address : plan.all;
  const leg = phase === 'wait' || phase === 'address' ? address[0] : data[0];
  const share = phase === 'wait' ? 0
    : phase === 'done' || calm ? 1
      : phase === 'address' ? part(time, before.granted, before.data) : part(time, at.start, at.end);
  return {
    record, route: plan.route, initiator: record.initiator, phase, lit,
    mark: leg === undefined ? null : along(leg.points, share),
    beat, beats: all.length, address: at.address, size: at.size,
  };
}

function part(time: number, start: number, end: number): number {
  return end > start ? Math.min(1, Math.max(0, (time - start) / (end - start))) : 1;
}

/** The point at a share of the length of a way. */
export function along(points: readonly Point[], share: number): Point {
  const lengths = points.slice(1).map((b, n) => {
    const a = points[n] as Point;
    return Math.abs(b.x - a.x) + Math.abs(b.y - a.y);
  });
  let left = share * lengths.reduce((sum, l) => sum + l, 0);
  for (const [n, length] of lengths.entries()) {
    const a = points[n] as Point, b = points[n + 1] as Point;
    if (left <= length && length > 0)
      return { x: a.x + ((b.x - a.x) * left) / length, y: a.y + ((b.y - a.y) * left) / length };
    left -= length;
  }
  return points.at(-1) as Point;
}
