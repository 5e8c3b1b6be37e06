import { describe, expect, test } from 'vitest';
import { NO_PAGE } from './block.ts';
import { Builder, MAX_BLOCK_UOPS } from './builder.ts';
import { IrCache } from './ir-cache.ts';
import { MAP, UOP_BYTES } from './layout.ts';
import { OP, OPS } from './ops.ts';
import { Runs } from './runs.ts';
import { Scratch } from './scratch.ts';

const RUNS = new Runs(['ld32 add32', 'jcc_e goto']);

const words = new Int32Array(MAP.IR_END / 4);

function threeInsns(b: Builder, pc = 0x1000): Builder {
  b.begin();
  b.insn(pc);
  b.op(OP.movi32, 1, 2);
  b.insn(pc + 2);
  b.op(OP.ld32, 4, 5, 6);
  b.op(OP.add32, 7, 8, 9);
  b.insn(pc + 5);
  b.op(OP.jcc_e, pc + 40);
  b.op(OP.goto, pc + 7);
  b.finish(pc + 7);
  return b;
}

describe('op table', () => {
  test('numbers are positions, names are unique, everything fits its w0', () => {
    expect(new Set(OPS.map((r) => r.name)).size).toBe(OPS.length);
    OPS.forEach((row, i) => {
      expect(row.op).toBe(i);
      expect(OP[row.name]).toBe(i);
      expect(row.sig).toMatch(/^[dabmiIHpl-]{3}$/);
      if (row.sig.includes('l')) expect(row.sig.slice(0, 2)).toBe('pl');
    });
  });
});

describe('Builder', () => {
  test('writes the head and rem', () => {
    const b = threeInsns(new Builder());
    expect(b.uops).toBe(6);
    const w0 = [0, 1, 2, 3, 4, 5].map((i) => b.words[i * 4]);
    expect(w0.map((w) => w & 0xffff)).toEqual([OP.head, OP.movi32, OP.ld32, OP.add32, OP.jcc_e, OP.goto]);
    expect(w0.map((w) => w >>> 16)).toEqual([0, 2, 1, 1, 0, 0]);
    expect(b.words[1]).toBe(3);
    expect([...b.insnPc.subarray(0, 4)]).toEqual([0x1000, 0x1002, 0x1005, 0x1007]);
  });

  test('drops an instruction', () => {
    const b = new Builder();
    b.begin();
    b.insn(0);
    b.op(OP.nop);
    b.insn(1);
    b.op(OP.nop);
    b.op(OP.nop);
    b.dropInsn();
    expect([b.uops, b.insns, b.lastOp]).toEqual([2, 1, OP.nop]);
  });

  test('refuses a branch before the last instruction, an empty block, and too much', () => {
    const b = new Builder();
    b.begin();
    expect(() => b.finish(0)).toThrow();
    b.insn(0);
    b.op(OP.goto, 4);
    b.insn(1);
    b.op(OP.nop);
    expect(() => b.finish(2)).toThrow(/goto/);
    b.begin();
    b.insn(0);
    while (b.uops < MAX_BLOCK_UOPS) b.op(OP.nop);
    expect(b.hasRoom).toBe(false);
    expect(() => b.op(OP.nop)).toThrow();
  });
});

describe('IrCache', () => {
  test('finds blocks and instructions by IR address', () => {
    const cache = new IrCache(words, RUNS);
    const b = new Builder();
    const blocks = [0, 1, 2, 3, 4].map((n) => cache.add(threeInsns(b, 0x1000 + n * 64), 0x1000 + n * 64, 0, 1)!);
    for (const block of blocks) {
      for (let uop = 0; uop < block.uops; uop++) expect(cache.blockAt(block.address + uop * UOP_BYTES)).toBe(block);
      expect([0, 1, 2, 3, 4, 5].map((uop) => block.insnAt(block.address + uop * UOP_BYTES))).toEqual([
        -1, 0, 1, 1, 2, 2,
      ]);
      expect(cache.block(words[(block.address >> 2) + 3])).toBe(block);
    }
    expect(cache.blockAt(MAP.IR - 16)).toBe(null);
    expect(cache.blockAt(blocks[4].address + blocks[4].uops * UOP_BYTES)).toBe(null);
    cache.flush();
    expect(cache.blockAt(MAP.IR)).toBe(null);
  });

  test('is full at its limit', () => {
    const cache = new IrCache(words, RUNS, MAP.IR + 6 * UOP_BYTES * 2);
    const b = threeInsns(new Builder());
    expect(cache.add(b, 0x1000, 0, 1)).not.toBe(null);
    expect(cache.add(b, 0x1000, 0, 1)).not.toBe(null);
    expect(cache.add(b, 0x1000, 0, 1)).toBe(null);
    cache.flush();
    expect(cache.add(b, 0x1000, 0, 1)!.address).toBe(MAP.IR);
  });

  test('links only within a page and mode, and never retired or crossing blocks', () => {
    const cache = new IrCache(words, RUNS);
    const b = new Builder();
    const add = (pc: number, mode: number, page: number, page2 = NO_PAGE): NonNullable<ReturnType<IrCache['add']>> =>
      cache.add(threeInsns(b, pc), pc, mode, page, page2)!;
    const from = add(0x1000, 0, 7);
    const goto = from.address + 5 * UOP_BYTES;
    expect(cache.link(goto, add(0x1080, 0, 7))).toBe(true);
    expect(words[(goto >> 2) + 2]).not.toBe(0);
    expect(cache.link(goto, add(0x2080, 0, 8))).toBe(false);
    expect(cache.link(goto, add(0x1080, 1, 7))).toBe(false);
    expect(cache.link(goto, add(0x1ffe, 0, 7, 8))).toBe(false);
    const dead = add(0x1090, 0, 7);
    cache.retire(dead);
    expect(cache.link(goto, dead)).toBe(false);
  });

  test('retire keeps w1 and w2 and is done once', () => {
    const cache = new IrCache(words, RUNS);
    const block = cache.add(threeInsns(new Builder()), 0x1000, 0, 1)!;
    const at = block.address >> 2;
    words[at + 2] = 77;
    cache.retire(block);
    expect([...words.subarray(at, at + 4)]).toEqual([OP.stale, 3, 77, 0x1000]);
  });
});

describe('Scratch', () => {
  const cache = new IrCache(words, RUNS);
  const scratch = new Scratch(words, RUNS);
  const block = cache.add(threeInsns(new Builder()), 0x1000, 0, 1)!;
  const ops = (n: number): number[][] => Array.from({ length: n }, (_, i) => {
    const w0 = words[(MAP.SCRATCH >> 2) + i * 4];
    return [w0 & 0xffff, w0 >>> 16];
  });

  test('a prefix is charged by its own head', () => {
    expect(scratch.prefix(block, 2)).toBe(MAP.SCRATCH);
    expect(ops(5)).toEqual([[OP.head, 0], [OP.movi32, 1], [OP.ld32, 0], [OP.add32, 0], [OP.stop, 0]]);
    expect(words[(MAP.SCRATCH >> 2) + 1]).toBe(2);
    // Its count is far from any threshold: what scratch holds is never compiled.
    expect(words[(MAP.SCRATCH >> 2) + 2]).toBeLessThan(-1e9);
    expect(scratch.nextPc).toBe(0x1005);
    expect([1, 2, 3].map((uop) => scratch.block.insnAt(MAP.SCRATCH + uop * UOP_BYTES))).toEqual([0, 1, 1]);
    expect([0, 1, 2].map((insn) => scratch.block.pcOf(insn))).toEqual([0x1000, 0x1002, 0x1005]);
  });

  test('a whole block leaves instead of branching', () => {
    scratch.prefix(block, 3);
    expect(ops(8).map((o) => o[0])).toEqual([
      OP.head, OP.movi32, OP.ld32, OP.add32, OP.jcc_e, OP.sync, OP.stop, OP.sync,
    ]);
    expect(words[(MAP.SCRATCH >> 2) + 4 * 4 + 2]).toBe(MAP.SCRATCH + 7 * UOP_BYTES);
    expect(words[(MAP.SCRATCH >> 2) + 7 * 4 + 1]).toBe(0x1028);
  });

  test('a remainder keeps rem, also of a remainder of a prefix', () => {
    scratch.remainder(block, block.address + 3 * UOP_BYTES);
    expect(ops(2)).toEqual([[OP.add32, 1], [OP.stop, 1]]);
    expect(scratch.nextPc).toBe(0x1005);
    expect(scratch.block.pcOf(0)).toBe(0x1002);
    scratch.prefix(block, 2);
    scratch.remainder(scratch.block, MAP.SCRATCH + 3 * UOP_BYTES);
    expect(ops(2)).toEqual([[OP.add32, 0], [OP.stop, 0]]);
    expect(scratch.block.pcOf(0)).toBe(0x1002);
    expect(scratch.holds(MAP.SCRATCH + UOP_BYTES)).toBe(true);
    expect(scratch.holds(MAP.SCRATCH + 2 * UOP_BYTES)).toBe(false);
  });
});
