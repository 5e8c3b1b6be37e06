/**
 * Opcodes of instructions that this processor lacks: they are undefined (#UD), and a guest that
 * executes one is told by name what it asked for (SDM vol. 2D, appendix A; CPUID tells of each
 * whether a processor has it).
 */
import { FORM, IMM } from './form.ts';

const M = FORM.MODRM;
const NONE = IMM.NONE;

/** As a row of the opcode map, with the instruction or its group in place of the lift. */
export type AbsentRow = readonly [pattern: string, covers: string, form: number, what: string];

/** Forms are those of the map's other rows of the same opcode. */
export const ABSENT_ONE_BYTE: readonly AbsentRow[] = [
  // LES and LDS with a register operand
  ['1100010v', 'r', M, 'an AVX instruction'],
];

export const ABSENT_TWO_BYTE: readonly AbsentRow[] = [
  ['00000001', '/0r', M, 'VMX (VMCALL and its kin)'],
  ['00000001', '/1r', M, 'MONITOR, MWAIT, CLAC or STAC'],
  ['00000001', '/2r', M, 'XGETBV, XSETBV or VMFUNC'],
  ['00000001', '/3r', M, 'AMD\'s SVM (VMRUN and its kin)'],
  ['00000001', '/7r', M, 'RDTSCP or SWAPGS'],
  ['00000101', '', NONE, 'SYSCALL'],
  ['00000111', '', NONE, 'SYSRET'],
  ['00001110', '', NONE, '3DNow! (FEMMS)'],
  ['00001111', '', NONE, '3DNow!'],
  ['00010hhh', '', NONE, 'SSE'],
  ['00101hhh', '', NONE, 'SSE'],
  ['00110111', '', NONE, 'SMX (GETSEC)'],
  ['00111000', '', NONE, 'an SSSE3, SSE4 or MOVBE instruction'],
  ['00111010', '', NONE, 'an SSSE3 or SSE4 instruction'],
  ['0101hhhh', '', NONE, 'SSE'],
  ['0110hhhh', '', NONE, 'MMX or SSE2'],
  ['01110hhh', '', NONE, 'MMX or SSE2'],
  ['01111hhh', '', NONE, 'MMX, SSE2 or VMX'],
  ['10101010', '', NONE, 'system management mode (RSM)'],
  ['10101110', '/2m', M, 'SSE (LDMXCSR)'],
  ['10101110', '/3m', M, 'SSE (STMXCSR)'],
  ['10101110', '/4m', M, 'XSAVE'],
  ['10101110', '/5m', M, 'XSAVE (XRSTOR)'],
  ['10101110', '/6m', M, 'XSAVE (XSAVEOPT)'],
  ['10101110', '/7m', M, 'CLFLUSH'],
  ['10101110', '/5r', M, 'SSE2 (LFENCE)'],
  ['10101110', '/6r', M, 'SSE2 (MFENCE)'],
  ['10101110', '/7r', M, 'SSE (SFENCE)'],
  ['10111000', '', NONE, 'POPCNT'],
  ['11000010', '', NONE, 'SSE'],
  ['11000011', '', NONE, 'SSE2 (MOVNTI)'],
  ['1100010v', '', NONE, 'SSE'],
  ['11000110', '', NONE, 'SSE'],
  ['11000111', '/6r', M, 'RDRAND'],
  ['11000111', '/7r', M, 'RDSEED or RDPID'],
  ['1101hhhh', '', NONE, 'MMX or SSE2'],
  ['1110hhhh', '', NONE, 'MMX or SSE2'],
  ['11110hhh', '', NONE, 'MMX or SSE2'],
  ['111110vv', '', NONE, 'MMX or SSE2'],
  ['1111110v', '', NONE, 'MMX or SSE2'],
  ['11111110', '', NONE, 'MMX or SSE2'],
];

/** Names by the number in `ABSENT_AT`. */
export const ABSENT_NAMES: readonly string[] = [
  '', ...new Set([...ABSENT_ONE_BYTE, ...ABSENT_TWO_BYTE].map(([, , , what]) => what)),
];
/** Index into `ABSENT_NAMES` at `slot(…)`; 0 = an opcode that is undefined for another reason. */
export const ABSENT_AT = new Uint8Array(512 * 16);
