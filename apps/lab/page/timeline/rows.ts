/** Which lanes stand where: pinned ones first, in the reader's order, quiet ones folded. */
import { ROW_KINDS, type Lane } from './picture.ts';

/** What the reader has arranged, by lane key. */
export interface Arrangement {
  readonly pinned: readonly string[];
  readonly thin: ReadonlySet<string>;
  /** Keys that were moved, each with the place wanted among the lanes that are not pinned. */
  readonly order: readonly string[];
  /** The line of quiet lanes is open. */
  readonly quiet: boolean;
}

export const AS_THEY_COME: Arrangement = { pinned: [], thin: new Set(), order: [], quiet: false };

/** A row of the panel; times are not known here. */
export interface Row {
  readonly lane: Lane | null;
  /** For a row that is no lane: what it says. */
  readonly label: string;
  /** Which machines are shown in it. */
  readonly panes: readonly (0 | 1)[];
  readonly y: number;
  readonly height: number;
}

const ROW_HEIGHT = 20, THIN_HEIGHT = 8, OVERLAID_HEIGHT = 41;

/**
 * Rows from the top.
 * @param sides lanes of each machine that is shown, with a title where there are two
 * @param overlaid both machines in one row each
 */
export function rowsOf(
  sides: readonly { readonly pane: 0 | 1; readonly title: string; readonly lanes: readonly Lane[] }[],
  arrangement: Arrangement, overlaid = false,
): Row[] {
  const rows: Row[] = [];
  let y = 0;
  const add = (lane: Lane | null, label: string, panes: readonly (0 | 1)[], height: number): void => {
    rows.push({ lane, label, panes, y, height });
    y += height;
  };
  const place = (lanes: readonly Lane[], panesOf: (lane: Lane) => readonly (0 | 1)[], normal: number): void => {
    const ordered = arranged(lanes, arrangement), quiet = ordered.filter((l) => isQuiet(l, arrangement));
    for (const lane of ordered.filter((l) => !isQuiet(l, arrangement)))
      add(lane, lane.name, panesOf(lane), arrangement.thin.has(lane.key) ? THIN_HEIGHT : normal);
    if (quiet.length === 0) return;
    add(null, quietWords(quiet.length, arrangement.quiet), [], ROW_HEIGHT);
    if (arrangement.quiet) for (const lane of quiet) add(lane, lane.name, panesOf(lane), ROW_HEIGHT);
  };
  if (overlaid && sides.length === 2) {
    const all = new Map<string, Lane>();
    for (const { lanes } of sides)
      for (const lane of lanes) {
        const known = all.get(lane.key);
        all.set(lane.key, known === undefined ? lane : together(known, lane));
      }
    const has = (lane: Lane): readonly (0 | 1)[] =>
      sides.filter((s) => s.lanes.some((l) => l.key === lane.key)).map((s) => s.pane);
    const rank = (lane: Lane): number => ROW_KINDS.indexOf(lane.kind);
    place([...all.values()].sort((a, b) => rank(a) - rank(b)), has, OVERLAID_HEIGHT);
    return rows;
  }
  for (const { pane, title, lanes } of sides) {
    if (title !== '') add(null, title, [pane], ROW_HEIGHT);
    place(lanes, () => [pane], ROW_HEIGHT);
  }
  return rows;
}

/** Height of all rows. */
export function heightOf(rows: readonly Row[]): number {
  const last = rows.at(-1);
  return last === undefined ? 0 : last.y + last.height;
}

/** Number of the row at `y` pixels from the top; -1: none. */
export function rowAt(rows: readonly Row[], y: number): number {
  return rows.findIndex((r) => y >= r.y && y < r.y + r.height);
}

/** Pinned, or not any more. */
export function pin(a: Arrangement, key: string): Arrangement {
  const pinned = a.pinned.includes(key) ? a.pinned.filter((k) => k !== key) : [...a.pinned, key];
  return { ...a, pinned };
}

/** Thin, or not any more. */
export function thin(a: Arrangement, key: string): Arrangement {
  const next = new Set(a.thin);
  if (!next.delete(key)) next.add(key);
  return { ...a, thin: next };
}

/** A lane goes up (-1) or down (1) by one row, among those of `lanes` that are shown. */
export function moved(a: Arrangement, lanes: readonly Lane[], key: string, by: -1 | 1): Arrangement {
  const list = arranged(lanes, a).filter((l) => !isQuiet(l, a)).map((l) => l.key);
  const at = list.indexOf(key), to = at + by;
  if (at < 0 || to < 0 || to >= list.length) return a;
  if (a.pinned.includes(key) !== a.pinned.includes(list[to])) return a;
  [list[at], list[to]] = [list[to], list[at]];
  return { ...a, order: list, pinned: list.filter((k) => a.pinned.includes(k)) };
}

/** It stands in the line of quiet lanes: nothing happened on it, and nobody pinned it. */
function isQuiet(lane: Lane, { pinned }: Arrangement): boolean {
  return lane.count === 0 && !pinned.includes(lane.key);
}

function arranged(lanes: readonly Lane[], { pinned, order }: Arrangement): readonly Lane[] {
  const rank = new Map([...pinned, ...order.filter((k) => !pinned.includes(k))].map((key, n) => [key, n] as const));
  const first = new Set(pinned);
  // What was never moved stands behind what came before it.
  const place = lanes.map((lane, n) => ({ lane, n, rank: rank.get(lane.key) }));
  for (let n = 1; n < place.length; n++) place[n].rank ??= place[n - 1].rank;
  return place.sort((a, b) => Number(first.has(b.lane.key)) - Number(first.has(a.lane.key))
    || (a.rank ?? -1) - (b.rank ?? -1) || a.n - b.n).map((p) => p.lane);
}

/** One row for a lane of both machines. */
function together(a: Lane, b: Lane): Lane {
  return { ...a, count: a.count + b.count, parts: [...new Set([...a.parts, ...b.parts])] };
}

function quietWords(count: number, open: boolean): string {
  return `${count} quiet ${count === 1 ? 'lane' : 'lanes'}${open ? '' : ' …'}`;
}
