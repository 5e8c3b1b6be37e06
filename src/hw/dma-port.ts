import type { AddressSpace } from '../mem/address-space.ts';
import type { Bus } from '../mem/bus.ts';
import { STATUS, Transaction, type Guard } from '../mem/transaction.ts';
import type { Simulation } from '../sim/component.ts';
import type { SimEvent } from '../sim/scheduler.ts';
import type { Ticks } from '../sim/time.ts';

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
}

/** Counters of a port since reset. */
export interface DmaCounters {
  bursts: number;
  bytes: number;
}

/**
 * A bus-master port: one request at a time, split into bursts, each of which takes the bus, takes
 * time, moves its bytes when it completes and is one transaction of the trace. When the last burst
 * is over the named completion runs. All state is in cells.
 */
export class DmaPort {
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
    status: number;
    completion: number;
    bursts: number;
    bytes: number;
  };
  readonly tx: Transaction;
  private readonly sim: Simulation;
  private readonly guard: Guard;
  private readonly burst: number;
  private readonly step: SimEvent;
  private readonly completions: ((status: number) => void)[] = [];
  private binding: DmaBinding | null = null;

  /** @internal */
  constructor(name: string, sim: Simulation, guard: Guard, options: DmaPortOptions) {
    this.name = name;
    this.sim = sim;
    this.guard = guard;
    this.burst = options.burst;
    this.buffer = new Uint8Array(options.buffer);
    this.view = new DataView(this.buffer.buffer);
    this.cells = {
      buffer: this.buffer, active: false, write: false, address: 0, length: 0, done: 0, chunk: 0, start: 0,
      status: 0, completion: 0, bursts: 0, bytes: 0,
    };
    this.tx = new Transaction(name);
    this.tx.causeKind = 'event';
    this.step = sim.scheduler.event(`${name}.burst`, () => this.finishBurst());
  }

  /** The board says what the port sees. */
  bind(binding: DmaBinding): void {
    this.binding = binding;
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

  /** @internal */
  completion(_name: string, action: (status: number) => void): DmaCompletion {
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
    this.cells.active = false;
  }

  private begin(address: number, length: number, write: boolean, done: DmaCompletion): void {
    const c = this.cells;
    if (c.active) throw new Error(`${this.name}: a request is under way`);
    if (!(length > 0 && length <= this.buffer.length)) throw new Error(`${this.name}: request of ${length} bytes`);
    c.active = true;
    c.write = write;
    c.address = address;
    c.length = length;
    c.done = 0;
    c.status = STATUS.OK;
    c.completion = done.index;
    this.startBurst();
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
    this.step.at(binding.bus === null ? now + binding.latency : binding.bus.take(now, c.chunk, binding.latency));
  }

  private finishBurst(): void {
    const c = this.cells;
    const binding = this.binding;
    if (c.chunk > 0 && binding !== null) {
      if (!binding.enabled()) {
        c.status = STATUS.TARGET_ERROR;
        c.done = c.length;
      } else {
        this.moveBurst(binding);
        if (c.status !== STATUS.OK) c.done = c.length;
      }
    } else {
      c.done = c.length;
    }
    if (c.done < c.length) {
      this.startBurst();
      return;
    }
    c.active = false;
    this.completions[c.completion](c.status);
  }

  private moveBurst(binding: DmaBinding): void {
    const c = this.cells;
    const at = c.address + c.done;
    const tx = this.tx;
    tx.cause = this.sim.scheduler.running;
    const wasEngaged = this.guard.engaged;
    this.guard.engaged = true;
    binding.space.burst(at, this.buffer, c.done, c.chunk, c.write, tx);
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
    if (this.sim.trace.enabled) binding.space.emitBurst(at, c.chunk, c.write, c.start, this.sim.scheduler.now, tx);
    c.done += c.chunk;
  }
}
