import { describe, expect, test } from 'vitest';
import { INVALID_TAG, MAP, TLB, TLB_ENTRIES, tlbBase } from '../ir/layout.ts';
import { createGuestMemory } from './guest-memory.ts';
import { EngineTlb, JumpCache } from './tables.ts';

const { words } = createGuestMemory(0x10000);

/** What stands in entry `index` of a regime's tables. */
const entry = (regime: number, index: number): number[] =>
  [TLB.READ, TLB.WRITE, TLB.ADDEND].map((table) => words[((tlbBase(regime) + table) >> 2) + index]);

describe('TLB', () => {
  test('an entry is of one regime; writes only if they are allowed', () => {
    const tlb = new EngineTlb(words, 3);
    tlb.fill(2 * TLB_ENTRIES + 0x123, 0xc0123000 | 0, false, MAP.RAM - 0xc0120000);
    tlb.fill(0x123, 0x123000, true, MAP.RAM);
    expect(entry(2, 0x123)).toEqual([0xc0123000 | 0, INVALID_TAG, (MAP.RAM - 0xc0120000) | 0]);
    expect(entry(0, 0x123)).toEqual([0x123000, 0x123000, MAP.RAM]);
    expect(entry(1, 0x123).slice(0, 2)).toEqual([INVALID_TAG, INVALID_TAG]);
    tlb.dropWrite(0x123);
    expect(entry(0, 0x123)).toEqual([0x123000, INVALID_TAG, MAP.RAM]);
    tlb.drop(2 * TLB_ENTRIES + 0x123);
    expect(entry(2, 0x123)[0]).toBe(INVALID_TAG);
    tlb.flush();
    expect(entry(0, 0x123)[0]).toBe(INVALID_TAG);
  });

  test('there is room for eight regimes', () => {
    expect(() => new EngineTlb(words, 9)).toThrow(RangeError);
    expect(tlbBase(8)).toBeLessThanOrEqual(MAP.COUNTERS);
  });
});

describe('jump cache', () => {
  test('insert, lookup, replace, flush', () => {
    const cache = new JumpCache(words, 2);
    expect(cache.lookup(0, 0)).toBe(0);
    cache.insert(0xc0100000, 2, 0x100040, 0);
    expect(cache.lookup(0xc0100000, 2)).toBe(0x100040);
    expect(cache.lookup(0xc0100000 | 0, 2)).toBe(0x100040);
    expect(cache.lookup(0xc0100000, 1)).toBe(0);
    cache.insert(0xc0100000, 1, 0x100080, 0);
    expect(cache.lookup(0xc0100000, 2)).toBe(0);
    for (let pc = 0; pc < 50_000; pc += 3) cache.insert(pc, 1, 0x100000 + pc * 16, 0);
    cache.flush();
    for (let pc = 0; pc < 50_000; pc++) expect(cache.lookup(pc, 1)).toBe(0);
  });

  test('entries of two regimes are flushed apart', () => {
    const cache = new JumpCache(words, 2);
    cache.insert(0x1000, 1, 0x100040, 0);
    cache.insert(0x2000, 2, 0x100080, 1);
    // The same place, first one's, then the other's.
    cache.insert(0x3000, 2, 0x1000c0, 1);
    cache.insert(0x3000, 1, 0x100100, 0);
    cache.flush(2);
    expect([cache.lookup(0x1000, 1), cache.lookup(0x2000, 2), cache.lookup(0x3000, 1)]).toEqual([
      0x100040, 0, 0x100100,
    ]);
    cache.insert(0x2000, 2, 0x100080, 1);
    cache.flush(1);
    expect([cache.lookup(0x1000, 1), cache.lookup(0x2000, 2), cache.lookup(0x3000, 1)]).toEqual([0, 0x100080, 0]);
  });
});
