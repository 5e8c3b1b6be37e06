/**
 * Random bytes as code: nothing a guest does may throw, and how a run is cut into portions, traced
 * or snapshot must not show.
 */
import { describe, expect, test } from 'vitest';
import { AT, X86Bench, gate, SEL } from '../../../test/benches/x86-bench.ts';

const TIME = 60_000;

/** Park–Miller. */
function generator(seed: number): () => number {
  let state = seed * 7919 + 1;
  return () => (state = (state * 48271) % 2147483647);
}

const KINDS = ['flat', 'paged', 'user', 'real'] as const;

function make(kind: (typeof KINDS)[number], seed: number): X86Bench {
  const next = generator(seed);
  const b = new X86Bench();
  if (kind === 'real') b.realMode();
  else b.protectedMode();
  if (kind === 'paged') b.paging();
  if (kind === 'user') b.loadTask().paging().ring3();
  // Handlers go on somewhere in the random code instead of halting.
  for (let v = 0; v < 256; v++) {
    b.setGate(v, gate(SEL.CODE0, AT.CODE + (next() % 4096), kind === 'user' ? 0xee : 0x8e));
    if (kind === 'real') b.write32(4 * v, next() % 0x8000);
  }
  const at = kind === 'real' ? 0x1000 : AT.CODE;
  for (let i = 0; i < 0x12000; i++) b.ram.view.setUint8(at + i, next() & 0xff);
  // Prefix bytes of plain moves keep more of the stream decodable.
  for (let i = 0; i < 0x12000; i += 3) b.ram.view.setUint8(at + i, 0x88 + (next() & 3));
  b.io.map(
    0, 0x10000,
    { name: 'ports', read: (offset) => (offset * 37) & 0xff, write: (_o, _s, v) => b.intr.set((v & 8) !== 0) },
    { latency: 31 },
  );
  b.memory.map(
    0xa0000000, 0x10000,
    { name: 'mmio', read: (offset) => offset, write: () => undefined },
    { latency: 17 },
  );
  b.set({
    eax: next(),
    ebx: AT.DATA + (next() % 0x8000),
    ecx: next() % 300,
    edx: next(),
    esi: AT.DATA,
    edi: AT.DATA + 0x4000,
    ebp: AT.STACK0 - 64,
  });
  b.ram.onWrite(0, b.ram.bytes.length);
  const e = b.scheduler.event('irq', () => {
    b.intr.set(!b.intr.level);
    e.after(997);
  });
  e.at(997);
  return b;
}

function summary(b: X86Bench): unknown {
  let hash = 0;
  const words = new Int32Array(b.ram.bytes.buffer, b.ram.bytes.byteOffset, b.ram.bytes.length >> 2);
  for (const word of words) hash = (Math.imul(hash, 31) + word) | 0;
  const { portReads, portWrites, mmioReads, mmioWrites, interrupts, exceptions } = b.cpu.counters;
  return {
    state: b.state, now: b.cpu.now, instructions: b.cpu.instructions, hash, portReads, portWrites,
    mmio: [mmioReads, mmioWrites],
    interrupts, exceptions, scheduler: b.scheduler.now,
  };
}

describe.each(KINDS)('random code, %s', (kind) => {
  test.each([1, 2, 3, 4, 5, 6])('seed %i: whole, in portions, from a snapshot', (seed) => {
    const whole = make(kind, seed);
    whole.cpu.run(TIME);
    const expected = summary(whole);

    const portions = make(kind, seed);
    const step = generator(seed + 99);
    while (portions.cpu.now < TIME) {
      const reason = portions.cpu.run(Math.min(TIME, portions.cpu.now + 1 + (step() % 400)));
      if (reason !== 'until') break;
    }
    expect(summary(portions)).toEqual(expected);

    const restored = make(kind, seed);
    let reason = restored.cpu.run(TIME / 2);
    if (reason === 'until') {
      restored.cpu.load(restored.cpu.save());
      reason = restored.cpu.run(TIME);
    }
    expect(summary(restored)).toEqual(expected);
  });
});
