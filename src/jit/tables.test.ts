import { describe, expect, test } from 'vitest';
import { MAP } from '../ir/layout.ts';
import { createGuestMemory } from './guest-memory.ts';
import { ACCESS, JUMPS, JumpCache, Tlb } from './tables.ts';

const { words } = createGuestMemory(0x10000);

describe('TLB', () => {
  test('lookup finds what fill permits', () => {
    const tlb = new Tlb(words);
    expect(tlb.lookup(MAP.TLB_USER, 0, ACCESS.READ)).toBe(-1);
    tlb.fill(MAP.TLB_USER, 0xc0123456, ACCESS.READ | ACCESS.EXECUTE, MAP.RAM - 0xc0120000);
    expect(tlb.lookup(MAP.TLB_USER, 0xc0123fff, ACCESS.READ)).toBe(MAP.RAM + 0x3fff);
    expect(tlb.lookup(MAP.TLB_USER, 0xc0123fff, ACCESS.EXECUTE)).toBe(MAP.RAM + 0x3fff);
    expect(tlb.lookup(MAP.TLB_USER, 0xc0123fff, ACCESS.WRITE)).toBe(-1);
    expect(tlb.lookup(MAP.TLB_SUPERVISOR, 0xc0123fff, ACCESS.READ)).toBe(-1);
    expect(tlb.lookup(MAP.TLB_USER, 0xc0523fff, ACCESS.READ)).toBe(-1);
  });

  test('flushPage drops a page from both, flush one table', () => {
    const tlb = new Tlb(words);
    for (const base of [MAP.TLB_USER, MAP.TLB_SUPERVISOR])
      for (const page of [0x1000, 0x2000]) tlb.fill(base, page, ACCESS.READ, MAP.RAM);
    tlb.flushPage(0x1234);
    expect(tlb.lookup(MAP.TLB_USER, 0x1000, ACCESS.READ)).toBe(-1);
    expect(tlb.lookup(MAP.TLB_SUPERVISOR, 0x1000, ACCESS.READ)).toBe(-1);
    tlb.flush(MAP.TLB_USER);
    expect(tlb.lookup(MAP.TLB_USER, 0x2000, ACCESS.READ)).toBe(-1);
    expect(tlb.lookup(MAP.TLB_SUPERVISOR, 0x2000, ACCESS.READ)).toBe(MAP.RAM + 0x2000);
  });

  test('protect takes write permission from every alias of a host page', () => {
    const tlb = new Tlb(words);
    const both = ACCESS.READ | ACCESS.WRITE;
    tlb.fill(MAP.TLB_USER, 0x5000, both, MAP.RAM - 0x5000 + 0x3000);
    tlb.fill(MAP.TLB_SUPERVISOR, 0xc0003000, both, MAP.RAM - 0xc0000000);
    tlb.fill(MAP.TLB_SUPERVISOR, 0xc0004000, both, MAP.RAM - 0xc0000000);
    tlb.protect(MAP.RAM + 0x3abc);
    expect(tlb.lookup(MAP.TLB_USER, 0x5000, ACCESS.WRITE)).toBe(-1);
    expect(tlb.lookup(MAP.TLB_USER, 0x5000, ACCESS.READ)).toBe(MAP.RAM + 0x3000);
    expect(tlb.lookup(MAP.TLB_SUPERVISOR, 0xc0003000, ACCESS.WRITE)).toBe(-1);
    expect(tlb.lookup(MAP.TLB_SUPERVISOR, 0xc0004000, ACCESS.WRITE)).toBe(MAP.RAM + 0x4000);
  });
});

describe('jump cache', () => {
  test('insert, lookup, replace, flush', () => {
    const cache = new JumpCache(words);
    expect(cache.lookup(0, 0)).toBe(0);
    cache.insert(0xc0100000, 2, 0x100040);
    expect(cache.lookup(0xc0100000, 2)).toBe(0x100040);
    expect(cache.lookup(0xc0100000 | 0, 2)).toBe(0x100040);
    expect(cache.lookup(0xc0100000, 1)).toBe(0);
    cache.insert(0xc0100000, 1, 0x100080);
    expect(cache.lookup(0xc0100000, 2)).toBe(0);
    for (let pc = 0; pc < 50_000; pc += 3) cache.insert(pc, 1, 0x100000 + pc * 16);
    cache.flush();
    for (let pc = 0; pc < 50_000; pc++) expect(cache.lookup(pc, 1)).toBe(0);
  });

  test('supervisor and user entries are flushed apart', () => {
    const cache = new JumpCache(words);
    cache.insert(0x1000, 1, 0x100040, 0);
    cache.insert(0x2000, 2, 0x100080, 1);
    // The same place, first one's, then the other's.
    cache.insert(0x3000, 2, 0x1000c0, 1);
    cache.insert(0x3000, 1, 0x100100, 0);
    cache.flush(JUMPS.USER);
    expect([cache.lookup(0x1000, 1), cache.lookup(0x2000, 2), cache.lookup(0x3000, 1)]).toEqual([
      0x100040, 0, 0x100100,
    ]);
    cache.insert(0x2000, 2, 0x100080, 1);
    cache.flush(JUMPS.SUPERVISOR);
    expect([cache.lookup(0x1000, 1), cache.lookup(0x2000, 2), cache.lookup(0x3000, 1)]).toEqual([0, 0x100080, 0]);
  });
});
