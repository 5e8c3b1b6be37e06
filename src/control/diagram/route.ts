import type { TraceRecord, TransactionRecord } from '../../sim/trace/records.ts';
import type { Diagram, DrawnPart, DrawnRail, Point } from './diagram.ts';
import { partOf, targetPartOf } from './topology.ts';

/** A piece of what happens in a record, on its real way. */
export interface Leg {
  /**
   * `address` and `data` over buses, each on a strand of its own; `line`: a level that changes;
   * `acknowledge`: the DACK# of a DMA controller.
   */
  readonly kind: 'address' | 'data' | 'line' | 'acknowledge';
  /** In the direction in which it goes. */
  readonly points: readonly Point[];
  /** Names of parts and rails on the way, both ends included. */
  readonly through: readonly string[];
}

export interface Route {
  readonly legs: readonly Leg[];
  /** Parts that take part, whether or not anything moves. */
  readonly parts: readonly string[];
}

/** What of a transaction says which way it goes. */
export type Access = Pick<TransactionRecord, 'initiator' | 'target' | 'space' | 'address' | 'write'>;

/** From the middle of a rail or a way to its strands: addresses at one side, data at the other. */
export const STRAND = 2;

/**
 * The way of a record through the machine. A transaction: the address from the initiator to the
 * target, then the data, for a read back to the initiator; with a DMA controller's cycle the data
 * go between memory and the device that the controller acknowledges. What nobody claims ends at the
 * end of a bus. An edge: along its line; where several lines come together, from there on. An
 * interrupt acknowledge: from the processor to its controller, and back with the vector. Everything
 * else happens within a part.
 */
export function route(diagram: Diagram, record: TraceRecord): Route {
  switch (record.kind) {
    case 'transaction': return routeOf(diagram, record);
    case 'edge': return edge(diagram, record.line);
    case 'acknowledge': return acknowledge(diagram, record.initiator);
    case 'handler': case 'return': return within(diagram, record.initiator);
    case 'request': case 'completion': return within(diagram, record.port);
    case 'event': return within(diagram, record.name);
    case 'note': return within(diagram, record.source);
    case 'mark': return { legs: [], parts: [] };
  }
}

function within(diagram: Diagram, name: string): Route {
  const part = partOf(diagram.board, name);
  return { legs: [], parts: part === null ? [] : [part] };
}

/** The way of a transaction, of which no more need be known than this. */
export function routeOf(diagram: Diagram, access: Access): Route {
  const from = partOf(diagram.board, access.initiator);
  if (from === null) return { legs: [], parts: [] };
  const to = targetOf(diagram, access);
  const device = diagram.topology.acknowledged.get(access.initiator) ?? null;
  const legs = [over(diagram, 'address', from, to)];
  if (device !== null) legs.push(...select(diagram, from, device));
  const source = device ?? from;
  legs.push(access.write ? over(diagram, 'data', source, to) : over(diagram, 'data', to, source));
  const parts = [from, ...(device === null ? [] : [device]), ...(isPart(diagram, to) ? [to] : [])];
  return { legs: legs.filter((l) => l.points.length > 1), parts: [...new Set(parts)] };
}

/** Where a transaction ends: a part, or the rail on which nobody answers. */
export function targetOf(diagram: Diagram, access: Access): string {
  const first = (diagram.rails[0] as DrawnRail).name;
  if (access.target !== 'none') return targetPartOf(diagram.board, access.space, access.target) ?? first;
  const space = diagram.board.spaces.find((s) => s.name === access.space);
  if (space?.behind != null) return part(diagram, space.behind)?.leadsTo ?? first;
  return space?.regions.find((r) =>
    r.owner === null && r.bus !== null && access.address >= r.base && access.address < r.base + r.size)?.bus ?? first;
}

/** DACK# goes the way of DREQ back. */
function select(diagram: Diagram, controller: string, device: string): Leg[] {
  const net = diagram.nets.find((n) => n.kind === 'request' && n.to === controller);
  const tap = net?.taps.find((t) => t.from === device);
  if (tap === undefined) return [];
  return [{ kind: 'acknowledge', points: tap.points.toReversed(), through: [controller, device] }];
}

function edge(diagram: Diagram, line: string): Route {
  for (const net of diagram.nets) {
    const driver = net.lines.get(line);
    if (driver === undefined) continue;
    const tap = driver === null ? undefined : net.taps.find((t) => t.from === driver);
    const points = tap?.points ?? net.end, through = driver === null ? [net.to] : [driver, net.to];
    return { legs: [{ kind: 'line', points, through }], parts: through };
  }
  return within(diagram, line);
}

function acknowledge(diagram: Diagram, processor: string): Route {
  const controller = diagram.board.relations.find((r) => r.kind === 'vectors' && r.from === processor)?.to;
  const from = partOf(diagram.board, processor);
  if (controller === undefined || from === null) return within(diagram, processor);
  return {
    legs: [over(diagram, 'address', from, controller), over(diagram, 'data', controller, from)],
    parts: [from, controller],
  };
}

/** The way between two ends over rails and bridges. */
function over(diagram: Diagram, kind: 'address' | 'data', from: string, to: string): Leg {
  const through = between(diagram, from, to);
  const aside = kind === 'address' ? -STRAND : STRAND;
  const points: Point[] = [];
  through.forEach((name, n) => {
    const rail = diagram.rails.find((r) => r.name === name);
    const before = through[n - 1], after = through[n + 1];
    if (rail === undefined) {
      const own = part(diagram, name) as DrawnPart;
      // A part in the middle is a bridge: the ways to both of its rails meet in its lane.
      if (before === undefined && after !== undefined) points.push(...shifted(stub(own, after).slice(0, -1), aside));
      if (after === undefined && before !== undefined)
        points.push(...shifted(stub(own, before).slice(0, -1), aside).toReversed());
      return;
    }
    const y = rail.y + rail.height / 2 + aside;
    const enters = before === undefined ? rail.x + rail.width : stubEnd(diagram, before, name) + aside;
    const leaves = after === undefined ? rail.x + rail.width : stubEnd(diagram, after, name) + aside;
    points.push({ x: enters, y }, { x: leaves, y });
  });
  return { kind, points, through };
}

function shifted(points: readonly Point[], aside: number): Point[] {
  return points.map(({ x, y }) => ({ x: x + aside, y }));
}

function stub(part: DrawnPart, rail: string): readonly Point[] {
  return part.leadsTo === rail ? part.leadStub : part.stub;
}

/** Where along a rail a part hangs on it. */
function stubEnd(diagram: Diagram, name: string, rail: string): number {
  return stub(part(diagram, name) as DrawnPart, rail).at(-1)?.x ?? 0;
}

/** Names of the parts and rails from one end to the other. */
function between(diagram: Diagram, from: string, to: string): string[] {
  const up = ascent(diagram, from), down = ascent(diagram, to);
  if (from === to) return up.length > 1 ? [from, up[1] as string, from] : [from];
  const meets = up.findIndex((name) => down.includes(name));
  if (meets < 0) return [];
  return [...up.slice(0, meets + 1), ...down.slice(0, down.indexOf(up[meets] as string)).toReversed()];
}

/** From a part or rail to the processors' rail. */
function ascent(diagram: Diagram, name: string): string[] {
  const all = [name];
  for (let at: string | null = name; at !== null;) {
    const rail = diagram.rails.find((r) => r.name === at);
    at = rail === undefined ? above(diagram, at) : rail.behind ?? rail.parent;
    if (at !== null) all.push(at);
  }
  return all;
}

/** What a part hangs on; one that another brought along, on that. */
function above(diagram: Diagram, name: string): string | null {
  const own = part(diagram, name);
  return own?.rail ?? own?.owner ?? null;
}

function part(diagram: Diagram, name: string): DrawnPart | undefined {
  return diagram.parts.find((p) => p.name === name);
}

function isPart(diagram: Diagram, name: string): boolean {
  return part(diagram, name) !== undefined;
}
