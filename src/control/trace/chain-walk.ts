import { KIND_NAMES } from '../../sim/trace/kinds.ts';
import type { TraceRecord } from '../../sim/trace/records.ts';
import { rowOf, type Blocks } from './blocks.ts';
import { beginsWork, mainLine } from './chain.ts';
import type { RecordBlock } from './reader.ts';
import { indexIn } from './rising.ts';
import { seekRecord } from './seek.ts';

/**
 * Where to go from a record:
 *
 * | way | to |
 * |---|---|
 * | cause | its parent |
 * | effect | the effect with which the work goes on the longest, else its first one |
 * | next, previous | of the port's requests that do the same work; else among its cause's effects |
 * | on, back | in the order of all records of the piece of work |
 * | origin, outcome | as cause and effect, over all links that are like the one come to |
 */
export type Way = 'cause' | 'effect' | 'next' | 'previous' | 'on' | 'back' | 'origin' | 'outcome';

/** Most links that are gone over at once. */
const MOST_LIKE = 100_000;

/** A piece of work: from what began it to all that came of it. */
export interface ChainPath {
  /** Ids of its records, rising. */
  readonly ids: Float64Array;
  /** Its longest line of causes and effects. */
  readonly main: Float64Array;
  /** It is longer than this: only a part is here. */
  readonly cut: boolean;
}

/** Records that a path has at most, and effects of one record that it looks at, first and last. */
const MOST = 20_000, FIRST = 48, LAST = 16;

/** By row of a block: its first effect in the same block, and the next one of the same cause. */
interface Links {
  readonly effect: Int32Array;
  readonly next: Int32Array;
}

/** Chains of causes as a graph to walk, with nothing looked at that is not on the way. */
export class ChainWalk {
  private readonly blocks: Blocks;
  private readonly links = new WeakMap<RecordBlock, Links>();
  /** The path that was asked for last. */
  private latest: { path: ChainPath; root: number; last: number } | null = null;
  /** The path that is walked along: a record on it may be of another piece of work, too. */
  private walked: ChainPath | null = null;

  constructor(blocks: Blocks) {
    this.blocks = blocks;
  }

  /** Ids of up to `most` direct effects, and how many there are. */
  effects(id: number, most: number): { ids: number[]; count: number } {
    const ids: number[] = [];
    let count = 0;
    for (const there of this.places(id)) {
      if (ids.length < most || there.count < 0) {
        const found = this.effectsIn(there.place, id);
        count += found.length;
        ids.push(...found.slice(0, most - ids.length));
      } else count += there.count;
    }
    return { ids, count };
  }

  walk(id: number, way: Way): TraceRecord | null {
    const { blocks } = this, record = blocks.record(id);
    if (record === null) return null;
    const to = (other: number): TraceRecord | null => (other === 0 ? null : blocks.record(other));
    switch (way) {
      case 'cause': return to(record.parent);
      case 'effect': {
        const on = to(this.beside(id, 1, (path) => path.main));
        return on?.parent === id ? on : to(this.effects(id, 1).ids[0] ?? 0);
      }
      case 'next': {
        const series = record.kind === 'request' ? this.goesOn(record.id, record.port) : 0;
        return to(series === 0 ? this.sibling(record, 1) : series);
      }
      case 'previous':
        return to(record.kind === 'request' && record.after !== 0 ? record.after : this.sibling(record, -1));
      case 'origin': return this.over(record, 'cause');
      case 'outcome': return this.over(record, 'effect');
      default: return to(this.beside(id, way === 'on' ? 1 : -1, (path) => path.ids));
    }
  }

  /** The last of the links in a row that are like the next one. */
  private over(from: TraceRecord, way: 'cause' | 'effect'): TraceRecord | null {
    let at = this.walk(from.id, way);
    for (let n = 0; at !== null && n < MOST_LIKE; n++) {
      const further = this.walk(at.id, way);
      if (further === null || likeness(further) !== likeness(at)) break;
      at = further;
    }
    return at;
  }

  /** The id beside `id` in a list of its path, 0 if there is none. */
  private beside(id: number, direction: 1 | -1, list: (path: ChainPath) => Float64Array): number {
    const { walked } = this;
    /** 0: the list ends here; undefined: `id` is not in it. */
    const on = (path: ChainPath | null): number | undefined => {
      const ids = path === null ? new Float64Array(0) : list(path), at = indexIn(ids, id);
      return at < 0 ? undefined : ids[at + direction] ?? 0;
    };
    if (walked !== null && has(walked.ids, id)) {
      // While the machine runs the path may grow at its end, which is asked for only there.
      const found = on(walked) || on(this.walked = this.path(walked.ids[0]));
      if (found !== undefined) return found;
    }
    return on(this.walked = this.path(id)) ?? 0;
  }

  /**
   * The piece of work that a record belongs to: up to what began it, and all that came of it, by
   * parents and by the order of a port's requests (`ChainFinder` says how).
   */
  path(id: number): ChainPath | null {
    const { blocks, latest } = this;
    const record = blocks.record(id);
    if (record === null) return null;
    const above: TraceRecord[] = [];
    let root = record;
    for (;;) {
      const cause = root.parent === 0 ? null : blocks.record(root.parent);
      if (cause === null || beginsWork(kindOf(root), kindOf(cause))) break;
      above.push(root);
      root = cause;
    }
    if (latest?.root === root.id && latest.last === blocks.last && has(latest.path.ids, id)) return latest.path;
    let found = this.gather(root);
    // Where the work is too long to have it all, the part that begins here, and the way to it.
    if (!found.members.has(id)) {
      found = this.gather(record);
      for (const r of [root, ...above]) found.members.set(r.id, r);
    }
    const records = [...found.members.values()].sort((a, b) => a.id - b.id);
    const path = {
      ids: Float64Array.from(records, (r) => r.id), main: Float64Array.from(mainLine(records), (r) => r.id),
      cut: found.cut,
    };
    this.latest = { path, root: root.id, last: blocks.last };
    return path;
  }

  private gather(root: TraceRecord): { members: Map<number, TraceRecord>; cut: boolean } {
    const { blocks } = this, members = new Map<number, TraceRecord>([[root.id, root]]);
    const queue = [root];
    const add = (id: number): void => {
      if (members.has(id)) return;
      const record = blocks.record(id);
      if (record === null) return;
      members.set(id, record);
      queue.push(record);
    };
    for (let n = 0; n < queue.length; n++) {
      if (members.size >= MOST) return { members, cut: true };
      const record = queue[n], cause = members.get(record.parent);
      if (record === root || cause === undefined || !beginsWork(kindOf(record), kindOf(cause)))
        for (const effect of this.some(record.id)) add(effect);
      if (record.kind !== 'request') continue;
      // What led to the port's next request belongs to the work with all that it led to.
      for (let at = this.goesOn(record.id, record.port); at > root.id && !members.has(at);) {
        add(at);
        at = members.get(at)?.parent ?? 0;
      }
    }
    return { members, cut: false };
  }

  /** Effects of a record, of many only the first and the last ones. */
  private some(id: number): number[] {
    const places = this.places(id), first = this.effects(id, FIRST + LAST);
    if (first.count <= FIRST + LAST) return first.ids;
    const last: number[] = [];
    for (let n = places.length - 1; n >= 0 && last.length < LAST; n--)
      last.unshift(...this.effectsIn(places[n].place, id).slice(last.length - LAST));
    return [...first.ids.slice(0, FIRST), ...last.slice(-LAST)];
  }

  /** The port's next request if it goes on with the work of the request `id`, else 0. */
  private goesOn(id: number, port: string): number {
    const next = seekRecord(this.blocks, id, 1, { kinds: ['request'], initiators: [port] });
    return next?.kind === 'request' && next.after === id ? next.id : 0;
  }

  /** The next or previous effect of the same cause, 0 if there is none. */
  private sibling({ id, parent }: TraceRecord, direction: 1 | -1): number {
    if (parent === 0) return 0;
    const own = this.blocks.placeOf(id), places = this.places(parent);
    for (let n = direction > 0 ? 0 : places.length - 1; n >= 0 && n < places.length; n += direction) {
      if (direction > 0 ? places[n].place < own : places[n].place > own) continue;
      const effects = this.effectsIn(places[n].place, parent);
      const found = direction > 0 ? effects.find((e) => e > id) : effects.findLast((e) => e < id);
      if (found !== undefined) return found;
    }
    return 0;
  }

  /** Places of blocks with effects of a record; a count of -1 is not known. */
  private places(id: number): { place: number; count: number }[] {
    const { blocks } = this, own = blocks.placeOf(id);
    const places = [{ place: own, count: -1 }];
    for (const { block, count } of blocks.effects.after(blocks.gone + own, id))
      places.push({ place: block - blocks.gone, count });
    if (blocks.waiting > 0 && own < blocks.list.length) places.push({ place: blocks.list.length, count: -1 });
    return places;
  }

  /** Ids of the effects of a record in one block. */
  private effectsIn(place: number, id: number): number[] {
    const { blocks } = this;
    if (place >= blocks.size) return [];
    const block = blocks.read(place), { rows, ids, count } = block, found: number[] = [];
    const own = rowOf(block, id);
    if (own >= 0) {
      const { effect, next } = this.linksOf(block);
      for (let row = effect[own]; row >= 0; row = next[row]) found.push(ids[row]);
    } else for (let row = 0; row < count; row++) if (rows.parent[row] === id) found.push(ids[row]);
    return found;
  }

  private linksOf(block: RecordBlock): Links {
    const known = this.links.get(block);
    if (known !== undefined) return known;
    const { rows, ids, count } = block;
    const links = { effect: new Int32Array(count).fill(-1), next: new Int32Array(count).fill(-1) };
    for (let row = count - 1; row >= 0; row--) {
      const cause = rows.parent[row] < ids[0] ? -1 : rowOf(block, rows.parent[row]);
      if (cause < 0) continue;
      links.next[row] = links.effect[cause];
      links.effect[cause] = row;
    }
    this.links.set(block, links);
    return links;
  }
}

/** Of links that only differ in when they were, and in what they moved. */
function likeness(r: TraceRecord): string {
  switch (r.kind) {
    case 'transaction': return `${r.kind} ${r.initiator} ${r.target} ${r.write}`;
    case 'event': case 'mark': return `${r.kind} ${r.name}`;
    case 'edge': return `${r.kind} ${r.line} ${r.level}`;
    case 'request': return `${r.kind} ${r.port} ${r.write}`;
    default: return `${r.kind} ${r.id}`;
  }
}

function kindOf(r: TraceRecord): number {
  return KIND_NAMES.indexOf(r.kind);
}

function has(rising: Float64Array, id: number): boolean {
  return indexIn(rising, id) >= 0;
}
