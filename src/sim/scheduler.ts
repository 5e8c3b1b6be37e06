import type { Ticks } from './time.ts';
import { KIND, Trace } from './trace.ts';

/**
 * Something that happens at a time: a named member of a component, created once and scheduled many
 * times.
 */
export class SimEvent {
  readonly name: string;
  /** @internal */ readonly id: number;
  /** @internal */ readonly action: () => void;
  /** @internal Shape of its records, or -1 if it makes none. */ readonly shape: number;
  readonly priority: number;
  private readonly scheduler: Scheduler;

  /** @internal */
  constructor(
    scheduler: Scheduler, id: number, name: string, priority: number, action: () => void, shape: number,
  ) {
    this.scheduler = scheduler;
    this.id = id;
    this.name = name;
    this.priority = priority;
    this.action = action;
    this.shape = shape;
  }

  get pending(): boolean {
    return this.scheduler.isPending(this.id);
  }
  /** Time at which it is due; meaningless unless pending. */
  get time(): Ticks {
    return this.scheduler.timeOf(this.id);
  }
  /** (Re)schedules at an absolute time, not before now. */
  at(time: Ticks): void {
    this.scheduler.schedule(this, time);
  }
  /** (Re)schedules `delay` ticks from now. */
  after(delay: Ticks): void {
    this.scheduler.schedule(this, this.scheduler.now + delay);
  }
  cancel(): void {
    this.scheduler.cancel(this.id);
  }
}

/** Events that may run at one simulated time: sound models need a few for each of their parts. */
const MOST_AT_ONE_TIME = 1e6;

/**
 * Events follow one another without simulated time passing, so that the run would never go on: a
 * fault of the model whose event it is.
 */
export class StandstillError extends Error {
  /** The event whose turn it was: `<component>.<event>`. */
  readonly event: string;

  constructor(event: string, time: Ticks) {
    super(`event ${event} goes off without end at one simulated time (${time} ticks)`);
    this.name = 'StandstillError';
    this.event = event;
  }
}

/** A pending event in a snapshot. */
export interface SavedEvent {
  name: string;
  time: Ticks;
  sequence: number;
}

/** What a scheduler remembers, for a snapshot. */
export interface SavedEvents {
  now: Ticks;
  /** The next sequence number. */
  sequence: number;
  events: SavedEvent[];
}

/**
 * The event queue: a binary heap in typed arrays, ordered by (tick, priority, sequence). The
 * sequence number is given when an event is scheduled, so equal times run in the order in which
 * they were asked for.
 */
export class Scheduler {
  /** Current simulated time. Moved forward by `runUntil` and by the processor's run loop. */
  now: Ticks = 0;
  /**
   * Time of the earliest pending event, or Infinity. Read after each bus access, so it is kept
   * rather than looked up.
   */
  nextTime: Ticks = Infinity;
  private readonly events: SimEvent[] = [];
  private readonly byName = new Map<string, SimEvent>();
  private size = 0;
  private sequence = 0;
  private heap = new Int32Array(64);
  private position = new Int32Array(64).fill(-1);
  private times = new Float64Array(64);
  private sequences = new Float64Array(64);
  /** What was happening when the event was scheduled (`Trace.cause`). Derived: not in snapshots. */
  private causes = new Float64Array(64);
  private readonly trace: Trace;
  /** Count of events run, for benchmarks. */
  executed = 0;
  /** `executed` when the first event ran at `lastTime`. */
  private atTime = 0;
  private lastTime: Ticks = -1;

  /** `trace`: gets a record of each event that runs; without one nobody can listen. */
  constructor(trace: Trace = new Trace()) {
    this.trace = trace;
  }

  /**
   * Creates an event. Names are unique: `<component>.<event>`. Lower priorities run first at equal
   * times. `own` false: it makes no record of its own, and the cause of what it does is what
   * scheduled it.
   */
  event(name: string, action: () => void, priority = 0, own = true): SimEvent {
    if (this.byName.has(name)) throw new Error(`two events are named ${name}`);
    const id = this.events.length;
    if (id === this.times.length) this.growTables();
    const event = new SimEvent(this, id, name, priority, action, own ? this.trace.shape(KIND.EVENT, name) : -1);
    this.events.push(event);
    this.byName.set(name, event);
    return event;
  }

  /** @internal */
  schedule(event: SimEvent, time: Ticks): void {
    if (!(time >= this.now) || !Number.isSafeInteger(time))
      throw new Error(`${event.name}: cannot be scheduled at ${time}, now is ${this.now}`);
    const id = event.id;
    let at = this.position[id];
    this.times[id] = time;
    this.sequences[id] = this.sequence++;
    this.causes[id] = this.trace.cause;
    if (at < 0) {
      at = this.size++;
      this.heap[at] = id;
      this.position[id] = at;
      this.siftUp(at);
    } else {
      this.siftUp(at);
      this.siftDown(this.position[id]);
    }
    this.nextTime = this.times[this.heap[0]];
  }

  /** @internal */
  cancel(id: number): void {
    const at = this.position[id];
    if (at < 0) return;
    this.removeAt(at);
  }

  /** @internal */
  isPending(id: number): boolean {
    return this.position[id] >= 0;
  }

  /** @internal */
  timeOf(id: number): Ticks {
    return this.times[id];
  }

  /**
   * Runs every event due at or before `time`, in order, each at its own time; then now = time.
   * @throws StandstillError after a million of them at one time
   */
  runUntil(time: Ticks): void {
    while (this.size > 0) {
      const id = this.heap[0];
      const due = this.times[id];
      if (due > time) break;
      this.removeAt(0);
      if (due > this.now) this.now = due;
      const event = this.events[id];
      this.executed++;
      if (this.now !== this.lastTime) {
        this.lastTime = this.now;
        this.atTime = this.executed;
      } else if (this.executed - this.atTime >= MOST_AT_ONE_TIME) throw new StandstillError(event.name, this.now);
      if (this.trace.enabled) this.runTraced(event);
      else event.action();
    }
    if (time > this.now) this.now = time;
  }

  /** Runs an event as the cause of what it does; afterwards goes on what was going on before. */
  private runTraced(event: SimEvent): void {
    const trace = this.trace, before = trace.cause, cause = this.causes[event.id];
    trace.cause = event.shape < 0 ? cause : trace.add(event.shape, cause, this.now);
    event.action();
    trace.cause = before;
  }

  /** Pending events in the order in which they would run, for a snapshot. */
  save(): SavedEvents {
    const ids = [...this.heap.subarray(0, this.size)].sort((a, b) => (this.before(a, b) ? -1 : 1));
    return {
      now: this.now,
      sequence: this.sequence,
      events: ids.map((id) => ({ name: this.events[id].name, time: this.times[id], sequence: this.sequences[id] })),
    };
  }

  /** What in `saved` is of another machine, or cannot have been saved by any; '' if nothing is. */
  mismatch(saved: SavedEvents): string {
    const { now, sequence, events } = saved;
    if (!isCount(now) || !isCount(sequence)) return `its time is ${now} ticks, its next event number ${sequence}`;
    const names = new Set<string>(), numbers = new Set<number>();
    for (const e of events) {
      if (!this.byName.has(e.name)) return `it has an event ${e.name}, which this machine has not`;
      if (names.has(e.name)) return `it has the event ${e.name} twice`;
      if (!isCount(e.time) || e.time < now) return `its event ${e.name} is due at ${e.time} ticks, its time is ${now}`;
      if (!isCount(e.sequence) || e.sequence >= sequence || numbers.has(e.sequence))
        return `its event ${e.name} has the number ${e.sequence}, which cannot be`;
      names.add(e.name);
      numbers.add(e.sequence);
    }
    return '';
  }

  /** Replaces all pending events; throws on a mismatch before anything is changed. */
  load(saved: SavedEvents): void {
    const wrong = this.mismatch(saved);
    if (wrong !== '') throw new Error(wrong);
    while (this.size > 0) this.removeAt(0);
    this.now = saved.now;
    for (const s of saved.events) {
      const event = this.byName.get(s.name) as SimEvent;
      this.schedule(event, s.time);
      this.sequences[event.id] = s.sequence;
      this.causes[event.id] = 0;
    }
    // The sequence numbers were replaced after insertion: restore the heap order.
    for (let i = (this.size >> 1) - 1; i >= 0; i--) this.siftDown(i);
    this.nextTime = this.size === 0 ? Infinity : this.times[this.heap[0]];
    this.sequence = saved.sequence;
  }

  private before(a: number, b: number): boolean {
    const ta = this.times[a], tb = this.times[b];
    if (ta !== tb) return ta < tb;
    const pa = this.events[a].priority, pb = this.events[b].priority;
    if (pa !== pb) return pa < pb;
    return this.sequences[a] < this.sequences[b];
  }

  private removeAt(at: number): void {
    const heap = this.heap, position = this.position;
    position[heap[at]] = -1;
    const last = heap[--this.size];
    if (at !== this.size) {
      heap[at] = last;
      position[last] = at;
      this.siftUp(at);
      this.siftDown(position[last]);
    }
    this.nextTime = this.size === 0 ? Infinity : this.times[heap[0]];
  }

  private siftUp(start: number): void {
    const heap = this.heap, position = this.position;
    let at = start;
    const id = heap[at];
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const p = heap[parent];
      if (!this.before(id, p)) break;
      heap[at] = p;
      position[p] = at;
      at = parent;
    }
    heap[at] = id;
    position[id] = at;
  }

  private siftDown(start: number): void {
    const heap = this.heap, position = this.position, size = this.size;
    let at = start;
    const id = heap[at];
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.before(heap[child + 1], heap[child])) child++;
      const c = heap[child];
      if (!this.before(c, id)) break;
      heap[at] = c;
      position[c] = at;
      at = child;
    }
    heap[at] = id;
    position[id] = at;
  }

  private growTables(): void {
    const n = this.times.length * 2;
    const heap = new Int32Array(n),
      position = new Int32Array(n).fill(-1),
      times = new Float64Array(n),
      sequences = new Float64Array(n),
      causes = new Float64Array(n);
    heap.set(this.heap);
    position.set(this.position);
    times.set(this.times);
    sequences.set(this.sequences);
    causes.set(this.causes);
    this.heap = heap;
    this.position = position;
    this.times = times;
    this.sequences = sequences;
    this.causes = causes;
  }
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
