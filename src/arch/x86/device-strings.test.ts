import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AT, X86Bench } from '../../../test/benches/x86-bench.ts';
import { Bus } from '../../mem/bus.ts';
import { MEMORY_TYPE, type Target } from '../../mem/transaction.ts';
import { Clock } from '../../sim/clock.ts';
import { setMemoryTypes } from './setup.ts';

const CARD = 0x1000_0000, BYTES = 0x4000;

interface Case {
  type: number;
  size: 1 | 2 | 4;
  move: boolean;
  /** Where the first element lands, and how many there are. */
  at: number;
  count: number;
  down: boolean;
  /** Ticks between two events that steal the bus; the n-th of them interrupts. */
  every: number;
  interruptAt: number;
  traced: boolean;
}

/** Arrays as text, which is compared fast. */
function text(value: unknown): unknown {
  return ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')
    : value;
}

/** What arrived when, and all state at the end. `runs`: elements may come together. */
function outcome(c: Case, runs: boolean, execution: 'jit' | 'interpreter'): unknown {
  const b = new X86Bench({ execution }).protectedMode();
  const bus = new Bus('pci', new Clock('pci', 100e6, 3), { arbitration: 2, firstData: 8, perBeat: 1, width: 4 });
  const log: string[] = [], bytes = new Uint8Array(BYTES);
  const card: Target = {
    name: 'card', read: () => 0,
    write: (offset, size, value, tx) => void log.push(
      `${b.scheduler.now} ${offset} ${size} ${value} ${tx.ticks} ${tx.memoryType} ${tx.pc} ${b.cpu.instructions}`,
    ),
    block: (offset, buffer, from, length) => {
      bytes.set(buffer.subarray(from, from + length), offset);
      log.push(`${b.scheduler.now} burst ${offset} ${length}`);
    },
  };
  b.memory.map(CARD, BYTES, card, { bus });
  if (c.traced) b.trace.listen(() => {});
  setMemoryTypes(b.cpu, MEMORY_TYPE.UC, [
    { base: 0, size: 4 << 20, type: MEMORY_TYPE.WB }, { base: CARD, size: BYTES, type: c.type },
  ]);
  let events = 0;
  const event = b.scheduler.event('steal', () => {
    bus.take(b.scheduler.now, 64);
    // What the source holds may change between two elements.
    b.ram.bytes.fill(++events, AT.DATA + 0x100, AT.DATA + 0x800);
    if (events === c.interruptAt) b.intr.set(true);
    if (events < 400) event.after(c.every);
  });
  event.after(c.every);
  for (let i = 0; i < 0x1000; i++) b.ram.bytes[AT.DATA + i] = i * 7;
  b.code(b.handler(0x20), 'cf  iret');
  const prefix = c.size === 2 ? '66 f3' : 'f3';
  const opcode = (c.move ? ['a4', 'a5'] : ['aa', 'ab'])[c.size === 1 ? 0 : 1];
  const direction = c.down ? 'fd  std' : 'fc  cld';
  b.code(AT.CODE, 'fb  sti', direction, `${prefix} ${opcode}  rep`, '90  nop', 'fa  cli', 'f4  hlt');
  b.set({ eax: 0x89abcdef, ecx: c.count, esi: AT.DATA + 0x80, edi: CARD + c.at });
  if (!runs) Object.assign(b.cpu.architecture.x86.env, { busWriteRun: () => 0 });
  expect(b.run()).toBe('halted');
  return { log, bytes: text(bytes), state: JSON.stringify(b.cpu.save(), (_key, v: unknown) => text(v)), events };
}

const cases: fc.Arbitrary<Case> = fc.record({
  type: fc.constantFrom(MEMORY_TYPE.UC, MEMORY_TYPE.WC, MEMORY_TYPE.WB),
  size: fc.constantFrom(1 as const, 2 as const, 4 as const),
  move: fc.boolean(), at: fc.integer({ min: 0x1000, max: 0x2000 }), count: fc.integer({ min: 0, max: 300 }),
  down: fc.integer({ min: 0, max: 7 }).map((n) => n === 0), every: fc.integer({ min: 400, max: 20_000 }),
  interruptAt: fc.integer({ min: 1, max: 12 }), traced: fc.boolean(),
});

test.each(['jit', 'interpreter'] as const)(
  'REP MOVS and REP STOS to device memory are one transaction after the other, in %s: the same times, bytes and state',
  (execution) => {
    fc.assert(
      fc.property(cases, (c) => {
        expect(outcome(c, true, execution)).toEqual(outcome(c, false, execution));
      }),
      { numRuns: 20 },
    );
  },
);
