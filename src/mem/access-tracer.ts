import { allOnes } from '../bits/field.ts';
import type { Simulation } from '../sim/component.ts';
import type { Scheduler } from '../sim/scheduler.ts';
import { FLAG, KIND, type Trace } from '../sim/trace.ts';
import { MEMORY_TYPE_NAMES, STATUS_NAMES, type Transaction } from './transaction.ts';

/** Shapes of accesses that are remembered per target, a power of two. */
const WAYS = 16;
/** Longest access whose size and value both stand in its record. */
const LONGEST = 8;

/** What the trace knows of a target: its number, and the shapes of the latest accesses to it. */
export interface Traced {
  readonly name: number;
  /** Access packed into one number → shape; -1: free. */
  readonly keys: Float64Array;
  readonly shapes: Int32Array;
}

/** Puts the accesses of one address space into the trace. */
export class AccessTracer {
  private readonly trace: Trace;
  private readonly scheduler: Scheduler;
  private readonly space: number;
  private readonly nobody: Traced;
  private readonly types: number[];
  private readonly statuses: number[];
  /** Who made the last access, and its number: most come from the same. */
  private initiator: Transaction | null = null;
  private who = 0;

  constructor(space: string, sim: Simulation) {
    this.trace = sim.trace;
    this.scheduler = sim.scheduler;
    this.space = sim.trace.name(space);
    this.nobody = this.target('none');
    this.types = MEMORY_TYPE_NAMES.map((n) => sim.trace.name(n));
    this.statuses = STATUS_NAMES.map((n) => sim.trace.name(n));
  }

  target(name: string): Traced {
    return { name: this.trace.name(name), keys: new Float64Array(WAYS).fill(-1), shapes: new Int32Array(WAYS) };
  }

  /**
   * Ends the record `id` of an access that is over; `cause` is what was going on before it. A burst
   * has more than 8 bytes or the value -1.
   */
  close(
    id: number, cause: number, traced: Traced | null, address: number, size: number, write: boolean, value: number,
    tx: Transaction,
  ): void {
    const burst = value < 0 || size > LONGEST;
    const shape = this.shape(traced ?? this.nobody, burst ? 0 : size, write, tx);
    this.trace.close(id, cause, shape, tx.ticks, address, burst ? size : value, tx.pc);
  }

  /** An access that nothing decodes. */
  point(address: number, size: number, write: boolean, value: number, tx: Transaction): void {
    const before = this.trace.cause;
    const id = this.trace.open(this.scheduler.now);
    this.close(id, before, null, address, size, write, write ? value : allOnes(size), tx);
  }

  private shape(traced: Traced, size: number, write: boolean, tx: Transaction): number {
    if (tx !== this.initiator) {
      this.initiator = tx;
      this.who = this.trace.name(tx.initiator);
    }
    const flags = (write ? FLAG.WRITE : 0) | (tx.secure ? FLAG.SECURE : 0) | (tx.privileged ? FLAG.PRIVILEGED : 0);
    // Size 0 to 8, three flags, a memory type below 16, a status below 4, the initiator.
    const key = (size | (flags << 4) | (tx.memoryType << 7) | (tx.status << 11)) + this.who * 0x2000;
    const way = (key ^ (key >> 4)) & (WAYS - 1);
    if (traced.keys[way] === key) return traced.shapes[way];
    const shape = this.trace.shapes.number({
      kind: KIND.TRANSACTION,
      who: this.who,
      what: traced.name,
      space: this.space,
      size, flags,
      type: this.types[tx.memoryType],
      status: this.statuses[tx.status],
    });
    traced.keys[way] = key;
    traced.shapes[way] = shape;
    return shape;
  }
}
