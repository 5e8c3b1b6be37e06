import type { Ticks } from '../../sim/time.ts';
import type { TraceRecord, TransactionRecord } from '../../sim/trace/records.ts';
import { endOf, timeOf } from './record-line.ts';
import { VcdFile, type Signal } from './vcd-file.ts';

/** What is known of a bus or an initiator before its signals are declared. */
interface Extent {
  lastAddress: number;
  /** Bytes of the widest single access. */
  widest: number;
}

/** First pass over a run: which signals it has, and how wide they are. */
export class VcdSurvey {
  readonly spaces = new Map<string, Extent>();
  readonly initiators = new Map<string, Extent>();
  /** Lines with their level before the first edge. */
  readonly lines = new Map<string, boolean>();
  readonly ports = new Map<string, Extent>();
  readonly processors = new Set<string>();
  readonly events = new Set<string>();
  readonly marks = new Set<string>();
  /** When the last record ends. */
  last: Ticks = 0;

  add(r: TraceRecord): void {
    this.last = Math.max(this.last, endOf(r));
    switch (r.kind) {
      case 'transaction': {
        const bytes = r.value < 0 ? 1 : r.size;
        extend(this.spaces, r.space, r.address + r.size - 1, bytes);
        extend(this.initiators, r.initiator, r.address + r.size - 1, bytes);
        break;
      }
      case 'request': extend(this.ports, r.port, r.address, 1); break;
      case 'edge':
        if (!this.lines.has(r.line)) this.lines.set(r.line, !r.level);
        break;
      case 'handler': case 'return': this.processors.add(r.initiator); break;
      case 'event': this.events.add(r.name); break;
      case 'mark': this.marks.add(r.name); break;
      default:
    }
  }
}

function extend(of: Map<string, Extent>, name: string, address: number, bytes: number): void {
  const known = of.get(name);
  if (known === undefined) {
    of.set(name, { lastAddress: address, widest: bytes });
    return;
  }
  known.lastAddress = Math.max(known.lastAddress, address);
  known.widest = Math.max(known.widest, bytes);
}

/** Address lines that reach an address: 16, 32 or 64. */
const addressWidth = (last: number): number => (last < 2 ** 16 ? 16 : last < 2 ** 32 ? 32 : 64);

const IDLE = 'z', UNKNOWN = 'x', NOBODY = '-';
const binary = (n: number): string => n.toString(2);
const SIZE_WIDTH = 32;

/** The signals of a bus, or of what one initiator does, and the transactions that are under way. */
interface Channel {
  readonly begins: Signal;
  readonly busy: Signal;
  readonly write: Signal;
  readonly address: Signal;
  readonly data: Signal;
  readonly size: Signal;
  readonly status: Signal;
  readonly target: Signal;
  /** Initiator of a bus, space of an initiator. */
  readonly other: Signal;
  readonly active: TransactionRecord[];
}

/** Handlers of a processor, the innermost last. */
interface Nesting {
  readonly depth: Signal;
  readonly vector: Signal;
  readonly stack: { readonly id: number; readonly vector: number }[];
}

/** Something that happens at a time; at one time ends come first, but for what takes no time. */
interface Step {
  readonly time: Ticks;
  readonly order: 0 | 1 | 2;
  readonly record: TraceRecord;
}

function isAfter(a: Step, b: Step): boolean {
  return a.time > b.time || (a.time === b.time && a.order > b.order);
}

/** Steps that were made and are kept, until they are dropped together. */
const MOST_DONE = 8192;
/** Records are in the order in which they were begun; a device may tell of them so much later. */
const LATEST: Ticks = 3_000_000;

/**
 * A run as waves: buses, initiators, lines, DMA ports, handlers, events and marks, for GTKWave and
 * its like. Of transactions that overlap on a bus the one that began last is shown. Bursts have no
 * value in a trace: their data is x. Memory stays bounded by what happens within a millisecond.
 */
export class VcdWriter {
  private readonly file: VcdFile;
  private readonly last: Ticks;
  private readonly spaces = new Map<string, Channel>();
  private readonly initiators = new Map<string, Channel>();
  private readonly lines = new Map<string, { readonly signal: Signal; readonly before: boolean }>();
  private readonly moments = new Map<string, Signal>();
  private readonly ports = new Map<string, { pending: Signal; address: Signal; size: Signal; count: number }>();
  private readonly handlers = new Map<string, Nesting>();
  /** Steps by time; those before `done` were made. */
  private readonly steps: Step[] = [];
  private done = 0;
  private latest: Ticks = 0;

  /**
   * @param put takes the next piece of text
   * @param survey of the same records
   * @param comment what the file is of, a line
   */
  constructor(put: (text: string) => void, survey: VcdSurvey, generator: string, comment: string) {
    const file = (this.file = new VcdFile(put));
    this.last = survey.last;
    for (const [name, extent] of survey.spaces)
      this.spaces.set(name, declareChannel(file, `buses/${name}`, 'initiator', extent));
    for (const [name, extent] of survey.initiators)
      this.initiators.set(name, declareChannel(file, `initiators/${name}`, 'space', extent));
    for (const [name, level] of survey.lines)
      this.lines.set(name, { signal: file.declare('lines', name, 'wire'), before: level });
    for (const [name, extent] of survey.ports) {
      const scope = `ports/${name}`;
      this.ports.set(name, {
        pending: file.declare(scope, 'pending', 'wire', 8),
        address: file.declare(scope, 'address', 'wire', addressWidth(extent.lastAddress)),
        size: file.declare(scope, 'size', 'wire', SIZE_WIDTH), count: 0,
      });
    }
    for (const name of survey.processors) {
      const scope = `handlers/${name}`;
      this.handlers.set(name, {
        depth: file.declare(scope, 'depth', 'wire', 8), vector: file.declare(scope, 'vector', 'wire', 8), stack: [],
      });
    }
    for (const name of survey.events) this.moments.set(`event ${name}`, file.declare('events', name, 'event'));
    for (const name of survey.marks) this.moments.set(`mark ${name}`, file.declare('marks', name, 'event'));
    file.begin(generator, comment);
    this.rest();
  }

  /** The next record, in the order of ids. */
  record(r: TraceRecord): void {
    const begun = timeOf(r);
    this.later({ time: begun, order: 1, record: r });
    if (r.kind === 'transaction') this.later({ time: r.end, order: r.end > r.start ? 0 : 2, record: r });
    this.latest = Math.max(this.latest, begun);
    this.upTo(this.latest - LATEST);
  }

  /** No more records come. */
  finish(): void {
    this.upTo(Infinity);
    this.file.finish(this.last);
  }

  /** All at rest, at time 0. */
  private rest(): void {
    for (const channel of [...this.spaces.values(), ...this.initiators.values()]) this.show(0, channel);
    for (const { signal, before } of this.lines.values()) this.file.set(0, signal, before ? '1' : '0');
    for (const port of this.ports.values()) {
      this.file.set(0, port.pending, '0');
      for (const signal of [port.address, port.size]) this.file.set(0, signal, IDLE);
    }
    for (const processor of this.handlers.values()) {
      this.file.set(0, processor.depth, '0');
      this.file.set(0, processor.vector, IDLE);
    }
  }

  /** Puts a step in its place; nearly all belong near the end. */
  private later(step: Step): void {
    const { steps } = this;
    let at = steps.length;
    while (at > this.done && isAfter(steps[at - 1], step)) at--;
    if (at === steps.length) steps.push(step);
    else steps.splice(at, 0, step);
  }

  private upTo(time: Ticks): void {
    const { steps } = this;
    while (this.done < steps.length && steps[this.done].time <= time) this.step(steps[this.done++]);
    if (this.done < MOST_DONE) return;
    steps.splice(0, this.done);
    this.done = 0;
  }

  private step({ time, order, record: r }: Step): void {
    switch (r.kind) {
      case 'transaction':
        this.turn(time, this.spaces.get(r.space), r, order === 1);
        return this.turn(time, this.initiators.get(r.initiator), r, order === 1);
      case 'edge': return this.set(time, this.lines.get(r.line)?.signal, r.level ? '1' : '0');
      case 'event': case 'mark': return this.set(time, this.moments.get(`${r.kind} ${r.name}`), '1');
      case 'request': case 'completion': return this.port(time, r);
      case 'handler': case 'return': return this.handler(time, r);
      default:
    }
  }

  private set(time: Ticks, signal: Signal | undefined, value: string): void {
    if (signal !== undefined) this.file.set(time, signal, value);
  }

  private turn(time: Ticks, channel: Channel | undefined, r: TransactionRecord, begins: boolean): void {
    if (channel === undefined) return;
    if (begins) {
      channel.active.push(r);
      this.file.set(time, channel.begins, '1');
    } else channel.active.splice(channel.active.indexOf(r), 1);
    this.show(time, channel);
  }

  private show(time: Ticks, channel: Channel): void {
    const { file } = this, r = channel.active.at(-1);
    file.set(time, channel.busy, r === undefined ? '0' : '1');
    file.set(time, channel.write, r === undefined ? IDLE : r.write ? '1' : '0');
    file.set(time, channel.address, r === undefined ? IDLE : binary(r.address));
    file.set(time, channel.data, r === undefined ? IDLE : r.value < 0 ? UNKNOWN : binary(r.value));
    file.set(time, channel.size, r === undefined ? IDLE : binary(r.size));
    file.set(time, channel.target, r?.target ?? NOBODY);
    file.set(time, channel.status, r?.status ?? NOBODY);
    file.set(time, channel.other, (channel.other.name === 'space' ? r?.space : r?.initiator) ?? NOBODY);
  }

  private port(time: Ticks, r: TraceRecord & { kind: 'request' | 'completion' }): void {
    const port = this.ports.get(r.port);
    if (port === undefined) return;
    port.count = Math.max(0, port.count + (r.kind === 'request' ? 1 : -1));
    this.file.set(time, port.pending, binary(port.count));
    if (r.kind === 'request') {
      this.file.set(time, port.address, binary(r.address));
      this.file.set(time, port.size, binary(r.size));
    } else if (port.count === 0)
      for (const signal of [port.address, port.size]) this.file.set(time, signal, IDLE);
  }

  private handler(time: Ticks, r: TraceRecord & { kind: 'handler' | 'return' }): void {
    const processor = this.handlers.get(r.initiator);
    if (processor === undefined) return;
    const { stack, depth, vector } = processor;
    if (r.kind === 'handler') stack.push({ id: r.id, vector: r.vector });
    else {
      const at = stack.findIndex((h) => h.id === r.parent);
      if (at >= 0) stack.splice(at, 1);
    }
    const top = stack.at(-1);
    this.file.set(time, depth, binary(stack.length));
    this.file.set(time, vector, top === undefined ? IDLE : binary(top.vector));
  }
}

function declareChannel(file: VcdFile, scope: string, other: string, { lastAddress, widest }: Extent): Channel {
  return {
    begins: file.declare(scope, 'begins', 'event'),
    busy: file.declare(scope, 'busy', 'wire'),
    write: file.declare(scope, 'write', 'wire'),
    address: file.declare(scope, 'address', 'wire', addressWidth(lastAddress)),
    data: file.declare(scope, 'data', 'wire', 8 * widest),
    size: file.declare(scope, 'size', 'wire', SIZE_WIDTH),
    target: file.declare(scope, 'target', 'string'),
    status: file.declare(scope, 'status', 'string'),
    other: file.declare(scope, other, 'string'),
    active: [],
  };
}
