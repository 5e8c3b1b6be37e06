/**
 * What happens between two instructions: interrupts and the shadow that holds them back, HLT and
 * shutdown, the single-step trap, faults (SDM vol. 3, chapter 5).
 */
import { EXIT, STATE } from '../../ir/layout.ts';
import { PENDING, type CorePort, type Pending } from '../isa.ts';
import { NO_ERROR, VECTOR } from './fault.ts';
import type { InterruptAcknowledge } from './interrupt-acknowledge.ts';
import { KIND, deliver } from './interrupt.ts';
import { describeRefusal, type Refusal } from './refusal.ts';
import { DR, EFLAGS_SYS, FLAG, HALTED, NMI_BLOCKED, SHADOW } from './state.ts';
import type { X86 } from './x86.ts';

/** Input pins. A20 is the level that A20M# has on the bus: low masks address line 20. */
export const X86_INPUT = { INTR: 0, NMI: 1, A20: 2 } as const;

const FLAGS = EFLAGS_SYS >> 2, HALT = HALTED >> 2, SHADOW_WORD = SHADOW >> 2, PC = STATE.PC >> 2;
const EXIT_WORD = STATE.EXIT >> 2, BLOCKED = NMI_BLOCKED >> 2;
const IF = FLAG.IF, TF = FLAG.TF;
const DR6_STEP = 0x4000;

/** Input levels. */
interface Lines {
  intr: boolean;
  nmi: boolean;
  /** An NMI edge was seen and not yet delivered. */
  nmiPending: boolean;
  /** Address line 20 is masked. */
  a20Masked: boolean;
}

export class Boundary {
  /** Asked for a vector when INTR is taken. */
  acknowledge: InterruptAcknowledge | null = null;
  /** What the last exception of its vector was about, if the processor lacks it. */
  private refusal: Refusal | null = null;
  /** That exception has not been delivered yet. */
  private refusalIsNew = false;
  private readonly x: X86;
  private readonly port: CorePort;
  private readonly words: Int32Array;
  private readonly lines: Lines;
  /** `at`: instruction count at which interrupts are still held back by STI or a load of SS. */
  private readonly shadow: { at: number };
  /** The instruction that is about to run began with TF set. */
  private stepping = false;

  constructor(x: X86, port: CorePort) {
    this.x = x;
    this.port = port;
    this.words = port.engine.words;
    this.lines = port.declare('lines', { intr: false, nmi: false, nmiPending: false, a20Masked: false });
    this.shadow = port.declare('shadow', { at: -1 });
  }

  /** An input of `X86_INPUT` has changed: INTR and A20 are levels, NMI an edge. */
  input(input: number, level: boolean): void {
    const lines = this.lines;
    if (input === X86_INPUT.A20) {
      this.a20(!level);
      return;
    }
    if (level) this.port.handlers.requested(input);
    if (input === X86_INPUT.INTR) lines.intr = level;
    else {
      if (level && !lines.nmi) lines.nmiPending = true;
      lines.nmi = level;
    }
  }

  private a20(masked: boolean): void {
    if (masked === this.lines.a20Masked) return;
    this.lines.a20Masked = masked;
    this.x.mmu.maskA20(masked);
    this.port.remapped();
  }

  /** Address line 20 is masked. */
  get a20Masked(): boolean {
    return this.lines.a20Masked;
  }

  /** An interrupt can be taken. */
  attention(): boolean {
    const { lines, words: w } = this;
    return (lines.intr && (w[FLAGS] & IF) !== 0) || (lines.nmiPending && w[BLOCKED] === 0);
  }

  /** An NMI waits and is not held back: until IRET of another one's handler (SDM vol. 3, 5.7.1). */
  private nmiDue(): boolean {
    return this.lines.nmiPending && this.words[BLOCKED] === 0;
  }

  /** IRET is being executed, whatever becomes of it. */
  unblockNmi(): void {
    this.words[BLOCKED] = 0;
  }

  /** So, or halted, or a trap is due. */
  due(): boolean {
    const w = this.words;
    return w[HALT] !== 0 || this.attention() || (w[FLAGS] & TF) !== 0;
  }

  pending(): Pending {
    const { words: w, lines } = this;
    const flags = w[FLAGS];
    if (w[SHADOW_WORD] !== 0 && !this.inShadow()) w[SHADOW_WORD] = 0;
    const inhibited = w[SHADOW_WORD] !== 0;
    if (this.nmiDue() && !inhibited) {
      lines.nmiPending = false;
      w[BLOCKED] = 1;
      this.take(null);
      return PENDING.TAKEN;
    }
    if (lines.intr && (flags & IF) !== 0 && !inhibited && this.acknowledge !== null) {
      this.take(this.acknowledge);
      return PENDING.TAKEN;
    }
    if (w[HALT] === 1) return (flags & IF) === 0 ? PENDING.HALTED : PENDING.IDLE;
    this.stepping = (flags & TF) !== 0;
    this.x.interrupted = false;
    // One instruction only while a trap or an interrupt is due after it.
    return this.stepping || inhibited ? PENDING.ONE : PENDING.GO;
  }

  private inShadow(): boolean {
    return this.shadow.at === this.port.instructionCount();
  }

  /**
   * Interrupts are held back for one more instruction after this one; with `debugTraps` single-step
   * traps too.
   */
  inhibit(debugTraps: boolean): void {
    this.words[SHADOW_WORD] = debugTraps ? 2 : 1;
    // The count when the current instruction is done.
    this.shadow.at = this.port.instructionCount() + 1;
  }

  /** IF was set: an interrupt may have become deliverable. */
  interruptsEnabled(): void {
    if (this.lines.intr) this.words[EXIT_WORD] = EXIT.LEAVE;
  }

  /**
   * Takes an interrupt at this boundary, an NMI if no controller is to be asked. It costs a cycle
   * at least, so that no storm of them can stop time.
   */
  private take(controller: InterruptAcknowledge | null): void {
    const w = this.words, { handlers } = this.port;
    const input = controller === null ? X86_INPUT.NMI : X86_INPUT.INTR;
    if (handlers.on) handlers.take(input, this.x.linearPc, w[HALT] !== 0);
    const vector = controller === null ? VECTOR.NMI : this.vectorOf(controller);
    w[HALT] = 0;
    w[SHADOW_WORD] = 0;
    this.port.counters.interrupts++;
    this.deliver(vector, KIND.EXTERNAL, NO_ERROR, this.port.interruptCycles);
  }

  /** The acknowledge cycle. */
  private vectorOf(controller: InterruptAcknowledge): number {
    const { handlers } = this.port;
    if (!handlers.on) return controller.acknowledge();
    const id = handlers.acknowledge();
    const vector = controller.acknowledge();
    handlers.acknowledged(id, vector, controller.acknowledgedEdge);
    return vector;
  }

  /** Delivers at PC. Accesses on the way happen between instructions. */
  private deliver(vector: number, kind: number, error: number, cycles = 1): void {
    const { words: w, port } = this;
    port.between();
    port.drain();
    if (!deliver(this.x, vector, kind, error, w[PC])) {
      const why = this.lastRefusal === null ? '' : `; ${this.lastRefusal}`;
      port.note('shutdown', `triple fault after exception ${vector} at 0x${(w[PC] >>> 0).toString(16)}${why}`);
    }
    port.elapse(cycles);
  }

  /** The exception about to be raised is about something that the processor lacks. */
  refused(refusal: Refusal): void {
    this.refusal = refusal;
    this.refusalIsNew = true;
  }

  /**
   * A sentence about the last thing asked for in vain; null if there was none since reset or a
   * restore.
   */
  get lastRefusal(): string | null {
    return this.refusal === null ? null : describeRefusal(this.refusal);
  }

  /** Reset, or state was replaced: what was asked for before is forgotten. */
  forget(): void {
    this.refusal = null;
    this.refusalIsNew = false;
  }

  /** Delivers the exception that is recorded. */
  fault(): void {
    const fault = this.x.fault;
    if (this.refusal !== null && fault.vector === this.refusal.vector && !this.refusalIsNew) this.refusal = null;
    this.refusalIsNew = false;
    fault.pending = false;
    this.words[SHADOW_WORD] = 0;
    this.port.counters.exceptions++;
    this.deliver(fault.vector, KIND.EXCEPTION, fault.error);
  }

  /** The trap after an instruction that began with TF set. A load of SS puts it off. */
  singleStep(): void {
    const { words: w } = this;
    if (!this.stepping) return;
    if (this.x.interrupted || (w[SHADOW_WORD] === 2 && this.inShadow()) || w[HALT] === 2) return;
    w[(DR >> 2) + 6] |= DR6_STEP;
    this.port.counters.exceptions++;
    w[HALT] = 0;
    this.deliver(VECTOR.DB, KIND.EXCEPTION, NO_ERROR);
  }
}
