/** Two x86 processors with windows of their own in one memory: nobody is in the other's way. */
import { describe, expect, test } from 'vitest';
import { createGuestMemory } from '../../src/jit/guest-memory.ts';
import { AT, X86Bench } from '../benches/x86-bench.ts';
import { difference } from './twin.ts';

/** A loop with stores, a string instruction, the x87, a division and a call; data at EBP. */
const LINES = [
  'b9 c8 00 00 00     mov ecx,200',
  '01 c8              add eax,ecx',
  '89 45 00           mov [ebp],eax',
  'd9 e8              fld1',
  'd8 45 08           fadd dword [ebp+8]',
  'd9 5d 08           fstp dword [ebp+8]',
  '51                 push ecx',
  '8d 7d 40           lea edi,[ebp+64]',
  'b9 20 00 00 00     mov ecx,32',
  'f3 ab              rep stosd',
  '59                 pop ecx',
  '31 d2              xor edx,edx',
  'f7 f1              div ecx',
  '03 45 00           add eax,[ebp]',
  '49                 dec ecx',
  '75 00              jnz behind the first',
  'f4                 hlt',
];

/** As bytes: the jump's distance is counted here. */
function program(bench: X86Bench, at: number): void {
  const lines = LINES.map((line) => line.replace(/ {2,}/, '  '));
  const bytes = (line: string): number => line.split('  ')[0]!.trim().split(' ').length;
  const start = bytes(lines[0]!);
  const end = lines.slice(0, -1).reduce((sum, line) => sum + bytes(line), 0);
  bench.code(at, ...lines.map((line) => line.replace('75 00', `75 ${(256 + start - end).toString(16)}`)));
}

function started(bench: X86Bench, at: number, data: number): X86Bench {
  bench.protectedMode();
  program(bench, at);
  bench.set({ eip: at, ebp: data, esp: data + 0x1000, eax: at });
  bench.cpu.stateReplaced();
  return bench;
}

describe.each(['interpreter', 'jit'] as const)('%s', (execution) => {
  const engine = { execution, jit: { hotThreshold: 2, group: 1, regroupThreshold: 50 } };

  test.each([false, true])('in turns, both do what each does alone; accesses to RAM traced: %s', (traced) => {
    const guest = createGuestMemory(4 << 20, 2);
    const places = [[AT.CODE, AT.DATA], [AT.USER, AT.DATA + 0x8000]] as const;
    const both = places.map(([at, data], core) => started(new X86Bench(engine, guest, core), at, data));
    let recorded = 0;
    if (traced)
      for (const { trace } of both) {
        trace.processorRam = true;
        trace.listen(() => recorded++);
      }
    for (let t = 1; t < 400; t++) for (const bench of both) bench.cpu.run(t * 500);
    places.forEach(([at, data], core) => {
      const alone = started(new X86Bench(engine), at, data);
      for (let t = 1; t < 400; t++) alone.cpu.run(t * 500);
      expect(alone.cpu.halted).toBe(true);
      expect(difference(alone, both[core]!, false)).toBe('');
      const words = (bench: X86Bench): number[] => Array.from({ length: 64 }, (_, n) => bench.read32(data + 4 * n));
      expect(words(both[core]!)).toEqual(words(alone));
      expect(alone.read32(data + 8)).toBe(0x43480000);
      if (execution === 'jit' && !traced) expect(both[core]!.cpu.codeStatistics.jit?.functionsCompiled).toBeGreaterThan(0);
    });
    expect(recorded > 10_000).toBe(traced);
  });
});
