/**
 * The opcode map, expanded from the pattern rows into flat tables: a form per opcode, and a lift
 * and a LOCK permission per (opcode, register or memory form, reg field).
 */
import { FORM } from './form.ts';
import type { Lift } from './insn.ts';
import { ONE_BYTE } from './one-byte.ts';
import { TWO_BYTE } from './two-byte.ts';
import { undefinedOpcode } from '../lift/exception.ts';

/**
 * A row: opcode pattern, where 0 and 1 are fixed bits, `w` = 1 for full width and 0 for bytes, any
 * other letter is free; which ModRM bytes it covers: `` = all, `/3` = reg field 3, `m` = memory
 * forms, `r` = register forms, `L` = LOCK is allowed with memory; form; lift. Later rows override
 * earlier ones.
 */
export type Row = readonly [pattern: string, covers: string, form: number, lift: Lift];

/** Form words (see `FORM`): one-byte map, then at 256 the 0F map. */
export const FORMS = new Uint16Array(512);
/** Lifts at `slot(opcode, isRegister, reg)`. */
export const LIFTS: Lift[] = new Array<Lift>(512 * 16).fill(undefinedOpcode);
/** 1 = LOCK allowed, same index as LIFTS. */
export const LOCKABLE = new Uint8Array(512 * 16);

/**
 * Index into LIFTS: opcode × 16 + 8 if the register form (`mod` 3) + reg field; opcodes without
 * ModRM use the register form with reg 0.
 */
export function slot(opcode: number, mod: number, reg: number): number {
  return (opcode << 4) | (mod === 3 ? 8 : 0) | reg;
}

function expand(rows: readonly Row[], first: number): void {
  for (const [pattern, covers, form, lift] of rows) {
    if (!/^[01a-z]{8}$/.test(pattern) || !/^(\/[0-7])?[mr]?L?$/.test(covers))
      throw new Error(`bad opcode row ${pattern} ${covers}`);
    const regField = covers.startsWith('/') ? Number(covers[1]) : -1;
    for (let opcode = 0; opcode < 256; opcode++) {
      if (!matches(pattern, opcode)) continue;
      const w = pattern.indexOf('w');
      const byte = w >= 0 && ((opcode >> (7 - w)) & 1) === 0;
      FORMS[first + opcode] = form | (byte ? FORM.BYTE : 0);
      for (let i = 0; i < 16; i++) {
        if (regField >= 0 && (i & 7) !== regField) continue;
        if (covers.includes('m') && i >= 8) continue;
        if (covers.includes('r') && i < 8) continue;
        LIFTS[((first + opcode) << 4) | i] = lift;
        LOCKABLE[((first + opcode) << 4) | i] = covers.includes('L') && i < 8 ? 1 : 0;
      }
    }
  }
}

function matches(pattern: string, opcode: number): boolean {
  for (let i = 0; i < 8; i++) {
    const c = pattern[i];
    if ((c === '0' || c === '1') && Number(c) !== ((opcode >> (7 - i)) & 1)) return false;
  }
  return true;
}

expand(ONE_BYTE, 0);
expand(TWO_BYTE, 256);
for (const prefix of [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3]) FORMS[prefix] = FORM.PREFIX;
FORMS[0x0f] = FORM.ESCAPE;
