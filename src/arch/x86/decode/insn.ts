/**
 * The instruction being decoded and lifted. One object per translator is reused for all
 * instructions; every field is a number or a boolean, so that decoding allocates nothing.
 */
import type { Builder } from '../../../ir/builder.ts';

/** Lift of one opcode: emits the µops of `d`. */
export type Lift = (d: Insn, b: Builder) => void;

/** Width index, used to pick a µop from a triple: 8, 16 or 32 bits. */
export const W8 = 0, W16 = 1, W32 = 2;

export class Insn {
  // The mode, copied once per block (see `X86Mode`).
  code32 = true;
  stack32 = true;
  flat = true;
  protectedMode = true;
  v86 = false;
  cpl = 0;
  /** FS, GS: base + any offset passes without a check (see `X86Mode.fsOpen`). */
  fsOpen = false;
  gsOpen = false;

  /** EIP of the instruction and of the byte after it (signed 32 bits). */
  pc = 0;
  next = 0;
  /** Bytes, prefixes included. */
  length = 0;

  /** Opcode byte; 0x100 is added for the 0F map. */
  opcode = 0;
  /** Operand size 32 (else 16) and address size 32 (else 16). */
  op32 = true;
  addr32 = true;
  /** Width index of the operation: W8 for byte forms, else W16 or W32. */
  w = W32;
  /** LOCK prefix present. */
  lock = false;
  /** 0 none, 1 F3 (REP, REPE), 2 F2 (REPNE): the last one given. */
  rep = 0;
  /** Segment of the memory operand after overrides, 0..5. */
  seg = 3;
  /** An override prefix was given: its segment, or -1. */
  override = -1;

  /** ModRM byte and its fields; `mod` 3 is the register form. */
  modrm = 0;
  mod = 3;
  reg = 0;
  rm = 0;
  /**
   * Address parts: register cells or 0 for none, the shift count of the index, the displacement.
   */
  base = 0;
  index = 0;
  scale = 0;
  disp = 0;

  /**
   * Immediate, sign-extended from its size (branches: the relative offset; far pointers: the
   * offset).
   */
  imm = 0;
  /** Second immediate: selector of a far pointer, level of ENTER. */
  imm2 = 0;

  /** Memory operand for µops, set by `lift/operand.ts`: address = cell + off. */
  cell = 0;
  off = 0;

  /** Set by a lift that has ended the block. */
  ended = false;
}
