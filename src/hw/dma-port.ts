import type { AddressSpace } from '../mem/address-space.ts';
import type { Bus } from '../mem/bus.ts';
import { bytesBeforeCut, type TimedMaster } from '../mem/latency-timer.ts';
import { STATUS, STATUS_NAMES, Transaction, type Guard } from '../mem/transaction.ts';
import type { Simulation } from '../sim/component.ts';
import type { SimEvent } from '../sim/scheduler.ts';
import type { Ticks } from '../sim/time.ts';
import { FLAG, KIND } from '../sim/trace.ts';
import type { DmaPath } from './dma-path.ts';

export interface DmaPortOptions {
  /** Longest burst in bytes: a longer request becomes several bus transactions. */
  burst: number;
  /** Size of the port's buffer: the longest request (bytes). */
  buffer: number;
  /**
   * The device says itself what of the port's traffic is data (its `deviceBytes`), because it also
   * fetches descriptors through it.
   */
  countsData?: boolean;
}

/** A named completion of a DMA port. */
export interface DmaCompletion {
  readonly index: number;
}

/**
 * Runs when a request is over, with its STATUS. `aborted`: a bus cycle ended so; false where the
 * request failed before it had one (it was refused, or its gate was closed).
 */
export type CompletionAction = (status: number, aborted: boolean) => void;

/** What the board binds a port to. */
export interface DmaBinding {
  /** The space that the port's addresses are in. */
  space: AddressSpace;
  /** The bus that its bursts occupy; without one they complete in `latency` alone. */
  bus: Bus | null;
  /** Added to every burst: latency of the memory behind the bus (ticks). */
  latency: Ticks;
  /**
   * Gate: false = the requester may not master the bus now (PCI Bus Master Enable off). The request
   * then completes with TARGET_ERROR after no bus cycle.
   */
  enabled: () => boolean;
  /**
   * The master's latency timer (ticks): its bursts are cut when it has run out and another master
   * asks for the bus. Absent: they run to their end.
   */
  latencyTimer?: () => Ticks;
}

/** A master's time at its bus since reset (ticks): waiting, holding it, the longest wait. */
export interface BusTime {
  waited: Ticks;
  held: Ticks;
  worst: Ticks;
}

/** Counters of a port since reset. */
export interface DmaCounters {
  bursts: number;
  bytes: number;
}

/** Completions that one port can have. */
const COMPLETIONS = 16;

/**
 * A bus-master port: one request at a time, split into bursts, each of which takes the bus, takes
 * time, moves its bytes when it completes and is one transaction of the trace. When the last burst
 * is over the named completion runs. All state is in cells.
 *
 * Addresses and lengths often come from the guest, so none of them throws: a request without bytes,
 * with more than the buffer holds, at no address, or while another one is under way moves nothing,
 * is noted (`dma-refused`), and completes with TARGET_ERROR a tick later.
 */
export class DmaPort implements TimedMaster {
  readonly name: string;
  /** Bytes read land here from 0 on; bytes to write are taken from here. */
  readonly buffer: Uint8Array;
  readonly view: DataView;
  /** Declared by the device. */
  readonly cells: {
    buffer: Uint8Array;
    active: boolean;
    write: boolean;
    address: number;
    length: number;
    done: number;
    chunk: number;
    start: number;
    /** When the bus is free of the burst. */
    until: number;
    status: number;
    completion: number;
    bursts: number;
    bytes: number;
    waited: number;
    held: number;
    worst: number;
    /** By completion: refused requests whose completion has not run yet. */
    refused: Uint8Array;
  };
  readonly tx: Transaction;
  private readonly sim: Simulation;
  private readonly guard: Guard;
  /** Longest burst (bytes). */
  readonly burst: number;
  private readonly step: SimEvent;
  private readonly refusal: SimEvent;
  private readonly completions: CompletionAction[] = [];
  private binding: DmaBinding | null = null;
  private path: DmaPath | null = null;
  /** Ids in the trace: of the latest request and of its completion. */
  private latest = 0;
  private completed = 0;

  /** @internal */
  constructor(name: string, sim: Simulation, guard: Guard, options: DmaPortOptions) {
    this.name = name;
    this.sim = sim;
    this.guard = guard;
    for (const [what, bytes] of [['burst', options.burst], ['buffer', options.buffer]] as const)
      if (!Number.isSafeInteger(bytes) || bytes < 1)
        throw new Error(`${name}: a ${what} of ${bytes} bytes cannot be`);
    this.burst = options.burst;
    this.buffer = new Uint8Array(options.buffer);
    this.view = new DataView(this.buffer.buffer);
    this.cells = {
      buffer: this.buffer, active: false, write: false, address: 0, length: 0, done: 0, chunk: 0, start: 0, until: 0,
      status: 0, completion: 0, bursts: 0, bytes: 0, waited: 0, held: 0, worst: 0,
      refused: new Uint8Array(COMPLETIONS),
    };
    this.tx = new Transaction(name, true);
    // What a burst does is the request's doing: the event makes no record of its own.
    this.step = sim.scheduler.event(`${name}.burst`, () => this.finishBurst(), 0, false);
    this.refusal = sim.scheduler.event(`${name}.refused`, () => this.completeRefused(), 0, false);
  }

  /** The board says what the port sees. `path`: faulty hardware that it sees it through. */
  bind(binding: DmaBinding, path: DmaPath | null = null): void {
    this.binding = binding;
    this.path = path;
    if (binding.latencyTimer !== undefined) binding.bus?.obeysTimer(this);
  }

  get burstUntil(): Ticks {
    return this.cells.until;
  }

  yieldBus(now: Ticks): Ticks {
    const c = this.cells, bus = this.binding?.bus ?? null, timer = this.binding?.latencyTimer;
    if (bus === null || timer === undefined || !c.active || c.chunk === 0) return c.until;
    const latency = this.binding?.latency ?? 0, address = c.address + c.done;
    const bytes = bytesBeforeCut(bus, { address, bytes: c.chunk, until: c.until, latency }, timer(), now);
    if (bytes === c.chunk) return c.until;
    const saved = bus.burstTime(c.chunk) - bus.burstTime(bytes);
    bus.countCut(c.chunk - bytes, saved);
    c.chunk = bytes;
    c.held -= saved;
    c.until -= saved;
    this.step.at(c.until);
    return c.until;
  }

  get bound(): boolean {
    return this.binding !== null;
  }

  /** A request is under way. */
  get active(): boolean {
    return this.cells.active;
  }

  get counters(): DmaCounters {
    return { bursts: this.cells.bursts, bytes: this.cells.bytes };
  }

  /** What the bus has cost it. */
  get busTime(): BusTime {
    return { waited: this.cells.waited, held: this.cells.held, worst: this.cells.worst };
  }

  /** @internal */
  completion(_name: string, action: CompletionAction): DmaCompletion {
    if (this.completions.length === COMPLETIONS) throw new Error(`${this.name}: more than ${COMPLETIONS} completions`);
    this.completions.push(action);
    return { index: this.completions.length - 1 };
  }

  /** Starts a read of `length` bytes from the port's address space into `buffer`. */
  read(address: number, length: number, done: DmaCompletion): void {
    this.begin(address, length, false, done);
  }

  /** Starts a write of the first `length` bytes of `buffer`. */
  write(address: number, length: number, done: DmaCompletion): void {
    this.begin(address, length, true, done);
  }

  /** Gives up the request under way: nothing more is moved, no completion runs. */
  abort(): void {
    this.step.cancel();
    this.refusal.cancel();
    this.cells.active = false;
    this.cells.refused.fill(0);
    this.latest = 0;
  }

  private begin(address: number, length: number, write: boolean, done: DmaCompletion): void {
    const c = this.cells, trace = this.sim.trace;
    const before = trace.cause;
    const request = trace.enabled ? this.traceRequest(address, length, write) : 0;
    trace.cause = request === 0 ? before : request;
    if (c.active) this.refuse(done, `of ${length} bytes while another request is under way`);
    else if (!(address >= 0) || !Number.isSafeInteger(address + this.buffer.length))
      this.refuse(done, `at ${address}, which is no address`);
    else if (length > 0 && length <= this.buffer.length && Number.isInteger(length)) {
      c.active = true;
      c.write = write;
      c.address = address;
      c.length = length;
      c.done = 0;
      c.status = STATUS.OK;
      c.completion = done.index;
      this.latest = request;
      this.startBurst();
    } else this.refuse(done, `of ${length} bytes; the buffer holds ${this.buffer.length}`);
    trace.cause = before;
  }

  /**
   * A request that no access to the device starts goes on with the work of the one before: it links
   * to it, unless that one's completion is its cause anyway.
   */
  private traceRequest(address: number, length: number, write: boolean): number {
    const trace = this.sim.trace, cause = trace.cause;
    const after = this.guard.engaged || cause === this.completed ? 0 : this.latest;
    const shape = this.shape(KIND.REQUEST, write, STATUS.OK);
    return trace.add(shape, cause, this.sim.scheduler.now, address, length, trace.valid(after));
  }

  private shape(kind: number, write: boolean, status: number): number {
    const trace = this.sim.trace;
    return trace.shapes.number({
      kind,
      who: trace.name(this.name),
      what: 0,
      space: kind === KIND.REQUEST ? trace.name(this.binding?.space.name ?? '') : 0,
      size: 0,
      flags: write ? FLAG.WRITE : 0,
      type: 0,
      status: kind === KIND.COMPLETION ? trace.name(STATUS_NAMES[status]) : 0,
    });
  }

  private refuse(done: DmaCompletion, why: string): void {
    const { scheduler, trace } = this.sim;
    trace.note(scheduler.now, this.name, 'dma-refused', `a request ${why}`);
    const { refused } = this.cells;
    if (refused[done.index] < 255) refused[done.index]++;
    this.refusal.at(scheduler.now + 1);
  }

  private completeRefused(): void {
    const waiting = this.cells.refused.slice();
    this.cells.refused.fill(0);
    for (const [index, count] of waiting.entries())
      for (let n = 0; n < count; n++) this.complete(index, STATUS.TARGET_ERROR, 0, false);
  }

  private complete(index: number, status: number, bytes: number, aborted: boolean): void {
    const trace = this.sim.trace;
    if (!trace.enabled) {
      this.completions[index](status, aborted);
      return;
    }
    const before = trace.cause;
    trace.cause = this.completed = trace.add(
      this.shape(KIND.COMPLETION, false, status), before, this.sim.scheduler.now, 0, bytes,
    );
    this.completions[index](status, aborted);
    trace.cause = before;
  }

  private startBurst(): void {
    const c = this.cells;
    const binding = this.binding;
    const now = this.sim.scheduler.now;
    if (binding === null || !binding.enabled()) {
      c.status = STATUS.TARGET_ERROR;
      c.chunk = 0;
      this.step.at(now);
      return;
    }
    // A burst does not cross a boundary of its own size.
    const at = c.address + c.done;
    c.chunk = Math.min(c.length - c.done, this.burst - (at % this.burst));
    c.start = now;
    if (this.path !== null && this.path.hangs(this.name, at)) return;
    this.step.at(binding.bus === null ? now + binding.latency : this.take(binding.bus, now, binding.latency));
  }

  /** Takes the bus for the burst; returns when it is over. */
  private take(bus: Bus, now: Ticks, latency: Ticks): Ticks {
    const c = this.cells, end = bus.take(now, c.chunk, latency);
    // Whoever had the bus may have been cut by this.
    const held = bus.arbitration + bus.burstTime(c.chunk) + latency, wait = end - now - held;
    c.waited += wait;
    c.held += held;
    c.until = end;
    if (wait > c.worst) c.worst = wait;
    return end;
  }

  private finishBurst(): void {
    const c = this.cells;
    const binding = this.binding;
    let moved = c.done, aborted = false;
    if (c.chunk > 0 && binding !== null) {
      if (!binding.enabled()) {
        c.status = STATUS.TARGET_ERROR;
        c.done = c.length;
      } else {
        this.moveBurst(binding);
        if (c.status === STATUS.OK) moved = c.done;
        else {
          aborted = true;
          c.done = c.length;
        }
      }
    } else {
      c.done = c.length;
    }
    if (c.done < c.length) {
      this.startBurst();
      return;
    }
    c.active = false;
    this.complete(c.completion, c.status, moved, aborted);
  }

  private moveBurst(binding: DmaBinding): void {
    const c = this.cells;
    const at = c.address + c.done;
    const tx = this.tx;
    const wasEngaged = this.guard.engaged;
    this.guard.engaged = true;
    const { space } = binding, { scheduler, trace } = this.sim;
    if (this.path !== null) this.moveThrough(this.path, space, at);
    else if (trace.enabled) space.burstTraced(at, this.buffer, c.done, c.chunk, c.write, c.start, scheduler.now, tx);
    else space.burst(at, this.buffer, c.done, c.chunk, c.write, tx);
    this.guard.engaged = wasEngaged;
    if (tx.status !== STATUS.OK) {
      c.status = tx.status;
      this.sim.trace.note(
        this.sim.scheduler.now, this.name,
        tx.status === STATUS.DECODE_ERROR ? 'dma-decode-error' : 'dma-target-error',
        `${c.write ? 'write' : 'read'} of ${c.chunk} bytes at 0x${at.toString(16)}`,
      );
    } else {
      c.bytes += c.chunk;
    }
    c.bursts++;
    c.done += c.chunk;
  }

  /** Moves a burst on a faulty path: words that get lost leave what was there before. */
  private moveThrough(path: DmaPath, space: AddressSpace, at: number): void {
    const c = this.cells, end = c.done + c.chunk;
    const before = this.buffer.slice(c.done, end);
    this.tx.status = STATUS.OK;
    if (!c.write) this.movePart(space, at, this.buffer, c.done, c.chunk);
    const data = c.write ? this.buffer.slice(0, end) : this.buffer;
    const lost = path.cross(this.name, at, data, c.done, c.chunk);
    if (!c.write) {
      for (const word of lost) this.buffer.set(before.subarray(word, word + 4), c.done + word);
      return;
    }
    let from = 0;
    for (const word of [...lost, c.chunk]) {
      if (word > from) this.movePart(space, at + from, data, c.done + from, word - from);
      from = word + 4;
    }
  }

  private movePart(space: AddressSpace, at: number, data: Uint8Array, offset: number, bytes: number): void {
    const c = this.cells, { scheduler, trace } = this.sim;
    if (trace.enabled) space.burstTraced(at, data, offset, bytes, c.write, c.start, scheduler.now, this.tx);
    else space.burst(at, data, offset, bytes, c.write, this.tx);
  }
}
