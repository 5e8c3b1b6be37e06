import { toNs, type Ticks } from '../../sim/time.ts';
import type {
  CompletionRecord, EdgeRecord, HandlerRecord, RequestRecord, TraceRecord, TransactionRecord,
} from '../../sim/trace/records.ts';
import { PerfettoPackets, type Annotation } from './perfetto-packets.ts';
import { timeOf } from './record-line.ts';

/** Groups of tracks, in the order in which they are shown. */
const GROUPS = ['initiators', 'DMA ports', 'lines', 'handlers', 'targets', 'events', 'marks and notes'] as const;
type Group = (typeof GROUPS)[number];

/** Flows are numbered over all runs of a file: ids of a run are below this. */
const IDS = 2 ** 44;

/** Perfetto's clock has whole nanoseconds: what begins within one begins at its start. */
const nanoseconds = (ticks: Ticks): number => Math.floor(toNs(ticks));

/** A track, and further ones of the same name for slices that overlap (a track's slices nest). */
interface Lanes {
  readonly name: string;
  readonly group: number;
  readonly rank: number;
  readonly tracks: number[];
  /** When the last slice of each track ends: Infinity while it is open. */
  readonly ends: number[];
}

/** A slice whose end is not known yet. */
interface Open {
  readonly lanes: Lanes;
  readonly lane: number;
}

/**
 * A trace as Perfetto shows it (ui.perfetto.dev): a process for each run; in it a track for each
 * initiator, DMA port (its requests as slices, its bytes as a counter), line, processor's handlers,
 * target and event. Causes and effects share a flow, whose number is that of the cause. Memory
 * stays bounded by what is under way.
 */
export class PerfettoWriter {
  private readonly packets: PerfettoPackets;
  private runs = 0;
  /** The run's own track. */
  private whole = 0;
  private groups = new Map<Group, number>();
  private lanes = new Map<string, Lanes>();
  private counters = new Map<string, { readonly track: number; bytes: number }>();
  /** Requests and handlers under way, by id; lines that are up, by name. */
  private open = new Map<number | string, Open>();

  /** @param put takes bytes of the file; they are used again when it returns */
  constructor(put: (bytes: Uint8Array) => void) {
    this.packets = new PerfettoPackets(put);
  }

  /** Records from now on are of the run `name`. Runs begin at time 0, beside each other. */
  run(name: string): void {
    this.runs++;
    this.whole = this.packets.track(name, { parent: 0, rank: this.runs, pid: this.runs });
    this.groups = new Map();
    this.lanes = new Map();
    this.counters = new Map();
    this.open = new Map();
  }

  /** The next record of the run, in the order of ids. */
  record(r: TraceRecord): void {
    switch (r.kind) {
      case 'transaction': return this.transaction(r);
      case 'request': return this.request(r);
      case 'completion': return this.completion(r);
      case 'edge': return this.edge(r);
      case 'acknowledge':
        return this.point(r, 'handlers', r.initiator, 'acknowledge', [['vector', r.vector, 'number']]);
      case 'handler': return this.handler(r);
      case 'return':
        this.close(r.parent, r.time);
        return;
      case 'event': return this.point(r, 'events', r.name, r.name, []);
      case 'mark': return this.point(r, 'marks and notes', 'marks', r.name, []);
      case 'note':
        return this.point(r, 'marks and notes', 'notes', `${r.source}: ${r.what}`, [['detail', r.detail]]);
    }
  }

  private transaction(r: TransactionRecord): void {
    const verb = r.write ? 'write' : 'read';
    const annotations: Annotation[] = [
      ['id', r.id, 'number'], ['address', r.address, 'address'], ['size', r.size, 'number'],
    ];
    if (r.value >= 0) annotations.push(['value', r.value, 'address']);
    if (r.pc >= 0) annotations.push(['pc', r.pc, 'address']);
    if (r.status !== 'ok') annotations.push(['status', r.status]);
    const initiator = this.lanesOf('initiators', r.initiator);
    const lane = this.begin(initiator, r, r.end, `${verb} ${r.target}`, annotations);
    this.packets.endSlice(initiator.tracks[lane], nanoseconds(r.end));
    const target = this.lanesOf('targets', `${r.space} ${r.target}`), at = this.lane(target, r.start, r.end);
    this.packets.beginSlice(target.tracks[at], nanoseconds(r.start), `${r.initiator} ${verb}`, [], []);
    this.packets.endSlice(target.tracks[at], nanoseconds(r.end));
  }

  private request(r: RequestRecord): void {
    const lanes = this.lanesOf('DMA ports', r.port);
    const lane = this.begin(lanes, r, Infinity, r.write ? 'write request' : 'read request', [
      ['id', r.id, 'number'], ['space', r.space], ['address', r.address, 'address'], ['size', r.size, 'number'],
      ...(r.after === 0 ? [] : [['after', r.after, 'number'] as const]),
    ]);
    this.open.set(r.id, { lanes, lane });
  }

  private completion(r: CompletionRecord): void {
    this.point(r, 'DMA ports', r.port, `completion: ${r.status}`, [['bytes', r.bytes, 'number']], r.parent);
    this.close(r.parent, r.time);
    let counter = this.counters.get(r.port);
    if (counter === undefined) {
      const { group, rank } = this.lanesOf('DMA ports', r.port);
      const track = this.packets.track(`${r.port} bytes`, { parent: group, rank, counter: true });
      this.counters.set(r.port, (counter = { track, bytes: 0 }));
    }
    counter.bytes += r.bytes;
    this.packets.count(counter.track, nanoseconds(r.time), counter.bytes);
  }

  private edge(r: EdgeRecord): void {
    const key = `line ${r.line}`;
    if (!r.level) {
      if (!this.close(key, r.time)) this.point(r, 'lines', r.line, 'falls', []);
    } else if (!this.open.has(key)) {
      const lanes = this.lanesOf('lines', r.line);
      this.open.set(key, { lanes, lane: this.begin(lanes, r, Infinity, 'high', [['id', r.id, 'number']]) });
    }
  }

  private handler(r: HandlerRecord): void {
    const lanes = this.lanesOf('handlers', r.initiator);
    const lane = this.begin(lanes, r, Infinity, `vector 0x${r.vector.toString(16)}`, [
      ['id', r.id, 'number'], ['entry', r.entry, 'address'], ['interrupts', r.pc, 'address'],
    ]);
    this.open.set(r.id, { lanes, lane });
  }

  /** An instant: in the slice that `within` began if that is open, else on the first track. */
  private point(
    r: TraceRecord, group: Group, track: string, name: string, more: readonly Annotation[], within = 0,
  ): void {
    const open = this.open.get(within), lanes = open?.lanes ?? this.lanesOf(group, track);
    if (lanes.tracks.length === 0) this.lane(lanes, 0, 0);
    const annotations: Annotation[] = [['id', r.id, 'number'], ...more];
    const at = lanes.tracks[open?.lane ?? 0];
    this.packets.instant(at, nanoseconds(timeOf(r)), name, this.flows(r), annotations);
  }

  private begin(
    lanes: Lanes, r: TraceRecord, end: number, name: string, annotations: readonly Annotation[],
  ): number {
    const lane = this.lane(lanes, timeOf(r), end);
    this.packets.beginSlice(lanes.tracks[lane], nanoseconds(timeOf(r)), name, this.flows(r), annotations);
    return lane;
  }

  /** Ends what was begun under a key. Returns whether there was anything. */
  private close(key: number | string, time: Ticks): boolean {
    const open = this.open.get(key);
    if (open === undefined) return false;
    this.open.delete(key);
    open.lanes.ends[open.lane] = time;
    this.packets.endSlice(open.lanes.tracks[open.lane], nanoseconds(time));
    return true;
  }

  /** A record's own flow, to its effects, and that of its cause. */
  private flows(r: TraceRecord): number[] {
    const run = (this.runs - 1) * IDS;
    return r.parent === 0 ? [run + r.id] : [run + r.parent, run + r.id];
  }

  private lanesOf(group: Group, name: string): Lanes {
    const key = `${group}\0${name}`;
    let lanes = this.lanes.get(key);
    if (lanes === undefined) {
      let parent = this.groups.get(group);
      if (parent === undefined) {
        parent = this.packets.track(group, { parent: this.whole, rank: GROUPS.indexOf(group) });
        this.groups.set(group, parent);
      }
      lanes = { name, group: parent, rank: this.lanes.size, tracks: [], ends: [] };
      this.lanes.set(key, lanes);
    }
    return lanes;
  }

  /** A track of the lanes that is free from `start` on; it is taken up to `end`. */
  private lane(lanes: Lanes, start: number, end: number): number {
    let lane = lanes.ends.findIndex((e) => e <= start);
    if (lane < 0) {
      lane = lanes.tracks.length;
      lanes.tracks.push(this.packets.track(lanes.name, { parent: lanes.group, rank: lanes.rank }));
    }
    lanes.ends[lane] = end;
    return lane;
  }
}
