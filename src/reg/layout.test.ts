import { describe, expect, test } from 'vitest';
import { registerTable, unmodelledFields } from './doc.ts';
import { reg, regs, ro, rsvd, rw, unmodelled, w1c, wo } from './layout.ts';

describe('rows that cannot be are refused', () => {
  test.each([
    ['A.X: bits 8:8 do not fit', () => regs(8, { A: reg(0, { X: rw(8) }) })],
    ['A.X: bits 0:3 do not fit', () => regs(8, { A: reg(0, { X: rw(0, 3) }) })],
    ['A.Y overlaps another field', () => regs(8, { A: reg(0, { X: rw(3, 0), Y: ro(3) }) })],
    ['A.X: reset value too wide', () => regs(8, { A: reg(0, { X: rw(1, 0, { reset: 4 }) }) })],
    [
      'A: only write-only rows are chosen by the value written',
      () => regs(8, { A: reg(0, { X: rw(0) }, { match: { mask: 1, value: 1 } }) }),
    ],
    [
      'registers DATA (0x0-0x3) and SUM (0x2-0x5) overlap',
      () => regs(32, { DATA: reg(0, { X: rw(31, 0) }), SUM: reg(2, { X: ro(31, 0) }) }),
    ],
    ['registers A (0x5) and B (0x5) overlap', () => regs(8, { A: reg(0, {}, { mirrors: [5] }), B: reg(5, {}) })],
    [
      'registers A (0x0-0x3) and B (0x1) overlap',
      () => regs(32, { A: reg(0, {}, { dir: 'r' }), B: reg(1, {}, { dir: 'w', width: 8 }) }),
    ],
    [
      'registers A (0x0) and B (0x0) overlap',
      () => regs(8, { A: reg(0, {}, { page: 1 }), B: reg(0, {}, { page: 1, dir: 'r' }) }),
    ],
    [
      'registers A (0x0) and B (0x0) overlap',
      () => regs(8, { A: reg(0, {}, { dir: 'w' }), B: reg(0, {}, { dir: 'w', match: { mask: 1, value: 1 } }) }),
    ],
  ])('%s', (message, make) => expect(make).toThrow(message));

  test('direction, page and the value written tell registers of one offset apart', () => {
    const match = { mask: 1, value: 1 };
    expect(() => regs(8, {
      IN: reg(0, {}, { dir: 'r' }), FIRST: reg(0, {}, { dir: 'w', match }), OTHER: reg(0, {}, { dir: 'w' }),
      PAGE0: reg(1, {}, { page: 0 }), PAGE1: reg(1, {}, { page: 1 }), REST: reg(1, {}),
    })).not.toThrow();
  });
});

const LAYOUT = regs(32, {
  STATUS: reg(0x08, { READY: ro(0, 0, { reset: 1 }), ERROR: w1c(31) }, { doc: 'What | happened' }),
  CONTROL: reg(0x00, {
    GO: rw(0),
    MODE: rw(6, 4, { reset: 5 }),
    FAST: unmodelled('always fast', 7),
    REST: rsvd(31, 8),
  }),
  DATA: reg(0x0c, { BYTE: wo(7, 0) }, { width: 8, dir: 'w', partial: 'whole', mirrors: [0x1c], page: 2 }),
});

test('the table has one line a field, by offset and bit', () => {
  expect(registerTable(LAYOUT).split('\n')).toEqual([
    '| Offset | Register | Bits | Field | Kind | Reset | Notes |',
    '|---|---|---|---|---|---|---|',
    '| 0x00 | CONTROL | 31:8 | REST | rsvd | 0x00 |  |',
    '|  |  | 7 | FAST | unmodelled | 0x00 | always fast |',
    '|  |  | 6:4 | MODE | rw | 0x05 |  |',
    '|  |  | 0 | GO | rw | 0x00 |  |',
    '| 0x08 | STATUS | 31 | ERROR | w1c | 0x00 | What \\| happened |',
    '|  |  | 0 | READY | ro | 0x01 |  |',
    '| 0x0c | DATA | 7:0 | BYTE | wo | 0x00 | writes only; page 2; also at 0x1c; any access size |',
    '',
  ]);
});

test('unmodelled fields are listed with their reasons', () => {
  expect(unmodelledFields(LAYOUT)).toEqual([{ register: 'CONTROL', field: 'FAST', reason: 'always fast' }]);
});
