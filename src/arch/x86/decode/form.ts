/** How rows of the opcode map are written, and where what they say is found. */
import type { Lift } from './insn.ts';

/** What follows an opcode byte: bits of a form word, one per opcode. */
export const FORM = {
  /** A ModRM byte (with SIB and displacement) follows. */
  MODRM: 1,
  /** The operation is on bytes. */
  BYTE: 2,
  /** The byte is a prefix, not an opcode. */
  PREFIX: 4,
  /** 0F: the opcode is in the second map. */
  ESCAPE: 8,
  /** Immediate kind, `form >> 4`. */
  IMM_SHIFT: 4,
} as const;

/** Immediate kinds. */
export const IMM = {
  NONE: 0,
  /** One byte, sign-extended (also relative branches). */
  B: 1,
  /** Byte form: one byte; else 2 or 4 by operand size; sign-extended. */
  Z: 2,
  /** Two bytes, zero-extended. */
  W: 3,
  /** ENTER: two bytes (zero-extended), then one. */
  WB: 4,
  /** An absolute address of 2 or 4 bytes by address size: becomes the memory operand. */
  MOFFS: 5,
  /** Far pointer: offset of 2 or 4 bytes by operand size, then a selector. */
  FAR: 6,
  /** As Z, but only for /0 and /1 (group 3: TEST). */
  TEST: 7,
} as const;

/**
 * A row: opcode pattern, where 0 and 1 are fixed bits, `w` = 1 for full width and 0 for bytes, any
 * other letter is free; which ModRM bytes it covers: `` = all, `/3` = reg field 3, `m` = memory
 * forms, `r` = register forms, `L` = LOCK is allowed with memory; form; lift. Later rows override
 * earlier ones.
 */
export type Row = readonly [pattern: string, covers: string, form: number, lift: Lift];

/**
 * Index into LIFTS: opcode × 16 + 8 if the register form (`mod` 3) + reg field; opcodes without
 * ModRM use the register form with reg 0.
 */
export function slot(opcode: number, mod: number, reg: number): number {
  return (opcode << 4) | (mod === 3 ? 8 : 0) | reg;
}
