/**
 * The register stack, the status word and exception delivery of one x87 unit, over its state
 * window.
 */
import {
  ALL_EXCEPTIONS, BEFORE, BUSY, C1, CONTROL, CONTROL_INIT, CONTROL_RESET, DE, ES, FULL, IE, LAST_CS, LAST_DP,
  LAST_DS, LAST_IP, LAST_OPCODE, REGISTER_STRIDE, SF, SIG_HI, SIG_LO, SIGN_EXP, STATUS, TOP_MASK, TOP_SHIFT,
  WINDOW_BYTES, ZE,
} from './layout.ts';
import {
  A_HI, A_LO, A_SE, B_DENORMAL, B_HI, B_LO, B_SE, CW, FLAGS, INFINITY, kindA, R_HI, R_LO, R_SE, setR, W,
} from './operands.ts';

/** Bytes of the operand exchange buffer: an FXSAVE image. */
export const OPERAND_BYTES = 512;

/**
 * State and stack of one unit. Everything visible to the guest is in the window, nothing in fields.
 */
export class FpuUnit {
  /** Memory operand exchange: load forms read it, store forms fill it, from offset 0. */
  readonly operand: DataView = new DataView(new ArrayBuffer(OPERAND_BYTES));
  protected view: DataView;
  protected base: number;
  /**
   * Store computed by prepareStore and not yet committed: status bits to raise, registers to pop,
   * what else to do.
   */
  pendingFlags = 0;
  pendingPops = 0;
  pendingKind = 0;
  /**
   * EFLAGS value (ZF, PF, CF; OF, SF and AF are cleared) after an instruction that returned
   * EFLAGS_RESULT.
   */
  eflags = 0;

  /**
   * Works on the WINDOW_BYTES of view from base on, as they are. Throws RangeError when they do not
   * fit.
   */
  constructor(view: DataView, base: number) {
    this.view = view;
    this.base = base;
    this.attach(view, base);
  }

  /**
   * Moves the unit to another window, e.g. after the memory behind it was grown. Changes no state.
   * Throws as the constructor.
   */
  attach(view: DataView, base: number): void {
    if (base < 0 || base + WINDOW_BYTES > view.byteLength) throw new RangeError('x87 state window outside its view');
    this.view = view;
    this.base = base;
  }

  /** A u32 of the window, as int32. */
  get(offset: number): number {
    return this.view.getInt32(this.base + offset, true);
  }

  /** Sets a u32 of the window. */
  set(offset: number, value: number): void {
    this.view.setInt32(this.base + offset, value, true);
  }

  /**
   * State after a hardware RESET: registers +0, all tagged valid (SDM vol. 3, table 8-1). INIT#
   * changes nothing.
   */
  reset(): void {
    for (let offset = 0; offset < WINDOW_BYTES; offset += 4) this.set(offset, 0);
    this.set(CONTROL, CONTROL_RESET);
    this.set(FULL, 0xff);
  }

  /** State after FNINIT; registers keep their contents but are empty. */
  initialize(): void {
    this.set(CONTROL, CONTROL_INIT);
    this.set(STATUS, 0);
    this.set(FULL, 0);
    this.set(LAST_OPCODE, 0);
    this.set(LAST_IP, 0);
    this.set(LAST_CS, 0);
    this.set(LAST_DP, 0);
    this.set(LAST_DS, 0);
  }

  /** Clears the working flags and takes over the control word. */
  begin(): void {
    W[FLAGS] = 0;
    W[CW] = this.get(CONTROL);
  }

  /** Physical register number of ST(i). */
  physical(i: number): number {
    return ((this.get(STATUS) >> TOP_SHIFT) + i) & 7;
  }

  /** True when ST(i) is empty. */
  isEmpty(i: number): boolean {
    return ((this.get(FULL) >> this.physical(i)) & 1) === 0;
  }

  /** A = ST(i). */
  loadA(i: number): void {
    const at = this.base + this.physical(i) * REGISTER_STRIDE;
    W[A_LO] = this.view.getInt32(at + SIG_LO, true);
    W[A_HI] = this.view.getInt32(at + SIG_HI, true);
    W[A_SE] = this.view.getInt32(at + SIGN_EXP, true);
  }

  /** B = ST(i). */
  loadB(i: number): void {
    const at = this.base + this.physical(i) * REGISTER_STRIDE;
    W[B_LO] = this.view.getInt32(at + SIG_LO, true);
    W[B_HI] = this.view.getInt32(at + SIG_HI, true);
    W[B_SE] = this.view.getInt32(at + SIGN_EXP, true);
    W[B_DENORMAL] = 0;
  }

  /** A = ST(i), B = ST(j); false, and {@link underflow} recorded, when one of them is empty. */
  loadPair(i: number, j: number): boolean {
    const top = this.get(STATUS) >> TOP_SHIFT;
    const a = (top + i) & 7;
    const b = (top + j) & 7;
    const full = this.get(FULL);
    if (((full >> a) & (full >> b) & 1) === 0) {
      this.underflow();
      return false;
    }
    const atA = this.base + a * REGISTER_STRIDE;
    W[A_LO] = this.view.getInt32(atA + SIG_LO, true);
    W[A_HI] = this.view.getInt32(atA + SIG_HI, true);
    W[A_SE] = this.view.getInt32(atA + SIGN_EXP, true);
    const atB = this.base + b * REGISTER_STRIDE;
    W[B_LO] = this.view.getInt32(atB + SIG_LO, true);
    W[B_HI] = this.view.getInt32(atB + SIG_HI, true);
    W[B_SE] = this.view.getInt32(atB + SIGN_EXP, true);
    W[B_DENORMAL] = 0;
    return true;
  }

  /** ST(i) = R, not empty any more. */
  storeR(i: number): void {
    this.storeWords(i, W[R_SE], W[R_HI], W[R_LO]);
  }

  /** ST(i) = the three words, not empty any more. */
  storeWords(i: number, se: number, hi: number, lo: number): void {
    const physical = this.physical(i);
    const at = this.base + physical * REGISTER_STRIDE;
    this.view.setInt32(at + SIG_LO, lo, true);
    this.view.setInt32(at + SIG_HI, hi, true);
    this.view.setInt32(at + SIGN_EXP, se & 0xffff, true);
    this.set(FULL, this.get(FULL) | (1 << physical));
  }

  /** ST(i) becomes empty. */
  free(i: number): void {
    this.set(FULL, this.get(FULL) & ~(1 << this.physical(i)));
  }

  /** TOP += delta, modulo 8. */
  moveTop(delta: number): void {
    const status = this.get(STATUS);
    this.set(STATUS, (status & ~TOP_MASK) | ((status + (delta << TOP_SHIFT)) & TOP_MASK));
  }

  /** Pops n registers. */
  pop(n: number): void {
    for (; n > 0; n--) {
      this.free(0);
      this.moveTop(1);
    }
  }

  /** Records a read of an empty register; R = real indefinite. C1 stays clear. */
  underflow(): void {
    W[FLAGS] |= IE | SF;
    setR(0xffff, 0xc0000000 | 0, 0);
  }

  /**
   * Delivers the flags raised since {@link begin} into the status word. False when an unmasked IE,
   * DE or ZE forbids the instruction to change operands or the stack (SDM vol. 1, 8.7).
   */
  settle(): boolean {
    const open = W[FLAGS] & ~W[CW] & ALL_EXCEPTIONS;
    if (open === 0) {
      this.set(STATUS, (this.get(STATUS) & ~C1) | W[FLAGS]);
      return true;
    }
    if ((open & BEFORE) !== 0) W[FLAGS] &= BEFORE | SF | ((W[FLAGS] & SF) !== 0 ? C1 : 0);
    this.raise(W[FLAGS]);
    return (open & BEFORE) === 0;
  }

  /**
   * Status word: C1 cleared, then these bits set, with ES and B if one of them is an unmasked
   * exception.
   */
  raise(flags: number): void {
    let status = (this.get(STATUS) & ~C1) | flags;
    if ((flags & ~W[CW] & ALL_EXCEPTIONS) !== 0) status |= ES | BUSY;
    this.set(STATUS, status);
  }

  /** Replaces condition bits: those of mask become value's. */
  setConditions(mask: number, value: number): void {
    this.set(STATUS, (this.get(STATUS) & ~mask) | value);
  }

  /** Adds the DE of a denormal single or double in B, unless a NaN, IE or ZE came first. */
  noteMemoryDenormal(): void {
    if (W[B_DENORMAL] !== 0 && (W[FLAGS] & (IE | ZE)) === 0 && kindA() <= INFINITY) W[FLAGS] |= DE;
  }

  /** True when a push has room; else raises IE, SF and C1 and R = real indefinite. */
  roomToPush(): boolean {
    if (this.isEmpty(-1)) return true;
    W[FLAGS] |= IE | SF | C1;
    setR(0xffff, 0xc0000000 | 0, 0);
    return false;
  }

  /** Delivers flags and, if they allow it, pushes R. */
  settleAndPush(): void {
    if (!this.settle()) return;
    this.moveTop(-1);
    this.storeR(0);
  }

  /** ES and B follow from flags and masks (after FLDCW, FLDENV, FRSTOR, FXRSTOR). */
  updateSummary(): void {
    const status = this.get(STATUS);
    if ((status & ~this.get(CONTROL) & ALL_EXCEPTIONS) !== 0) this.set(STATUS, status | ES | BUSY);
    else this.set(STATUS, status & ~(ES | BUSY));
  }
}
