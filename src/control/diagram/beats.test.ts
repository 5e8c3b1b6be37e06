import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findBoard } from '../../machine/boards/index.ts';
import { houseCard } from '../../machine/cards.ts';
import type { BoardDefinition } from '../../machine/definition.ts';
import { describeBoard } from '../../machine/describe.ts';
import { Machine } from '../../machine/machine.ts';
import { ns } from '../../sim/time.ts';
import type { TransactionRecord } from '../../sim/trace/records.ts';
import { beatAt, beats, lead, pathOf } from './beats.ts';

const machine = new Machine(findBoard('pc') as BoardDefinition, {
  options: { ram: 2 ** 24 }, devices: [houseCard('paths')],
});
const board = describeBoard(machine);
const pci = machine.board.buses[0]!, clock = ns(30);

const access = (more: Partial<TransactionRecord>): TransactionRecord => ({
  kind: 'transaction', id: 1, parent: 0, space: 'memory', initiator: 'cpu0', target: 'ram', address: 0x1000, size: 4,
  write: false, value: -1, secure: false, privileged: true, memoryType: '', start: 3000, end: 3000, status: 'ok',
  pc: -1, ...more,
});
const burst = (size: number, wait = 0): TransactionRecord => {
  const length = wait + pci.arbitration + pci.burstTime(size);
  return access({ initiator: 'paths.dma', size, end: 3000 + length });
};

describe('the beats of a transaction', () => {
  test('a 64-byte burst on PCI: 16 beats of 4 bytes, one a clock, the last one ends with the burst', () => {
    const record = burst(64), all = beats(record, board);
    expect(all).toHaveLength(16);
    expect(all.map((b) => [b.address, b.size])).toEqual(all.map((_, n) => [0x1000 + 4 * n, 4]));
    for (const b of all) expect(b.end - b.start).toBe(clock);
    for (const [n, b] of all.entries()) if (n > 0) expect(b.start).toBe(all[n - 1]!.end);
    expect(all[15]!.end).toBe(record.end);
    expect(lead(record, board)).toEqual({ granted: record.start, data: all[0]!.start });
  });

  test('waiting comes before the grant', () => {
    const record = burst(64, 600);
    expect(lead(record, board).granted).toBe(record.start + 600);
    expect(beats(record, board)[15]!.end).toBe(record.end);
  });

  test('beats cover the bytes and stay in the record, in order', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1600 }), fc.nat(9000), fc.nat(5000), (size, length, cut) => {
      for (const record of [burst(size), burst(size, length), { ...burst(size), end: 3000 + cut }]) {
        const all = beats(record, board);
        expect(all.reduce((sum, b) => sum + b.size, 0)).toBe(size);
        expect(all.at(-1)!.end).toBe(record.end);
        let at = record.start, address = record.address;
        const inOrder = all.every((b) => {
          const fits = b.start >= at && b.end >= b.start && b.address === address;
          at = b.end;
          address += b.size;
          return fits && (b.end === b.start || beatAt(all, b.start) === b.index);
        });
        expect(inOrder).toBe(true);
        const before = lead(record, board);
        expect(before.granted).toBeGreaterThanOrEqual(record.start);
        expect(before.data).toBeGreaterThanOrEqual(before.granted);
        expect(beatAt(all, record.start - 1)).toBe(-1);
      }
    }), { numRuns: 60 });
  });

  test('an access of two bytes on ISA has a cycle for each; a DMA controller moves a word in one', () => {
    const port = access({ space: 'io', target: 'pit.ports', address: 0x40, size: 2, end: 3000 + 20_000 });
    expect(pathOf(port, board).bus?.name).toBe('isa');
    expect(beats(port, board).map((b) => b.size)).toEqual([1, 1]);
    expect(beats(access({ initiator: 'dma.5', size: 2, end: 4000 }), board).map((b) => b.size)).toEqual([2]);
  });

  test('what no bus carries is one beat without a wait', () => {
    const config = access({ space: 'pci-config', target: 'ide.config', address: 0x900 });
    expect(pathOf(config, board).bus).toBeNull();
    expect(beats(config, board)).toEqual([{ index: 0, start: 3000, end: 3000, address: 0x900, size: 4 }]);
    expect(pathOf(access({ space: 'io', target: 'none', address: 0x5000 }), board).bus?.name).toBe('isa');
  });
});
