/** Text of x87 instructions (SDM vol. 2D, tables ). */

const ARITHMETIC = ['fadd', 'fmul', 'fcom', 'fcomp', 'fsub', 'fsubr', 'fdiv', 'fdivr'];
const INTEGER = ['fiadd', 'fimul', 'ficom', 'ficomp', 'fisub', 'fisubr', 'fidiv', 'fidivr'];
/** Memory forms by (opcode - D8) × 8 + reg: name and size. */
const MEMORY: readonly string[] = [
  ...ARITHMETIC.map((n) => `${n} dword`),
  'fld dword', '', 'fst dword', 'fstp dword', 'fldenv', 'fldcw word', 'fnstenv', 'fnstcw word',
  ...INTEGER.map((n) => `${n} dword`),
  'fild dword', '', 'fist dword', 'fistp dword', '', 'fld tbyte', '', 'fstp tbyte',
  ...ARITHMETIC.map((n) => `${n} qword`),
  'fld qword', '', 'fst qword', 'fstp qword', 'frstor', '', 'fnsave', 'fnstsw word',
  ...INTEGER.map((n) => `${n} word`),
  'fild word', '', 'fist word', 'fistp word', 'fbld tbyte', 'fild qword', 'fbstp tbyte', 'fistp qword',
];
const D9_CONSTANTS: Readonly<Record<number, string>> = {
  0xd0: 'fnop', 0xe0: 'fchs', 0xe1: 'fabs', 0xe4: 'ftst', 0xe5: 'fxam', 0xe8: 'fld1', 0xe9: 'fldl2t',
  0xea: 'fldl2e', 0xeb: 'fldpi', 0xec: 'fldlg2', 0xed: 'fldln2', 0xee: 'fldz', 0xf0: 'f2xm1', 0xf1: 'fyl2x',
  0xf2: 'fptan', 0xf3: 'fpatan', 0xf4: 'fxtract', 0xf5: 'fprem1', 0xf6: 'fdecstp', 0xf7: 'fincstp',
  0xf8: 'fprem', 0xf9: 'fyl2xp1', 0xfa: 'fsqrt', 0xfb: 'fsincos', 0xfc: 'frndint', 0xfd: 'fscale',
  0xfe: 'fsin', 0xff: 'fcos',
};

function stack(modrm: number): string {
  return `st(${modrm & 7})`;
}

/** `opcode` D8..DF; `memory` is the operand's text, unused in register forms. */
export function fpuText(opcode: number, modrm: number, memory: string): string {
  const reg = (modrm >> 3) & 7;
  if (modrm < 0xc0) {
    const text = MEMORY[(opcode & 7) * 8 + reg];
    if (text === '') return '(bad)';
    return text.includes(' ') ? `${text} ptr ${memory}` : `${text} ${memory}`;
  }
  return registerForm(opcode, modrm, reg) ?? '(bad)';
}

function registerForm(opcode: number, modrm: number, reg: number): string | undefined {
  const st = stack(modrm);
  // In DC and DE the reversed forms trade places (SDM vol. 2D, table A-15).
  const reversed = ARITHMETIC[reg < 4 ? reg : reg ^ 1];
  switch (opcode) {
    case 0xd8:
      return reg === 2 || reg === 3 ? `${ARITHMETIC[reg]} ${st}` : `${ARITHMETIC[reg]} st, ${st}`;
    case 0xd9:
      return reg === 0 ? `fld ${st}` : reg === 1 ? `fxch ${st}` : D9_CONSTANTS[modrm];
    case 0xda:
      return reg < 4
        ? `${['fcmovb', 'fcmove', 'fcmovbe', 'fcmovu'][reg]} st, ${st}`
        : modrm === 0xe9
          ? 'fucompp'
          : undefined;
    case 0xdb:
      if (reg < 4) return `${['fcmovnb', 'fcmovne', 'fcmovnbe', 'fcmovnu'][reg]} st, ${st}`;
      if (reg === 5 || reg === 6) return `${reg === 5 ? 'fucomi' : 'fcomi'} st, ${st}`;
      return (
        { 0xe0: 'fneni', 0xe1: 'fndisi', 0xe2: 'fnclex', 0xe3: 'fninit', 0xe4: 'fnsetpm', 0xe5: 'frstpm' } as Record<
          number,
          string
        >
      )[modrm];
    case 0xdc:
      return reg === 2 || reg === 3 ? undefined : `${reversed} ${st}, st`;
    case 0xdd:
      return reg === 1 || reg > 5 ? undefined : `${['ffree', '', 'fst', 'fstp', 'fucom', 'fucomp'][reg]} ${st}`;
    case 0xde:
      return modrm === 0xd9 ? 'fcompp' : reg === 2 || reg === 3 ? undefined : `${reversed}p ${st}, st`;
    default:
      return modrm === 0xe0
        ? 'fnstsw ax'
        : reg === 0
          ? `ffreep ${st}`
          : reg === 5
            ? `fucomip st, ${st}`
            : reg === 6
              ? `fcomip st, ${st}`
              : undefined;
  }
}
