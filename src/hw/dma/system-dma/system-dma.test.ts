import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CARD_BUFFER,
  CARD_MEMORY,
  CardBench,
  ENGINE_DEVFN,
  ENGINE_MEMORY,
} from '../../../../test/benches/card-bench.ts';
import { describeContract } from '../../../testing/vitest.ts';
import { ms, ns } from '../../../sim/time.ts';
import { PATHS_REGISTERS } from '../../paths/spec.ts';

describeContract('system DMA engine', () => new CardBench({ cold: true }).engine);

const SRC = 0, DST = 4, COUNT = 8, CONTROL = 12, STATUS = 16, LEFT = 20;
const get = (b: CardBench, r: number): number => b.memory.read(ENGINE_MEMORY + r, 4, b.tx);
const set = (b: CardBench, r: number, v: number): void => b.memory.write(ENGINE_MEMORY + r, 4, v, b.tx);
function copy(b: CardBench, source: number, target: number, bytes: number, control = 3): void {
  set(b, SRC, source);
  set(b, DST, target);
  set(b, COUNT, bytes);
  set(b, CONTROL, control);
}

describe('memory to memory', () => {
  test.each([
    ['RAM to the card', 0x1000, CARD_BUFFER, 4096], ['unaligned, odd', 0x1003, CARD_BUFFER + 0x155, 1001],
    ['RAM to RAM', 0x1000, 0x40000, 777],
  ])('%s', (_name, source, target, bytes) => {
    const b = new CardBench();
    b.pattern(source, bytes);
    copy(b, source, target, bytes);
    expect(b.until(() => b.engineIrq.level, ms(5))).toBe(true);
    const arrived = target >= CARD_BUFFER
      ? b.card.buffer.bytes.subarray(target - CARD_BUFFER, target - CARD_BUFFER + bytes)
      : b.ram.bytes.subarray(target, target + bytes);
    expect(Buffer.compare(arrived, b.ram.bytes.subarray(source, source + bytes))).toBe(0);
    expect([get(b, STATUS), get(b, LEFT), get(b, CONTROL)]).toEqual([1, 0, 2]);
    set(b, STATUS, 1);
    expect([get(b, STATUS), b.engineIrq.level, b.engineIrq.rising]).toEqual([0, false, 1]);
  });

  test('from the card to RAM', () => {
    const b = new CardBench();
    for (let k = 0; k < 512; k++) b.card.buffer.bytes[k] = k * 3;
    copy(b, CARD_BUFFER, 0x2000, 512, 1);
    b.run(ms(1));
    expect(Buffer.compare(b.ram.bytes.subarray(0x2000, 0x2200), b.card.buffer.bytes.subarray(0, 512))).toBe(0);
    expect([get(b, STATUS), b.engineIrq.rising]).toEqual([1, 0]);
  });

  test('each word crosses the bus twice: 2 × (2 + 8 + 15) clocks for 64 bytes, one record a burst', () => {
    const b = new CardBench();
    const { records } = b.record();
    copy(b, 0, CARD_BUFFER, 192);
    b.run(ms(1));
    const bursts = records.flatMap((r) => (r.kind === 'transaction' && r.initiator === 'sysdma.dma' ? [r] : []));
    expect(bursts.map((r) => [r.target, r.size, r.write])).toEqual(
      Array.from({ length: 6 }, (_, k) => (k % 2 === 0 ? ['ram', 64, false] : ['paths.buffer', 64, true])),
    );
    expect(bursts[5].end - bursts[3].end).toBe(ns(2 * 25 * 30));
    expect(b.engine.mem.counters).toEqual({ bursts: 6, bytes: 384 });
  });

  test('into a register with effects: each beat is one push', () => {
    const b = new CardBench();
    b.pattern(0, 4);
    copy(b, 0, CARD_MEMORY + PATHS_REGISTERS.registers.FIFO.offset, 4);
    b.run(ms(1));
    expect(b.get(PATHS_REGISTERS.registers.FIFO.offset)).toBe(b.memory.read(0, 4, b.tx));
  });

  test('what the engine does to registers and memory of a card is no transaction of the processor', () => {
    const b = new CardBench();
    const count = (): (number | undefined)[] => ['controlAccesses', 'cardTransactions']
      .map((name) => b.card.counterRows.find((c) => c.name === name)?.value());
    for (const target of [CARD_MEMORY + PATHS_REGISTERS.registers.COLOUR.offset, CARD_BUFFER]) {
      copy(b, 0, target, 4);
      b.run(ms(1));
    }
    expect([get(b, STATUS), ...count()]).toEqual([1, 0, 0]);
    b.memory.write(CARD_BUFFER, 4, 1, b.tx);
    expect(count()).toEqual([0, 1]);
  });
});

describe('errors end in STATUS', () => {
  test.each([
    ['nobody at the source', 0xd000_0000, 0, 64, 2], ['nobody at the destination', 0, 0xd000_0000, 64, 6],
    ['its own registers as source', ENGINE_MEMORY, 0, 24, 2],
    ['its own registers as destination', 0, ENGINE_MEMORY, 24, 6],
    ['no bytes', 0, 0x1000, 0, 2], ['past 4 GiB', 0, 0xfffffff0, 32, 2],
  ])('%s', (_name, source, target, bytes, status) => {
    const b = new CardBench();
    copy(b, source, target, bytes);
    b.run(ms(1));
    expect([get(b, STATUS), get(b, CONTROL), b.engineIrq.level]).toEqual([status, 2, true]);
    copy(b, 0x100, 0x200, 64);
    b.run(ms(1));
    expect(get(b, STATUS) & 1).toBe(1);
  });

  test('without Bus Master Enable nothing is begun', () => {
    const b = new CardBench();
    b.pci.write(ENGINE_DEVFN, 4, 2, 2);
    copy(b, 0, 0x1000, 64);
    b.run(ms(1));
    expect([get(b, STATUS), b.engine.mem.counters.bursts]).toEqual([2, 0]);
    expect(b.pci.read(ENGINE_DEVFN, 6, 2) & 0x3000).toBe(0);
  });

  test('AT_WRITE belongs to the last transfer: a range that does not fit has no side', () => {
    const b = new CardBench();
    copy(b, 0, 0xd000_0000, 64);
    b.run(ms(1));
    expect([get(b, STATUS), b.pci.read(ENGINE_DEVFN, 6, 2) & 0x3000]).toEqual([6, 0x2000]);
    set(b, STATUS, 3);
    copy(b, 0xffff_ffff, 0, 64);
    expect(get(b, STATUS)).toBe(2);
  });
});

test('START while busy changes nothing, and is noted', () => {
  const b = new CardBench();
  b.pattern(0, 1024);
  copy(b, 0, 0x8000, 1024);
  set(b, SRC, 0x4000);
  set(b, CONTROL, 3);
  b.run(ms(1));
  expect(b.trace.noteCount('sysdma', 'dma-busy')).toBe(1);
  expect(Buffer.compare(b.ram.bytes.subarray(0x8000, 0x8400), b.ram.bytes.subarray(0, 1024))).toBe(0);
});

test('a snapshot in mid-transfer ends as the original does', () => {
  const a = new CardBench();
  a.pattern(0, 2048);
  copy(a, 0, CARD_BUFFER, 2048);
  a.run(20_000);
  const c = new CardBench({ cold: true });
  c.load(a.save());
  for (const b of [a, c]) expect(b.until(() => b.engine.inta.level, ms(1))).toBe(true);
  expect(c.scheduler.now).toBe(a.scheduler.now);
  expect([c.engine.save(), c.card.save()]).toEqual([a.engine.save(), a.card.save()]);
});

test('random programs never throw, never run away, and a reset always helps', () => {
  const address = fc.oneof(
    fc.nat(0xffffffff), fc.nat(0xfffff),
    fc.constantFrom(ENGINE_MEMORY, ENGINE_MEMORY + 12, CARD_BUFFER, CARD_MEMORY, 0xfffffffc, 0xffff0),
  );
  const step = fc.record({
    source: address, target: address, bytes: fc.oneof(fc.nat(0xffffff), fc.nat(500)), control: fc.nat(255),
    register: fc.nat(0x1f), value: fc.nat(255), ticks: fc.nat(100_000),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
      const b = new CardBench();
      for (const s of steps) {
        copy(b, s.source, s.target, s.bytes, s.control);
        b.memory.write(ENGINE_MEMORY + s.register, 1, s.value, b.tx);
        b.pci.write(ENGINE_DEVFN, 4, s.value & 7, 1);
        const events = b.scheduler.executed;
        b.run(s.ticks);
        expect(b.scheduler.executed - events).toBeLessThan(10 + s.ticks / ns(300));
      }
      expect(b.engine.mismatch(b.engine.save())).toBe('');
      b.reset(b.engine);
      b.pci.write(ENGINE_DEVFN, 0x10, ENGINE_MEMORY);
      b.pci.write(ENGINE_DEVFN, 4, 6, 2);
      copy(b, 0x100, 0x9000, 300);
      b.run(ms(1));
      expect(get(b, STATUS)).toBe(1);
    }),
    { numRuns: 80, seed: 26 },
  );
});
