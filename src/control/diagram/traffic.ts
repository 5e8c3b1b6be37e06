import type { BoardDescription } from '../../machine/describe.ts';
import type { Ticks } from '../../sim/time.ts';
import { KIND, type Trace, type TraceSink } from '../../sim/trace.ts';
import { sizeOf, type Shape } from '../../sim/trace/names.ts';
import type { TraceRecord } from '../../sim/trace/records.ts';
import type { Rows } from '../../sim/trace/rows.ts';
import { componentOf } from '../trace-names.ts';
import { partOf, targetPartOf } from './topology.ts';

/** What one initiator did with one target. */
export interface Traffic {
  readonly initiator: string;
  readonly target: string;
  readonly space: string;
  readonly accesses: number;
  readonly bytes: number;
  /** Time that its transactions took, waits for the bus included. */
  readonly ticks: Ticks;
}

/** Records between two sums that are kept. */
const PERIOD = 512;
/** Sums of a pair: accesses, bytes, ticks. */
const COLUMNS = 3;

/** Sums as they were before a record. */
interface Kept {
  readonly id: number;
  readonly sums: Float64Array;
  readonly state: State;
}

type State = 'before' | 'during' | 'after';

/**
 * Who moved how much where, up to any record. With a mark `begin` in the trace what was before it
 * is left out, and what comes after a mark `end`: the measured part of an experiment.
 */
export class TrafficSums implements TraceSink {
  private readonly trace: Trace;
  private readonly pairs: { initiator: string; target: string; space: string }[] = [];
  private readonly numbers = new Map<string, number>();
  /** Shape → its pair, -1: none; undefined: not looked at yet. */
  private readonly pairOfShape: number[] = [];
  private sums = new Float64Array(COLUMNS * 16);
  private readonly kept: Kept[] = [];
  private last = 0;
  private state: State = 'before';
  private transactions = 0;
  private interrupts = 0;

  constructor(trace: Trace) {
    this.trace = trace;
  }

  /** `before` the measured part, `during` it or `after` it; what was in it. */
  get progress(): { readonly state: State; readonly transactions: number; readonly interrupts: number } {
    return { state: this.state, transactions: this.transactions, interrupts: this.interrupts };
  }

  block(rows: Rows, count: number, first: number): void {
    const { shapes } = this.trace;
    for (let row = 0; row < count; row++) {
      const id = first + row, shape = rows.shape[row] as number;
      if ((id - 1) % PERIOD === 0) this.keep(id);
      let pair = this.pairOfShape[shape];
      if (pair === undefined) pair = this.pairOfShape[shape] = this.pairOf(shape);
      if (pair >= 0)
        this.add(pair, sizeOf(shapes.list[shape] as Shape, rows.value[row] as number), rows.ticks[row] as number);
      else if (pair === MARK) this.mark(shape);
      else if (pair === ACKNOWLEDGE && this.state === 'during') this.interrupts++;
    }
    this.last = first + count - 1;
  }

  /** Takes what was recorded before it listened. */
  take(records: readonly TraceRecord[]): void {
    for (const record of records) {
      if ((record.id - 1) % PERIOD === 0) this.keep(record.id);
      if (record.kind === 'transaction')
        this.add(this.pair(record.initiator, record.target, record.space), record.size, record.end - record.start);
      else if (record.kind === 'mark') this.passed(record.name);
      this.last = record.id;
    }
  }

  /**
   * What had happened when the record `id` had begun, itself included.
   * @param between the records from one id on, up to so many: those since sums were kept
   */
  upTo(id: number, between: (from: number, count: number) => readonly TraceRecord[]): Traffic[] {
    if (id >= this.last) return this.list(this.sums);
    const kept = this.kept.findLast((k) => k.id <= id);
    if (kept === undefined) return [];
    const then = new TrafficSums(this.trace);
    then.pairs.push(...this.pairs);
    for (const [key, n] of this.numbers) then.numbers.set(key, n);
    then.sums = kept.sums.slice();
    then.state = kept.state;
    then.take(between(kept.id, id - kept.id + 1));
    return then.list(then.sums);
  }

  private keep(id: number): void {
    this.kept.push({ id, sums: this.sums.slice(), state: this.state });
  }

  private list(sums: Float64Array): Traffic[] {
    return this.pairs.flatMap((p, n) => {
      const [accesses = 0, bytes = 0, ticks = 0] = sums.subarray(COLUMNS * n, COLUMNS * (n + 1));
      return accesses === 0 ? [] : [{ ...p, accesses, bytes, ticks }];
    });
  }

  private add(pair: number, bytes: number, ticks: Ticks): void {
    if (this.state === 'after') return;
    if (this.state === 'during') this.transactions++;
    if (COLUMNS * (pair + 1) > this.sums.length) {
      const larger = new Float64Array(2 * this.sums.length);
      larger.set(this.sums);
      this.sums = larger;
    }
    const at = COLUMNS * pair, { sums } = this;
    sums[at] = (sums[at] as number) + 1;
    sums[at + 1] = (sums[at + 1] as number) + bytes;
    sums[at + 2] = (sums[at + 2] as number) + ticks;
  }

  private pairOf(shape: number): number {
    const { names, shapes } = this.trace, s = shapes.list[shape];
    const name = (n: number): string => names.list[n] ?? '';
    if (s?.kind === KIND.MARK) return MARK;
    if (s?.kind === KIND.ACKNOWLEDGE) return ACKNOWLEDGE;
    return s?.kind === KIND.TRANSACTION ? this.pair(name(s.who), name(s.what), name(s.space)) : NONE;
  }

  private pair(initiator: string, target: string, space: string): number {
    const key = `${initiator} ${target} ${space}`;
    let n = this.numbers.get(key);
    if (n === undefined) {
      n = this.pairs.push({ initiator, target, space }) - 1;
      this.numbers.set(key, n);
    }
    return n;
  }

  private mark(shape: number): void {
    this.passed(this.trace.names.list[this.trace.shapes.list[shape]?.who ?? 0] ?? '');
  }

  private passed(name: string): void {
    if (name === 'begin' && this.state === 'before') {
      this.sums.fill(0);
      this.state = 'during';
    } else if (name === 'end' && this.state === 'during') this.state = 'after';
  }
}

const NONE = -1, MARK = -2, ACKNOWLEDGE = -3;

/** Accesses and bytes of a part that only lets the program signal where it is. */
const SIGNALS = 8, SIGNAL_BYTES = 16;

/**
 * The parts that have a share in some traffic: those that make it, its targets, and if there were
 * interrupts those who give their vectors.
 */
export function castOf(board: BoardDescription, traffic: readonly Traffic[], interrupts: number): string[] {
  const sums = new Map<string, { accesses: number; bytes: number }>();
  const count = (part: string | null, t: Traffic): void => {
    if (part === null) return;
    const sum = sums.get(part) ?? { accesses: 0, bytes: 0 };
    sums.set(part, { accesses: sum.accesses + t.accesses, bytes: sum.bytes + t.bytes });
  };
  for (const t of traffic) {
    count(partOf(board, t.initiator), t);
    const acknowledged = board.relations.find((r) => r.kind === 'acknowledges' && r.from === t.initiator)?.to;
    count(acknowledged === undefined ? null : componentOf(board, acknowledged), t);
    count(targetPartOf(board, t.space, t.target), t);
  }
  const share = [...sums].filter(([, s]) => s.accesses > SIGNALS || s.bytes > SIGNAL_BYTES).map(([name]) => name);
  if (interrupts > 0) share.push(...board.relations.filter((r) => r.kind === 'vectors').map((r) => r.to));
  return board.components.map((c) => c.name).filter((name) => share.includes(name));
}
