/**
 * For tests: random µop programs over all rows, drawn from a stream of numbers so that a property
 * tester can shrink them.
 */
import { Builder } from '../../src/ir/builder.ts';
import { IrCache } from '../../src/ir/ir-cache.ts';
import { MAP, SEGMENT, STATE, tlbBase } from '../../src/ir/layout.ts';
import { type OpRow, OPS } from '../../src/ir/ops.ts';
import type { InstructionSet } from '../../src/ir/instruction-set.ts';
import { JumpCache } from '../../src/jit/tables.ts';
import type { Side } from './pair.ts';
import { ACCESS } from './tlb.ts';

/** Draws a number in 0..below-1. */
export type Draw = (below: number) => number;

const GPR = STATE.ISA;
/** Cells that operands name: eight registers and four temporaries, of the set that is tried. */
let cells: readonly number[] = [];
function use(isa: InstructionSet): void {
  const bytes = isa.registers.width / 8;
  cells = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => GPR + n * bytes)
    .concat([0, 1, 2, 3].map((n) => STATE.TEMP + n * bytes));
}
/** Three segments: flat, small, none. Behind the registers. */
const SEGMENTS = STATE.ISA + 0x100;
const PCS = [0x1000, 0x41010, 0xfffff123, 0x5008, 0x1024];
const BODY = OPS.filter((row) => !row.ends && row.name !== 'head' && !row.sig.includes('l'));
const BRANCHES = OPS.filter((row) => !row.ends && row.sig.includes('l'));
/** A compiled head needs its machine code; it stands in no block's midst. */
const ENDS = OPS.filter((row) => row.ends && row.name !== 'compiled');

/** A number that finds corners: small, near a power of two, or any. */
export function value(draw: Draw): number {
  switch (draw(4)) {
    case 0: return draw(5) - 2;
    case 1: return (2 ** draw(32) + draw(3) - 1) | 0;
    case 2: return draw(0x10000);
    default: return draw(0x10000) * 0x10000 + draw(0x10000) | 0;
  }
}

/** An address: mostly in mapped pages or across their edges. */
function address(draw: Draw): number {
  return draw(4) === 0 ? value(draw) : draw(8) * 0x1000 + (draw(2) === 0 ? draw(0x1000) : 0xff8 + draw(16));
}

/**
 * Temporaries that the instruction being made has written whole: only those may be read, as they
 * are dead at its start.
 */
const fresh = new Set<number>();

function isTemporary(cell: number): boolean {
  return cell < GPR;
}

function cell(draw: Draw, width: number, whole: boolean): number {
  let at = cells[draw(cells.length)];
  if (isTemporary(at) && (width === 64 || (!whole && !fresh.has(at)))) at = cells[draw(8)];
  return at + (width === 8 ? draw(4) : width === 16 ? draw(2) * 2 : 0);
}

/** Width of the cell in operand word `slot`, where it is not the row's. */
function cellWidth(row: OpRow, slot: number): number {
  const { name, sig } = row;
  if (/^(ld|st|push|pop|probe)/.test(name)) return slot === 1 && sig[0] !== 'a' ? row.width : 32;
  if (/^zx8|^sx8/.test(name) && slot === 2) return 8;
  if (/^zx16|^sx16/.test(name) && slot === 2) return 16;
  if (/^(in|out)\d/.test(name) && slot === 2) return 16;
  if (slot === 3 && /^(rol|ror|rcl|rcr|shl|shr|sar|shld|shrd)f|^cmovnz/.test(name)) return 8;
  return row.width;
}

function operand(draw: Draw, row: OpRow, slot: number, heads: readonly number[]): number {
  switch (row.sig[slot - 1]) {
    case 'd': return cell(draw, cellWidth(row, slot), row.width === 32 && !row.name.startsWith('cmov'));
    case 'a': case 'b': case 'm': return cell(draw, cellWidth(row, slot), false);
    case 'p': return PCS[draw(PCS.length)];
    case 'l': return draw(2) === 0 ? 0 : heads[draw(heads.length)];
    case 'i':
      if (row.name === 'seg')
        return (SEGMENTS + SEGMENT.BYTES * draw(3)) | ([1, 2, 4, 8][draw(4)] << 16) | (draw(2) << 24);
      if (row.name === 'probew' && slot === 3) return 1 + draw(64);
      if (row.name === 'helper' && slot === 1) return draw(100);
      if (row.name.startsWith('fast') && slot === 1)
        return draw(100) | ((row.width === 16 || row.flags === 'write' ? 2 : 1) << 8) | (draw(0x10000) << 16);
      return value(draw);
    default: return value(draw);
  }
}

function anyOp(draw: Draw, b: Builder, rows: readonly OpRow[], heads: readonly number[], only?: number): void {
  random(draw, b, only !== undefined && rows === BODY && draw(2) === 0 ? OPS[only] : rows[draw(rows.length)], heads);
}

function random(draw: Draw, b: Builder, row: OpRow, heads: readonly number[]): void {
  const words = [operand(draw, row, 1, heads), operand(draw, row, 2, heads), operand(draw, row, 3, heads)] as const;
  b.op(row.op, ...words);
  if (row.sig[0] === 'd' && row.width === 32 && isTemporary(words[0])) fresh.add(words[0]);
}

/**
 * One block that ends with `ops` (and a random end if they do not end it), cut into instructions at
 * random; state as in `randomProgram`.
 */
export function programOf(draw: Draw, side: Side, isa: InstructionSet, ops: readonly number[]): IrCache {
  use(isa);
  const b = new Builder();
  b.begin();
  b.insn(0x1000);
  fresh.clear();
  let bound = true;
  for (const op of ops) {
    const row = OPS[op];
    if (bound && draw(2) === 0) {
      b.insn(0x1000 + b.insns);
      fresh.clear();
    }
    if (row.ends || row.sig.includes('l')) bound = false;
    random(draw, b, row, [MAP.IR]);
  }
  if (!OPS[ops[ops.length - 1]].ends) random(draw, b, ENDS[draw(ENDS.length)], [MAP.IR]);
  b.finish(0x1000 + b.insns);
  const cache = new IrCache(side.guest.words, isa.runs);
  const block = cache.add(b, 0x1000, 0, 1)!;
  const jumps = new JumpCache(side.guest.words, isa.regimes);
  if (draw(2) === 0) jumps.insert(0x1000, 0, block.address, 0);
  randomState(draw, side);
  return cache;
}

/**
 * Fills `side` with three blocks and random state; `favourite` is an op that should occur. Returns
 * the cache; the first block is at MAP.IR.
 */
export function randomProgram(draw: Draw, side: Side, isa: InstructionSet, favourite?: number): IrCache {
  use(isa);
  const { words } = side.guest;
  const cache = new IrCache(words, isa.runs);
  const jumps = new JumpCache(words, isa.regimes);
  const b = new Builder();
  const heads: number[] = [MAP.IR];
  for (let n = 0; n < 3; n++) {
    const pc = PCS[n];
    b.begin();
    const insns = 1 + draw(4);
    for (let insn = 0; insn < insns; insn++) {
      b.insn(pc + insn);
      fresh.clear();
      const uops = draw(5);
      for (let i = 0; i < uops; i++) anyOp(draw, b, BODY, heads, favourite);
    }
    if (draw(2) === 0) anyOp(draw, b, BRANCHES, heads);
    anyOp(draw, b, ENDS, heads);
    b.finish(pc + insns);
    const block = cache.add(b, pc, 0, pc >>> 12)!;
    heads.push(block.address);
    if (draw(3) !== 0) jumps.insert(pc, 0, block.address, 0);
  }
  randomState(draw, side);
  return cache;
}

/** Random registers, flags, time, TLB, segments and RAM. */
function randomState(draw: Draw, side: Side): void {
  const { words, bytes } = side.guest;
  for (const at of cells) {
    words[at >> 2] = draw(3) === 0 ? value(draw) : address(draw);
    if (cells[1] - cells[0] === 8) words[(at >> 2) + 1] = value(draw);
  }
  words[STATE.CC_RES >> 2] = value(draw);
  words[STATE.CC_AUX >> 2] = value(draw);
  words[STATE.IC >> 2] = draw(40);
  words[STATE.TLB_BASE >> 2] = draw(2) === 0 ? tlbBase(0) : tlbBase(1);
  for (let page = 0; page < 8; page++) {
    side.tlb.fill(words[STATE.TLB_BASE >> 2], page << 12, draw(8), MAP.RAM + (((page * 5) & 7) << 12) - (page << 12));
  }
  side.tlb.fill(tlbBase(1), 0xfffff000, ACCESS.READ | ACCESS.WRITE, MAP.RAM + 0x1000);
  segment(words, 0, 0, 0xffffffff, 0, 0xffffffff, value(draw));
  segment(words, 1, draw(64), 0x1000 + draw(64), draw(64), 0x800, value(draw));
  segment(words, 2, 0xffffffff, 0, 0xffffffff, 0, 0);
  for (let i = 0; i < 0x10000; i += 61) bytes[MAP.RAM + i] = draw(256);
}

function segment(
  words: Int32Array, n: number, rmin: number, rmax: number, wmin: number, wmax: number, base: number,
): void {
  const at = (SEGMENTS + SEGMENT.BYTES * n) >> 2;
  words.set([base, rmin, rmax, wmin, wmax], at);
}
