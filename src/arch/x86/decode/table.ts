/**
 * The opcode map, expanded from the pattern rows into flat tables: a form per opcode, and a lift
 * and a LOCK permission per (opcode, register or memory form, reg field).
 */
import { ABSENT_AT, ABSENT_NAMES, ABSENT_ONE_BYTE, ABSENT_TWO_BYTE, type AbsentRow } from './absent.ts';
import { FORM, type Row } from './form.ts';
import type { Lift } from './insn.ts';
import { ONE_BYTE } from './one-byte.ts';
import { TWO_BYTE } from './two-byte.ts';
import { absent, undefinedOpcode } from '../lift/exception.ts';

/** Form words (see `FORM`): one-byte map, then at 256 the 0F map. */
export const FORMS = new Uint16Array(512);
/** Lifts at `slot(opcode, isRegister, reg)`. */
export const LIFTS: Lift[] = new Array<Lift>(512 * 16).fill(undefinedOpcode);
/** 1 = LOCK allowed, same index as LIFTS. */
export const LOCKABLE = new Uint8Array(512 * 16);

/** `told` is given each slot that the rows fill. */
function expand(rows: readonly Row[], first: number, told?: (slot: number) => void): void {
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
        told?.(((first + opcode) << 4) | i);
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

function expandAbsent(rows: readonly AbsentRow[], first: number): void {
  for (const [pattern, covers, form, what] of rows) {
    const index = ABSENT_NAMES.indexOf(what);
    expand([[pattern, covers, form, absent]], first, (slot) => { ABSENT_AT[slot] = index; });
  }
}

expand(ONE_BYTE, 0);
expand(TWO_BYTE, 256);
expandAbsent(ABSENT_ONE_BYTE, 0);
expandAbsent(ABSENT_TWO_BYTE, 256);
for (const prefix of [0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf0, 0xf2, 0xf3]) FORMS[prefix] = FORM.PREFIX;
FORMS[0x0f] = FORM.ESCAPE;
