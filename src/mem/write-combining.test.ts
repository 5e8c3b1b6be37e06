import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Clock } from '../sim/clock.ts';
import { Scheduler } from '../sim/scheduler.ts';
import { Trace, type TransactionRecord } from '../sim/trace.ts';
import { AddressSpace } from './address-space.ts';
import { Bus } from './bus.ts';
import { Ram } from './ram.ts';
import { MEMORY_TYPE, Transaction } from './transaction.ts';
import { WriteCombiningBuffers, type WriteCombiningOptions } from './write-combining.ts';

/** A 32-bit, 33⅓ MHz bus as PCI is: 2 clocks of arbitration, 8 to the first beat. */
const CLOCK = 90;
const FULL = (2 + 8 + 15) * CLOCK, EIGHT = (2 + 8 + 1) * CLOCK, FOUR = 10 * CLOCK;

class Bench {
  readonly trace = new Trace();
  readonly scheduler = new Scheduler(this.trace);
  readonly space = new AddressSpace('memory', 32, this);
  readonly bus = new Bus('pci', new Clock('pci', 100e6, 3), { arbitration: 2, firstData: 8, perBeat: 1, width: 4 });
  readonly bytes = new Uint8Array(0x1000);
  readonly records: TransactionRecord[] = [];
  readonly tx = new Transaction('cpu0');
  readonly wc: WriteCombiningBuffers;

  constructor(options: WriteCombiningOptions = { lineBytes: 64 }) {
    this.space.map(0, 0x1000, new Ram('card', this.bytes), { bus: this.bus });
    this.wc = new WriteCombiningBuffers('cpu0', this, this.space, options);
    this.trace.listen((r) => {
      if (r.kind === 'transaction') this.records.push({ ...r });
    });
    this.tx.memoryType = MEMORY_TYPE.WC;
  }
  /** Stores doublewords from `address` on; returns what the processor waited in all. */
  words(address: number, n: number): number {
    let waited = 0;
    for (let k = 0; k < n; k++) {
      this.wc.write(address + 4 * k, 4, 0x01010101 * (k & 63), this.tx);
      waited += this.tx.ticks;
      this.scheduler.runUntil(this.scheduler.now + this.tx.ticks + 15);
    }
    return waited;
  }
  sizes(): [number, number][] {
    return this.records.map((r) => [r.address, r.size]);
  }
}

describe('merging (SDM vol. 3A, 11.3.1)', () => {
  test('a full line is one posted burst', () => {
    const b = new Bench();
    expect(b.words(0x40, 15)).toBe(0);
    expect([b.wc.cells.filled > 0, b.records.length, b.bytes[0x44]]).toEqual([true, 0, 0]);
    expect(b.words(0x7c, 1)).toBe(0);
    expect(b.wc.cells.filled > 0).toBe(false);
    expect(b.records).toHaveLength(1);
    expect(b.records[0]).toMatchObject({
      initiator: 'cpu0', target: 'card', address: 0x40, size: 64, write: true, memoryType: 'WC',
    });
    expect(b.records[0].end - b.records[0].start).toBe(FULL);
    expect(b.bytes[0x44]).toBe(1);
  });

  test('the last of several stores to a byte wins; the others never reach the bus', () => {
    const b = new Bench();
    for (const v of [1, 2, 3]) b.wc.write(0x10, 1, v, b.tx);
    b.wc.drain(b.tx);
    expect([b.sizes(), b.bytes[0x10], b.tx.ticks]).toEqual([[[0x10, 1]], 3, FOUR]);
  });

  test('a partly filled line leaves in chunks of 8 bytes, and only what was written', () => {
    const b = new Bench();
    b.bytes.fill(0xee);
    b.words(4, 3);
    b.wc.write(0x21, 2, 0x5566, b.tx);
    b.wc.drain(b.tx);
    expect(b.sizes()).toEqual([[4, 4], [8, 8], [0x21, 2]]);
    expect(b.tx.ticks).toBe(FOUR + EIGHT + FOUR);
    expect([b.bytes[3], b.bytes[16], b.bytes[0x20], b.bytes[0x21], b.bytes[0x22], b.bytes[0x23]])
      .toEqual([0xee, 0xee, 0xee, 0x66, 0x55, 0xee]);
  });

  test.each([[32, 4], [64, 8]] as const)('a line of %i bytes with holes leaves in %i transactions at most (11.3.1)', (
    lineBytes, most,
  ) => {
    const b = new Bench({ lineBytes });
    b.bytes.fill(0xee);
    for (let k = 0; k < lineBytes; k += 2) b.wc.write(k, 1, k, b.tx);
    b.wc.drain(b.tx);
    // Each is two data phases, whose byte enables are on and off by turns.
    expect([b.tx.ticks, b.bus.busyUntil]).toEqual([most * EIGHT, most * EIGHT]);
    expect(b.records.filter((r) => r.end > r.start)).toHaveLength(most);
    expect([...b.bytes.subarray(0, 6), b.bytes[lineBytes - 2], b.bytes[lineBytes - 1]])
      .toEqual([0, 0xee, 2, 0xee, 4, 0xee, lineBytes - 2, 0xee]);
  });

  test.each([[32, 4], [64, 8]] as const)('a line of %i bytes of which one is missing leaves in %i transactions', (
    lineBytes, most,
  ) => {
    const b = new Bench({ lineBytes });
    b.words(0, lineBytes / 4 - 1);
    b.wc.write(lineBytes - 4, 2, 1, b.tx);
    b.wc.write(lineBytes - 2, 1, 1, b.tx);
    expect(b.records).toHaveLength(0);
    b.wc.drain(b.tx);
    expect([b.records.length, b.bus.busyUntil - b.records[0].start]).toEqual([most, most * EIGHT]);
    // The byte that was missing fills a line: one burst.
    b.words(0, lineBytes / 4 - 1);
    for (let k = 4; k > 0; k--) b.wc.write(lineBytes - k, 1, 1, b.tx);
    expect(b.sizes().slice(most)).toEqual([[0, lineBytes]]);
  });

  test('bytes 3 and 4 are in two doublewords: two data phases', () => {
    const b = new Bench();
    b.wc.write(3, 2, 0x5566, b.tx);
    b.wc.drain(b.tx);
    expect([b.sizes(), b.tx.ticks]).toEqual([[[3, 2]], EIGHT]);
  });

  test('a store across two lines goes into both', () => {
    const b = new Bench();
    b.wc.write(0x3e, 4, 0x44332211, b.tx);
    expect(b.wc.cells.filled).toBe(2);
    b.wc.drain(b.tx);
    expect([...b.bytes.subarray(0x3e, 0x42)]).toEqual([0x11, 0x22, 0x33, 0x44]);
  });

  test('lines of 32 bytes, as in the P6 family', () => {
    const b = new Bench({ lineBytes: 32 });
    b.words(0, 16);
    expect(b.sizes()).toEqual([[0, 32], [32, 32]]);
  });
});

describe('when lines leave', () => {
  test('a fifth line makes the oldest leave, and the processor waits for its buffer', () => {
    const b = new Bench();
    for (const line of [0, 0x40, 0x80, 0xc0]) expect(b.words(line, 2)).toBe(0);
    expect(b.records).toHaveLength(0);
    expect(b.words(0x100, 1)).toBe(EIGHT);
    expect(b.sizes()).toEqual([[0, 8]]);
  });

  test.each([1, 2, 8])('of %i buffers, one more line makes the oldest leave', (buffers) => {
    const b = new Bench({ lineBytes: 64, buffers });
    for (let n = 0; n < buffers; n++) expect(b.words(0x40 * n, 2)).toBe(0);
    expect(b.records).toHaveLength(0);
    expect(b.words(0x40 * buffers, 1)).toBe(EIGHT);
    expect(b.sizes()).toEqual([[0, 8]]);
  });

  test('four full lines are on their way before the processor waits', () => {
    const b = new Bench();
    expect(b.words(0, 64)).toBe(0);
    expect(b.words(0x100, 1)).toBeGreaterThan(0);
    expect(b.scheduler.now).toBeGreaterThanOrEqual(FULL);
    // From now on the bus sets the rate.
    const from = b.scheduler.now;
    b.words(0x104, 15 + 16 * 8);
    expect((b.scheduler.now - from) / FULL).toBeCloseTo(8, 0);
  });

  test('a load of a line that waits makes it leave', () => {
    const b = new Bench();
    b.words(0x40, 1);
    b.words(0x80, 1);
    b.wc.expose(0x7c, 8, b.tx);
    expect([b.wc.cells.filled > 0, b.records.length]).toEqual([false, 2]);
  });
});

test('whatever is stored arrives, in the order of the last stores, and a snapshot goes on alike', () => {
  const store = fc.record({
    address: fc.oneof(fc.nat(0xffc), fc.nat(0x60)), size: fc.constantFrom(1, 2, 4), value: fc.nat(0xffffffff),
    drain: fc.nat(15),
  });
  fc.assert(
    fc.property(fc.array(store, { maxLength: 120 }), fc.nat(119), (stores, at) => {
      const plain = new Uint8Array(0x1000);
      const b = new Bench(), other = new Bench();
      stores.forEach((s, n) => {
        if (n === at) {
          for (const [k, v] of Object.entries(b.wc.cells)) {
            const to = other.wc.cells as unknown as Record<string, Float64Array | number>;
            if (typeof v === 'number') to[k] = v;
            else if (typeof v === 'boolean') (to as Record<string, unknown>)[k] = v;
            else (to[k] as Float64Array).set(v as Float64Array);
          }
          other.bytes.set(b.bytes);
          other.bus.busyUntil = b.bus.busyUntil;
          other.scheduler.runUntil(b.scheduler.now);
        }
        for (let k = 0; k < s.size; k++) plain[s.address + k] = s.value >>> (8 * k);
        for (const m of n >= at ? [b, other] : [b]) {
          m.wc.write(s.address, s.size, s.value, m.tx);
          m.scheduler.runUntil(m.scheduler.now + m.tx.ticks + 15);
          if (s.drain === 0) m.wc.drain(m.tx);
        }
      });
      b.wc.drain(b.tx);
      expect(Buffer.compare(b.bytes, plain)).toBe(0);
      if (stores.length > at) {
        other.wc.drain(other.tx);
        expect(Buffer.compare(other.bytes, plain)).toBe(0);
        expect(other.tx.ticks).toBe(b.tx.ticks);
        expect(other.scheduler.now).toBe(b.scheduler.now);
      }
    }),
    { numRuns: 200, seed: 11 },
  );
});
