/**
 * The x87 unit of a P6 processor at the level of instructions.
 *
 * Order of a memory form in the processor: operandSize/storeSize (-1: #UD), waiting check ({@link
 * isWaiting}, {@link X87.pendingException}), address translation, then for loads fill `operand` and
 * call mem(); for stores call prepareStore(), write that many bytes, call commitStore(). Finally
 * lastInstruction() and lastOperand() if {@link isControl} is false.
 */
import { FXSAVE_X87_BYTES, readFxsave, writeFxsave } from './environment.ts';
import {
  CONTROL, ES, FULL, LAST_CS, LAST_DP, LAST_DS, LAST_IP, LAST_OPCODE, REGISTER_STRIDE, SIG_HI, SIG_LO, SIGN_EXP,
  STATUS, TOP_MASK, WINDOW_BYTES,
} from './layout.ts';
import { commitStore, loadForm, operandSize, prepareStore, storeSize } from './memory-forms.ts';
import { registerForm } from './register-forms.ts';
import { FpuUnit } from './unit.ts';

export { AX_RESULT, DONE, EFLAGS_RESULT, UNDEFINED } from './register-forms.ts';
export { FORMAT_32, FORMAT_REAL, FXSAVE_BYTES, FXSAVE_X87_BYTES } from './environment.ts';

/** One x87 unit over a state window. */
export class X87 extends FpuUnit {
  /** Bytes of the state window. */
  static readonly STATE_BYTES: number = WINDOW_BYTES;

  /** Unmasked exception pending (SW.ES): the next waiting instruction gets #MF or FERR#. */
  get pendingException(): boolean {
    return (this.get(STATUS) & ES) !== 0;
  }

  /** Status word, 16 bits. */
  get statusWord(): number {
    return this.get(STATUS) & 0xffff;
  }

  /** Control word, 16 bits. */
  get controlWord(): number {
    return this.get(CONTROL) & 0xffff;
  }

  /**
   * Register form: opcode 0xD8..0xDF, ModRM >= 0xC0; condition: FCMOVcc's. Returns DONE, UNDEFINED,
   * EFLAGS_RESULT or AX_RESULT.
   */
  reg(opcode: number, modrm: number, condition: boolean = false): number {
    return registerForm(this, opcode, modrm, condition);
  }

  /**
   * Bytes a memory form loads; 0 for stores; -1 for #UD. format: FORMAT_32 and FORMAT_REAL bits.
   */
  operandSize(opcode: number, field: number, format: number): number {
    return operandSize(opcode, field, format);
  }

  /** Bytes a memory form stores; 0 for loads; -1 for #UD. */
  storeSize(opcode: number, field: number, format: number): number {
    return storeSize(opcode, field, format);
  }

  /** Executes a load form on the bytes in {@link operand}. */
  mem(opcode: number, field: number, format: number): void {
    loadForm(this, opcode, field, format);
  }

  /** Computes a store form into {@link operand}; returns bytes to write (0: none, yet commit). */
  prepareStore(opcode: number, field: number, format: number): number {
    return prepareStore(this, opcode, field, format);
  }

  /** Makes the prepared store visible in the unit; call after the bytes are written. */
  commitStore(): void {
    commitStore(this);
  }

  /**
   * FXSAVE into {@link operand}; returns the bytes to write (the rest of the 512 stays as it is in
   * memory).
   */
  fxsave(): number {
    writeFxsave(this);
    return FXSAVE_X87_BYTES;
  }

  /** FXRSTOR from the first FXSAVE_X87_BYTES of {@link operand}. */
  fxrstor(): void {
    readFxsave(this);
  }

  /**
   * What every MMX instruction but EMMS does first: TOP = 0, all registers valid. MMi is then the
   * significand of Ri.
   */
  enterMmx(): void {
    this.set(STATUS, this.get(STATUS) & ~TOP_MASK);
    this.set(FULL, 0xff);
  }

  /** Writes MMi; its sign and exponent become all ones (SDM vol. 1, 8.5.1). */
  setMmx(index: number, hi: number, lo: number): void {
    const at = index * REGISTER_STRIDE;
    this.set(at + SIG_LO, lo);
    this.set(at + SIG_HI, hi);
    this.set(at + SIGN_EXP, 0xffff);
  }

  /** EMMS: all registers empty. */
  emms(): void {
    this.set(STATUS, this.get(STATUS) & ~TOP_MASK);
    this.set(FULL, 0);
  }

  /** Records address and opcode of a non-control instruction. */
  lastInstruction(opcode: number, modrm: number, ip: number, cs: number): void {
    this.set(LAST_OPCODE, ((opcode & 7) << 8) | modrm);
    this.set(LAST_IP, ip);
    this.set(LAST_CS, cs);
  }

  /** Records the operand address of a non-control instruction with a memory operand. */
  lastOperand(dp: number, ds: number): void {
    this.set(LAST_DP, dp);
    this.set(LAST_DS, ds);
  }
}

/**
 * True when the instruction first delivers a pending exception (all but the FN... forms). modrm:
 * whole byte.
 */
export function isWaiting(opcode: number, modrm: number): boolean {
  if (modrm >= 0xc0) {
    if (opcode === 0xdb) return modrm < 0xe0 || modrm > 0xe4;
    return !(opcode === 0xdf && modrm === 0xe0);
  }
  const field = (modrm >> 3) & 7;
  return !((opcode === 0xd9 || opcode === 0xdd) && field >= 6);
}

/**
 * True for instructions that leave the last instruction and operand pointers alone (SDM vol. 1,
 * 7.3.8).
 */
export function isControl(opcode: number, modrm: number): boolean {
  if (modrm >= 0xc0) return (opcode === 0xdb && modrm >= 0xe0 && modrm <= 0xe4) || (opcode === 0xdf && modrm === 0xe0);
  const field = (modrm >> 3) & 7;
  return (opcode === 0xd9 && field >= 4) || (opcode === 0xdd && (field === 4 || field >= 6));
}
