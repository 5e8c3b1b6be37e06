import { KIND } from '../../sim/trace/kinds.ts';
import type { Shape } from '../../sim/trace/names.ts';
import type { Rows } from '../../sim/trace/rows.ts';
import type { Ticks } from '../../sim/time.ts';
import { Lane, LANE_KINDS, type LaneKind, type LaneSheet } from './lane.ts';

/** Order of names within a kind of lane; names that are not in it come behind, as they came. */
export type LaneOrder = Partial<Readonly<Record<LaneKind, readonly string[]>>>;

/** What a shape's records do to lanes. */
interface Plan {
  readonly kind: number;
  readonly first: Lane;
  /** The target's, of a transaction. */
  readonly second: Lane | null;
}

/** Sorts the records of one run into lanes as they come. */
export class Lanes {
  private readonly shapes: readonly Shape[];
  private readonly names: readonly string[];
  private readonly order: LaneOrder;
  private readonly byKey = new Map<string, Lane>();
  /** By shape. */
  private readonly plans: Plan[] = [];
  private sorted: Lane[] | null = null;
  /** Latest time of any record. */
  latest: Ticks = 0;
  /** When what is kept begins. */
  private since: Ticks = 0;

  constructor(shapes: readonly Shape[], names: readonly string[], order: LaneOrder) {
    this.shapes = shapes;
    this.names = names;
    this.order = order;
  }

  add(rows: Rows, count: number, ids: Float64Array): void {
    const { shape, start, ticks, address, value, parent } = rows, { plans } = this;
    let { latest } = this;
    for (let row = 0; row < count; row++) {
      const s = shape[row], time = start[row], id = ids[row];
      const plan = plans[s] ?? this.plan(s), { first } = plan;
      if (time > latest) latest = time;
      switch (plan.kind) {
        case KIND.TRANSACTION: {
          const end = time + ticks[row];
          if (end > latest) latest = end;
          first.add(id, time, end, s, address[row], value[row]);
          (plan.second as Lane).add(id, time, end, s, address[row], value[row]);
          break;
        }
        case KIND.REQUEST: case KIND.HANDLER:
          first.begin(id, time, s, address[row], value[row]);
          break;
        case KIND.COMPLETION: case KIND.RETURN:
          first.finish(parent[row], time);
          break;
        case KIND.EDGE:
          if (value[row] !== 0) first.begin(id, time, s, 0, 1);
          // It was high before anything of it was recorded.
          else if (!first.finish(0, time)) first.add(id, this.since, time, s, 0, 0);
          break;
        default:
          first.add(id, time, time, s, address[row], value[row]);
      }
    }
    this.latest = latest;
  }

  /** Recording stops at `time`: what lasts is not seen to end. */
  cut(time: Ticks): void {
    for (const lane of this.byKey.values()) lane.cut(time);
  }

  /** It goes on at `time`. */
  resume(time: Ticks): void {
    this.since = time;
  }

  /** Records before `id` are gone. */
  drop(id: number): void {
    for (const lane of this.byKey.values()) lane.drop(id);
  }

  /** All lanes in their order. */
  get list(): readonly Lane[] {
    return (this.sorted ??= this.sort());
  }

  lane(key: string): Lane | null {
    return this.byKey.get(key) ?? null;
  }

  /** Whether a record of a shape stands on a lane as a span or point. */
  isOn(shape: number, lane: Lane): boolean {
    const plan = this.plans[shape] ?? this.plan(shape);
    return plan.first === lane || plan.second === lane;
  }

  sheets(): LaneSheet[] {
    return this.list.map((lane) => lane.whole(this.latest, () => ({
      key: lane.key, kind: lane.kind, name: lane.name, count: lane.groups.count, busy: lane.groups.busyTime,
    })));
  }

  get bytes(): number {
    let bytes = 0;
    for (const lane of this.byKey.values()) bytes += lane.bytes;
    return bytes;
  }

  private plan(shape: number): Plan {
    const s = this.shapes[shape], who = this.names[s.who];
    const lane = (kind: LaneKind, name: string): Lane => {
      const key = `${kind}:${name}`;
      let found = this.byKey.get(key);
      if (found === undefined) {
        this.byKey.set(key, (found = new Lane(kind, name)));
        this.sorted = null;
      }
      return found;
    };
    const first = lane(KIND_OF[s.kind], who);
    const second = s.kind === KIND.TRANSACTION ? lane('target', this.names[s.what]) : null;
    return (this.plans[shape] = { kind: s.kind, first, second });
  }

  private sort(): Lane[] {
    const rank = (lane: Lane): number => {
      const known = this.order[lane.kind] ?? [], at = known.indexOf(lane.name);
      return at < 0 ? known.length : at;
    };
    // Sorting keeps the order in which lanes came where it says nothing.
    return [...this.byKey.values()].sort((a, b) =>
      LANE_KINDS.indexOf(a.kind) - LANE_KINDS.indexOf(b.kind) || rank(a) - rank(b));
  }
}

/** The kind of lane by the kind of record. */
const KIND_OF: readonly LaneKind[] = [
  'initiator', 'request', 'request', 'event', 'line', 'acknowledge', 'handler', 'handler', 'mark', 'note',
];
