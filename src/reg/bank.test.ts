import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { Transaction } from '../mem/transaction.ts';
import { Component } from '../sim/component.ts';
import { Scheduler } from '../sim/scheduler.ts';
import { Trace } from '../sim/trace.ts';
import { Bank, type BankHooks, type BankOptions } from './bank.ts';
import { contractChecks, type ContractOptions } from './contract.ts';
import {
  rclr, reg, regs, ro, rset, rsvd, rw, unmodelled, w0c, w1c, w1s, wo, wonce, type Layout, type Registers,
} from './layout.ts';

const tx = new Transaction('test');
beforeEach(() => {
  tx.debug = false;
});

const ALL_KINDS = regs(32, {
  PLAIN: reg(0x00, {
    LOW: rw(7, 0, { reset: 0x12 }),
    RO: ro(15, 8, { reset: 0x34 }),
    HIGH: rw(31, 24),
    GAP: rsvd(19, 16, { reset: 5 }),
  }),
  EVENTS: reg(0x04, {
    W1C: w1c(3, 0),
    W1S: w1s(7, 4),
    W0C: w0c(11, 8),
    RCLR: rclr(15, 12),
    RSET: rset(19, 16),
    ONCE: wonce(23, 20),
    WO: wo(27, 24, { reset: 9 }),
    KEPT: unmodelled('kept', 31, 28),
  }),
  HALF: reg(0x08, { V: rw(15, 0) }, { width: 16 }),
  BYTE_A: reg(0x0a, { V: rw(7, 0) }, { width: 8 }),
  BYTE_B: reg(0x0b, { V: rw(7, 0) }, { width: 8, mirrors: [0x0e] }),
});

function bank<R extends Registers>(
  layout: Layout<R>,
  hooks: BankHooks<R> = {},
  options: Partial<BankOptions> = {},
): Bank<R> {
  return new Bank('b', layout, hooks, { after: () => {}, ...options });
}

describe('hooks for what is not there are refused', () => {
  const ROWS = regs(32, { DATA: reg(0, { VALUE: rw(31, 0) }), SUM: reg(4, {}) });
  test.each([
    ['b: there is a hook for DATO, but no such register (did you mean DATA?)', { DATO: { write: () => {} } }],
    ['b: there is a hook for toString, but no such register', { toString: {} }],
    [
      'b: there is a hook for DATA.VALEU, but no such field (did you mean VALUE?)',
      { DATA: { get: { VALEU: () => 1 } } },
    ],
    ["b: DATA has a hook 'wirte'; hooks are get, value, read, write", { DATA: { wirte: () => {} } }],
  ])('%s', (message, hooks) => {
    expect(() => bank(ROWS, hooks as BankHooks<typeof ROWS.registers>)).toThrow(new Error(message));
  });
});

describe('lanes', () => {
  test('any mixture of sizes gives the bytes that byte accesses give', () => {
    const accesses = fc.array(
      fc.record({ at: fc.nat(11), size: fc.constantFrom(1, 2, 4), value: fc.nat(0xffffffff), write: fc.boolean() }),
      { maxLength: 30 },
    );
    const ROWS = regs(32, {
      A: reg(0, { V: rw(31, 0) }),
      B: reg(4, { V: rw(15, 0) }, { width: 16 }),
      C: reg(6, { V: rw(7, 0) }, { width: 8 }),
      D: reg(7, { V: rw(7, 0) }, { width: 8 }),
      E: reg(8, { V: rw(31, 0) }),
    });
    fc.assert(fc.property(accesses, (list) => {
      const b = bank(ROWS);
      const bytes = new Uint8Array(12);
      for (const { at, size, value, write } of list) {
        if (at % size !== 0 || at + size > 12) continue;
        if (write) {
          b.write(at, size, size === 4 ? value : value % 2 ** (8 * size), tx);
          for (let k = 0; k < size; k++) bytes[at + k] = Math.floor(value / 2 ** (8 * k));
        } else {
          let expected = 0;
          for (let k = size - 1; k >= 0; k--) expected = expected * 256 + bytes[at + k];
          expect(b.read(at, size, tx)).toBe(expected);
        }
      }
    }));
  });

  test('a register is read once even if several of its bytes are asked for; each register of a wide ' +
    'access once', () => {
    const reads: string[] = [];
    const ROWS = regs(16, { A: reg(0, { V: rclr(15, 0) }), B: reg(2, { V: rclr(15, 0) }) });
    const b = bank(ROWS, { A: { read: () => reads.push('A') }, B: { read: () => reads.push('B') } });
    b.r.A.V = 0x1234;
    b.r.B.V = 0x5678;
    expect(b.read(0, 4, tx)).toBe(0x56781234);
    expect(reads).toEqual(['A', 'B']);
    expect(b.read(0, 4, tx)).toBe(0);
  });

  test('partial: whole: a data port gets every access whole, whatever its size; wider ones than its ' +
    'neighbours do not split it', () => {
    const sizes: number[] = [];
    const PORT = regs(16, { DATA: reg(0, { V: rw(15, 0) }, { partial: 'whole' }) });
    const b = bank(PORT, {
      DATA: { value: (size) => 0xa0b0c0d0 + size, read: (size) => sizes.push(size), write: (w) => sizes.push(-w.size) },
    });
    expect([b.read(0, 1, tx), b.read(0, 2, tx), b.read(0, 4, tx)]).toEqual([0xd1, 0xc0d2, 0xa0b0c0d4]);
    b.write(0, 4, 0xffffffff, tx);
    expect(sizes).toEqual([1, 2, 4, -4]);
  });

  test('what software wrote: a partial write shows the other lanes as they were stored', () => {
    let seen = 0;
    const b = bank(ALL_KINDS, { PLAIN: { write: (w) => { seen = w.value; } } });
    b.write(3, 1, 0x77, tx);
    expect(seen).toBe(0x77053412);
    expect(b.r.PLAIN.HIGH).toBe(0x77);
  });

  test('mirrors answer at every offset', () => {
    const b = bank(ALL_KINDS);
    b.write(0x0e, 1, 0x42, tx);
    expect([b.read(0x0b, 1, tx), b.read(0x0e, 1, tx)]).toEqual([0x42, 0x42]);
  });

  test('what no row claims reads as ones or zero, ignores writes, and is told', () => {
    const told: unknown[] = [];
    const b = bank(ALL_KINDS, {}, { unclaimed: (at, size, write) => told.push([at, size, write]) });
    expect(b.read(0x0c, 2, tx)).toBe(0xffff);
    b.write(0x0c, 1, 1, tx);
    expect(told).toEqual([[0x0c, 1, false], [0x0d, 1, false], [0x0c, 1, true]]);
    expect(bank(ALL_KINDS, {}, { unclaimedValue: 'zero' }).read(0x0c, 2, tx)).toBe(0);
  });
});

describe('choice of the row', () => {
  test('read and write rows at one offset, and pages for each direction', () => {
    const ROWS = regs(8, {
      R0: reg(0, { V: ro(7, 0, { reset: 0x10 }) }, { dir: 'r', page: 0 }),
      R1: reg(0, { V: ro(7, 0, { reset: 0x11 }) }, { dir: 'r', page: 1 }),
      W: reg(0, { V: wo(7, 0) }, { dir: 'w' }),
      ANY: reg(1, { V: rw(7, 0) }),
    });
    let page = 0;
    const b = bank(ROWS, {}, { page: (_offset, write) => (write ? 9 : page) });
    expect(b.read(0, 1, tx)).toBe(0x10);
    page = 1;
    expect(b.read(0, 1, tx)).toBe(0x11);
    page = 2;
    expect(b.read(0, 1, tx)).toBe(0xff);
    b.write(0, 1, 0x55, tx);
    expect([b.r.W.V, b.r.R0.V]).toEqual([0x55, 0x10]);
  });

  test('match: the value written chooses, first row first', () => {
    const ROWS = regs(8, {
      HIGH: reg(0, { V: wo(7, 0) }, { dir: 'w', match: { mask: 0xc0, value: 0xc0 } }),
      ODD: reg(0, { V: wo(7, 0) }, { dir: 'w', match: { mask: 1, value: 1 } }),
      REST: reg(0, { V: wo(7, 0) }, { dir: 'w' }),
    });
    const b = bank(ROWS);
    for (const v of [0xc1, 0x41, 0x42]) b.write(0, 1, v, tx);
    expect([b.r.HIGH.V, b.r.ODD.V, b.r.REST.V]).toEqual([0xc1, 0x41, 0x42]);
  });
});

test('outputs follow every access but a debugger\'s, and a debugger\'s read has no effect', () => {
  let after = 0, reads = 0;
  const b = bank(ALL_KINDS, { EVENTS: { read: () => reads++ } }, { after: () => after++ });
  b.r.EVENTS.RCLR = 7;
  tx.debug = true;
  expect((b.read(4, 4, tx) >>> 12) & 15).toBe(7);
  expect((b.read(4, 4, tx) >>> 12) & 15).toBe(7);
  expect([after, reads, b.r.EVENTS.RSET]).toEqual([0, 0, 0]);
  tx.debug = false;
  b.read(4, 4, tx);
  b.write(4, 4, 0, tx);
  expect([after, reads, b.r.EVENTS.RSET]).toEqual([2, 1, 15]);
});

test('get gives field values and peek the register as software would read it', () => {
  let level = 0;
  const b = bank(ALL_KINDS, { PLAIN: { get: { RO: () => level } } });
  level = 0x1ff; // cut to the field
  expect(b.read(0, 4, tx)).toBe(0x0005ff12);
  expect(b.peek('PLAIN')).toBe(0x0005ff12);
  expect(b.hooked('PLAIN')).toEqual({ value: false, fields: 0xff00, read: false, write: false });
});

class Part extends Component {
  readonly banks = new Map<string, Bank>();
  constructor(hooks: BankHooks<(typeof ALL_KINDS)['registers']>, forgets = false) {
    super('part', { scheduler: new Scheduler(), trace: new Trace() });
    const b = new Bank('part.mmio', ALL_KINDS, hooks, { after: () => {} });
    this.banks.set('mmio', b as unknown as Bank);
    this.cells('mmio', forgets ? { values: b.values } : { values: b.values, locked: b.locked });
  }
}

describe('contract checks', () => {
  const run = (make: () => Part, options: ContractOptions = {}): string[] => {
    const failed: string[] = [];
    for (const c of contractChecks(() => {
      const part = make();
      return { component: part, banks: part.banks };
    }, options)) {
      try {
        if (c.skip === '') c.run();
      } catch (e) {
        failed.push(`${c.name}: ${(e as Error).message}`);
      }
    }
    return failed;
  };

  test('a bank without hooks keeps the contract of every kind', () => {
    const names = contractChecks(() => {
      const part = new Part({});
      return { component: part, banks: part.banks };
    }).map((c) => c.name);
    expect(names.filter((n) => n.startsWith('mmio.EVENTS')).length).toBe(12);
    expect(run(() => new Part({}))).toEqual([]);
  });

  test('a hook that changes a value is found, unless the row is excepted', () => {
    const bad = (): Part => {
      const part: Part = new Part({
        BYTE_A: { write: () => ((part.banks.get('mmio') as Bank).r['BYTE_A'].value = 3) },
      });
      return part;
    };
    expect(run(bad)).toEqual([
      expect.stringContaining('mmio.BYTE_A: rw bits keep what is written: after 0x55: read 0x3'),
    ]);
    expect(run(bad, { except: { 'mmio.BYTE_A': 'always 3' } })).toEqual([]);
  });

  test('undeclared state is found', () => {
    expect(run(() => new Part({}, true))).toEqual([expect.stringContaining('mmio.EVENTS: wonce')]);
    let hidden = 0;
    const leaky = (): Part =>
      new Part({
        HALF: {
          get: { V: () => hidden },
          write: (w) => {
            hidden = w.V;
          },
        },
        BYTE_A: { get: { V: () => hidden++ & 0xff } },
      });
    expect(run(leaky).some((f) => f.includes('after the restore'))).toBe(true);
  });
});

describe('outputs', () => {
  const ROWS = regs(8, {
    STORED: reg(0, { V: rw(7, 0) }),
    COMPUTED: reg(1, { V: ro(7, 0) }),
    POPS: reg(2, { V: ro(7, 0) }),
    CLEARS: reg(3, { V: rclr(7, 0) }),
    ONE: reg(4, { V: ro(7, 0) }, { page: 1 }),
    TWO: reg(4, { V: ro(7, 0) }, { page: 2 }),
  });

  test('are computed after every access that can change them: not after a read without effects, nor after ' +
    'a look by a debugger', () => {
    let runs = 0;
    const b = bank(ROWS, { COMPUTED: { get: { V: () => 7 } }, POPS: { read: () => {} } }, { after: () => runs++ });
    const runsOf = (access: () => void): number => {
      runs = 0;
      access();
      return runs;
    };
    expect([0, 1, 2, 3].map((at) => runsOf(() => b.read(at, 1, tx)))).toEqual([0, 0, 1, 1]);
    expect(runsOf(() => b.write(0, 1, 5, tx))).toBe(1);
    expect(runsOf(() => b.read(0, 4, tx))).toBe(1);
    tx.debug = true;
    expect([0, 1, 2, 3].map((at) => runsOf(() => b.read(at, 1, tx)))).toEqual([0, 0, 0, 0]);
  });

  test('a paged offset reads as the row of the page, as nothing on other pages', () => {
    let page = 0;
    const b = bank(ROWS, { ONE: { value: () => 11 }, TWO: { value: () => 22 } }, { page: () => page });
    expect([-1, 0, 1, 2, 3].map((n) => b.read(4, ((page = n), 1), tx))).toEqual([0xff, 0xff, 11, 22, 0xff]);
  });

  test('two banks of one layout keep apart what their views write', () => {
    const a = bank(ROWS), b = bank(ROWS);
    a.r.STORED.V = 1;
    b.r.STORED.value = 2;
    expect([a.r.STORED.value, b.r.STORED.V, a.values[0], b.values[0]]).toEqual([1, 2, 1, 2]);
  });
});
