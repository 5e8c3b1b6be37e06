import type { Ticks } from '../time.ts';
import { KIND, type Trace } from '../trace.ts';

/** Return frames that are remembered; a new one replaces the one that was entered first. */
const FRAMES = 64;
/** Most inputs that can ask for an interrupt. */
const INPUTS = 8;
const FREE = NaN;

/** The time of the instruction at hand. */
export interface HandlerClock {
  readonly instant: Ticks;
}

/**
 * Which interrupt handler a processor is in, for the trace: what the handler does has the handler
 * as its cause. Nothing is guessed by time. A handler ends where the processor returns by the very
 * frame that its entry left on the stack; with it goes on what had been interrupted. So nested
 * handlers come apart, and software that goes elsewhere from within one (another task, a frame of
 * its own making) does not stay in it: a return by another frame leads to what that frame had
 * interrupted, a return to an outer privilege level by a frame that is not known, a switch of
 * tasks in hardware, and waking from a halt lead out of all handlers. The handler that was left in
 * such a way still gets its return if its own frame is used at last. Frames of exceptions and
 * software interrupts are remembered too, but make no records.
 *
 * Frames are numbers that the instruction set chooses (x86: the linear address of the return
 * address). While nothing is traced, nothing is remembered.
 */
export class Handlers {
  private readonly trace: Trace;
  private readonly clock: HandlerClock;
  private readonly shapes: { readonly acknowledge: number; readonly handler: number; readonly back: number };
  private readonly frames = new Float64Array(FRAMES).fill(FREE);
  /** By frame: id of the handler, 0 for a frame that is none's; what was the cause before. */
  private readonly ids = new Float64Array(FRAMES);
  private readonly outer = new Float64Array(FRAMES);
  /** When each was entered, as a count of entries. */
  private readonly order = new Float64Array(FRAMES);
  private entries = 0;
  /** By request input: the edge that raised it last. */
  private readonly edges = new Float64Array(INPUTS);
  /** An interrupt is being taken: the cause of its handler, and what it interrupts. */
  private taking = false;
  private reason = 0;
  private before = 0;
  private interrupted = 0;
  /** Between two runs: the handler that goes on at the next one. What happens there is not its. */
  private resting = 0;

  /** `processor`: its name. */
  constructor(trace: Trace, processor: string, clock: HandlerClock) {
    this.trace = trace;
    this.clock = clock;
    this.shapes = {
      acknowledge: trace.shape(KIND.ACKNOWLEDGE, processor),
      handler: trace.shape(KIND.HANDLER, processor),
      back: trace.shape(KIND.RETURN, processor),
    };
  }

  /** Something is traced: only then is anything else here to be called. */
  get on(): boolean {
    return this.trace.enabled;
  }

  /** The processor begins to run, or stops. */
  resume(): void {
    this.trace.cause = this.trace.valid(this.resting);
  }
  rest(): void {
    this.resting = this.trace.cause;
    this.trace.cause = 0;
  }

  /** The request input `input` (0 to 7) has risen. */
  requested(input: number): void {
    this.edges[input] = this.trace.cause;
  }

  /**
   * The processor takes the interrupt of `input` at this boundary; `pc`: address of the instruction
   * that would have been next; `halted`: it waited there, so no handler is interrupted. What
   * follows, up to `enter`, belongs to the delivery.
   */
  take(input: number, pc: number, halted: boolean): void {
    this.taking = true;
    this.before = halted ? 0 : this.trace.cause;
    this.interrupted = pc;
    this.reason = this.edges[input];
  }

  /** The acknowledge cycle begins; returns its id for `acknowledged`. */
  acknowledge(): number {
    return this.trace.open(this.clock.instant);
  }

  /** It is over: `edge` made the request, if the controller tells. */
  acknowledged(id: number, vector: number, edge: number | undefined): void {
    const { trace } = this;
    trace.adopt(id, edge ?? this.reason);
    trace.close(id, id, this.shapes.acknowledge, 0, 0, vector, 0);
    this.reason = id;
  }

  /**
   * Entry through a frame, at the address `entry`; `interrupt`: it is the interrupt that is being
   * taken, and no exception on its way.
   */
  enter(frame: number, interrupt: boolean, vector: number, entry: number): void {
    const { trace, taking } = this;
    const before = taking ? this.before : trace.cause;
    this.taking = false;
    let id = 0;
    if (interrupt) {
      id = trace.add(this.shapes.handler, this.reason, this.clock.instant, entry, vector, this.interrupted);
      trace.cause = id;
    } else trace.cause = before;
    const at = this.place(frame);
    this.frames[at] = frame;
    this.ids[at] = id;
    this.outer[at] = before;
    this.order[at] = ++this.entries;
  }

  /**
   * Return by a frame to the address `pc`; `outward`: to an outer privilege level.
   */
  leave(frame: number, pc: number, outward: boolean): void {
    const { trace } = this;
    const at = this.frames.indexOf(frame);
    if (at < 0) {
      if (outward) trace.cause = 0;
      return;
    }
    const handler = trace.valid(this.ids[at]);
    if (handler !== 0) trace.add(this.shapes.back, handler, this.clock.instant, pc);
    this.frames[at] = FREE;
    trace.cause = trace.valid(this.outer[at]);
  }

  /** Software went elsewhere than a return would: no handler runs any more. */
  outside(): void {
    this.trace.cause = 0;
  }

  /** The processor was reset: nothing will return. */
  forget(): void {
    this.frames.fill(FREE);
    this.taking = false;
    this.edges.fill(0);
    this.resting = 0;
  }

  /** Where a frame is remembered: a frame at the same place has been overwritten in memory. */
  private place(frame: number): number {
    const same = this.frames.indexOf(frame);
    if (same >= 0) return same;
    const free = this.frames.findIndex((f) => Number.isNaN(f));
    if (free >= 0) return free;
    return this.order.indexOf(Math.min(...this.order));
  }
}
