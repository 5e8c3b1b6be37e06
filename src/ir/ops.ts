/**
 * The µop table: names, operand signatures and properties. This is the single list from which the
 * Wasm interpreter, the reference interpreter, the builder and the dump are made. Emitters:
 * `jit/emit/*.ts`; oracle: `ir/reference/*.ts`.
 *
 * Signature letters, one per operand word: `d` cell written, `a`/`b` cell read, `m` cell read and
 * written, `i` immediate, `I` and `H` low and high half of one, `p` guest pc, `l` link (IR address
 * or 0), `-` unused. The width of a cell operand is the row's `width` unless noted.
 *
 * 64 bits: an immediate is one word, sign-extended; `movi64` alone has two. Addresses have the
 * engine's width, not the row's. A guest pc of 64 bits is w1 (low) and w3 (high), which is free in
 * all rows with a `p` and an `l` but jz and jnz: those take the high half of their block.
 */

/** Widths of what an operand's `get` and `set` carry in an i32. */
export type Width = 8 | 16 | 32;
export type RowWidth = Width | 64;
export type Cond =
  'o' | 'no' | 'b' | 'ae' | 'e' | 'ne' | 'be' | 'a' | 's' | 'ns' | 'p' | 'np' | 'l' | 'ge' | 'le' | 'g';
/** Conditions in the order of the x86 condition code, 0..15. */
export const CONDS: readonly Cond[] = [
  'o', 'no', 'b', 'ae', 'e', 'ne', 'be', 'a', 's', 'ns', 'p', 'np', 'l', 'ge', 'le', 'g',
];

/** ALU operations that write flags; `adc` and `sbb` also read CF. */
export type Alu = 'add' | 'or' | 'adc' | 'sbb' | 'and' | 'sub' | 'xor';
/** Shifts and rotates with x86 flag rules (a masked count of 0 changes no flag). */
export type Shift = 'rol' | 'ror' | 'rcl' | 'rcr' | 'shl' | 'shr' | 'sar';
export type Plain = 'add' | 'sub' | 'and' | 'or' | 'xor' | 'shl' | 'shr' | 'sar';
type Imm = '' | 'i';

export type OpName =
  // control
  | 'head' | 'compiled' | 'stale' | 'stop' | 'goto' | 'gotor' | 'sync' | 'syncr' | 'raise' | 'helper' | 'fast'
  | 'fastm' | 'fastv' | 'fastf' | 'nop' | `jcc_${Cond}` | 'jz' | 'jnz'
  // moves
  | `mov${Width}` | `movi${Width}` | `zx8to16` | `zx8to32` | `zx16to32` | `sx8to16` | `sx8to32` | `sx16to32`
  // address arithmetic and other flagless operations on 32 bits
  | `${Plain}32${Imm}` | 'addsh1' | 'addsh2' | 'addsh3' | 'add16i' | 'add16' | 'seg'
  // memory
  | `ld${Width}` | `ldw${Width}` | `st${Width}` | `sti${Width}` | 'ldzx8' | 'ldzx16' | 'ldsx8' | 'ldsx16'
  | 'push32' | 'pushi32' | 'pop32'
  | 'probew'
  // arithmetic with flags
  | `${Alu}f${Width}${Imm}` | `cmp${Width}${Imm}` | `test${Width}${Imm}` | `inc${Width}` | `dec${Width}`
  | `neg${Width}` | `not${Width}` | `${Shift}f${Width}${Imm}` | `shldf${16 | 32}` | `shrdf${16 | 32}`
  | `mulf${Width}` | `imul1f${Width}` | `imul2f${16 | 32}${Imm}` | `div${Width}` | `idiv${Width}`
  | `bt${16 | 32}` | `bts${16 | 32}` | `btr${16 | 32}` | `btc${16 | 32}` | `bsf${16 | 32}` | `bsr${16 | 32}`
  | 'bswap32'
  // conditions and flags
  | `set_${Cond}` | 'cmovnz16' | 'cmovnz32' | 'getflags' | 'setflags' | 'stc' | 'clc' | 'cmc'
  // most significant byte first
  | 'ld32be' | 'ldzx16be' | 'ldsx16be' | 'st16be' | 'st32be'
  // 64 bits
  | 'mov64' | 'movi64' | 'add64' | 'add64i'
  // ports
  | `in${Width}` | `in${Width}i` | `out${Width}` | `out${Width}i`;

/**
 * For whom a row is: all; machines with x86's flags and stack; machines whose memory has the most
 * significant byte first; machines with 64-bit registers.
 */
export type RowGroup = 'common' | 'x86' | 'big-endian' | '64-bit';

export interface OpRow {
  readonly name: OpName;
  /** Number in the br_table and in w0. */
  readonly op: number;
  readonly width: RowWidth;
  readonly group: RowGroup;
  /** One letter per operand word, see the file's head. */
  readonly sig: string;
  /** May call an import and leave the interpreter. */
  readonly exits: boolean;
  /** Ends a block. */
  readonly ends: boolean;
  /**
   * What it does to CC_RES/CC_AUX. `partial` = reads and writes (inc/dec keep CF, shifts by 0 keep
   * all, bt keeps all but CF).
   */
  readonly flags: 'none' | 'read' | 'write' | 'partial';
  /** Reads and writes the cells `FIXED` besides its operands. */
  readonly implicit: boolean;
  /** Changes flags only if a count, known when it runs, is not zero. */
  readonly conditional: boolean;
  /** Leaves no flag as it was (or, with a count of 0, all): what made them before is dead. */
  readonly replacesFlags: boolean;
  /**
   * What of the flags it computes with, not only keeps: nothing, ZF alone (which RES alone tells),
   * or more.
   */
  readonly reads: 'none' | 'result' | 'all';
  /** Bits of the last operand, an immediate, that are a count: if it is 0, all flags stay. */
  readonly countBits: number;
  /** One line: what it does. */
  readonly doc: string;
}

const rows: OpRow[] = [];

type Properties = Pick<
  OpRow, 'exits' | 'ends' | 'flags' | 'implicit' | 'conditional' | 'replacesFlags' | 'reads' | 'countBits'
>;
/** Of the rows that follow. */
let group: RowGroup = 'common';

function row(name: OpName, width: RowWidth, sig: string, doc: string, more: Partial<Properties> = {}): void {
  const flags = more.flags ?? 'none';
  rows.push({
    name, op: rows.length, width, group, sig, doc, flags,
    exits: more.exits ?? false,
    ends: more.ends ?? false,
    implicit: more.implicit ?? false,
    conditional: more.conditional ?? false,
    replacesFlags: more.replacesFlags ?? flags === 'write',
    reads: more.reads ?? (flags === 'read' || more.conditional === true ? 'all' : 'none'),
    countBits: more.countBits ?? 0,
  });
}

const WIDTHS: readonly Width[] = [8, 16, 32];
const WIDE: readonly (16 | 32)[] = [16, 32];
const X = { exits: true } as const;
const W = { flags: 'write' } as const;
const RW = { flags: 'partial' } as const;
/** Leave no flag as it was: but for a count of 0; with CF as an operand. */
const ALL_BY_IMMEDIATE = { flags: 'partial', replacesFlags: true, countBits: 31 } as const;
const ALL_BY_CARRY = { flags: 'partial', replacesFlags: true, reads: 'all' } as const;
const BY_COUNT = { flags: 'partial', conditional: true } as const;

row(
  'head', 32, 'iii',
  'block head: if (ic < w1) leave DEADLINE; count w2, leave HOT if it is ENGINE.HOT_AT; ic -= w1; w3 = block number',
  X,
);
row(
  'compiled', 32, 'iii',
  'head of a block that has machine code of its own: the interpreter returns; w1 and w3 as in head, w2 = ' +
    'index in the code table',
  { ends: true, exits: true },
);
row('stale', 32, 'iip', 'retired head (w1, w2 kept): PC = w3, go through the jump cache', { ends: true, exits: true });
row('stop', 32, '---', 'leave with EXIT STOP', { ends: true, exits: true });
row('goto', 32, 'pl-', 'continue at pc w1; link w2', { ends: true, exits: true });
row('gotor', 32, 'a--', 'PC = cell w1, go through the jump cache', { ends: true, exits: true });
row('sync', 32, 'p--', 'PC = w1, leave with EXIT SYNC', { ends: true, exits: true });
row('syncr', 32, 'a--', 'PC = cell w1, leave with EXIT SYNC', { ends: true, exits: true });
row('raise', 32, 'ii-', 'always fault: calls helper(0xffff, vector w1, error code w2 or -1)', {
  ends: true, exits: true,
});
row('helper', 32, 'iii', 'call helper(id w1, w2, w3, ip); continues at the next µop unless EXIT was set', {
  exits: true, flags: 'partial', reads: 'all',
});
row(
  'fast', 32, 'ip-',
  'fast function: w1 = helper id | function << 8 | operand << 16; if (!function(operand, pc w2, 0)) ' +
    'helper(id, operand, w3, ip)',
  X,
);
row('fastm', 32, 'ipa', 'as fast, with cell w3 as third argument; the helper gets the address of the cell', X);
row('fastv', 16, 'ipd', 'as fast; d16 = what the function returns, or if that is negative, what the helper does', X);
row(
  'fastf', 32, 'ip-',
  'as fast; the arithmetic flags become what the function returns (EFLAGS positions), or if that is ' +
    'negative, what the helper does',
  { exits: true, flags: 'write' },
);
row('nop', 32, '---', 'nothing');
group = 'x86';
const readsOf = (c: Cond): 'result' | 'all' => (c === 'e' || c === 'ne' ? 'result' : 'all');
for (const c of CONDS)
  row(`jcc_${c}`, 32, 'pl-', `if ${c}: continue at pc w1, link w2; else the next µop`, {
    flags: 'read', reads: readsOf(c), exits: true,
  });
group = 'common';
row('jz', 32, 'pla', 'if cell w3 (32 bit) is zero: continue at pc w1, link w2; else the next µop', X);
row('jnz', 32, 'pla', 'if cell w3 (32 bit) is not zero: continue at pc w1, link w2; else the next µop', X);

for (const w of WIDTHS) {
  row(`mov${w}`, w, 'da-', 'd = a');
  row(`movi${w}`, w, 'di-', 'd = imm');
}
row('zx8to16', 16, 'da-', 'd16 = zero-extended a8');
row('zx8to32', 32, 'da-', 'd32 = zero-extended a8');
row('zx16to32', 32, 'da-', 'd32 = zero-extended a16');
row('sx8to16', 16, 'da-', 'd16 = sign-extended a8');
row('sx8to32', 32, 'da-', 'd32 = sign-extended a8');
row('sx16to32', 32, 'da-', 'd32 = sign-extended a16');

for (const p of ['add', 'sub', 'and', 'or', 'xor', 'shl', 'shr', 'sar'] as const) {
  row(`${p}32`, 32, 'dab', `d = a ${p} b, no flags (shift counts modulo 32)`);
  row(`${p}32i`, 32, 'dai', `d = a ${p} imm, no flags`);
}
row('addsh1', 32, 'dab', 'd = a + (b << 1)');
row('addsh2', 32, 'dab', 'd = a + (b << 2)');
row('addsh3', 32, 'dab', 'd = a + (b << 3)');
row('add16', 32, 'dab', 'd32 = (a + b) & 0xffff');
row('add16i', 32, 'dai', 'd32 = (a + imm) & 0xffff');
group = 'x86';
row(
  'seg', 32, 'dai',
  'd = segment base + a after the range check; w3 = segment cell address | size << 16 | write << 24; out ' +
    'of range: helper(0xfffe, w3, a)',
  X,
);

group = 'common';
for (const w of WIDTHS) {
  row(`ld${w}`, w, 'dai', 'd = memory[a + imm] (linear address)', X);
  row(`ldw${w}`, w, 'dai', 'd = memory[a + imm], faulting as a write would', X);
  row(`st${w}`, w, 'bai', 'memory[a + imm] = b; w1 = b, w2 = a, w3 = displacement', X);
  row(`sti${w}`, w, 'iai', 'memory[a + disp] = imm; w1 = imm, w2 = a, w3 = displacement', X);
}
row('ldzx8', 32, 'dai', 'd32 = zero-extended byte', X);
row('ldzx16', 32, 'dai', 'd32 = zero-extended word', X);
row('ldsx8', 32, 'dai', 'd32 = sign-extended byte', X);
row('ldsx16', 32, 'dai', 'd32 = sign-extended word', X);
group = 'x86';
row('push32', 32, 'am-', 'memory[sp - 4] = a; sp -= 4; w2 = stack pointer cell; flat stack only', X);
row('pushi32', 32, 'im-', 'memory[sp - 4] = imm; sp -= 4', X);
row('pop32', 32, 'dm-', 'v = memory[sp]; sp += 4; d = v (in this order, so that pop esp works)', X);
group = 'common';
row('probew', 32, 'aii', 'fault as a write of w3 bytes at a + imm would; accesses nothing', X);

group = 'x86';
for (const w of WIDTHS) {
  for (const p of ['add', 'or', 'adc', 'sbb', 'and', 'sub', 'xor'] as const) {
    const f = p === 'adc' || p === 'sbb' ? ALL_BY_CARRY : W;
    row(`${p}f${w}`, w, 'dab', `d = a ${p} b, flags`, f);
    row(`${p}f${w}i`, w, 'dai', `d = a ${p} imm, flags`, f);
  }
  row(`cmp${w}`, w, 'ab-', 'flags of a - b', W);
  row(`cmp${w}i`, w, 'ai-', 'flags of a - imm', W);
  row(`test${w}`, w, 'ab-', 'flags of a & b', W);
  row(`test${w}i`, w, 'ai-', 'flags of a & imm', W);
  row(`inc${w}`, w, 'da-', 'd = a + 1; flags but CF', RW);
  row(`dec${w}`, w, 'da-', 'd = a - 1; flags but CF', RW);
  row(`neg${w}`, w, 'da-', 'd = -a; flags', W);
  row(`not${w}`, w, 'da-', 'd = ~a; no flags');
  for (const p of ['rol', 'ror', 'rcl', 'rcr', 'shl', 'shr', 'sar'] as const) {
    const shift = p === 'shl' || p === 'shr' || p === 'sar', carry = p === 'rcl' || p === 'rcr';
    row(`${p}f${w}`, w, 'dab', `d = a ${p} (b8 & 31), flags; b is an 8-bit cell (CL)`, BY_COUNT);
    row(`${p}f${w}i`, w, 'dai', `d = a ${p} (imm & 31), flags`, shift ? ALL_BY_IMMEDIATE : carry ? BY_COUNT : RW);
  }
  row(`mulf${w}`, w, 'a--', 'unsigned: AX = AL·a | DX:AX = AX·a | EDX:EAX = EAX·a; CF = OF = high half not zero', {
    flags: 'write', implicit: true,
  });
  row(`imul1f${w}`, w, 'a--', 'signed one-operand multiply; CF = OF = high half is not the sign extension', {
    flags: 'write', implicit: true,
  });
  row(`div${w}`, w, 'a--', 'unsigned divide of AX | DX:AX | EDX:EAX; #DE by helper(0xffff, 0, -1)', {
    exits: true, implicit: true,
  });
  row(`idiv${w}`, w, 'a--', 'signed divide; #DE as div', { exits: true, implicit: true });
}
for (const w of WIDE) {
  row(`shldf${w}`, w, 'mab', 'd = d:a shifted left by (CL or T-cell b8 & 31); flags', BY_COUNT);
  row(`shrdf${w}`, w, 'mab', 'd = a:d shifted right by (b8 & 31); flags', BY_COUNT);
  row(`imul2f${w}`, w, 'dab', 'd = a · b signed, truncated; CF = OF = overflow', W);
  row(`imul2f${w}i`, w, 'dai', 'd = a · imm signed', W);
  row(`bt${w}`, w, 'ab-', 'CF = bit (b mod width) of a; other flags kept', RW);
  row(`bts${w}`, w, 'dab', 'CF = bit of a; d = a with the bit set', RW);
  row(`btr${w}`, w, 'dab', 'CF = bit of a; d = a with the bit clear', RW);
  row(`btc${w}`, w, 'dab', 'CF = bit of a; d = a with the bit flipped', RW);
  row(`bsf${w}`, w, 'ma-', 'a = 0: ZF = 1, d kept; else d = lowest set bit, ZF = 0', W);
  row(`bsr${w}`, w, 'ma-', 'a = 0: ZF = 1, d kept; else d = highest set bit, ZF = 0', W);
}
group = 'common';
row('bswap32', 32, 'da-', 'd = bytes of a reversed');

group = 'x86';
for (const c of CONDS) row(`set_${c}`, 8, 'd--', `d8 = ${c} ? 1 : 0`, { flags: 'read', reads: readsOf(c) });
row('cmovnz16', 16, 'dab', 'if the 8-bit cell b is not zero: d = a');
row('cmovnz32', 32, 'dab', 'if the 8-bit cell b is not zero: d = a');
row('getflags', 32, 'd--', 'd32 = CF|PF|AF|ZF|SF|OF at their EFLAGS positions, bit 1 set, all else 0', {
  flags: 'read',
});
row(
  'setflags', 32, 'ai-',
  'flags in mask w2 (EFLAGS positions; of CF PF AF ZF SF OF) = those of a; the others kept',
  { ...RW, reads: 'all' },
);
row('stc', 32, '---', 'CF = 1, others kept', RW);
row('clc', 32, '---', 'CF = 0, others kept', RW);
row('cmc', 32, '---', 'CF = !CF, others kept', RW);

group = 'common';
for (const w of WIDTHS) {
  row(`in${w}`, w, 'da-', 'd = port[a16]', X);
  row(`in${w}i`, w, 'di-', 'd = port[imm]', X);
  row(`out${w}`, w, 'ba-', 'port[a16] = b; w1 = value, w2 = port cell', X);
  row(`out${w}i`, w, 'bi-', 'port[imm] = b', X);
}

group = 'big-endian';
row('ld32be', 32, 'dai', 'd = memory[a + imm], most significant byte first; so are those that follow', X);
row('ldzx16be', 32, 'dai', 'd32 = zero-extended 16 bits', X);
row('ldsx16be', 32, 'dai', 'd32 = sign-extended 16 bits', X);
row('st16be', 16, 'bai', 'memory[a + imm] = b; w1 = b, w2 = a, w3 = displacement', X);
row('st32be', 32, 'bai', 'memory[a + imm] = b; w1 = b, w2 = a, w3 = displacement', X);

group = '64-bit';
row('mov64', 64, 'da-', 'd = a');
row('movi64', 64, 'dIH', 'd = imm, low half w2, high half w3');
row('add64', 64, 'dab', 'd = a + b, no flags');
row('add64i', 64, 'dai', 'd = a + imm, no flags');

/**
 * All rows; `OPS[n].op === n`. In IR memory w0 may hold the number of a run instead: see `opOf` in
 * `runs.ts`.
 */
export const OPS: readonly OpRow[] = rows;

/** Op number by name. */
export const OP: Readonly<Record<OpName, number>> = Object.fromEntries(rows.map((r) => [r.name, r.op])) as Record<
  OpName,
  number
>;

/** Names of the rows of some groups. */
export function rowsOf(...groups: readonly RowGroup[]): OpName[] {
  return OPS.filter((row) => groups.includes(row.group)).map((row) => row.name);
}

/** Helper numbers that the engine itself uses; an ISA's own start at 0. */
export const ENGINE_HELPER = { RAISE: 0xffff, SEGMENT: 0xfffe } as const;
