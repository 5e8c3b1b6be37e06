/**
 * One function of the x87's fast path: its code, and emitters for the register stack, the status
 * word and the memory operand. A function takes the form (opcode << 8 | ModRM), the pc and an
 * address; it either executes the instruction as `fpu/` would, to the last bit, or refuses before
 * it has changed anything. The physical register of ST(i) is kept as an offset in the window, which
 * makes TOP of it with one shift.
 */
import { SEGMENT, STATE, TLB } from '../../../../ir/layout.ts';
import { tlbEntry } from '../../../../jit/emit/tlb-entry.ts';
import { Code } from '../../../../jit/wasm-code.ts';
import { I32, I64 } from '../../../../jit/wasm-bytes.ts';
import { CR0_EM, CR0_TS } from '../../mmu.ts';
import { CR0, CS, DS, FPU_STATE, segmentCell } from '../../state.ts';
import {
  C1, CONTROL, ES, FULL, LAST_CS, LAST_DP, LAST_DS, LAST_IP, LAST_OPCODE, PC_53, PC_64, PE, RC_MASK, SIG_LO,
  SIGN_EXP, STATUS, TOP_MASK,
} from '../layout.ts';

/** Locals that hold an 80-bit value: significand (i64), sign and exponent (i32). */
export interface Real {
  readonly sig: number;
  readonly se: number;
}

/** What a form wants of the control word: nothing, rounding to nearest, or that and PE masked. */
export type Control = 'any' | 'nearest' | 'arithmetic';

/** From a bit of TOP to the offset of a register in the window: 16 bytes each. */
const OFFSET_SHIFT = 7, OFFSET_MASK = 0x70, STRIDE = 0x10, STRIDE_SHIFT = 4;

export class WindowCode {
  readonly f: Code;
  /** Parameters. */
  readonly form = 0;
  readonly pc = 1;
  readonly address = 2;
  /** ST0; the other operand; a result. */
  readonly a: Real;
  readonly b: Real;
  readonly r: Real;
  /** Status bits to raise, or conditions. */
  readonly flags: number;
  /** Offsets of ST0 and of another register. */
  readonly top: number;
  readonly other: number;
  /** Address of the memory operand in linear memory. */
  readonly host: number;
  private readonly status: number;
  private readonly full: number;
  private readonly refusal: number;

  /**
   * `at`: byte address of the core's window. `refusal`: what the function returns if it has done
   * nothing.
   */
  constructor(at: number, refusal = 0) {
    this.refusal = refusal;
    this.f = new Code(3, at);
    this.a = this.real();
    this.b = this.real();
    this.r = this.real();
    this.flags = this.f.local(I32);
    this.top = this.f.local(I32);
    this.other = this.f.local(I32);
    this.host = this.f.local(I32);
    this.status = this.f.local(I32);
    this.full = this.f.local(I32);
  }

  real(): Real {
    return { sig: this.f.local(I64), se: this.f.local(I32) };
  }

  /** Pops a condition: if it holds, the function refuses. */
  refuseIf(): void {
    this.f.if(() => this.refuse());
  }

  refuse(): void {
    this.f.const(this.refusal).return();
  }

  /** Pushes a word of the unit. */
  word(offset: number): Code {
    return this.f.const(0).load(32, FPU_STATE + offset);
  }

  setWord(offset: number, value: () => void): void {
    this.f.const(0).from(value).store(32, FPU_STATE + offset);
  }

  // ---- what must hold

  /** Refuses if the instruction would fault with #NM. */
  openControl(): void {
    this.f.const(0).load(32, CR0).const(CR0_EM | CR0_TS).and();
    this.refuseIf();
  }

  /**
   * Refuses if an exception is due or the control word is not as wanted; reads the stack's words.
   */
  open(control: Control): void {
    const { f } = this;
    this.word(STATUS).set(this.status);
    f.const(0).load(32, CR0).const(CR0_EM | CR0_TS).and().get(this.status).const(ES).and().or();
    if (control !== 'any') {
      const [mask, value] = control === 'nearest' ? [RC_MASK, 0] : [RC_MASK | PE, PE];
      this.word(CONTROL).const(value).xor().const(mask).and().or();
    }
    this.refuseIf();
    this.word(FULL).set(this.full);
    f.get(this.status).const(OFFSET_SHIFT).shrU().const(OFFSET_MASK).and().set(this.top);
  }

  /** Local `other` = offset of ST(i) that the form names. */
  locateOther(): void {
    const { f } = this;
    f.get(this.form).const(7).and().const(STRIDE_SHIFT).shl().get(this.top).add().const(OFFSET_MASK).and()
      .set(this.other);
  }

  private bit(offset: number): Code {
    return this.f.get(this.full).get(offset).const(STRIDE_SHIFT).shrU().shrU();
  }

  /** Refuses if one of the registers is empty. */
  needFull(...offsets: readonly number[]): void {
    offsets.forEach((offset, n) => {
      this.bit(offset);
      if (n > 0) this.f.and();
    });
    this.f.const(1).and().eqz();
    this.refuseIf();
  }

  /** Local `other` = offset of the register that a push fills; refuses if it is not empty. */
  needRoom(): void {
    this.f.get(this.top).const(STRIDE).sub().const(OFFSET_MASK).and().set(this.other);
    this.bit(this.other).const(1).and();
    this.refuseIf();
  }

  /** Pushes 1 if the precision is 24 or 53 bits. */
  isReduced(): Code {
    return this.word(CONTROL).const(PC_64 & ~PC_53).and().eqz();
  }

  // ---- registers

  load(offset: number, to: Real): void {
    const { f } = this;
    f.get(offset).load64(FPU_STATE + SIG_LO).set(to.sig);
    f.get(offset).load(32, FPU_STATE + SIGN_EXP).set(to.se);
  }

  store(offset: number, from: Real): void {
    const { f } = this;
    f.get(offset).get(from.sig).store64(FPU_STATE + SIG_LO);
    f.get(offset).get(from.se).store(32, FPU_STATE + SIGN_EXP);
  }

  // ---- the end

  /** Pushes the status word without what changes: C1 always, TOP if it moves, and `more`. */
  private kept(more: number): Code {
    return this.f.get(this.status).const(~(C1 | more)).and();
  }

  /** Raises local `flags`; `clear`: conditions that it replaces. */
  settle(raise: boolean, clear = 0): void {
    this.setWord(STATUS, () => {
      this.kept(clear);
      if (raise) this.f.get(this.flags).or();
    });
  }

  /** As `settle`, and pops `count` registers (1 or 2). */
  settleAndPop(raise: boolean, count = 1, clear = 0): void {
    const { f } = this;
    this.setWord(STATUS, () => {
      this.kept(TOP_MASK | clear);
      f.get(this.top).const(STRIDE * count).add().const(OFFSET_MASK).and().const(OFFSET_SHIFT).shl().or();
      if (raise) f.get(this.flags).or();
    });
    this.setWord(FULL, () => {
      f.get(this.full).const(1).get(this.top).const(STRIDE_SHIFT).shrU().shl();
      if (count === 2)
        f.const(1).get(this.top).const(STRIDE).add().const(OFFSET_MASK).and().const(STRIDE_SHIFT).shrU().shl().or();
      f.const(-1).xor().and();
    });
  }

  /** Marks `offset` full, for FST ST(i). Before `settleAndPop`. */
  fill(offset: number): void {
    const { f } = this;
    f.get(this.full).const(1).get(offset).const(STRIDE_SHIFT).shrU().shl().or().set(this.full);
    this.setWord(FULL, () => f.get(this.full));
  }

  /** After `needRoom` and a store to `other`: the push itself. */
  settleAndPush(): void {
    const { f } = this;
    this.setWord(STATUS, () => this.kept(TOP_MASK).get(this.other).const(OFFSET_SHIFT).shl().or());
    this.setWord(FULL, () => f.get(this.full).const(1).get(this.other).const(STRIDE_SHIFT).shrU().shl().or());
  }

  /**
   * Records the instruction, and its operand if it has one, as the last that was no control
   * instruction.
   */
  record(operand: boolean): void {
    const { f } = this;
    this.setWord(LAST_OPCODE, () => f.get(this.form).const(0x7ff).and());
    this.setWord(LAST_IP, () => f.get(this.pc));
    this.setWord(LAST_CS, () => f.const(0).load(16, segmentCell(CS) + SEGMENT.SELECTOR));
    if (!operand) return;
    this.setWord(LAST_DP, () => f.get(this.address));
    this.setWord(LAST_DS, () => f.const(0).load(16, segmentCell(DS) + SEGMENT.SELECTOR));
  }

  /** Ends the function: done. */
  done(): Code {
    return this.f.const(1);
  }

  // ---- memory

  /**
   * Local `host` = where the operand of `bytes` stands; refuses if the TLB does not let the access
   * pass.
   */
  reach(bytes: number, write: boolean): void {
    const { f } = this;
    tlbEntry(f.get(this.address)).const(0).load(32, STATE.TLB_BASE).add().set(this.host);
    f.get(this.address).const(bytes - 1).add().const(~0xfff).and().get(this.host)
      .load(32, write ? TLB.WRITE : TLB.READ).ne();
    this.refuseIf();
    f.get(this.host).load(32, TLB.ADDEND).get(this.address).add().set(this.host);
  }
}

