/** µop numbers by width index (`W8`, `W16`, `W32`), looked up once at start-up. */
import { CONDS, OP } from '../../../ir/ops.ts';
import type { OpName } from '../../../ir/ops.ts';

type Triple = readonly number[];

function named(name: string): number {
  return OP[name as OpName] ?? -1;
}

/** The ops `prefix8suffix`, `prefix16suffix`, `prefix32suffix`; -1 where there is none. */
function triple(prefix: string, suffix = ''): Triple {
  return [8, 16, 32].map((w) => named(`${prefix}${w}${suffix}`));
}

function each(names: readonly string[], suffix = ''): Triple {
  return names.flatMap((n) => triple(n, suffix));
}

const ALU_NAMES = ['addf', 'orf', 'adcf', 'sbbf', 'andf', 'subf', 'xorf'];
const SHIFT_NAMES = ['rolf', 'rorf', 'rclf', 'rcrf', 'shlf', 'shrf', 'shlf', 'sarf'];

/** ALU operations by opcode bits 5:3 × 3 + width; 7 (CMP) is not here. */
export const ALU = each(ALU_NAMES);
export const ALU_I = each(ALU_NAMES, 'i');
/** Shifts by reg field × 3 + width; /6 is SHL (SDM vol. 3B §23.15 lists it as an alias). */
export const SHIFT = each(SHIFT_NAMES);
export const SHIFT_I = each(SHIFT_NAMES, 'i');
/** BT BTS BTR BTC by number × 3 + width. */
export const BIT = each(['bt', 'bts', 'btr', 'btc']);

export const CMP = triple('cmp'), CMP_I = triple('cmp', 'i');
export const TEST = triple('test'), TEST_I = triple('test', 'i');
export const INC = triple('inc'), DEC = triple('dec'), NEG = triple('neg'), NOT = triple('not');
export const MOV = triple('mov'), MOV_I = triple('movi');
export const LD = triple('ld'), LDW = triple('ldw'), ST = triple('st'), ST_I = triple('sti');
export const MUL = triple('mulf'), IMUL1 = triple('imul1f'), IMUL2 = triple('imul2f'), IMUL2_I = triple('imul2f', 'i');
export const DIV = triple('div'), IDIV = triple('idiv');
export const SHLD = triple('shldf'), SHRD = triple('shrdf');
export const BSF = triple('bsf'), BSR = triple('bsr');
export const CMOVNZ = triple('cmovnz');
export const IN = triple('in'), IN_I = triple('in', 'i'), OUT = triple('out'), OUT_I = triple('out', 'i');

/** Conditions by x86 condition code. */
export const JCC = CONDS.map((c) => OP[`jcc_${c}`]);
export const SET = CONDS.map((c) => OP[`set_${c}`]);

/** d = a + (b << n) by n. */
export const ADD_SCALED = [OP.add32, OP.addsh1, OP.addsh2, OP.addsh3];

/** Bytes by width index. */
export const BYTES = [1, 2, 4];
