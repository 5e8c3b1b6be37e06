import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { AT, X86Bench } from '../../../test/benches/x86-bench.ts';
import { OpenLine } from '../../cpu/open-line.ts';
import { Bus } from '../../mem/bus.ts';
import { MEMORY_TYPE, type Target } from '../../mem/transaction.ts';
import { WriteCombiningBuffers } from '../../mem/write-combining.ts';
import { Clock } from '../../sim/clock.ts';
import { setMemoryTypes } from './setup.ts';

const WC_AT = 0x1000_0000, UC_AT = 0x1001_0000;
const hex = (value: number): string => value.toString(16).padStart(2, '0');

/** Lines of code by a displacement from EDI. */
const OPS: Readonly<Record<string, (displacement: number) => string>> = {
  dword: (d) => `89 47 ${hex(d)}  mov [edi+d],eax`,
  immediate: (d) => `c7 47 ${hex(d)} 04 03 02 01  mov dword [edi+d],1020304h`,
  line: (d) => `${[0, 1, 2, 3, 4, 5, 6, 7].map((k) => `89 47 ${hex((d & 0x60) + 4 * k)}`).join(' ')}  mov [edi+..],eax`,
  word: (d) => `66 89 47 ${hex(d)}  mov [edi+d],ax`,
  byte: (d) => `88 47 ${hex(d)}  mov [edi+d],al`,
  load: (d) => `03 47 ${hex(d)}  add eax,[edi+d]`,
  push: (d) => `8d 67 ${hex(d)} 50 bc 00 90 00 00  lea esp,[edi+d]; push eax; mov esp,9000h`,
  locked: () => 'f0 01 06  lock add [esi],eax',
  uncached: () => '89 03  mov [ebx],eax',
  change: () => '69 c0 01 23 45 67  imul eax,eax,67452301h',
  next: (d) => `83 c7 ${hex(d)}  add edi,d`,
};

interface Case {
  body: { op: string; displacement: number }[];
  lineBytes: 32 | 64;
  times: number;
  every: number;
  interruptAt: number;
}

/** What arrived when, and all state at the end. */
function outcome(c: Case, execution: 'jit' | 'interpreter'): unknown {
  const b = new X86Bench({
    execution, jit: { hotThreshold: 4, group: 1 }, writeCombining: { lineBytes: c.lineBytes },
  }).protectedMode();
  const bus = new Bus('pci', new Clock('pci', 100e6, 3), { arbitration: 2, firstData: 8, perBeat: 1, width: 4 });
  const log: string[] = [], bytes = new Uint8Array(0x10000), view = new DataView(bytes.buffer);
  const card: Target = {
    name: 'card',
    read: (offset, size) => {
      log.push(`${b.scheduler.now} read ${offset} ${size}`);
      return size === 4 ? view.getUint32(offset, true) : size === 2 ? view.getUint16(offset, true) : bytes[offset];
    },
    write: () => expect.unreachable('stores to it are combined'),
    block: (offset, buffer, from, length) => {
      bytes.set(buffer.subarray(from, from + length), offset);
      const hexadecimal = Buffer.from(buffer.subarray(from, from + length)).toString('hex');
      log.push(`${b.scheduler.now} burst ${offset} ${hexadecimal}`);
    },
  };
  const uncached: Target = {
    name: 'uc', read: () => 0, write: (_offset, _size, value) => void log.push(`${b.scheduler.now} write ${value}`),
  };
  b.memory.map(WC_AT, 0x10000, card, { bus });
  b.memory.map(UC_AT, 0x1000, uncached, { bus });
  setMemoryTypes(b.cpu, MEMORY_TYPE.UC, [
    { base: 0, size: 4 << 20, type: MEMORY_TYPE.WB }, { base: WC_AT, size: 0x10000, type: MEMORY_TYPE.WC },
  ]);
  let events = 0;
  const event = b.scheduler.event('steal', () => {
    bus.take(b.scheduler.now, 64);
    if (++events === c.interruptAt) b.intr.set(true);
    if (events < 400) event.after(c.every);
  });
  event.after(c.every);
  b.code(b.handler(0x20), '83 c0 01  add eax,1', 'cf  iret');
  const body = c.body.map(({ op, displacement }) => OPS[op](displacement));
  const length = body.reduce((sum, line) => sum + line.split('  ')[0].split(' ').length, 0);
  const back = -(length + 1 + 6);
  const jump = [back, back >> 8, back >> 16, back >> 24].map((n) => hex(n & 0xff)).join(' ');
  b.code(AT.CODE, 'fb  sti', ...body, '49  dec ecx', `0f 85 ${jump}  jnz`, 'fa  cli', 'f4  hlt');
  b.set({ eax: 0x89abcdef, ecx: c.times, esi: AT.DATA, edi: WC_AT, ebx: UC_AT });
  expect(b.run()).toBe('halted');
  const state = JSON.stringify(b.cpu.save(), (_key, v: unknown) =>
    ArrayBuffer.isView(v) ? Buffer.from(v.buffer, v.byteOffset, v.byteLength).toString('base64') : v);
  return { log, bytes: Buffer.from(bytes).toString('base64'), state, counters: { ...b.cpu.counters }, events };
}

const aligned = fc.integer({ min: 0, max: 31 }).map((n) => 4 * n);
const anywhere = fc.integer({ min: 4, max: 120 });
const step = fc.record({
  op: fc.constantFrom('dword', 'dword', 'dword', 'line', 'line', 'immediate', 'push', 'word', 'byte', 'load', 'locked',
    'uncached', 'change', 'change', 'next'),
  displacement: fc.oneof({ weight: 5, arbitrary: aligned }, anywhere),
});
const cases: fc.Arbitrary<Case> = fc.record({
  body: fc.array(step, { minLength: 1, maxLength: 24 }), lineBytes: fc.constantFrom(32 as const, 64 as const),
  times: fc.integer({ min: 1, max: 400 }), every: fc.integer({ min: 400, max: 20_000 }),
  interruptAt: fc.integer({ min: 1, max: 40 }),
});

afterEach(() => void vi.restoreAllMocks());

test.each(['jit', 'interpreter'] as const)(
  'stores that machine code combines by itself leave the same bursts, times, counts and state, in %s', (execution) => {
    const taken = vi.spyOn(WriteCombiningBuffers.prototype, 'takeBack');
    fc.assert(fc.property(cases, (c) => {
      const itself = outcome(c, execution);
      const open = vi.spyOn(OpenLine.prototype, 'open').mockImplementation(() => {});
      const before = taken.mock.calls.length, called = outcome(c, execution);
      open.mockRestore();
      expect(taken.mock.calls.length).toBe(before);
      expect(itself).toEqual(called);
    }), { numRuns: 60 });
    expect(taken.mock.calls.length).toBeGreaterThan(100);
  },
);
