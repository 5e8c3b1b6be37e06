import { describe, expect, test } from 'vitest';
import { AT, CYCLE, SEL, X86Bench, gate } from '../../../test/benches/x86-bench.ts';
import { setTable } from './setup.ts';

/** Runs code in ring 0 into the handler of its fault; the notes made on the way. */
function run(...code: string[]): { b: X86Bench; notes: string[] } {
  const b = new X86Bench().protectedMode();
  const notes: string[] = [];
  b.trace.listen((record) => { if (record.kind === 'note') notes.push(`${record.what}: ${record.detail}`); });
  b.code(AT.CODE, ...code);
  b.run();
  return { b, notes };
}

describe('what the processor says it lacks is told by name', () => {
  test.each([
    ['CR4.PAE', ['b8 20 00 00 00  mov eax,20h', '0f 22 e0  mov cr4,eax'], 13, 'a write of CR4 with PAE'],
    [
      'CR4 bits without a name', ['b8 41 00 00 80  mov eax,80000041h', '0f 22 e0  mov cr4,eax'], 13,
      'a write of CR4 with VME, MCE, bit 31',
    ],
    [
      'RDMSR 1Bh', ['b9 1b 00 00 00  mov ecx,1bh', '0f 32  rdmsr'], 13,
      'a read of model-specific register 1Bh (local APIC base)',
    ],
    [
      'WRMSR of EFER', ['b9 80 00 00 c0  mov ecx,0c0000080h', '0f 30  wrmsr'], 13,
      'a write of model-specific register C0000080h (EFER: long mode, no-execute)',
    ],
    ['SSE', ['0f 57 c0  xorps xmm0,xmm0'], 6, 'SSE'],
    ['MMX', ['0f 6f c1  movq mm0,mm1'], 6, 'MMX or SSE2'],
    ['RDTSCP', ['0f 01 f9  rdtscp'], 6, 'RDTSCP or SWAPGS'],
    ['SYSCALL', ['0f 05  syscall'], 6, 'SYSCALL'],
    ['POPCNT', ['f3 0f b8 c1  popcnt eax,ecx'], 6, 'POPCNT'],
    ['CLFLUSH', ['0f ae 38  clflush [eax]'], 6, 'CLFLUSH'],
    ['AVX', ['c5 f8 77  vzeroupper'], 6, 'an AVX instruction'],
  ])('%s', (_name, code, vector, asked) => {
    const { b, notes } = run(...code);
    expect(b.stoppedIn).toBe(vector);
    expect(notes).toEqual([`lacking: ${asked}, which this processor lacks`]);
    expect(b.cpu.lastRefusal).toBe(
      `the last #${vector === 6 ? 'UD' : 'GP'} was ${asked}, which this processor lacks`,
    );
  });

  test('not so: UD2, LES with memory, a bad value for a register that exists, CR4 with bits that it has', () => {
    for (const code of [
      ['0f 0b  ud2'], ['31 c0  xor eax,eax', '0f 22 d8  mov cr3,eax', '0f ff  ud0'],
      ['b9 77 02 00 00  mov ecx,277h', 'b8 05 05 05 02  mov eax,2050505h', '0f 30  wrmsr'],
      ['b8 98 03 00 00  mov eax,398h', '0f 22 e0  mov cr4,eax', '0f 0b  ud2'],
    ]) {
      const { b } = run(...code);
      expect([code, b.stoppedIn > 0, b.cpu.lastRefusal]).toEqual([code, true, null]);
    }
  });

  test('a triple fault says what was missing, also from the handler of another exception', () => {
    const b = new X86Bench().protectedMode();
    const notes: string[] = [];
    b.trace.listen((record) => { if (record.kind === 'note') notes.push(record.detail); });
    b.code(AT.CODE, 'b8 20 00 00 00  mov eax,20h', '0f 22 e0  mov cr4,eax');
    setTable(b.cpu, 'idt', 0, 0);
    expect(b.run()).toBe('shutdown');
    expect(notes.at(-1)).toBe(
      'triple fault after exception 13 at 0x10005; ' +
      'the last #GP was a write of CR4 with PAE, which this processor lacks',
    );
  });

  test('a later #GP for another reason takes its place', () => {
    const b = new X86Bench().protectedMode();
    // The handler goes on behind the two bytes of the instruction.
    b.setGate(13, gate(SEL.CODE0, AT.CODE + 0x100, 0x8e));
    b.code(AT.CODE + 0x100, '83 c4 04  add esp,4', '83 04 24 02  add dword [esp],2', 'cf  iret');
    b.code(
      AT.CODE, 'b9 1b 00 00 00  mov ecx,1bh', '0f 32  rdmsr', 'b9 f8 ff 00 00  mov ecx,0fff8h',
      '8e d9  mov ds,ecx', 'f4  hlt',
    );
    b.cpu.step(3);
    expect(b.cpu.lastRefusal).toContain('the last #GP was a read');
    b.run();
    expect([b.state.eip, b.cpu.lastRefusal]).toEqual([AT.CODE + 15, null]);
  });

  test('a note has the time of its instruction', () => {
    const b = new X86Bench().protectedMode();
    const times: number[] = [];
    b.trace.listen((record) => { if (record.kind === 'note') times.push(record.time); });
    b.code(AT.CODE, '90  nop', '90  nop', 'b9 1b 00 00 00  mov ecx,1bh', '0f 32  rdmsr');
    b.run();
    expect(times).toEqual([3 * CYCLE]);
  });

  test('a restore forgets it', () => {
    const { b } = run('0f 05  syscall');
    b.cpu.load(new X86Bench().protectedMode().cpu.save());
    expect(b.cpu.lastRefusal).toBeNull();
  });

  test('reset forgets it', () => {
    const { b } = run('0f 05  syscall');
    b.cpu.resetEnter();
    expect(b.cpu.lastRefusal).toBeNull();
  });
});
