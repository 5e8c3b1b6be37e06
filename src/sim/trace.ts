import type { Ticks } from './time.ts';
import { FLAG, KIND } from './trace/kinds.ts';
import { Names, Shapes } from './trace/names.ts';
import { recordOf, type TraceRecord } from './trace/records.ts';
import { Rows } from './trace/rows.ts';

export type * from './trace/records.ts';

/** Rows that are collected before a sink gets them. */
export const BLOCK_ROWS = 4096;
/** Notes of one (source, what) that are recorded; after them only every power of two. */
const NOTE_LIMIT = 16;

/** How often something was noted. */
export interface NoteTotal {
  source: string;
  what: string;
  /** Details of the first time. */
  detail: string;
  count: number;
}

/** Takes records by the block: rows 0 to `count` - 1 of `rows`, the first with id `first`. */
export interface TraceSink {
  /** The columns are used again when this returns. */
  block(rows: Rows, count: number, first: number): void;
}

/**
 * Counts accesses to main memory, whether or not the trace is on. It has no effect on what is
 * simulated.
 */
export interface RamTally {
  /** A load or store of a processor; `privileged`: not by a user's program. */
  processor(address: number, bytes: number, write: boolean, privileged: boolean): void;
  /** A burst of a device, within RAM. */
  device(address: number, bytes: number, write: boolean): void;
}

/**
 * The trace of one machine. Every record has an id and the id of its cause: `cause` is what is
 * happening now, and whoever starts something for later (an event, a DMA request, a raised line)
 * keeps it and gives it back when it goes on. Records are columns of numbers; sinks get them by the
 * block, listeners as objects. With neither, `enabled` is false and callers skip all of it, so that
 * it costs one test. Tracing has no effect on what is simulated.
 */
export class Trace {
  enabled = false;
  /**
   * Also record the processor's RAM accesses (slow: the fast path is off). Read by the processor at
   * the start of each run.
   */
  processorRam = false;
  /** Accesses of processors to RAM are recorded now. */
  get recordsRam(): boolean {
    return this.processorRam && this.enabled;
  }
  /**
   * Who counts accesses to RAM (slow as above), or null. Set or taken away between two runs; the
   * processor asks at the start of each.
   */
  ramTally: RamTally | null = null;
  /**
   * Id of what is happening now; 0: nothing that was recorded. Whoever sets it sets it back.
   */
  cause = 0;
  /** Texts and shapes of records by number. */
  readonly names = new Names();
  readonly shapes = new Shapes();
  /** @internal The rows that no sink has got yet. */
  readonly rows = new Rows(2 * BLOCK_ROWS);
  /** Used rows, and the id of row -1. */
  private used = 0;
  private before = 0;
  /** Ids up to this one are void: they are from before a restore. */
  private floor = 0;
  /** Records that have begun and not ended: their rows are still written to. */
  private depth = 0;
  /** Row of the first of them. */
  private firstOpen = 0;
  private readonly listeners: ((record: TraceRecord) => void)[] = [];
  private readonly sinks: TraceSink[] = [];
  private readonly noteListeners: ((what: string) => void)[] = [];
  private readonly noteCounts = new Map<string, NoteTotal>();

  /** Calls `listener` with every record as it ends. */
  listen(listener: (record: TraceRecord) => void): void {
    this.listeners.push(listener);
    this.enabled = true;
  }

  /** Calls `listener` with the name of every note, whether or not the rest is traced. */
  onNote(listener: (what: string) => void): void {
    this.noteListeners.push(listener);
  }

  /** Hands every record to `sink`, in the order of ids. Call `flush` at the end. */
  attach(sink: TraceSink): void {
    this.sinks.push(sink);
    this.enabled = true;
  }

  /**
   * Hands nothing to `sink` any more. Call `flush` before, and this between two runs: with nobody
   * left to take records none are made.
   */
  detach(sink: TraceSink): void {
    const at = this.sinks.indexOf(sink);
    if (at >= 0) this.sinks.splice(at, 1);
    this.enabled = this.sinks.length + this.listeners.length > 0;
  }

  /** The number of a name. */
  name(text: string): number {
    return this.names.number(text);
  }

  /**
   * Hands over what was collected. If something was given up within an access (a device threw), the
   * records from there on are lost: they have no end.
   */
  flush(): void {
    const count = this.depth > 0 ? this.firstOpen : this.used, first = this.before + 1;
    this.depth = 0;
    this.before += this.used;
    this.used = 0;
    if (count === 0) return;
    for (const sink of this.sinks) sink.block(this.rows, count, first);
  }

  /**
   * The machine's state was replaced: nothing that happens from now on was caused by what was
   * recorded so far.
   */
  forget(): void {
    this.floor = this.before + this.used;
    this.cause = 0;
    this.depth = 0;
  }

  /**
   * Begins a record: what happens until `close` has it as its cause. The caller keeps `cause` from
   * before, and gives it to `close`.
   */
  open(start: Ticks): number {
    const row = this.row();
    const rows = this.rows;
    rows.parent[row] = this.valid(this.cause);
    rows.start[row] = start;
    if (this.depth++ === 0) this.firstOpen = row;
    return (this.cause = this.before + row + 1);
  }

  /** Ends the record `id`: see `Rows` for what the columns hold. */
  close(
    id: number, cause: number, shape: number, ticks: Ticks, address: number, value: number, extra: number,
  ): void {
    const rows = this.rows, row = id - this.before - 1;
    rows.shape[row] = shape;
    rows.ticks[row] = ticks;
    rows.address[row] = address;
    rows.value[row] = value;
    rows.extra[row] = extra;
    this.depth--;
    this.cause = cause;
    if (this.listeners.length > 0) this.tell(row);
  }

  /** Gives an open record another parent than what was happening when it began. */
  adopt(id: number, parent: number): void {
    this.rows.parent[id - this.before - 1] = this.valid(parent);
  }

  /** Records something without duration; returns its id. */
  add(shape: number, parent: number, time: Ticks, address = 0, value = 0, extra = 0): number {
    const row = this.row();
    this.rows.set(row, shape, this.valid(parent), time, 0, address, value, extra);
    if (this.listeners.length > 0) this.tell(row);
    return this.before + row + 1;
  }

  /** The number of a shape that has a kind and a name only. */
  shape(kind: number, who: string): number {
    return this.shapes.number({
      kind, who: this.name(who), what: 0, space: 0, size: 0, flags: 0, type: 0, status: 0,
    });
  }

  mark(time: Ticks, name: string): void {
    if (this.enabled) this.add(this.shape(KIND.MARK, name), this.cause, time);
  }

  note(time: Ticks, source: string, what: string, detail: string): void {
    const key = noteKey(source, what);
    let total = this.noteCounts.get(key);
    if (total === undefined) this.noteCounts.set(key, (total = { source, what, detail, count: 0 }));
    const count = ++total.count;
    for (const l of this.noteListeners) l(what);
    if (!this.enabled) return;
    if (count > NOTE_LIMIT && (count & (count - 1)) !== 0) return;
    this.remark(time, source, what, count > NOTE_LIMIT ? `${detail} (${count} times so far)` : detail);
  }

  /** A note for those who read the trace alone: nobody counts it, and nobody is warned. */
  remark(time: Ticks, source: string, what: string, detail: string): void {
    if (!this.enabled) return;
    const shape = this.shapes.number({
      kind: KIND.NOTE,
      who: this.name(source),
      what: this.name(what),
      space: 0, size: 0, flags: 0, type: 0, status: 0,
    });
    this.add(shape, this.cause, time, 0, this.name(detail));
  }

  /** How often a note was made, whether or not anybody listened. */
  noteCount(source: string, what: string): number {
    return this.noteCounts.get(noteKey(source, what))?.count ?? 0;
  }

  /** What was noted so far, in the order in which each was noted first. */
  get noteTotals(): readonly Readonly<NoteTotal>[] {
    return [...this.noteCounts.values()];
  }

  /** Counts on from what a snapshot says, in place of what was noted so far. */
  loadNotes(totals: readonly Readonly<NoteTotal>[]): void {
    this.noteCounts.clear();
    for (const total of totals) this.noteCounts.set(noteKey(total.source, total.what), { ...total });
  }

  /** `id` if it is of this machine's present life, else 0. */
  valid(id: number): number {
    return id > this.floor ? id : 0;
  }

  /** A free row. */
  private row(): number {
    if (this.used >= BLOCK_ROWS && this.depth === 0) this.flush();
    if (this.used === this.rows.capacity) this.rows.grow();
    return this.used++;
  }

  private tell(row: number): void {
    const record = recordOf(this.before + row + 1, this.rows, row, this.shapes.list, this.names.list);
    for (const l of this.listeners) l(record);
  }
}

function noteKey(source: string, what: string): string {
  return `${source} ${what}`;
}

export { FLAG, KIND };
