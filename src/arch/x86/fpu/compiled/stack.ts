/** Emitters for the register stack and the status word of the x87's fast path. */
import type { Code } from '../../../../jit/wasm-code.ts';
import { I32, I64 } from '../../../../jit/wasm-encode.ts';
import { CS, DS, FPU_STATE, segmentCell } from '../../state.ts';
import { SEGMENT } from '../../../../ir/layout.ts';
import {
  C1, CONTROL, FULL, LAST_CS, LAST_DP, LAST_DS, LAST_IP, LAST_OPCODE, REGISTER_STRIDE, SIG_LO, SIGN_EXP, STATUS, TOP_MASK, TOP_SHIFT,
} from '../layout.ts';

/** One function over the stack: its code, and locals that hold words of the unit. */
export class StackCode {
  readonly f: Code;
  /** Status word as it was, and the new one. */
  readonly status: number;
  /** Addresses of two registers, and what is in them. */
  readonly at: number;
  readonly other: number;
  readonly sig: number;
  readonly se: number;
  readonly sig2: number;
  readonly se2: number;
  /** Status bits to raise, or conditions. */
  readonly flags: number;

  constructor(f: Code) {
    this.f = f;
    this.status = f.local(I32);
    this.at = f.local(I32);
    this.other = f.local(I32);
    this.sig = f.local(I64);
    this.se = f.local(I32);
    this.sig2 = f.local(I64);
    this.se2 = f.local(I32);
    this.flags = f.local(I32);
  }

  /** Pushes a word of the unit. */
  word(offset: number): Code {
    return this.f.const(0).load(32, FPU_STATE + offset);
  }

  /** Pops a condition: if it holds, the function leaves with 0, as the instruction is not for the fast path. */
  refuseIf(): void {
    this.f.if(() => this.f.const(0).return());
  }

  /** Pushes the number of the physical register of ST(what `i` pushes). */
  private physical(i: () => void): Code {
    return this.f.get(this.status).const(TOP_SHIFT).shrU().from(i).add().const(7).and();
  }

  /** Local `to` = address of ST(i); leaves with 0 if whether it is empty is not as wanted. */
  locate(to: number, i: () => void, empty = false): void {
    const { f } = this;
    this.physical(i).set(to);
    this.word(FULL).get(to).shrU().const(1).and();
    if (!empty) f.eqz();
    this.refuseIf();
    f.get(to).const(REGISTER_STRIDE).mul().const(FPU_STATE).add().set(to);
  }

  /** Local `to` = address of ST(i), be it empty or not. */
  place(to: number, i: () => void): void {
    this.physical(i).const(REGISTER_STRIDE).mul().const(FPU_STATE).add().set(to);
  }

  /** Loads the register at local `from` into two locals. */
  load(from: number, sig: number, se: number): void {
    this.f.get(from).load64(SIG_LO).set(sig).get(from).load(32, SIGN_EXP).set(se);
  }

  store(to: number, sig: number, se: number): void {
    this.f.get(to).get(sig).store64(SIG_LO).get(to).get(se).store(32, SIGN_EXP);
  }

  /** Local `status`: C1 goes, then what is in `flags` (if it is to be raised) is added. */
  settle(raise: boolean): void {
    this.f.get(this.status).const(~C1).and();
    if (raise) this.f.get(this.flags).or();
    this.f.set(this.status);
  }

  /** Marks the register whose address is in local `at` full. */
  fill(at: number): void {
    const { f } = this;
    f.const(0);
    this.word(FULL).const(1).get(at).const(FPU_STATE).sub().const(4).shrU().shl().or().store(32, FPU_STATE + FULL);
  }

  /** Moves the top in local `status`. */
  moveTop(delta: number): void {
    this.f.get(this.status).const(~TOP_MASK).and().get(this.status).const(delta << TOP_SHIFT).add().const(TOP_MASK).and().or().set(this.status);
  }

  /** Pops one register. */
  pop(): void {
    const { f } = this;
    f.const(0);
    this.word(FULL).const(1);
    this.physical(() => f.const(0)).shl().const(-1).xor().and().store(32, FPU_STATE + FULL);
    this.moveTop(1);
  }

  /** Writes local `status` back. */
  commit(): void {
    this.f.const(0).get(this.status).store(32, FPU_STATE + STATUS);
  }

  private copy(to: number, value: () => void): void {
    this.f.const(0).from(value).store(32, FPU_STATE + to);
  }

  /** Records the instruction as the last that was no control instruction. */
  last(code: number, pc: () => void): void {
    const { f } = this;
    this.copy(LAST_OPCODE, () => f.get(code).const(0x7ff).and());
    this.copy(LAST_IP, pc);
    this.copy(LAST_CS, () => f.const(0).load(16, segmentCell(CS) + SEGMENT.SELECTOR));
  }

  lastOperand(address: number): void {
    const { f } = this;
    this.copy(LAST_DP, () => f.get(address));
    this.copy(LAST_DS, () => f.const(0).load(16, segmentCell(DS) + SEGMENT.SELECTOR));
  }

  /** Pushes the control word. */
  control(): Code {
    return this.word(CONTROL);
  }
}
