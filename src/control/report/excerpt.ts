import { us, type Ticks } from '../../sim/time.ts';
import type { Trace, TraceSink } from '../../sim/trace.ts';
import { KIND } from '../../sim/trace/kinds.ts';
import { recordOf, type TraceRecord } from '../../sim/trace/records.ts';
import { Rows } from '../../sim/trace/rows.ts';

/** A short piece of a run, for a report. Plain data. */
export interface Excerpt {
  /** Where it begins: `from the mark begin`. */
  readonly where: string;
  readonly from: Ticks;
  readonly until: Ticks;
  /** What began in it. */
  readonly records: readonly TraceRecord[];
}

/** Length of an excerpt. */
const LENGTH = us(20);
/** Records before the mark `end` that are looked through for its excerpt. */
const LAST = 1024;

/**
 * Keeps three pieces of a run from its trace: from the mark `begin`, from the first transfer by
 * something else than a processor after that, and up to the mark `end`. Memory is that of the
 * pieces.
 */
export class ExcerptRecorder {
  readonly excerpts: Excerpt[] = [];
  /** Names of initiators, targets and DMA ports that had to do with the run. */
  readonly involved = new Set<string>();
  private readonly trace: Trace;
  private readonly processors: ReadonlySet<string>;
  private readonly open: { readonly until: Ticks; readonly records: TraceRecord[] }[] = [];
  private state: 'before' | 'inside' | 'after' = 'before';
  private transfers = false;
  private readonly ring = new Rows(LAST);
  private readonly ids = new Float64Array(LAST);
  private kept = 0;
  private seen = 0;

  /** Attaches itself to the trace. @param processors their names */
  constructor(trace: Trace, processors: readonly string[]) {
    this.trace = trace;
    this.processors = new Set(processors);
    const sink: TraceSink = { block: (rows, count, first) => this.block(rows, count, first) };
    trace.attach(sink);
  }

  /** The run is over: what the trace still holds is looked at. */
  finish(): void {
    this.trace.flush();
  }

  private block(rows: Rows, count: number, first: number): void {
    const shapes = this.trace.shapes.list, names = this.trace.names.list;
    for (; this.seen < shapes.length; this.seen++) {
      const s = shapes[this.seen];
      if (s.kind === KIND.TRANSACTION || s.kind === KIND.REQUEST) this.involved.add(names[s.who]);
      if (s.kind === KIND.TRANSACTION) this.involved.add(names[s.what]);
    }
    for (let row = 0; row < count && this.state !== 'after'; row++) {
      const { kind, who } = shapes[rows.shape[row]], start = rows.start[row];
      if (kind === KIND.MARK && names[who] === 'begin' && this.state === 'before') {
        this.state = 'inside';
        this.begin('from the mark begin', start);
      }
      if (this.state !== 'inside') continue;
      const device = kind === KIND.REQUEST || (kind === KIND.TRANSACTION && !this.processors.has(names[who]));
      if (device && !this.transfers && start > this.open[0].until) {
        this.transfers = true;
        this.begin(`from the first transfer by ${names[who]}`, start);
      }
      for (const piece of this.open)
        if (start <= piece.until) piece.records.push(recordOf(first + row, rows, row, shapes, names));
      const { shape, parent, ticks, address, value, extra } = rows, at = this.kept++ % LAST;
      this.ring.set(at, shape[row], parent[row], start, ticks[row], address[row], value[row], extra[row]);
      this.ids[at] = first + row;
      if (kind === KIND.MARK && names[who] === 'end') this.end(start);
    }
  }

  private begin(where: string, from: Ticks): void {
    const piece = { where, from, until: from + LENGTH, records: [] };
    this.open.push(piece);
    this.excerpts.push(piece);
  }

  private end(until: Ticks): void {
    this.state = 'after';
    const shapes = this.trace.shapes.list, names = this.trace.names.list, records: TraceRecord[] = [];
    for (let n = Math.max(0, this.kept - LAST); n < this.kept; n++) {
      const at = n % LAST;
      if (this.ring.start[at] >= until - LENGTH)
        records.push(recordOf(this.ids[at], this.ring, at, shapes, names));
    }
    this.excerpts.push({ where: 'up to the mark end', from: until - LENGTH, until, records });
  }
}
