/**
 * Instruction text, Intel syntax with sizes as `dword ptr`, all lower case. Not for speed: it makes
 * strings.
 */
import { MAX_LENGTH, decode } from '../decode/decode.ts';
import { Insn, W16, W32, W8 } from '../decode/insn.ts';
import { slot } from '../decode/form.ts';
import { LIFTS, LOCKABLE } from '../decode/table.ts';
import { absent, undefinedOpcode } from '../lift/exception.ts';
import { GPR } from '../state.ts';
import { fpuText } from './fpu-text.ts';
import { ALU_NAMES, BIT_NAMES, CC_NAMES, ONE_BYTE_TEXT, SHIFT_NAMES, TWO_BYTE_TEXT } from './mnemonics.ts';
import type { TextRow } from './mnemonics.ts';

const REG8 = ['al', 'cl', 'dl', 'bl', 'ah', 'ch', 'dh', 'bh'];
const REG16 = ['ax', 'cx', 'dx', 'bx', 'sp', 'bp', 'si', 'di'];
const REGS: readonly (readonly string[])[] = [REG8, REG16, REG16.map((r) => `e${r}`)];
const SEG = ['es', 'cs', 'ss', 'ds', 'fs', 'gs'];
const SIZE = ['byte', 'word', 'dword'];

export interface Disassembled {
  /** `(bad)` for what is #UD or longer than 15 bytes. */
  readonly text: string;
  /** Bytes, prefixes included. */
  readonly length: number;
}

/** Text by `slot`. */
const TEXTS: string[] = new Array<string>(512 * 16).fill('(bad)');

function fill(rows: readonly TextRow[], first: number): void {
  for (const [pattern, covers, text] of rows) {
    const wanted = new RegExp(`^${pattern.replace(/[a-z]/g, '.')}$`);
    for (let opcode = 0; opcode < 256; opcode++) {
      if (!wanted.test(opcode.toString(2).padStart(8, '0'))) continue;
      for (let i = 0; i < 16; i++) {
        if (covers.startsWith('/') && (i & 7) !== Number(covers[1])) continue;
        if ((covers.includes('m') && i >= 8) || (covers.includes('r') && i < 8)) continue;
        TEXTS[((first + opcode) << 4) | i] = text;
      }
    }
  }
}
fill(ONE_BYTE_TEXT, 0);
fill(TWO_BYTE_TEXT, 256);

function hex(value: number): string {
  return `0x${(value >>> 0).toString(16)}`;
}

/**
 * Text of the instruction at `bytes[start]`, whose EIP is `pc`, in 32- or 16-bit code. Bytes behind
 * the end of `bytes` count as 0.
 */
export function disassemble(bytes: Uint8Array, start: number, pc: number, code32: boolean): Disassembled {
  const d = new Insn();
  d.code32 = code32;
  const copy = new Uint8Array(64);
  copy.set(bytes.subarray(start, start + 32));
  const length = decode(d, copy, 0);
  d.pc = pc;
  d.next = (pc + length) | 0;
  const index = slot(d.opcode, d.mod, d.reg);
  const template = TEXTS[index];
  const bad =
    length > MAX_LENGTH ||
    (LIFTS[index] === undefinedOpcode && template !== 'ud2') ||
    LIFTS[index] === absent ||
    (d.lock && LOCKABLE[index] === 0);
  if (bad) return { text: '(bad)', length: Math.min(length, MAX_LENGTH) };
  let text = template === '$fpu' ? fpuText(d.opcode, d.modrm, memory(d)) : expand(d, template);
  if (d.opcode === 0x90 && d.rep === 1) text = 'pause';
  if (d.opcode === 0x11e && d.rep === 1 && d.modrm === 0xfb) text = 'endbr32';
  if (d.lock) text = `lock ${text}`;
  return { text, length };
}

function expand(d: Insn, template: string): string {
  const space = template.indexOf(' ');
  const name = space < 0 ? template : template.slice(0, space);
  const operands = space < 0 ? [] : template.slice(space + 1).split(', ');
  const mnemonic = name.replace(/\$\w+/, (m) => variable(d, m));
  const string = stringText(d, mnemonic);
  if (string !== '') return string;
  const stackWord =
    d.w === W16 &&
    d.code32 &&
    ['pusha', 'popa', 'pushf', 'popf', 'iret', 'ret', 'retf', 'leave', 'enter'].includes(mnemonic)
      ? 'w'
      : '';
  return [mnemonic + stackWord, operands.map((o) => operand(d, o)).join(', ')].filter((s) => s !== '').join(' ');
}

function variable(d: Insn, name: string): string {
  switch (name) {
    case '$alu': return ALU_NAMES[(d.opcode >> 3) & 7];
    case '$group1': return ALU_NAMES[d.reg];
    case '$shift': return SHIFT_NAMES[d.reg];
    case '$bit': return BIT_NAMES[d.reg & 3];
    case '$cc': return CC_NAMES[d.opcode & 15];
    case '$cbw': return d.w === W32 ? 'cwde' : 'cbw';
    case '$cwd': return d.w === W32 ? 'cdq' : 'cwd';
    case '$jcxz': return d.addr32 ? 'jecxz' : 'jcxz';
    default: return name;
  }
}

const STRINGS: ReadonlySet<string> = new Set(['movs', 'cmps', 'stos', 'lods', 'scas', 'ins', 'outs']);

/** String instructions: `rep movsd`, with a segment override in front. */
function stringText(d: Insn, name: string): string {
  if (!STRINGS.has(name)) return '';
  const compares = name === 'cmps' || name === 'scas';
  const repeat = d.rep === 0 ? '' : d.rep === 2 ? 'repne ' : compares ? 'repe ' : 'rep ';
  const segment = d.override >= 0 ? `${SEG[d.override]} ` : '';
  return `${repeat}${segment}${name}${'bwd'[d.w]}${d.addr32 === d.code32 ? '' : d.addr32 ? ' [esi/edi]' : ' [si/di]'}`;
}

function operand(d: Insn, o: string): string {
  switch (o) {
    case 'E': return rm(d, d.w);
    case 'Eb': return rm(d, W8);
    case 'Ew': return rm(d, W16);
    case 'Es': return d.mod === 3 ? rm(d, d.opcode === 0x8e ? W32 : d.w) : rm(d, W16);
    case 'G': return REGS[d.w][d.reg];
    case 'Gw': return REG16[d.reg];
    case 'R': return REGS[d.w][d.opcode & 7];
    case 'Rm': return REGS[W32][d.modrm & 7];
    case 'A': return REGS[d.w][0];
    case 'S': return SEG[d.reg] ?? '?';
    case 'C': return `cr${d.reg}`;
    case 'D': return `dr${d.reg}`;
    case 'M': return memory(d);
    case 'Mq': return `qword ptr ${memory(d)}`;
    case 'Mf': return `${d.w === W32 ? 'fword' : 'dword'} ptr ${memory(d)}`;
    case 'Mp': return `${d.w === W32 ? 'qword' : 'dword'} ptr ${memory(d)}`;
    case 'O': return memory(d);
    case 'I': return hex(d.w === W8 ? d.imm & 0xff : d.w === W16 ? d.imm & 0xffff : d.imm);
    case 'Iu': return hex(d.imm & 0xff);
    case 'Iw': return hex(d.imm);
    case 'J': return hex(d.w === W32 ? d.next + d.imm : (d.next + d.imm) & 0xffff);
    case 'F': return `${hex(d.imm2)}:${hex(d.imm)}`;
    case '$sreg': return SEG[(d.opcode >> 3) & 3];
    case '$level': return hex(d.imm2);
    default: return o;
  }
}

function rm(d: Insn, w: number): string {
  return d.mod === 3 ? REGS[w][d.rm] : `${SIZE[w]} ptr ${memory(d)}`;
}

function memory(d: Insn): string {
  if (d.mod === 3) return '';
  const names = REGS[d.addr32 ? W32 : W16];
  const nameOf = (cell: number): string => names[(cell - GPR) >> 2];
  const parts: string[] = [];
  if (d.base !== 0) parts.push(nameOf(d.base));
  if (d.index !== 0) parts.push(d.addr32 ? `${nameOf(d.index)}*${1 << d.scale}` : nameOf(d.index));
  const segment = d.override >= 0 ? `${SEG[d.override]}:` : '';
  const inner = parts.join('+');
  if (inner === '') return `${segment}${segment === '' ? 'ds:' : ''}${hex(d.addr32 ? d.disp : d.disp & 0xffff)}`;
  const disp = d.disp === 0 ? '' : d.disp < 0 ? `-${hex(-d.disp)}` : `+${hex(d.disp)}`;
  return `${segment}[${inner}${disp}]`;
}
