/** Questions to the worker of a pane, in the timeline's words. */
import { timeOf } from '../../../../src/control/export/record-line.ts';
import type { Tables } from '../../../../src/control/trace/frames.ts';
import type { LaneSheet } from '../../../../src/control/trace/lane.ts';
import type { LaneEdge } from '../../../../src/control/trace/moment.ts';
import type { BoardDescription } from '../../../../src/machine/describe.ts';
import type { Ticks } from '../../../../src/sim/time.ts';
import type { Shape } from '../../../../src/sim/trace/names.ts';
import type { TraceRecord } from '../../../../src/sim/trace/records.ts';
import type { Pane } from '../state/pane.ts';
import { ROW_KINDS, type Lane, type Picture } from './picture.ts';
import { busWaves, type Level, type Wave } from './waves.ts';

/** Records of the chain before and after one, and effects of it, that are shown at most. */
const MOST_CAUSES = 32, MOST_EFFECTS = 24;
/** Records of a picture of waves at most, and of those how many begin before it. */
const MOST_WAVES = 2000, EARLIER = 64;
const NEVER: Level = { starts: new Float64Array(), ends: new Float64Array() };

interface Known {
  readonly names: string[];
  readonly shapes: Shape[];
}

/** By board description, which is one machine's own: what numbers stand for never changes. */
const tables = new WeakMap<BoardDescription, Known>();

/** The lanes of a machine in their order; then those of the board on which nothing happened. */
export async function lanesOf(pane: Pane): Promise<Lane[]> {
  const board = pane.sheet.peek()?.board, sheets = await pane.remote.trace.lanes();
  const found = ROW_KINDS.flatMap((kind) => rowsOfKind(kind, sheets));
  const known = new Set(found.map((l) => l.key));
  const quiet = (kind: Lane['kind'], name: string): Lane => ({
    key: `${kind}:${name}`, kind, name, count: 0, parts: [`${kind}:${name}`],
  });
  const all = board === undefined ? [] : [
    ...board.initiators.map((i) => quiet('initiator', i.name)),
    ...board.initiators.filter((i) => i.kind === 'dma').map((i) => quiet('request', i.name)),
    ...[...new Set(board.lines.map((l) => l.from))].map((name) => quiet('line', name)),
  ];
  return [...found, ...all.filter((l) => !known.has(l.key))];
}

/** Marks are one row, notes are one, a processor's acknowledge cycles stand with its handlers. */
function rowsOfKind(kind: (typeof ROW_KINDS)[number], sheets: readonly LaneSheet[]): Lane[] {
  const own = sheets.filter((l) => l.kind === kind);
  if (kind === 'mark' || kind === 'note')
    return own.length === 0
      ? []
      : [{
        key: kind, kind, name: `${kind}s`, count: own.reduce((n, l) => n + l.count, 0), parts: own.map((l) => l.key),
      }];
  return own.map((l) => ({
    key: l.key, kind, name: l.name, count: l.count,
    parts: kind === 'handler' ? [l.key, `acknowledge:${l.name}`] : [l.key],
  }));
}

/** What lanes have between two times; spans one by one if there are no more than `most`. */
export async function pictureOf(
  pane: Pane, lanes: readonly Lane[], from: Ticks, to: Ticks, pixels: number, most?: number,
): Promise<Picture> {
  const { trace } = pane.remote, keys = lanes.filter((l) => l.count > 0).flatMap((l) => l.parts);
  const [window, gaps] = await Promise.all([
    trace.window({ lanes: keys, from, to, pixels, ...(most === undefined ? {} : { most }) }), trace.gaps(),
  ]);
  const top = window.lanes.reduce((n, { spans }) => spans?.shapes.reduce((m, s) => Math.max(m, s), n) ?? n, -1);
  const notes = window.lanes.reduce((n, { key, spans }) =>
    key.startsWith('note:') && spans !== null ? Math.max(n, ...spans.values) : n, -1);
  return {
    from, to, gaps, lanes: new Map(window.lanes.map((l) => [l.key, l] as const)),
    tables: await tablesOf(pane, top, notes),
  };
}

/** Tables that have at least the shape `shape` and the name `name`. */
export async function tablesOf(pane: Pane, shape: number, name: number): Promise<Tables> {
  const board = pane.sheet.peek()?.board;
  if (board === undefined) return { names: [], shapes: [] };
  let known = tables.get(board);
  if (known === undefined) tables.set(board, (known = { names: [], shapes: [] }));
  if (shape < known.shapes.length && name < known.names.length) return known;
  const { names, shapes } = known, had = { names: names.length, shapes: shapes.length };
  const more = await pane.remote.trace.tables(had.names, had.shapes);
  // Two answers may come to the same question.
  names.push(...more.names.slice(names.length - had.names));
  shapes.push(...more.shapes.slice(shapes.length - had.shapes));
  return known;
}

/** The edge of a lane that is nearest to a time and not further away than `reach`. */
export async function edgeAt(pane: Pane, lane: Lane, time: Ticks, reach: Ticks): Promise<LaneEdge | null> {
  const { trace } = pane.remote, at = Math.round(time);
  const edges = (await Promise.all(lane.parts.map((key) => trace.edge(key, at, 'nearest')))).filter((e) => e !== null);
  const [best] = edges.sort((a, b) => Math.abs(a.time - at) - Math.abs(b.time - at));
  return best === undefined || Math.abs(best.time - at) > reach ? null : best;
}

/** The record of a lane that is nearest to a time and not further away than `reach`. */
export async function nearest(pane: Pane, lane: Lane, time: Ticks, reach: Ticks): Promise<TraceRecord | null> {
  const edge = await edgeAt(pane, lane, time, reach);
  return edge === null ? null : pane.remote.trace.record(edge.id);
}

/** Buses and lines between two times, as far as they did anything. */
export async function wavesAround(pane: Pane, from: Ticks, to: Ticks): Promise<Wave[]> {
  const { trace } = pane.remote, board = pane.sheet.peek()?.board;
  if (board === undefined) return [];
  const keys = (await trace.lanes()).filter((l) => l.kind === 'line').map((l) => l.key);
  // What began a little earlier may still stand on its bus.
  const [first, { lanes }] = await Promise.all([
    trace.idAt(Math.max(0, from)), trace.window({ lanes: keys, from, to, pixels: 1 }),
  ]);
  const records = (await trace.records(Math.max(1, first - EARLIER), MOST_WAVES)).filter((r) => timeOf(r) < to);
  const lines = lanes.map(({ key, spans }): Wave => ({
    kind: 'line', name: key.slice('line:'.length), high: spans ?? NEVER,
  }));
  return [...busWaves(records.filter((r) => r.kind === 'transaction' && r.end > from), board), ...lines];
}

/** A record, some of the line of causes and effects that it stands in, and some of its effects. */
export interface ChainView {
  readonly record: TraceRecord;
  /** Rising; the record is among them. */
  readonly line: readonly TraceRecord[];
  readonly effects: readonly TraceRecord[];
}

/** The chain of causes around a record; null if it is not kept. */
export async function chainOf(pane: Pane, id: number): Promise<ChainView | null> {
  const { trace } = pane.remote;
  const [record, path, direct] = await Promise.all([trace.record(id), trace.path(id), trace.effects(id, MOST_EFFECTS)]);
  if (record === null) return null;
  const main = [...path?.main ?? []], at = main.findIndex((n) => n >= id);
  const around = main.slice(Math.max(0, at - MOST_CAUSES), at < 0 ? 0 : at + MOST_CAUSES);
  const [line, effects] = await Promise.all([
    trace.kept(around.includes(id) ? around : record.parent === 0 ? [id] : [record.parent, id]),
    trace.kept(direct.ids),
  ]);
  return { record, line, effects };
}
