/**
 * Random user programs for the monitor: instructions from the oracle's cases with registers to
 * match, runs of register instructions, and pieces written for the engine.
 */
import { FORM, IMM } from '../../src/arch/x86/decode/form.ts';
import { FORMS } from '../../src/arch/x86/decode/table.ts';
import type { X86Bench } from '../benches/x86-bench.ts';
import { drawCase, shapes, type Shape } from '../oracle/x86/cases.ts';
import { BRANCHES, DIVISIONS, INDIRECT, RETURNS } from '../oracle/x86/coverage.ts';
import type { Lcg } from '../oracle/x86/lcg.ts';
import { MODE, PLACE } from '../oracle/x86/record.ts';
import { drawSequence, pools } from '../oracle/x86/sequences.ts';
import { assemble } from './assemble.ts';
import { CODE_OTHER, DEVICE, PHYSICAL, PIECE, START, V86 } from './monitor.ts';

const SELECTION = { slow: true, invalid: true } as const;
const ALL = shapes(SELECTION);
const STRAIGHT = ALL.filter((s) => !BRANCHES.has(s.lift));
const NEAR = ALL.filter((s) => !INDIRECT.has(s.lift) && !RETURNS.has(s.lift));
const POOLS = pools(ALL);
const REGISTERS = STRAIGHT.filter(
  (s) => !s.memory && ![IMM.MOFFS, IMM.W, IMM.WB].includes((FORMS[s.opcode] >> FORM.IMM_SHIFT) as never),
);
/** Room for the jump to the next piece. */
const BODY = PIECE - 8;

export const PIECES = 56;
/** Where loops within a piece count, in the data area. */
const COUNTER = 0xf000;

function dword(v: number): number[] {
  return [v & 0xff, (v >>> 8) & 0xff, (v >>> 16) & 0xff, v >>> 24];
}

/** Registers set as the case wants them, then its instruction. */
function single(r: Lcg, mode: number, from: readonly Shape[]): number[] {
  const oracle = mode === V86 ? MODE.CODE16 : mode;
  const code16 = oracle === MODE.CODE16;
  const c = drawCase(r, r.pick(from), oracle, SELECTION, r.oneIn(6));
  if (c === null) return [];
  const bytes: number[] = [];
  for (const [at, value] of c.pokes) {
    const address = PLACE.WINDOW + at;
    if (code16) bytes.push(0x66, 0xc7, 0x06, address & 0xff, address >> 8, ...dword(value));
    else bytes.push(0xc7, 0x05, ...dword((mode === MODE.FLAT ? PLACE.DATA : 0) + address), ...dword(value));
  }
  c.regs.forEach((value, n) => {
    // Left as they are now and then, so that a compiler does not know every register.
    if (n === 4 || !r.oneIn(8)) bytes.push(...(code16 ? [0x66] : []), 0xb8 + n, ...dword(value));
  });
  return [...bytes, ...c.code];
}

function sequence(r: Lcg, code16: boolean, most: number): number[] {
  const { code } = drawSequence(r, POOLS, code16);
  return [...code].slice(0, most);
}

/**
 * A run of instructions on registers, drawn from a few kinds only, so that the same one often comes
 * several times. What one instruction leaves is what the next one works on, undefined flags
 * included: engines must agree on those too.
 */
function run(r: Lcg, code16: boolean, most: number): number[] {
  const kinds = Array.from({ length: 1 + r.below(5) }, () => r.pick(REGISTERS)).filter(
    (k) => !DIVISIONS.has(k.lift) || r.oneIn(3),
  );
  const bytes: number[] = [];
  for (let n = 0; n < 40 && kinds.length > 0; n++) {
    const { opcode, reg } = r.pick(kinds);
    const form = FORMS[opcode], imm = form >> FORM.IMM_SHIFT, byte = (form & FORM.BYTE) !== 0;
    const prefix = r.oneIn(4);
    const size =
      imm === IMM.NONE || (imm === IMM.TEST && reg > 1) ? 0 : imm === IMM.B || byte ? 1 : code16 === prefix ? 4 : 2;
    const insn = [
      ...(prefix ? [0x66] : []), ...(opcode >= 0x100 ? [0x0f] : []),
      opcode & 0xff,
      ...((form & FORM.MODRM) !== 0 ? [0xc0 | (reg << 3) | r.below(8)] : []),
      ...dword(r.oneIn(2) ? r.below(40) : r.next()).slice(0, size),
    ];
    if (bytes.length + insn.length > most) break;
    bytes.push(...insn);
  }
  return bytes;
}

/** Pieces that do the same in 16- and 32-bit code. */
function anyMode(r: Lcg): number[] {
  switch (r.below(6)) {
    case 0:
      return [0x0f, 0x31, 0x01, 0xc3, 0x0f, 0x31]; // rdtsc; add ebx, eax; rdtsc
    case 1:
      return [0xcd, 0x80, 0x40, 0xcd, 0x80]; // int 80h; inc eax; int 80h
    // in al, 60h; add ecx, eax; out 61h, al; inc ebx; in eax, 62h
    case 2:
      return [0xe4, 0x60, 0x01, 0xc1, 0xe6, 0x61, 0x43, 0xe5, 0x62];
    case 3:
      return [0xfa, 0x40, 0x43, 0xfb, 0x41, 0xf8, 0xfa, 0x90, 0xfb]; // cli … sti …
    case 4:
      return Array.from({ length: 12 }, () => [0xd8 + r.below(8), 0xc0 + r.below(64)]).flat();
    // fninit; fld1; fldpi
    default:
      return [
        0xdb, 0xe3, 0xd9, 0xe8, 0xd9, 0xeb,
        ...Array.from({ length: 8 }, () => [0xd8 + r.below(8), 0xc0 + r.below(64)]).flat(),
      ];
  }
}

/** Pieces of flat 32-bit code. */
function flat(r: Lcg): number[] {
  const data = (): number => PLACE.DATA + (r.oneIn(4) ? 0x1000 * (1 + r.below(8)) - r.below(8) : r.below(0x8000));
  const code = (lines: readonly string[]): number[] => [...assemble(0, lines).bytes];
  switch (r.below(8)) {
    case 0:
      return Array.from({ length: 10 }, () => [0xd8 + r.below(8), 0x05 | (r.below(8) << 3), ...dword(data())]).flat();
    case 1:
      return code([
        `be =${data()}  mov esi`,
        `bf =${data()}  mov edi`,
        `b9 =${r.below(150)}  mov ecx`,
        r.oneIn(3) ? 'fd  std' : 'fc  cld',
        `f3 ${r.pick(['a4', 'a5', 'aa', 'ab', '66 a5'])}  rep movs/stos`,
        'fc  cld',
      ]);
    case 2:
      return code([
        `a1 =${PLACE.DATA + DEVICE + r.below(64)}  mov eax,[device]`,
        `01 05 =${PLACE.DATA + DEVICE + 4 * r.below(8)}  add [device],eax`,
        '41  inc ecx',
        `88 1d =${PLACE.DATA + DEVICE + r.below(64)}  mov [device],bl`,
      ]);
    // Into user code: any byte of it.
    case 3:
      return code([
        `c6 05 =${PLACE.CODE + START + r.below(PIECES * PIECE)} =b:${r.below(256)}  mov byte [code],n`,
        '43  inc ebx',
        `0f b6 05 =${PLACE.CODE + START + r.below(PIECES * PIECE)}  movzx eax,byte [code]`,
      ]);
    case 4:
      return code([
        '9c  pushf', '81 0c 24 00 01 00 00  or dword [esp],100h', '9d  popf', '40  inc eax',
        '01 c3  add ebx,eax', '9c  pushf', '81 24 24 ff fe ff ff  and dword [esp],~100h', '9d  popf',
      ]);
    case 5:
      return code([
        '0f a2  cpuid', '01 c3  add ebx,eax', '9b  fwait',
        `f0 ff 05 =${data()}  lock inc dword [data]`,
        `0f c7 0d =${data()}  cmpxchg8b [data]`,
        '60  pusha', '61  popa',
      ]);
    default: {
      // An inner loop over a run of register instructions.
      const count = PLACE.DATA + COUNTER + 64 + 4 * r.below(64);
      const body = r.oneIn(2) ? sequence(r, false, 48) : run(r, false, 60);
      return [
        ...code([`c7 05 =${count} =${2 + r.below(12)}  mov dword [n],k`]),
        ...body, ...code([`ff 0d =${count}  dec dword [n]`]), 0x75,
        (-body.length - 8) & 0xff,
      ];
    }
  }
}

/**
 * Draws a program and puts it, with a second version of its first page, into a bench's memory. `r`
 * must be in the same state for each bench.
 */
export function randomProgram(b: X86Bench, r: Lcg, mode: number): void {
  const code16 = mode === MODE.CODE16 || mode === V86;
  const draw = (): number[] => {
    switch (r.below(8)) {
      case 0: case 1: case 2: return single(r, mode, NEAR);
      case 3: return [...sequence(r, code16, 56), ...(r.oneIn(2) ? sequence(r, code16, 48) : [])];
      case 4: return run(r, code16, BODY - 10);
      case 5: return anyMode(r);
      default: return mode === MODE.FLAT ? flat(r) : single(r, mode, STRAIGHT);
    }
  };
  const write = (at: number): void => {
    for (let n = 0; n < PIECES; n++) {
      let body = n > (PIECES * 3) / 4 && r.oneIn(4) ? single(r, mode, ALL) : draw();
      if (body.length > BODY) body = [];
      const piece = new Uint8Array(PIECE).fill(0x90);
      piece.set(body);
      const from = body.length;
      if (n === PIECES - 1)
        piece.set(
          code16 ? [0xe9, ...dword(-(n * PIECE + from + 3)).slice(0, 2)] : [0xe9, ...dword(-(n * PIECE + from + 5))],
          from,
        );
      else if (PIECE - from > 10 && r.oneIn(2)) piece.set([0xeb, PIECE - from - 2], from);
      b.ram.bytes.set(piece, at + START + n * PIECE);
    }
  };
  write(PHYSICAL.CODE + CODE_OTHER);
  write(PHYSICAL.CODE);
  for (let i = 0; i < 0x10000; i += 4) b.write32(PHYSICAL.DATA + i, r.next());
  b.ram.onWrite(0, b.ram.bytes.length);
}
