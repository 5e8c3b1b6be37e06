/**
 * Structure: links, jump cache, deadlines, exits and going on after them; memory edges; division.
 */
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Block } from '../../src/ir/block.ts';
import { Builder } from '../../src/ir/builder.ts';
import type { EngineImports } from '../../src/ir/imports.ts';
import { IrCache } from '../../src/ir/ir-cache.ts';
import { EXIT, FIXED, MAP, SEGMENT, STATE, UOP_BYTES, tlbBase } from '../../src/ir/layout.ts';
import { ENGINE_HELPER, OP, type OpName, OPS } from '../../src/ir/ops.ts';
import { createReference } from '../../src/ir/reference/reference.ts';
import { Scratch } from '../../src/ir/scratch.ts';
import { createGuestMemory } from '../../src/jit/guest-memory.ts';
import { createEngine } from '../../src/jit/dispatcher.ts';
import { JumpCache } from '../../src/jit/tables.ts';
import { X86_ISA } from '../../src/arch/x86/isa.ts';
import { ACCESS, TestTlb } from './tlb.ts';
import { reg, temp } from './single.ts';

const guest = createGuestMemory(0x20000);
const { words, bytes, view } = guest;
/** What the next call does: sets EXIT to this. */
let exitCode: number = EXIT.NONE;
let answer = 0;
const calls: (readonly [string, ...number[]])[] = [];
function called(name: string, ...args: number[]): number {
  calls.push([name, ...args]);
  words[STATE.EXIT >> 2] = exitCode;
  return answer;
}
const imports: EngineImports = {
  slowLoad: (address, size, intent, ip) => called('slowLoad', address, size, intent, ip),
  slowStore: (address, value, size, ip) => void called('slowStore', address, value, size, ip),
  portIn: (port, size, ip) => called('portIn', port, size, ip),
  portOut: (port, value, size, ip) => void called('portOut', port, value, size, ip),
  helper: (id, a, b, ip) => void called('helper', id, a, b, ip),
};
const engines = [
  ['Wasm', createEngine(guest, X86_ISA, imports)],
  ['reference', createReference(guest, X86_ISA, imports)],
] as const;

const cache = new IrCache(words, X86_ISA.runs);
const jumps = new JumpCache(words, 2);
const tlb = new TestTlb(words);
const scratch = new Scratch(words, X86_ISA.runs);
const b = new Builder();
const R = [0, 1, 2, 3, 4, 5, 6, 7].map(reg);

type Insn = readonly (readonly [OpName, number?, number?, number?])[];

/** A block at `pc` of one-byte instructions. */
function block(pc: number, ...insns: Insn[]): Block {
  b.begin();
  insns.forEach((uops, i) => {
    b.insn(pc + i);
    for (const [name, w1, w2, w3] of uops) b.op(OP[name], w1, w2, w3);
  });
  b.finish(pc + insns.length);
  return cache.add(b, pc, 0, pc >>> 12)!;
}

const ipOf = (where: Block, uop: number): number => where.address + uop * UOP_BYTES;
const cellOf = (at: number): number => words[at >> 2];
const state = (): readonly number[] => [cellOf(STATE.EXIT), cellOf(STATE.EXIT_IP), cellOf(STATE.PC), cellOf(STATE.IC)];

beforeEach(() => {
  words.fill(0, MAP.STATE >> 2, MAP.STATE_END >> 2);
  bytes.fill(0, MAP.RAM, MAP.RAM + 0x20000);
  cache.flush();
  jumps.flush();
  tlb.flush();
  words[STATE.IC >> 2] = 1000;
  words[STATE.TLB_BASE >> 2] = tlbBase(0);
  calls.length = 0;
  exitCode = EXIT.NONE;
  answer = 0;
});

describe('conditions taken from the µop before', () => {
  const corners = [0, 1, 2, -1, -2, 0x7fffffff, -0x80000000, 0x80, 0xff, 0x7f, 0x8000, 0xffff, 0x7fff];
  const runs = X86_ISA.runs.list.filter(
    (run) => run.length === 3 && OPS[run[1]].flags === 'read' && OPS[run[0]].flags !== 'none',
  );

  test.each(runs.map((run) => [run.map((op) => OPS[op].name).join(' '), run] as const))('%s', (_, run) => {
    const row = OPS[run[0]];
    for (const x of corners) {
      for (const y of corners) {
        cache.flush();
        words.set([x, y], R[1] >> 2);
        words[STATE.IC >> 2] = 100;
        const operandsOf = [...row.sig].map((letter) =>
          letter === 'd' ? R[3] : letter === 'i' ? y : letter === 'a' ? R[1] : R[2],
        );
        const at = block(0x1000, [
          [row.name, operandsOf[0], operandsOf[1], operandsOf[2]],
          [OPS[run[1]].name, 0x1111], ['goto', 0x2222],
        ]);
        const outcomes = engines.map(([, engine]) => {
          words[STATE.CC_AUX >> 2] = 0x80000000 | 0;
          engine.run(at.address);
          return [...state().slice(0, 3), cellOf(R[3]), cellOf(STATE.CC_RES), cellOf(STATE.CC_AUX)];
        });
        expect(outcomes[0]).toEqual(outcomes[1]);
      }
    }
  });
});

describe.each(engines)('%s interpreter', (_, engine) => {
  test('an unlinked goto misses, then goes through the jump cache, then through its link', () => {
    const one = block(0x1000, [['movi32', R[0], 1], ['goto', 0x1010]]);
    engine.run(one.address);
    expect(state()).toEqual([EXIT.MISS, ipOf(one, 2), 0x1010, 999]);
    const two = block(0x1010, [['movi32', R[1], 2]], [['sync', 0x1234]]);
    jumps.insert(0x1010, 0, two.address, 0);
    engine.run(one.address);
    expect(state()).toEqual([EXIT.SYNC, ipOf(two, 2), 0x1234, 996]);
    jumps.flush();
    expect(cache.link(ipOf(one, 2), two)).toBe(true);
    engine.run(one.address);
    expect(state()).toEqual([EXIT.SYNC, ipOf(two, 2), 0x1234, 993]);
    expect([cellOf(R[0]), cellOf(R[1])]).toEqual([1, 2]);
  });

  test('the jump cache key includes the mode, and far pcs hash to their own slots', () => {
    const one = block(0xc0101234, [['syncr', R[3]]]);
    jumps.insert(0xc0101234 | 0, 5, one.address, 0);
    const jump = block(0x1000, [['gotor', R[2]]]);
    words[R[2] >> 2] = 0xc0101234;
    words[R[3] >> 2] = 0x77;
    engine.run(jump.address);
    expect(state()).toEqual([EXIT.MISS, 0, 0xc0101234 | 0, 999]);
    words[STATE.MODE >> 2] = 5;
    engine.run(jump.address);
    expect(state()).toEqual([EXIT.SYNC, ipOf(one, 1), 0x77, 997]);
  });

  test('jcc: taken by link, not taken falls through', () => {
    const target = block(0x1020, [['sync', 0x1021]]);
    const from = block(0x1000, [['cmp32i', R[0], 7], ['jcc_e', 0x1020], ['goto', 0x1001]]);
    cache.link(ipOf(from, 2), target);
    words[R[0] >> 2] = 7;
    engine.run(from.address);
    expect(cellOf(STATE.PC)).toBe(0x1021);
    words[R[0] >> 2] = 8;
    engine.run(from.address);
    expect(state().slice(0, 3)).toEqual([EXIT.MISS, ipOf(from, 3), 0x1001]);
  });

  test('a retired block is looked up anew', () => {
    const old = block(0x1000, [['sync', 1]]);
    cache.retire(old);
    engine.run(old.address);
    expect(state()).toEqual([EXIT.MISS, 0, 0x1000, 1000]);
    const fresh = block(0x1000, [['sync', 2]]);
    jumps.insert(0x1000, 0, fresh.address, 0);
    engine.run(old.address);
    expect(state().slice(0, 3)).toEqual([EXIT.SYNC, ipOf(fresh, 1), 2]);
  });

  test('a deadline stops before a block that does not fit, with nothing done', () => {
    const loop = block(0x1000, [['add32i', R[0], R[0], 1]], [['add32i', R[1], R[1], 1]], [['goto', 0x1000]]);
    cache.link(ipOf(loop, 3), loop);
    words[STATE.IC >> 2] = 11;
    engine.run(loop.address);
    expect(state()).toEqual([EXIT.DEADLINE, loop.address, 0, 2]);
    expect([cellOf(R[0]), cellOf(R[1]), cellOf(loop.address + 8)]).toEqual([3, 3, 3]);
    // The rest by scratch: exactly two instructions.
    engine.run(scratch.prefix(loop, 2));
    expect([cellOf(STATE.EXIT), cellOf(STATE.IC), scratch.nextPc]).toEqual([EXIT.STOP, 0, 0x1002]);
    expect([cellOf(R[0]), cellOf(R[1])]).toEqual([4, 4]);
  });

  test('a fault leaves at its µop with nothing written; rem says what was charged too much', () => {
    const at = block(
      0x1000, [['movi32', R[0], 1]], [['ld32', R[1], R[2], 0x10]], [['movi32', R[3], 1]], [['goto', 0x1003]],
    );
    exitCode = EXIT.FAULT;
    answer = 99;
    engine.run(at.address);
    expect(calls).toEqual([['slowLoad', 0x10, 4, 0, ipOf(at, 2)]]);
    expect(state()).toEqual([EXIT.FAULT, ipOf(at, 2), 0, 996]);
    expect(words[ipOf(at, 2) >> 2] >>> 16).toBe(2);
    expect([cellOf(R[1]), cellOf(R[3])]).toEqual([0, 0]);
  });

  test('a leave completes its µop; the rest of the instruction runs from scratch', () => {
    const at = block(
      0x1000,
      [
        ['ld32', temp(0), R[2], 0], ['add32', R[1], temp(0), temp(0)],
      ],
      [['movi32', R[3], 1]], [['goto', 0x1002]],
    );
    exitCode = EXIT.LEAVE;
    answer = 21;
    engine.run(at.address);
    expect(state()).toEqual([EXIT.LEAVE, ipOf(at, 2), 0, 997]);
    engine.run(scratch.remainder(at, ipOf(at, 2)));
    expect([cellOf(STATE.EXIT), cellOf(R[1]), cellOf(R[3]), scratch.nextPc]).toEqual([EXIT.STOP, 42, 0, 0x1001]);
    expect(words[cellOf(STATE.EXIT_IP) >> 2] >>> 16).toBe(2);
  });

  test('scratch never goes on into other blocks', () => {
    const to = block(0x1020, [['movi32', R[7], 1], ['sync', 9]]);
    const at = block(0x1000, [['nop']], [['helper', 1, 2, 3], ['jz', 0x1020, 0, R[0]], ['goto', 0x1002]]);
    cache.link(ipOf(at, 3), to);
    cache.link(ipOf(at, 4), to);
    for (const [start, taken] of [
      [scratch.prefix(at, 2), 0], [scratch.remainder(at, ipOf(at, 3)), 0], [scratch.prefix(at, 2), 1],
      [scratch.remainder(at, ipOf(at, 3)), 1],
    ] as const) {
      void start;
      words[R[0] >> 2] = taken;
      engine.run(MAP.SCRATCH);
      expect([cellOf(STATE.EXIT), cellOf(STATE.PC), cellOf(R[7])]).toEqual([
        EXIT.SYNC,
        taken === 0 ? 0x1020 : 0x1002,
        0,
      ]);
    }
  });

  test('loads and stores: hit, page crossing, protection', () => {
    tlb.fill(tlbBase(0), 0x3000, ACCESS.READ, MAP.RAM - 0x3000 + 0x1000);
    view.setUint32(MAP.RAM + 0x1ffc, 0x89abcdef, true);
    const run = (...uops: Insn): void => engine.run(block(0x1000, [...uops, ['stop']]).address);
    words[R[1] >> 2] = 0x3ffc;
    run(['ld32', R[0], R[1], 0], ['ldsx8', R[2], R[1], 3], ['ldzx16', R[3], R[1], 2]);
    expect([cellOf(R[0]) >>> 0, cellOf(R[2]), cellOf(R[3]), calls.length]).toEqual([
      0x89abcdef,
      0x89 - 256,
      0x89ab, 0,
    ]);
    answer = 0x1234;
    run(['ld32', R[0], R[1], 1], ['ldw16', R[2], R[1], 0], ['st8', R[0], R[1], 0], ['probew', R[1], 1, 9]);
    expect(calls.map((c) => c.slice(0, 4))).toEqual([
      ['slowLoad', 0x3ffd, 4, 0], ['slowLoad', 0x3ffc, 2, 1], ['slowStore', 0x3ffc, 0x34, 1],
      ['slowLoad', 0x3ffd, 9, 2],
    ]);
  });

  test('the page at the top of the address space', () => {
    tlb.fill(tlbBase(0), 0xfffff000, ACCESS.READ | ACCESS.WRITE, MAP.RAM + 0x1000);
    words[R[1] >> 2] = -4;
    words[R[0] >> 2] = 0x55667788;
    engine.run(block(0x1000, [['st32', R[0], R[1], 0], ['st32', R[0], R[1], 1], ['stop']]).address);
    expect(view.getUint32(MAP.RAM + 0xffc, true)).toBe(0x55667788);
    expect(calls.map((c) => c[1])).toEqual([-3]);
  });

  test('push and pop use esp as the manual says', () => {
    tlb.fill(tlbBase(0), 0x3000, ACCESS.READ | ACCESS.WRITE, MAP.RAM - 0x3000);
    const esp = R[4];
    words[esp >> 2] = 0x3100;
    engine.run(
      block(0x1000, [['push32', esp, esp], ['pushi32', 0x77, esp], ['pop32', R[0], esp], ['pop32', esp, esp], ['stop']])
        .address,
    );
    expect([cellOf(R[0]), cellOf(esp)]).toEqual([0x77, 0x3100]);
    words[esp >> 2] = 0x9000;
    exitCode = EXIT.FAULT;
    engine.run(block(0x1000, [['push32', R[0], esp], ['stop']]).address);
    expect([cellOf(STATE.EXIT), cellOf(esp)]).toEqual([EXIT.FAULT, 0x9000]);
    exitCode = EXIT.LEAVE;
    engine.run(block(0x1000, [['push32', R[0], esp], ['stop']]).address);
    expect([cellOf(STATE.EXIT), cellOf(esp)]).toEqual([EXIT.LEAVE, 0x8ffc]);
  });

  test.each([
    // offset, size, write, allowed
    [0, 1, 0, true], [0xfff, 1, 0, true], [0xfff, 2, 0, false], [0x1000, 1, 0, false],
    [0xffffffff, 2, 0, false], [0x10, 4, 1, true], [0xc, 4, 1, false], [0x7fe, 4, 1, false],
  ])('seg: offset %i size %i write %i', (offset, size, write, allowed) => {
    const cell = STATE.ISA + 0x80;
    words.set([0x5000, 0, 0xfff, 0x10, 0x800], (cell + SEGMENT.BASE) >> 2);
    words[R[0] >> 2] = offset;
    const packed = cell | (size << 16) | (write << 24);
    exitCode = EXIT.FAULT;
    engine.run(block(0x1000, [['seg', R[1], R[0], packed], ['stop']]).address);
    if (allowed) expect([cellOf(STATE.EXIT), cellOf(R[1])]).toEqual([EXIT.STOP, 0x5000 + offset]);
    else
      expect([cellOf(STATE.EXIT), calls[0].slice(0, 4)]).toEqual([
        EXIT.FAULT,
        ['helper', ENGINE_HELPER.SEGMENT, packed, offset | 0],
      ]);
  });

  test('a flat segment lets all pass but a wrap', () => {
    const cell = STATE.ISA + 0x80;
    words.set([0, 0, 0xffffffff, 0, 0xffffffff], cell >> 2);
    exitCode = EXIT.FAULT;
    for (const [offset, size, ok] of [[0xfffffffc, 4, true], [0xfffffffd, 4, false], [0x80000000, 8, true]] as const) {
      words[R[0] >> 2] = offset;
      engine.run(block(0x1000, [['seg', R[1], R[0], cell | (size << 16)], ['stop']]).address);
      expect(cellOf(STATE.EXIT)).toBe(ok ? EXIT.STOP : EXIT.FAULT);
    }
  });

  test('division: quotient and remainder, or #DE', () => {
    exitCode = EXIT.FAULT;
    const interesting = fc.oneof(
      fc.integer(),
      fc.constantFrom(0, 1, -1, -0x80000000, 0x7fffffff, 2, 0x80, 0xff80, 0x8000),
    );
    fc.assert(
      fc.property(
        interesting, interesting, interesting,
        fc.constantFrom<8 | 16 | 32>(8, 16, 32),
        fc.boolean(),
        (acc, data, divisor, w, signed) => {
          cache.flush();
          const to = signed ? BigInt.asIntN : BigInt.asUintN;
          const low = BigInt.asUintN(w, BigInt(acc)),
            high = BigInt.asUintN(w, BigInt(w === 8 ? acc >> 8 : data));
          const dividend = to(2 * w, (high << BigInt(w)) | low),
            by = to(w, BigInt(divisor));
          words[FIXED.ACC >> 2] = acc;
          words[FIXED.DATA >> 2] = data;
          words[R[6] >> 2] = divisor;
          words[STATE.IC >> 2] = 100;
          calls.length = 0;
          engine.run(block(0x1000, [[signed ? `idiv${w}` : `div${w}`, R[6]], ['stop']]).address);
          if (by === 0n || dividend / by !== to(w, dividend / by)) {
            expect(calls.map((c) => c.slice(0, 4))).toEqual([['helper', ENGINE_HELPER.RAISE, 0, -1]]);
            expect([cellOf(STATE.EXIT), cellOf(FIXED.ACC), cellOf(FIXED.DATA)]).toEqual([EXIT.FAULT, acc, data]);
            return;
          }
          expect(cellOf(STATE.EXIT)).toBe(EXIT.STOP);
          const remainder = w === 8 ? cellOf(FIXED.ACC) >> 8 : cellOf(FIXED.DATA);
          expect(to(w, BigInt(cellOf(FIXED.ACC)))).toBe(dividend / by);
          expect(to(w, BigInt(remainder))).toBe(dividend % by);
        },
      ),
      { numRuns: 2000 },
    );
    // The quotient that would trap in WebAssembly.
    words[STATE.IC >> 2] = 100;
    words[FIXED.ACC >> 2] = 0;
    words[FIXED.DATA >> 2] = -0x80000000;
    words[R[6] >> 2] = -1;
    engine.run(block(0x1000, [['idiv32', R[6]], ['stop']]).address);
    expect(cellOf(STATE.EXIT)).toBe(EXIT.FAULT);
  });

  test('ports', () => {
    answer = 0xa5;
    words[R[3] >> 2] = 0xffff03f8;
    engine.run(block(0x1000, [['in8', R[0], R[3]], ['out16i', R[0], 0x70], ['stop']]).address);
    expect(calls.map((c) => c.slice(0, -1))).toEqual([['portIn', 0x3f8, 1], ['portOut', 0x70, 0xa5, 2]]);
    exitCode = EXIT.LEAVE;
    const out = block(0x1000, [['out8', R[0], R[3]], ['stop']]);
    engine.run(out.address);
    expect(state().slice(0, 2)).toEqual([EXIT.LEAVE, ipOf(out, 2)]);
  });

  test('run clears EXIT', () => {
    words[STATE.EXIT >> 2] = EXIT.FAULT;
    engine.run(block(0x1000, [['helper', 1, 2, 3], ['sync', 5]]).address);
    expect(cellOf(STATE.EXIT)).toBe(EXIT.SYNC);
  });
});
