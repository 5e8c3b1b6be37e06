import { describe, expect, test } from 'vitest';
import { AT, X86Bench } from '../../../test/benches/x86-bench.ts';

const bench = (): X86Bench => new X86Bench().protectedMode();
const NE = 0x31;

describe('x87 in the processor', () => {
  test('loads, adds, stores; FNSTSW AX; FCOMI sets EFLAGS', () => {
    const b = bench();
    b.ram.view.setFloat64(AT.DATA, 1.5, true);
    b.code(
      AT.CODE, 'db e3  fninit', 'dd 05 00 00 03 00  fld qword [30000h]', 'd8 c0  fadd st0,st0', 'd9 e8  fld1',
      'df f1  fcomip st1', '9c  pushf', '5b  pop ebx', 'df e0  fnstsw ax',
      'dd 1d 08 00 03 00  fstp qword [30008h]', 'f4  hlt',
    );
    b.set({ cr0: NE });
    expect(b.run()).toBe('halted');
    expect(b.ram.view.getFloat64(AT.DATA + 8, true)).toBe(3);
    expect([b.state.ebx & 0x45, b.state.eax & 0x3800]).toEqual([1, 0x3800]);
  });

  test('CR0.TS and CR0.EM: #NM; WAIT needs MP and TS', () => {
    for (const [cr0, line, vector] of [
      [0x39, 'd9 e8  fld1', 7], [0x35, 'd9 e8  fld1', 7], [0x3b, '9b  wait', 7],
      [0x39, '9b f4  wait, hlt', -1], [0x39, 'db e3  fninit', 7],
    ] as const) {
      const b = bench();
      b.code(AT.CODE, line);
      b.set({ cr0 });
      b.run();
      expect([line, b.stoppedIn]).toEqual([line, vector]);
    }
  });

  test('an unmasked exception is delivered by the next waiting instruction: #MF', () => {
    const b = bench();
    b.write32(AT.DATA, 0x0000037b);
    b.code(
      AT.CODE, 'db e3  fninit', 'd9 2d 00 00 03 00  fldcw [30000h]', 'd9 e8  fld1', 'd9 ee  fldz',
      'de f9  fdivp', 'df e0  fnstsw ax', 'd9 e8  fld1',
    );
    b.set({ cr0: NE });
    b.run();
    expect([b.stoppedIn, b.stack(0), b.state.eax & 0x84]).toEqual([16, AT.CODE + 16, 0x84]);
  });

  test('a page fault of a store comes before the stack is popped', () => {
    const b = bench().paging();
    b.write32(b.pte(0x201000), 0);
    b.set({ cr0: 0x80000031 });
    b.code(AT.CODE, 'db e3  fninit', 'd9 eb  fldpi', 'db 3d fa 0f 20 00  fstp tbyte [200ffah]');
    b.run();
    expect([b.stoppedIn, b.stack(0), b.state.cr2, b.read32(0x200ffa)]).toEqual([14, 2, 0x201000, 0]);
    b.wake().write32(b.pte(0x201000), 0x201003);
    b.code(b.handler(14), '83 c4 04  add esp,4', 'cf  iret');
    b.code(AT.CODE + 10, 'f4  hlt');
    b.set({ eip: b.handler(14) });
    b.run();
    expect([b.read32(0x200ffa) >>> 0, b.read16(0x201002)]).toEqual([0x2168c235, 0x4000]);
  });

  test('FXSAVE and FXRSTOR: 16-byte alignment, contents', () => {
    const b = bench();
    b.set({ cr0: NE });
    b.code(
      AT.CODE, 'db e3  fninit', 'd9 eb  fldpi', '0f ae 05 00 00 03 00  fxsave [30000h]', 'db e3  fninit',
      '0f ae 0d 00 00 03 00  fxrstor [30000h]', 'db 3d 00 04 03 00  fstp tbyte [30400h]',
      '0f ae 05 08 00 03 00  fxsave [30008h]',
    );
    b.run();
    expect([b.stoppedIn, b.stack(0), b.read32(0x30400) >>> 0, b.read16(0x30408)]).toEqual([13, 0, 0x2168c235, 0x4000]);
  });
});

describe('CPUID and model-specific registers', () => {
  test('a Pentium II without what is not modelled', () => {
    const b = bench();
    b.code(
      AT.CODE, '31 c0  xor eax,eax', '0f a2  cpuid', '53  push ebx', '52  push edx', '51  push ecx',
      'b8 01 00 00 00  mov eax,1', '0f a2  cpuid', 'f4  hlt',
    );
    b.run();
    const name = [2, 1, 0]
      .flatMap((n) => [0, 8, 16, 24].map((s) => String.fromCharCode((b.stack(n) >> s) & 0xff)))
      .join('');
    expect([name, b.state.eax, b.state.edx]).toEqual(['GenuineIntel', 0x652, 0x0101b93d]);
  });

  test('the time stamp counter counts cycles; WRMSR sets its low half and clears the other', () => {
    const b = bench();
    b.code(
      AT.CODE, '90  nop', '0f 31  rdtsc', '89 c6  mov esi,eax', 'b9 10 00 00 00  mov ecx,10h',
      'b8 00 10 00 00  mov eax,1000h', 'ba 05 00 00 00  mov edx,5', '0f 30  wrmsr', '0f 31  rdtsc', 'f4  hlt',
    );
    b.run();
    expect([b.state.esi, b.state.eax, b.state.edx]).toEqual([1, 0x1001, 0]);
  });

  test('a register that does not exist is #GP(0)', () => {
    const b = bench();
    b.code(AT.CODE, 'b9 99 09 00 00  mov ecx,999h', '0f 32  rdmsr');
    b.run();
    expect([b.stoppedIn, b.stack(0), b.stack(1)]).toEqual([13, 0, AT.CODE + 5]);
  });

  test('reserved bits of CR4 and of CR0 are #GP(0)', () => {
    const b = bench();
    b.code(AT.CODE, 'b8 20 00 00 00  mov eax,20h', '0f 22 e0  mov cr4,eax');
    b.run();
    expect([b.stoppedIn, b.stack(1)]).toEqual([13, AT.CODE + 5]);
    const c = bench();
    c.code(AT.CODE, 'b8 10 00 00 80  mov eax,80000010h', '0f 22 c0  mov cr0,eax');
    c.run();
    expect([c.stoppedIn, c.stack(1)]).toEqual([13, AT.CODE + 5]);
  });
});
