/** The one-byte opcode map (SDM vol. 2D, table A-2) as pattern rows. */
import * as alu from '../lift/alu.ts';
import * as control from '../lift/control.ts';
import * as flags from '../lift/flags.ts';
import * as fpu from '../lift/fpu-forward.ts';
import * as move from '../lift/move.ts';
import * as multiply from '../lift/multiply.ts';
import * as ports from '../lift/ports.ts';
import * as segment from '../lift/segment.ts';
import * as shift from '../lift/shift.ts';
import * as stack from '../lift/stack.ts';
import * as string from '../lift/string.ts';
import * as system from '../lift/system.ts';
import { xchgAccR, xchgEG } from '../lift/exchange.ts';
import { FORM, IMM, type Row } from './form.ts';

const M = FORM.MODRM;
const NONE = 0;
const B = IMM.B << FORM.IMM_SHIFT,
  Z = IMM.Z << FORM.IMM_SHIFT,
  W = IMM.W << FORM.IMM_SHIFT,
  WB = IMM.WB << FORM.IMM_SHIFT;
const O = IMM.MOFFS << FORM.IMM_SHIFT, FAR = IMM.FAR << FORM.IMM_SHIFT, T = IMM.TEST << FORM.IMM_SHIFT;

export const ONE_BYTE: readonly Row[] = [
  // 00..3F: ADD OR ADC SBB AND SUB XOR CMP
  ['00ooo00w', 'L', M, alu.aluEG],
  ['00ooo01w', '', M, alu.aluGE],
  ['00ooo10w', '', Z, alu.aluAccI],
  ['0011100w', '', M, alu.cmpEG],
  ['0011101w', '', M, alu.cmpGE],
  ['0011110w', '', Z, alu.cmpAccI],
  ['000ss110', '', NONE, stack.pushSeg],
  ['000ss111', '', NONE, segment.popSeg],
  ['00100111', '', NONE, flags.daa],
  ['00101111', '', NONE, flags.das],
  ['00110111', '', NONE, flags.aaa],
  ['00111111', '', NONE, flags.aas],
  // 40..5F
  ['01000rrr', '', NONE, alu.incR],
  ['01001rrr', '', NONE, alu.decR],
  ['01010rrr', '', NONE, stack.pushR],
  ['01011rrr', '', NONE, stack.popR],
  // 60..6F
  ['01100000', '', NONE, stack.pusha],
  ['01100001', '', NONE, stack.popa],
  ['01100010', 'm', M, control.bound],
  ['01100011', '', M, segment.arpl],
  ['01101000', '', Z, stack.pushI],
  ['01101001', '', M | Z, multiply.imulGEI],
  ['01101010', '', B, stack.pushI],
  ['01101011', '', M | B, multiply.imulGEI],
  ['0110110w', '', NONE, string.ins],
  ['0110111w', '', NONE, string.outs],
  // 70..7F
  ['0111cccc', '', B, control.jccJ],
  // 80..8F
  ['1000000w', 'L', M | Z, alu.aluEI],
  ['1000000w', '/7', M | Z, alu.cmpEI],
  ['10000010', 'L', M | B | FORM.BYTE, alu.aluEI],
  ['10000010', '/7', M | B | FORM.BYTE, alu.cmpEI],
  ['10000011', 'L', M | B, alu.aluEI],
  ['10000011', '/7', M | B, alu.cmpEI],
  ['1000010w', '', M, alu.testEG],
  ['1000011w', 'L', M, xchgEG],
  ['1000100w', '', M, move.movEG],
  ['1000101w', '', M, move.movGE],
  ['10001100', '/0', M, segment.movESreg],
  ['10001100', '/1', M, segment.movESreg],
  ['10001100', '/2', M, segment.movESreg],
  ['10001100', '/3', M, segment.movESreg],
  ['10001100', '/4', M, segment.movESreg],
  ['10001100', '/5', M, segment.movESreg],
  ['10001101', 'm', M, move.lea],
  ['10001110', '/0', M, segment.movSregE],
  ['10001110', '/2', M, segment.movSregE],
  ['10001110', '/3', M, segment.movSregE],
  ['10001110', '/4', M, segment.movSregE],
  ['10001110', '/5', M, segment.movSregE],
  ['10001111', '/0', M, stack.popE],
  // 90..9F
  ['10010rrr', '', NONE, xchgAccR],
  ['10010000', '', NONE, system.nop],
  ['10011000', '', NONE, move.cbw],
  ['10011001', '', NONE, move.cwd],
  ['10011010', '', FAR, control.callFarA],
  ['10011011', '', NONE, fpu.fwait],
  ['10011100', '', NONE, stack.pushf],
  ['10011101', '', NONE, stack.popf],
  ['10011110', '', NONE, flags.sahf],
  ['10011111', '', NONE, flags.lahf],
  // A0..AF
  ['1010000w', '', O, move.movAccO],
  ['1010001w', '', O, move.movOAcc],
  ['1010010w', '', NONE, string.movs],
  ['1010011w', '', NONE, string.cmps],
  ['1010100w', '', Z, alu.testAccI],
  ['1010101w', '', NONE, string.stos],
  ['1010110w', '', NONE, string.lods],
  ['1010111w', '', NONE, string.scas],
  // B0..BF
  ['1011wrrr', '', Z, move.movRI],
  // C0..CF
  ['1100000w', '', M | B, shift.shiftI],
  ['11000010', '', W, control.retI],
  ['11000011', '', NONE, control.ret],
  ['11000100', 'm', M, segment.les],
  ['11000101', 'm', M, segment.lds],
  ['1100011w', '/0', M | Z, move.movEI],
  ['11001000', '', WB, stack.enter],
  ['11001001', '', NONE, stack.leave],
  ['11001010', '', W, control.retFarI],
  ['11001011', '', NONE, control.retFar],
  ['11001100', '', NONE, control.int3],
  ['11001101', '', B, control.intI],
  ['11001110', '', NONE, control.into],
  ['11001111', '', NONE, control.iret],
  // D0..DF
  ['1101000w', '', M, shift.shift1],
  ['1101001w', '', M, shift.shiftCl],
  ['11010100', '', B, flags.aam],
  ['11010101', '', B, flags.aad],
  ['11010110', '', NONE, flags.salc],
  ['11010111', '', NONE, move.xlat],
  ['11011fff', '', M, fpu.fpu],
  // E0..EF
  ['1110000c', '', B, control.loopCond],
  ['11100010', '', B, control.loop],
  ['11100011', '', B, control.jcxz],
  ['1110010w', '', B, ports.inI],
  ['1110011w', '', B, ports.outI],
  ['11101000', '', Z, control.callJ],
  ['11101001', '', Z, control.jmpJ],
  ['11101010', '', FAR, control.jmpFarA],
  ['11101011', '', B, control.jmpJ],
  ['1110110w', '', NONE, ports.inDx],
  ['1110111w', '', NONE, ports.outDx],
  // F0..FF
  ['11110001', '', NONE, control.int1],
  ['11110100', '', NONE, system.hlt],
  ['11110101', '', NONE, flags.cmc],
  ['1111011w', '/0', M | T, alu.testEI],
  ['1111011w', '/1', M | T, alu.testEI],
  ['1111011w', '/2L', M | T, alu.notE],
  ['1111011w', '/3L', M | T, alu.negE],
  ['1111011w', '/4', M | T, multiply.mulE],
  ['1111011w', '/5', M | T, multiply.imulE],
  ['1111011w', '/6', M | T, multiply.divE],
  ['1111011w', '/7', M | T, multiply.idivE],
  ['11111000', '', NONE, flags.clc],
  ['11111001', '', NONE, flags.stc],
  ['11111010', '', NONE, system.cli],
  ['11111011', '', NONE, system.sti],
  ['11111100', '', NONE, flags.cld],
  ['11111101', '', NONE, flags.std],
  ['1111111w', '/0L', M, alu.incE],
  ['1111111w', '/1L', M, alu.decE],
  ['11111111', '/2', M, control.callE],
  ['11111111', '/3m', M, control.callFarE],
  ['11111111', '/4', M, control.jmpE],
  ['11111111', '/5m', M, control.jmpFarE],
  ['11111111', '/6', M, stack.pushE],
];
