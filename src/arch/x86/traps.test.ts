import { describe, expect, test } from 'vitest';
import { AT, SEL, X86Bench, descriptor, gate } from '../../../test/benches/x86-bench.ts';

const bench = (): X86Bench => new X86Bench().protectedMode();

describe('exceptions push what SDM vol. 3 chapter 5 says', () => {
  test('#DE is a fault: EIP of the DIV, RF set, no error code', () => {
    const b = bench();
    b.code(AT.CODE, '31 c9  xor ecx,ecx', 'f7 f1  div ecx');
    expect(b.run()).toBe('halted');
    expect(b.stoppedIn).toBe(0);
    expect([b.stack(0), b.stack(1), b.stack(2)]).toEqual([AT.CODE + 2, SEL.CODE0, 0x10046]);
    expect(b.state.esp).toBe(AT.STACK0 - 12);
  });

  test('INT3 is a trap: EIP behind it; INTO only with OF', () => {
    const b = bench();
    b.code(AT.CODE, 'b0 7f  mov al,7fh', '04 00  add al,0', 'ce  into', '04 01  add al,1', 'ce  into');
    b.run();
    expect(b.stoppedIn).toBe(4);
    expect(b.stack(0)).toBe(AT.CODE + 8);
    const c = bench();
    c.code(AT.CODE, 'cc  int3');
    c.run();
    expect(c.stoppedIn).toBe(3);
    expect(c.stack(0)).toBe(AT.CODE + 1);
  });

  test('BOUND compares signed and inclusive', () => {
    const b = bench();
    b.write32(AT.DATA, -5 >>> 0, 7);
    b.code(
      AT.CODE, 'b8 fb ff ff ff  mov eax,-5', '62 05 00 00 03 00  bound eax,[30000h]',
      'b8 07 00 00 00  mov eax,7', '62 05 00 00 03 00  bound eax,[30000h]', '40  inc eax',
      '62 05 00 00 03 00  bound eax,[30000h]',
    );
    b.run();
    expect(b.stoppedIn).toBe(5);
    expect(b.stack(0)).toBe(AT.CODE + 23);
  });

  test('#UD for UD2 and for LOCK without a memory destination', () => {
    const b = bench();
    b.code(AT.CODE, '0f 0b  ud2');
    b.run();
    expect(b.stoppedIn).toBe(6);
    const c = bench();
    c.code(AT.CODE, 'f0 90  lock nop');
    c.run();
    expect(c.stoppedIn).toBe(6);
  });

  test('a fault in mid-block leaves the instructions before it done and none after', () => {
    const b = bench();
    b.code(AT.CODE, '40  inc eax', '40  inc eax', '8e d9  mov ds,ecx', '40  inc eax');
    b.set({ eax: 5, ecx: 0xfff8 });
    b.run();
    expect([b.stoppedIn, b.stack(0), b.stack(1), b.state.eax]).toEqual([13, 0xfff8, AT.CODE + 2, 7]);
    const c = bench();
    c.code(AT.CODE, '40  inc eax', '2e c7 05 00 00 03 00 01 00 00 00  mov dword [cs:30000h],1', '40  inc eax');
    c.set({ eax: 5 });
    c.run();
    expect([c.stoppedIn, c.stack(0), c.stack(1), c.state.eax]).toEqual([13, 0, AT.CODE + 1, 6]);
  });

  test('INT n through an interrupt gate clears IF, TF, NT; a trap gate leaves IF; IRET restores', () => {
    const b = bench();
    b.setGate(0x40, gate(SEL.CODE0, AT.CODE + 0x100, 0x8e));
    b.setGate(0x41, gate(SEL.CODE0, AT.CODE + 0x110, 0x8f));
    b.code(AT.CODE + 0x100, '9c  pushf', '5b  pop ebx', 'cf  iret');
    b.code(AT.CODE + 0x110, '9c  pushf', '59  pop ecx', 'cf  iret');
    b.code(
      AT.CODE, 'fb  sti', 'f9  stc', 'cd 40  int 40h', 'cd 41  int 41h', '9c  pushf', '5a  pop edx',
      'fa  cli', 'f4  hlt',
    );
    expect(b.run()).toBe('halted');
    expect([b.state.ebx & 0x301, b.state.ecx & 0x301, b.state.edx & 0x301]).toEqual([0x001, 0x201, 0x201]);
  });

  test('a 16-bit gate pushes words', () => {
    const b = bench();
    b.setGate(0x42, gate(SEL.CODE0, 0x4000, 0x86));
    b.code(0x4000, 'f4  hlt');
    b.code(AT.CODE, 'cd 42  int 42h');
    b.run();
    expect(b.state.esp).toBe(AT.STACK0 - 6);
    expect([b.read16(b.state.esp), b.read16(b.state.esp + 2)]).toEqual([2, SEL.CODE0]);
  });

  test('IDT limit, gate type, presence: #GP and #NP with vector · 8 + 2', () => {
    for (const [change, vector, error] of [
      [(b: X86Bench) => b.setGate(0x40, [0, 0]), 13, 0x202],
      [(b: X86Bench) => b.setGate(0x40, gate(SEL.CODE0, 0, 0x0e)), 11, 0x202],
      [(b: X86Bench) => b.setGate(0x40, gate(0, 0, 0x8e)), 13, 0],
      [(b: X86Bench) => b.setGate(0x40, gate(SEL.DATA0, 0, 0x8e)), 13, SEL.DATA0],
      [(b: X86Bench) => b.setGate(0x40, gate(SEL.NOT_PRESENT, 0, 0x8e)), 13, SEL.NOT_PRESENT],
      [(b: X86Bench) => b.setGate(0x40, gate(0x300, 0, 0x8e)), 13, 0x300],
    ] as const) {
      const b = bench();
      change(b);
      b.code(AT.CODE, 'cd 40  int 40h');
      b.run();
      expect([b.stoppedIn, b.stack(0), b.stack(1)]).toEqual([vector, error, AT.CODE]);
    }
  });

  test('a fault while an external interrupt is delivered has EXT set', () => {
    const b = bench();
    b.vector = 0x40;
    b.setGate(0x40, gate(SEL.DATA0, 0, 0x8e));
    b.code(AT.CODE, 'fb  sti', '90  nop', '90  nop', 'f4  hlt');
    b.intr.set(true);
    b.run();
    expect([b.stoppedIn, b.stack(0), b.stack(1)]).toEqual([13, SEL.DATA0 | 1, AT.CODE + 2]);
  });

  test('contributory exceptions make a double fault, a third one shuts down', () => {
    const b = bench();
    b.setGate(13, gate(SEL.CODE0, 0, 0x0e));
    b.code(AT.CODE, 'b8 ff ff 00 00  mov eax,0ffffh', '8e d8  mov ds,eax');
    b.run();
    expect([b.stoppedIn, b.stack(0), b.stack(1)]).toEqual([8, 0, AT.CODE + 5]);
    const c = bench();
    c.setGate(13, gate(SEL.CODE0, 0, 0x0e));
    c.setGate(8, gate(SEL.CODE0, 0, 0x0e));
    c.code(AT.CODE, 'b8 ff ff 00 00  mov eax,0ffffh', '8e d8  mov ds,eax');
    expect(c.run()).toBe('shutdown');
    expect(c.state.halted).toBe(2);
    expect(c.run()).toBe('shutdown');
  });

  test('a benign exception followed by a fault is no double fault', () => {
    const b = bench();
    b.setGate(6, gate(SEL.CODE0, 0, 0x0e));
    b.code(AT.CODE, '0f 0b  ud2');
    b.run();
    expect([b.stoppedIn, b.stack(0)]).toEqual([11, 6 * 8 + 3]);
  });
});

describe('privilege', () => {
  test('INT from ring 3 takes the stack of the TSS; IRET goes back', () => {
    const b = bench().loadTask().ring3();
    b.setGate(0x80, gate(SEL.CODE0, AT.CODE + 0x100, 0xee));
    b.code(AT.CODE + 0x100, '89 e3  mov ebx,esp', 'cf  iret');
    b.code(AT.USER, '6a 05  push 5', 'cd 80  int 80h', '89 e1  mov ecx,esp', 'f4  hlt');
    b.run();
    expect(b.stoppedIn).toBe(13);
    expect(b.state.ebx).toBe(AT.STACK0 - 20);
    expect(b.state.ecx).toBe(AT.STACK3 - 4);
    expect([b.stack(0), b.stack(1), b.stack(2), b.stack(4), b.stack(5)]).toEqual([
      0,
      AT.USER + 6,
      SEL.CODE3,
      AT.STACK3 - 4,
      SEL.DATA3,
    ]);
  });

  test('INT n checks the DPL of its gate, an exception does not', () => {
    const b = bench().loadTask().ring3();
    b.code(AT.USER, 'cd 50  int 50h');
    b.run();
    expect([b.stoppedIn, b.stack(0), b.stack(1)]).toEqual([13, 0x50 * 8 + 2, AT.USER]);
    const c = bench().loadTask().ring3();
    c.code(AT.USER, '0f 0b  ud2');
    c.run();
    expect(c.stoppedIn).toBe(6);
  });

  test('IRET to ring 3 makes inner data segments null', () => {
    const b = bench().loadTask();
    b.code(
      AT.CODE, '6a 23  push 23h', '68 00 a0 00 00  push 0a000h', '6a 02  push 2', '6a 1b  push 1bh',
      '68 00 00 02 00  push 20000h', 'cf  iret',
    );
    b.code(AT.USER, '8c d8  mov eax,ds', '8c e3  mov ebx,fs', '8b 0d 00 00 03 00  mov ecx,[30000h]');
    b.run();
    expect([b.stoppedIn, b.stack(0), b.stack(1)]).toEqual([13, 0, AT.USER + 4]);
    expect([b.state.eax, b.state.ebx]).toEqual([0, 0]);
  });

  test('CLI, STI, HLT and I/O need IOPL or CPL 0', () => {
    for (const [iopl, hex, vector] of [
      [0, 'fa  cli', 13], [0, 'fb  sti', 13], [3, 'f4  hlt', 13], [0, 'e4 60  in al,60h', 13],
      [3, '0f 22 c0  mov cr0,eax', 13], [3, '0f 20 c0  mov eax,cr0', 13], [3, '0f 01 17  lgdt [edi]', 13],
      [3, '0f 00 d0  lldt ax', 13], [3, '0f 06  clts', 13], [3, '0f 01 3f  invlpg [edi]', 13],
      [3, '0f 09  wbinvd', 13], [3, '0f 32  rdmsr', 13], [3, '0f 21 c0  mov eax,dr0', 13],
    ] as const) {
      const b = bench()
        .loadTask()
        .ring3(AT.USER, 2 | (iopl << 12));
      b.code(AT.USER, hex);
      b.run();
      expect([hex, b.stoppedIn, b.stack(0), b.stack(1)]).toEqual([hex, vector, 0, AT.USER]);
    }
    const b = bench().loadTask().ring3(AT.USER, 0x3002);
    b.code(AT.USER, 'fb  sti', 'fa  cli', 'e4 60  in al,60h', '0f 0b  ud2');
    b.run();
    expect(b.stoppedIn).toBe(6);
    expect(b.state.eax).toBe(0xff);
  });

  test('the I/O permission bitmap opens single ports', () => {
    const b = bench();
    b.setDescriptor(SEL.TSS, descriptor(AT.TSS, 0x78, 0x89, 0));
    b.write32(AT.TSS + 0x68, 0xffffffff, 0xffffffff, 0xffffffff, 0xfffeffff);
    b.io.map(0x70, 2, b.target('rtc', 0x5a));
    b.loadTask().ring3();
    b.code(AT.USER, 'e4 70  in al,70h', 'e4 71  in al,71h');
    b.run();
    expect([b.stoppedIn, b.stack(0), b.stack(1)]).toEqual([13, 0, AT.USER + 2]);
    expect(b.state.eax & 0xff).toBe(0x5a);
    const c = bench();
    c.setDescriptor(SEL.TSS, descriptor(AT.TSS, 0x78, 0x89, 0));
    c.write32(AT.TSS + 0x68, 0xffffffff, 0xffffffff, 0xffffffff, 0xfffeffff);
    c.loadTask().ring3();
    c.code(AT.USER, '66 e5 70  in ax,70h');
    c.run();
    expect(c.stoppedIn).toBe(13);
  });

  test('POPF changes IF only within IOPL, and IOPL only at CPL 0, without a fault', () => {
    const b = bench().loadTask().ring3(AT.USER, 0x202);
    b.code(AT.USER, '68 02 30 00 00  push 3002h', '9d  popf', '0f 0b  ud2');
    b.run();
    expect(b.stack(2) & 0x3200).toBe(0x200);
  });

  test('SYSENTER and SYSEXIT', () => {
    const b = bench().loadTask();
    b.code(
      AT.CODE, 'b9 74 01 00 00  mov ecx,174h', 'b8 08 00 00 00  mov eax,8', '31 d2  xor edx,edx',
      '0f 30  wrmsr', '41  inc ecx', 'b8 00 90 00 00  mov eax,9000h', '0f 30  wrmsr', '41  inc ecx',
      'b8 00 02 01 00  mov eax,10200h', '0f 30  wrmsr', 'ba 00 00 02 00  mov edx,20000h',
      'b9 00 a0 00 00  mov ecx,0a000h', '0f 35  sysexit',
    );
    b.code(AT.USER, '8c cb  mov ebx,cs', '0f 34  sysenter');
    b.code(AT.CODE + 0x200, '8c ce  mov esi,cs', '8c d7  mov edi,ss', 'f4  hlt');
    expect(b.run()).toBe('halted');
    expect([b.state.ebx, b.state.esi, b.state.edi, b.state.esp, b.state.cpl]).toEqual([0x1b, 8, 0x10, 0x9000, 0]);
    const c = bench();
    c.code(AT.CODE, '0f 34  sysenter');
    c.run();
    expect([c.stoppedIn, c.stack(0)]).toEqual([13, 0]);
  });
});
