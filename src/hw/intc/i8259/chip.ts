import type { Bank, BankHooks, BankView } from '../../../reg/bank.ts';
import { READS, STEP, type I8259_REGISTERS } from './spec.ts';

type Rows = (typeof I8259_REGISTERS)['registers'];
export type I8259Bank = Bank<Rows>;

/** How a chip is strapped. */
export interface ChipStraps {
  /** SP/EN pin: high on a master (or a single chip), low on a slave. */
  readonly master: boolean;
  /** Inputs that are level-triggered beside ICW1's LTIM: the PIIX's ELCR. */
  readonly level: () => number;
  /**
   * False where LTIM has no effect, because the ELCR replaces it (82371SB §Interrupt Controller
   * Registers, ICW1).
   */
  readonly ltim: boolean;
  /**
   * The INT output goes low while the chip is acknowledged; outputs are computed anew afterwards.
   */
  readonly acknowledged: () => void;
}

/**
 * The logic of one 8259A. It owns no state of its own: `pins` and `state` are declared by the
 * device, the command words are stored in the register bank.
 */
export class I8259Chip {
  /** Levels at the inputs: the outside world's, so no reset touches them. */
  readonly pins = { lines: 0 };
  readonly state = {
    /**
     * Edge sense latches: a request per input that made a low-to-high transition and is still high.
     */
    latch: 0,
    isr: 0,
    /** Input of lowest priority; the next one has the highest. */
    lowest: 7,
    specialMask: false,
    rotateInAutoEoi: false,
    readIsr: false,
    poll: false,
    /** The next word expected at A0 = 1 (STEP). */
    step: 0,
    /** The initialization sequence has run; before it the chip asks for nothing. */
    ready: false,
  };
  /**
   * For the trace: id of the latest rising edge of each input. Derived: it is neither reset nor
   * saved.
   */
  readonly edges = new Float64Array(8);
  readonly hooks: BankHooks<Rows> = {
    ICW1: { write: () => this.initialize() },
    ICW2: {
      write: () => this.nextStep(this.r.ICW1.SNGL === 0 ? STEP.ICW3 : this.r.ICW1.IC4 === 1 ? STEP.ICW4 : STEP.OCW1),
    },
    ICW3: { write: () => this.nextStep(this.r.ICW1.IC4 === 1 ? STEP.ICW4 : STEP.OCW1) },
    ICW4: { write: () => this.nextStep(STEP.OCW1) },
    OCW2: { write: (w) => this.endOrRotate(w.R, w.SL, w.EOI, w.L) },
    OCW3: { write: (w) => this.selectRead(w.P, w.RR, w.RIS, w.ESMM, w.SMM) },
    IRR: { get: { IR: () => this.irr } },
    ISR: { get: { IS: () => this.state.isr } },
    IMR: { get: { M: () => this.imr } },
    POLL: { value: () => this.pollWord(), read: () => this.pollAcknowledge() },
  };
  private readonly straps: ChipStraps;
  private r!: BankView<Rows>;

  constructor(straps: ChipStraps) {
    this.straps = straps;
  }

  /** The bank that stores this chip's command words. */
  attach(bank: I8259Bank): void {
    this.r = bank.r;
  }

  /** Which row answers now (bank option `page`). */
  page(offset: number, write: boolean): number {
    if (write) return this.state.step;
    if (this.state.poll) return READS.POLL;
    if (offset === 1) return READS.IMR;
    return this.state.readIsr ? READS.ISR : READS.IRR;
  }

  /**
   * An input changes. A request needs the line to stay high until it is acknowledged (§Edge and
   * Level Triggered Modes).
   */
  setLine(input: number, level: boolean): void {
    const bit = 1 << input;
    if (level) {
      if ((this.pins.lines & bit) === 0) this.state.latch |= bit;
      this.pins.lines |= bit;
    } else {
      this.pins.lines &= ~bit;
      this.state.latch &= ~bit;
    }
  }

  /** Interrupt request register: level inputs as they are, edge inputs as latched. */
  get irr(): number {
    const level = this.straps.ltim && this.r.ICW1.LTIM === 1 ? 0xff : this.straps.level();
    return (this.pins.lines & level) | (this.state.latch & ~level);
  }

  get imr(): number {
    return this.r.OCW1.M;
  }

  /** The INT output: some request may interrupt now. */
  get int(): boolean {
    return this.pending() >= 0;
  }

  /** Identification of a slave (ICW3). */
  get id(): number {
    return this.r.ICW3.S & 7;
  }

  /** A slave hangs on this input of this master (ICW1 SNGL = 0, ICW3). */
  hasSlave(input: number): boolean {
    return this.straps.master && this.r.ICW1.SNGL === 0 && ((this.r.ICW3.S >> input) & 1) === 1;
  }

  /**
   * The input that would be served now, or -1: the highest unmasked request above everything in
   * service (§Fully Nested Mode). In special mask mode a masked level in service locks nobody out;
   * in special fully nested mode a slave in service does not lock out itself.
   */
  pending(): number {
    const s = this.state;
    if (!s.ready) return -1;
    const requests = this.irr & ~this.imr;
    if (requests === 0) return -1;
    const inService = s.specialMask ? s.isr & ~this.imr : s.isr;
    for (let k = 1; k <= 8; k++) {
      const input = (s.lowest + k) & 7;
      const bit = 1 << input;
      if ((inService & bit) !== 0)
        return (requests & bit) !== 0 && this.r.ICW4.SFNM === 1 && this.hasSlave(input) ? input : -1;
      if ((requests & bit) !== 0) return input;
    }
    return -1;
  }

  /**
   * The INTA sequence (or a poll) takes the pending request: returns its input, or -1 if there is
   * none (a spurious interrupt, no IS bit).
   */
  serve(): number {
    const input = this.pending();
    if (input < 0) return -1;
    const bit = 1 << input;
    this.state.latch &= ~bit;
    if (this.r.ICW4.AEOI === 1) {
      if (this.state.rotateInAutoEoi) this.state.lowest = input;
    } else {
      this.state.isr |= bit;
    }
    this.straps.acknowledged();
    return input;
  }

  /** The byte on the data bus in the second INTA cycle; input -1 gives the default IR7. */
  vector(input: number): number {
    const n = input < 0 ? 7 : input;
    if (this.r.ICW4.UPM === 1) return (this.r.ICW2.T7_T3 << 3) | n;
    // MCS-80/85: the low byte of the CALL address, 4 or 8 bytes apart (§Interrupt Sequence).
    return this.r.ICW1.ADI === 1 ? (this.r.ICW1.A7_A5 << 5) | (n << 2) : ((this.r.ICW1.A7_A5 & 6) << 5) | (n << 3);
  }

  /** ICW1 (§Initialization Command Words 1 and 2, items a-f). */
  private initialize(): void {
    const s = this.state;
    s.latch = 0;
    s.isr = 0;
    s.lowest = 7;
    s.specialMask = false;
    s.rotateInAutoEoi = false;
    s.readIsr = false;
    s.poll = false;
    s.ready = false;
    s.step = STEP.ICW2;
    this.r.OCW1.value = 0;
    this.r.ICW3.value = this.straps.master ? 0 : 7;
    if (this.r.ICW1.IC4 === 0) this.r.ICW4.value = 0;
  }

  private nextStep(step: number): void {
    this.state.step = step;
    if (step === STEP.OCW1) this.state.ready = true;
  }

  /** OCW2 (§End of Interrupt, §Automatic Rotation, §Specific Rotation). */
  private endOrRotate(rotate: number, specific: number, eoi: number, level: number): void {
    const s = this.state;
    if (eoi === 1) {
      const input = specific === 1 ? level : this.highestInService();
      if (input < 0) return;
      s.isr &= ~(1 << input);
      if (rotate === 1) s.lowest = input;
    } else if (specific === 1) {
      if (rotate === 1) s.lowest = level;
    } else {
      s.rotateInAutoEoi = rotate === 1;
    }
  }

  /**
   * What a non-specific EOI ends. A masked level is left alone in special mask mode (§End of
   * Interrupt).
   */
  private highestInService(): number {
    const s = this.state;
    const eligible = s.specialMask ? s.isr & ~this.imr : s.isr;
    for (let k = 1; k <= 8; k++) {
      const input = (s.lowest + k) & 7;
      if (((eligible >> input) & 1) === 1) return input;
    }
    return -1;
  }

  /** OCW3 (§Reading the 8259A Status, §Poll Command, §Special Mask Mode). */
  private selectRead(poll: number, select: number, isr: number, enableSpecialMask: number, specialMask: number): void {
    const s = this.state;
    s.poll = poll === 1;
    if (select === 1) s.readIsr = isr === 1;
    if (enableSpecialMask === 1) s.specialMask = specialMask === 1;
  }

  private pollWord(): number {
    const input = this.pending();
    return input < 0 ? 0 : 0x80 | input;
  }

  private pollAcknowledge(): void {
    this.state.poll = false;
    this.serve();
  }
}
