/** Random user programs under a kernel that interrupts, steps, pages and patches them. */
import { describe, expect, test } from 'vitest';
import type { JitOptions } from '../../src/jit/compiler/jit-options.ts';
import { Lcg } from '../oracle/x86/lcg.ts';
import { MODE } from '../oracle/x86/record.ts';
import { counted, monitor, PHYSICAL, V86 } from './monitor.ts';
import { PIECES, randomProgram } from './random-programs.ts';
import { lockstep } from './twin.ts';

const MODES = {
  'flat 32-bit code': MODE.FLAT,
  '16-bit code': MODE.CODE16,
  'small segments': MODE.SEGMENTED,
  'small segments, 16-bit stack': MODE.STACK16,
  'virtual-8086 mode': V86,
} as const;
const INSTRUCTIONS = 45_000;
/**
 * Everything at once; few blocks together; larger groups, with so little room that all compiled
 * code is dropped now and then.
 */
const JIT: readonly JitOptions[] = [
  { hotThreshold: 1, group: 1, regroupThreshold: 30 },
  { hotThreshold: 2, group: 4, functions: 2, regroupThreshold: 3 },
  { hotThreshold: 3, group: 12, bytes: 100_000 },
];

describe.each(Object.entries(MODES))('%s', (_, mode) => {
  test.each([1, 2, 3])('program %i', (seed) => {
    const r = lockstep((b) => {
      randomProgram(b, new Lcg(seed * 1009 + mode), mode);
      b.io.map(
        0, 0x100,
        { name: 'ports', read: (offset) => (offset * 37) & 0xff, write: () => undefined },
        { latency: 31 },
      );
      b.memory.map(
        PHYSICAL.MMIO, 0x1000,
        { name: 'device', read: (offset) => offset * 5, write: () => undefined },
        { latency: 17 },
      );
      monitor(b, mode, PIECES);
    }, {
      instructions: INSTRUCTIONS, seed, timer: 4001 + 2 * seed, nmi: true,
      jit: JIT[seed % 3], restore: seed === 3 ? 90 : 0,
    });
    expect(['steps', 'until']).toContain(r.reason);
    const c = counted(r.bench);
    expect(Math.min(c.ticks - 150, c.faults - 10, c.steps - 150)).toBeGreaterThan(0);
  });
});
