/**
 * The two-byte opcode map, 0F xx, as a P6 without MMX has it (SDM vol. 2D, table A-3; SYSENTER and
 * FXSAVE included).
 */
import * as bits from '../lift/bits.ts';
import * as control from '../lift/control.ts';
import * as exchange from '../lift/exchange.ts';
import * as fpu from '../lift/fpu-forward.ts';
import * as move from '../lift/move.ts';
import * as multiply from '../lift/multiply.ts';
import * as segment from '../lift/segment.ts';
import * as shift from '../lift/shift.ts';
import * as stack from '../lift/stack.ts';
import * as system from '../lift/system.ts';
import { FORM, IMM, type Row } from './form.ts';

const M = FORM.MODRM;
const NONE = 0;
const B = IMM.B << FORM.IMM_SHIFT, Z = IMM.Z << FORM.IMM_SHIFT;

export const TWO_BYTE: readonly Row[] = [
  // groups 6 and 7
  ['00000000', '/0', M, segment.sldt],
  ['00000000', '/1', M, segment.str],
  ['00000000', '/2', M, segment.lldt],
  ['00000000', '/3', M, segment.ltr],
  ['00000000', '/4', M, segment.verr],
  ['00000000', '/5', M, segment.verw],
  ['00000001', '/0m', M, system.sgdt],
  ['00000001', '/1m', M, system.sidt],
  ['00000001', '/2m', M, system.lgdt],
  ['00000001', '/3m', M, system.lidt],
  ['00000001', '/4', M, system.smsw],
  ['00000001', '/6', M, system.lmsw],
  ['00000001', '/7m', M, system.invlpg],
  ['00000010', '', M, segment.lar],
  ['00000011', '', M, segment.lsl],
  ['00000110', '', NONE, system.clts],
  ['00001000', '', NONE, system.invd],
  ['00001001', '', NONE, system.wbinvd],
  ['00001101', 'm', M, system.nop],
  // hint NOPs
  ['00011hhh', '', M, system.nop],
  ['00100000', '', M, system.movFromCr],
  ['00100001', '', M, system.movFromDr],
  ['00100010', '', M, system.movToCr],
  ['00100011', '', M, system.movToDr],
  ['00110000', '', NONE, system.wrmsr],
  ['00110001', '', NONE, system.rdtsc],
  ['00110010', '', NONE, system.rdmsr],
  ['00110011', '', NONE, system.rdpmc],
  ['00110100', '', NONE, system.sysenter],
  ['00110101', '', NONE, system.sysexit],
  ['0100cccc', '', M, move.cmov],
  ['1000cccc', '', Z, control.jccJ],
  ['1001cccc', '', M, move.setcc],
  ['1010s000', '', NONE, stack.pushFsGs],
  ['1010s001', '', NONE, segment.popFsGs],
  ['10100010', '', NONE, system.cpuid],
  ['10100100', '', M | B, shift.shldI],
  ['10100101', '', M, shift.shldCl],
  ['10101100', '', M | B, shift.shrdI],
  ['10101101', '', M, shift.shrdCl],
  ['10101110', '/0m', M, fpu.fxsave],
  ['10101110', '/1m', M, fpu.fxrstor],
  ['10101111', '', M, multiply.imulGE],
  ['10100011', '', M, bits.bitEG],
  ['10101011', 'L', M, bits.bitEG],
  ['10110011', 'L', M, bits.bitEG],
  ['10111011', 'L', M, bits.bitEG],
  ['1011000w', 'L', M, exchange.cmpxchg],
  ['10110010', 'm', M, segment.lss],
  ['10110100', 'm', M, segment.lfs],
  ['10110101', 'm', M, segment.lgs],
  ['10110110', '', M, move.movzx8],
  ['10110111', '', M, move.movzx16],
  ['10111010', '/4', M | B, bits.bitEI],
  ['10111010', '/5L', M | B, bits.bitEI],
  ['10111010', '/6L', M | B, bits.bitEI],
  ['10111010', '/7L', M | B, bits.bitEI],
  ['10111100', '', M, bits.bsf],
  ['10111101', '', M, bits.bsr],
  ['10111110', '', M, move.movsx8],
  ['10111111', '', M, move.movsx16],
  ['1100000w', 'L', M, exchange.xadd],
  ['11000111', '/1mL', M, exchange.cmpxchg8b],
  ['11001rrr', '', NONE, move.bswap],
];
