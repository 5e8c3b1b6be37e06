import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CARD_BUFFER, CARD_DEVFN, CARD_MEMORY, CARD_PORTS, CardBench } from '../../../test/benches/card-bench.ts';
import { describeContract } from '../../testing/vitest.ts';
import { STATUS, Transaction } from '../../mem/transaction.ts';
import { ms, ns } from '../../sim/time.ts';
import { LINE_TIME } from './display.ts';
import { PATHS_REGISTERS } from './spec.ts';

describeContract('card paths', () => new CardBench({ cold: true }).card, {
  except: { 'registers.WINDOW': 'data port: the value is the buffer\'s', 'registers.FIFO': 'data port' },
});

const R = Object.fromEntries(Object.entries(PATHS_REGISTERS.registers).map(([name, r]) => [name, r.offset])) as Record<
  keyof typeof PATHS_REGISTERS.registers, number
>;

describe('§FIFO: one data register, two directions', () => {
  test('a write pushes, a read pops; the same address gives different values', () => {
    const b = new CardBench();
    for (const v of [0x11, 0x2222, 0x33333333]) b.set(R.FIFO, v);
    expect((b.get(R.STATUS) >>> 8) & 31).toBe(3);
    expect([b.get(R.FIFO), b.get(R.FIFO), b.get(R.FIFO)]).toEqual([0x11, 0x2222, 0x33333333]);
    expect(b.get(R.STATUS)).toBe(2);
  });

  test('bytes and words are one entry each', () => {
    const b = new CardBench();
    b.set(R.FIFO, 0xabcd, 2);
    b.set(R.FIFO, 0xef, 1);
    expect([b.get(R.FIFO, 1), b.get(R.FIFO)]).toEqual([0xcd, 0xef]);
  });

  test('empty and full are told once: reading STATUS clears what happened, not what is', () => {
    const b = new CardBench();
    expect(b.get(R.FIFO)).toBe(0);
    expect(b.get(R.STATUS)).toBe(0x20002);
    expect(b.get(R.STATUS)).toBe(2);
    for (let k = 0; k < 17; k++) b.set(R.FIFO, k);
    expect(b.get(R.STATUS)).toBe(0x11004);
    expect(b.get(R.STATUS)).toBe(0x1004);
    expect(Array.from({ length: 16 }, () => b.get(R.FIFO))).toEqual(Array.from({ length: 16 }, (_, k) => k));
  });

  test('a debugger may look without popping', () => {
    const b = new CardBench();
    b.set(R.FIFO, 7);
    b.tx.debug = true;
    expect([b.get(R.FIFO), b.get(R.FIFO)]).toEqual([7, 7]);
    b.tx.debug = false;
    expect((b.get(R.STATUS) >>> 8) & 31).toBe(1);
  });
});

describe('§INT and §COMMAND', () => {
  test('write 1 to clear; INTA# is INT and CONTROL', () => {
    const b = new CardBench();
    b.set(R.COMMAND, 2);
    expect([b.get(R.INT), b.cardIrq.level]).toEqual([8, false]);
    b.set(R.CONTROL, 8);
    expect(b.cardIrq.level).toBe(true);
    expect(b.pci.read(CARD_DEVFN, 6, 2) & 8).toBe(8);
    b.set(R.INT, 7);
    expect([b.get(R.INT), b.cardIrq.level]).toEqual([8, true]);
    b.set(R.INT, 8);
    expect([b.get(R.INT), b.cardIrq.level]).toEqual([0, false]);
  });

  test('INTx Disable of the PCI command register', () => {
    const b = new CardBench();
    b.set(R.CONTROL, 8);
    b.set(R.COMMAND, 2);
    b.pci.write(CARD_DEVFN, 4, 0x407, 2);
    expect(b.cardIrq.level).toBe(false);
  });

  test('COMMAND is write-only, and a byte elsewhere in it repeats nothing', () => {
    const b = new CardBench();
    b.set(R.COMMAND, 2);
    expect(b.get(R.COMMAND)).toBe(0);
    b.set(R.INT, 15);
    b.set(R.COMMAND + 1, 0xff, 1);
    expect(b.get(R.INT)).toBe(0);
    b.set(R.FIFO, 1);
    b.set(R.COMMAND, 1);
    expect(b.get(R.STATUS)).toBe(2);
  });
});

describe('§DISPLAY: the write tells the card', () => {
  test('lines are drawn in the colour that held when the beam was there', () => {
    const b = new CardBench();
    const start = Math.ceil(b.scheduler.now / (8 * LINE_TIME)) * 8 * LINE_TIME;
    b.run(start + 3 * LINE_TIME + 1 - b.scheduler.now);
    expect(b.get(R.LINE) & 7).toBe(3);
    b.set(R.COLOUR, 0xff4060a0);
    expect(b.get(R.COLOUR)).toBe(0x4060a0);
    expect([...new Set(b.card.frame)]).toEqual([0]);
    b.run(2 * LINE_TIME);
    const rows = () => Array.from({ length: 8 }, (_, y) => b.card.frame[8 * y + 3]);
    expect(rows()).toEqual([0, 0, 0, 0x4060a0, 0x4060a0, 0, 0, 0]);
    b.run(8 * LINE_TIME);
    expect(rows()).toEqual(Array(8).fill(0x4060a0));
    b.set(R.COLOUR, 0x11, 1);
    b.run(LINE_TIME);
    expect(rows().filter((c) => c === 0x406011)).toHaveLength(1);
  });
});

describe('§WINDOW: the buffer through a port', () => {
  for (const size of [1, 2, 4] as const) {
    test(`${8 * size} bits, the index moves on by itself`, () => {
      const b = new CardBench();
      b.io.write(CARD_PORTS + R.INDEX, 4, 0xfff8, b.tx);
      for (let k = 0; k < 4; k++) b.io.write(CARD_PORTS + R.WINDOW, size, 0x44332211 + k, b.tx);
      b.io.write(CARD_PORTS + R.INDEX, 4, 0xfff8, b.tx);
      const read = Array.from({ length: 4 }, () => b.io.read(CARD_PORTS + R.WINDOW, size, b.tx));
      expect(read).toEqual([0, 1, 2, 3].map((k) => ((0x44332211 + k) & (2 ** (8 * size) - 1)) >>> 0));
      expect(b.io.read(CARD_PORTS + R.INDEX, 4, b.tx)).toBe((0xfff8 + 4 * size) % 0x10000);
    });
  }

  test('is the memory behind BAR2', () => {
    const b = new CardBench();
    b.memory.write(CARD_BUFFER + 0x100, 4, 0xcafebabe, b.tx);
    b.outl(CARD_PORTS + R.INDEX, 0x100);
    expect(b.inw(CARD_PORTS + R.WINDOW)).toBe(0xbabe);
    expect(b.memory.read(CARD_BUFFER + 0x102, 2, b.tx)).toBe(0xcafe);
  });
});

function dma(b: CardBench, o: { address: number; offset?: number; length: number; toMemory?: boolean }): void {
  b.set(R.DMA_ADDRESS, o.address);
  b.set(R.DMA_OFFSET, o.offset ?? 0);
  b.set(R.DMA_LENGTH, o.length);
  b.set(R.DMA_CONTROL, o.toMemory === true ? 3 : 1);
}

describe('§DMA: the card\'s own bus master', () => {
  test('memory to card and back, one interrupt each', () => {
    const b = new CardBench();
    b.pattern(0x1003, 5000);
    b.set(R.CONTROL, 1);
    dma(b, { address: 0x1003, offset: 0x20, length: 5000 });
    expect(b.get(R.STATUS) & 1).toBe(1);
    expect(b.until(() => b.cardIrq.level, ms(1))).toBe(true);
    expect([b.get(R.DMA_DONE), b.get(R.STATUS) & 1, b.get(R.DMA_CONTROL)]).toEqual([5000, 0, 0]);
    expect(Buffer.compare(b.card.buffer.bytes.subarray(0x20, 0x20 + 5000), b.ram.bytes.subarray(0x1003, 0x1003 + 5000)))
      .toBe(0);
    b.set(R.INT, 1);
    dma(b, { address: 0x8000, offset: 0x20, length: 5000, toMemory: true });
    expect(b.until(() => b.cardIrq.level, ms(1))).toBe(true);
    expect(b.cardIrq.rising).toBe(2);
    expect(Buffer.compare(b.ram.bytes.subarray(0x8000, 0x8000 + 5000), b.ram.bytes.subarray(0x1003, 0x1003 + 5000)))
      .toBe(0);
  });

  test('a 64-byte burst takes 2 + 8 + 15 PCI clocks', () => {
    const b = new CardBench();
    const { records } = b.record();
    dma(b, { address: 0, length: 256 });
    b.run(ms(1));
    const bursts = records.flatMap((r) => (r.kind === 'transaction' && r.initiator === 'paths.dma' ? [r] : []));
    expect(bursts.map((r) => [r.size, r.write])).toEqual(Array.from({ length: 4 }, () => [64, false]));
    expect(bursts[1].end - bursts[0].end).toBe(ns(25 * 30));
  });

  test.each([
    ['length 0', { address: 0, length: 0 }], ['past the buffer', { address: 0, offset: 0xffff, length: 2 }],
    ['past 4 GiB', { address: 0xfffffffc, length: 8 }],
  ])('%s is an error and nothing moves', (_name, o) => {
    const b = new CardBench();
    dma(b, o);
    expect([b.get(R.INT), b.get(R.STATUS) & 1]).toEqual([2, 0]);
    expect(b.trace.noteCount('paths', 'dma-range')).toBe(1);
  });

  test('nobody there: master abort in the PCI status, ERROR, not busy (PCI 2.2 §6.2.3)', () => {
    const b = new CardBench();
    dma(b, { address: 0xd000_0000, length: 64 });
    b.run(ms(1));
    expect([b.get(R.INT), b.get(R.DMA_DONE), b.pci.read(CARD_DEVFN, 6, 2) & 0x2000]).toEqual([2, 0, 0x2000]);
  });

  test('without Bus Master Enable nothing is begun', () => {
    const b = new CardBench();
    b.pci.write(CARD_DEVFN, 4, 3, 2);
    dma(b, { address: 0, length: 64 });
    b.run(ms(1));
    expect([b.get(R.INT), b.card.mem.counters.bursts, b.pci.read(CARD_DEVFN, 6, 2) & 0x3000]).toEqual([2, 0, 0]);
  });

  test.each([['registers', CARD_MEMORY], ['buffer', CARD_BUFFER]])('DMA into its own %s is refused', (_n, at) => {
    const b = new CardBench();
    dma(b, { address: at, length: 64, toMemory: true });
    b.run(ms(1));
    expect([b.get(R.INT), b.get(R.DMA_DONE)]).toEqual([2, 0]);
  });

  test('GO while busy is told, and the transfer goes on', () => {
    const b = new CardBench();
    dma(b, { address: 0, length: 4096 });
    b.set(R.DMA_CONTROL, 1);
    expect(b.get(R.STATUS) & 0x40001).toBe(0x40001);
    b.run(ms(1));
    expect([b.get(R.INT), b.get(R.DMA_DONE)]).toEqual([1, 4096]);
  });

  for (const at of [1, 900, 40_000]) {
    test(`a snapshot ${at} ticks after the doorbell ends as the original does`, () => {
      const a = new CardBench();
      a.pattern(0, 0x2000);
      a.set(R.CONTROL, 1);
      a.set(R.COLOUR, 0x123456);
      dma(a, { address: 0, length: 0x1800 });
      a.run(at);
      const c = new CardBench({ cold: true });
      c.load(a.save());
      for (const b of [a, c]) expect(b.until(() => b.card.inta.level, ms(1))).toBe(true);
      expect(c.scheduler.now).toBe(a.scheduler.now);
      expect(c.card.save()).toEqual(a.card.save());
      expect([...c.card.frame]).toEqual([...a.card.frame]);
    });
  }
});

test('a BAR at work: port and memory reach the same registers (PCI 2.2 §6.2.5)', () => {
  const b = new CardBench();
  b.outl(CARD_PORTS + R.COLOUR, 0x010203);
  expect(b.get(R.COLOUR)).toBe(0x010203);
  expect([0x10, 0x14, 0x18].map((r) => b.pci.barSize(CARD_DEVFN, r))).toEqual([0x1000, 0x40, 0x10000]);
  expect(b.pci.read(CARD_DEVFN, 0x18) & 15).toBe(8);
  expect(b.get(0x3c)).toBe(0);
});

test('counts control apart from data, and no look of a debugger', () => {
  const b = new CardBench();
  const count = (name: string): number => b.card.counterRows.find((c) => c.name === name)?.value() ?? -1;
  b.set(R.INDEX, 0);
  b.outw(CARD_PORTS + R.WINDOW, 1);
  b.set(R.FIFO, 1);
  b.tx.debug = true;
  b.get(R.STATUS);
  b.tx.debug = false;
  expect(['controlAccesses', 'controlBytes', 'cardTransactions'].map(count)).toEqual([1, 4, 3]);
});

test('what a bus master does at the card is counted by its port alone', () => {
  const b = new CardBench();
  const master = new Transaction('master', true), words = new Uint8Array(8);
  b.memory.burst(CARD_BUFFER, words, 0, 8, true, master);
  b.memory.burst(CARD_MEMORY + R.FIFO, words, 0, 4, true, master);
  b.memory.burst(CARD_MEMORY + R.COLOUR, words, 0, 4, true, master);
  expect(b.card.counterRows.filter((c) => !c.name.startsWith('device')).map((c) => c.value())).toEqual([0, 0, 0]);
  b.memory.burst(CARD_BUFFER, words, 0, 8, true, b.tx);
  expect(b.card.counterRows.find((c) => c.name === 'cardTransactions')!.value()).toBe(1);
});

test('random accesses never throw, never run away, and a reset always helps', () => {
  const offset = fc.integer({ min: 0, max: 0x44 });
  const value = fc.oneof(fc.nat(0xffffffff), fc.nat(3), fc.constantFrom(CARD_MEMORY, CARD_BUFFER, 0x1000, 0xfffffff0));
  const size = fc.constantFrom(1, 2, 4);
  const step = fc.oneof(
    fc.record({ do: fc.constantFrom(...(['in', 'out', 'get', 'set'] as const)), offset, value, size }),
    fc.record({ do: fc.constant('dma' as const), offset: fc.nat(0x1ffff), value, size }),
    fc.record({ do: fc.constant('config' as const), offset: fc.nat(0x17).map((n) => n + 4), value: fc.nat(255), size }),
    fc.record({ do: fc.constant('time' as const), offset, value: fc.nat(200_000), size }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const b = new CardBench();
      const low = (v: number, n: number): number => (n === 4 ? v : v & (2 ** (8 * n) - 1)) >>> 0;
      for (const s of steps) {
        const events = b.scheduler.executed, from = b.scheduler.now;
        switch (s.do) {
          case 'in': b.io.read(CARD_PORTS + s.offset, s.size, b.tx); break;
          case 'out': b.io.write(CARD_PORTS + s.offset, s.size, low(s.value, s.size), b.tx); break;
          case 'get': b.get(s.offset, s.size); break;
          case 'set': b.set(s.offset, low(s.value, s.size), s.size); break;
          case 'dma': dma(b, { address: s.value, length: s.offset, toMemory: s.size === 2 }); break;
          case 'config': b.pci.write(CARD_DEVFN, s.offset, s.value, 1); break;
          case 'time': b.run(s.value); break;
        }
        // A burst takes at least 10 PCI clocks.
        expect(b.scheduler.executed - events).toBeLessThan(10 + (b.scheduler.now - from) / ns(300));
      }
      expect(b.card.mismatch(b.card.save())).toBe('');
      b.reset(b.card);
      b.pci.write(CARD_DEVFN, 0x10, CARD_MEMORY);
      b.pci.write(CARD_DEVFN, 0x04, 6, 2);
      b.pattern(0, 128);
      dma(b, { address: 0, length: 128 });
      b.run(ms(1));
      expect([b.get(R.INT), b.card.buffer.bytes[100]]).toEqual([1, b.ram.bytes[100]]);
      expect(b.tx.status).toBe(STATUS.OK);
    }),
    { numRuns: 100, seed: 25 },
  );
});
