import { describe, expect, test } from 'vitest';
import { AT, SEL, X86Bench, gate } from '../../../test/benches/x86-bench.ts';

const VM = 0x20000;

/**
 * IRET to virtual-8086 mode at 2000:0000 with SS:SP 3000:1000, DS 3000, ES 3100, FS 3200, GS 3300.
 */
function v86(eflags: number): X86Bench {
  const b = new X86Bench().protectedMode().loadTask();
  const frame = AT.STACK0 - 36;
  b.write32(frame, 0, 0x2000, VM | eflags, 0x1000, 0x3000, 0x3100, 0x3000, 0x3200, 0x3300);
  b.code(AT.CODE, 'cf  iret');
  b.set({ esp: frame });
  b.cpu.step(1);
  expect([b.state.cpl, b.state.cs, b.state.eip]).toEqual([3, 0x2000, 0]);
  return b;
}
const USER = 0x20000;

describe('virtual-8086 mode (SDM vol. 3, chapter 16)', () => {
  test('segments are paragraphs, code is 16 bits wide', () => {
    const b = v86(2);
    b.code(
      USER, 'b8 cd ab  mov ax,0abcdh', 'a3 10 00  mov [10h],ax', '26 a3 10 00  mov [es:10h],ax',
      '50  push ax', '64 a3 02 00  mov [fs:2],ax', 'b9 00 40  mov cx,4000h', '8e d9  mov ds,cx',
      'a3 00 00  mov [0],ax', '0f 0b  ud2',
    );
    b.run();
    expect(b.stoppedIn).toBe(6);
    expect([b.read16(0x30010), b.read16(0x31010), b.read16(0x30ffe), b.read16(0x32002), b.read16(0x40000)]).toEqual([
      0xabcd, 0xabcd, 0xabcd, 0xabcd, 0xabcd,
    ]);
    // EIP CS EFLAGS ESP SS ES DS FS GS
    expect([0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => b.stack(n))).toEqual([
      23, 0x2000, 0x30002, 0xffe, 0x3000, 0x3100, 0x4000, 0x3200, 0x3300,
    ]);
    expect([b.state.ds, b.state.es, b.state.fs, b.state.gs, b.state.cpl]).toEqual([0, 0, 0, 0, 0]);
  });

  test('with IOPL 0: CLI, STI, PUSHF, POPF, INT n, IRET are #GP(0); INT3 is not', () => {
    for (const hex of ['fa  cli', 'fb  sti', '9c  pushf', '9d  popf', 'cd 21  int 21h', 'cf  iret']) {
      const b = v86(2);
      b.code(USER, hex);
      b.run();
      expect([hex, b.stoppedIn, b.stack(0), b.stack(1)]).toEqual([hex, 13, 0, 0]);
    }
    const b = v86(2);
    b.setGate(3, gate(SEL.CODE0, b.handler(3), 0xee));
    b.code(USER, 'cc  int3');
    b.run();
    expect([b.stoppedIn, b.stack(0)]).toEqual([3, 1]);
  });

  test('with IOPL 3 they work, and INT n goes to ring 0 through a gate of DPL 3', () => {
    const b = v86(0x3202);
    b.setGate(0x21, gate(SEL.CODE0, AT.CODE + 0x100, 0xee));
    b.code(AT.CODE + 0x100, '40  inc eax', 'cf  iret');
    b.code(
      USER, 'fa  cli', '9c  pushf', '59  pop cx', 'fb  sti', 'cd 21  int 21h', '9c  pushf', '5a  pop dx',
      '0f 0b  ud2',
    );
    b.run();
    expect(b.stoppedIn).toBe(6);
    expect([b.state.ecx & 0x200, b.state.edx & 0x3200, b.state.eax]).toEqual([0, 0x3200, 1]);
    expect([b.stack(0), b.stack(1), b.stack(8)]).toEqual([8, 0x2000, 0x3300]);
  });

  test('IRET with IOPL 3 stays in virtual-8086 mode', () => {
    const b = v86(0x3002);
    b.code(USER, '68 02 02  push 202h', '68 00 20  push 2000h', '68 20 00  push 20h', 'cf  iret');
    b.code(USER + 0x20, '0f 0b  ud2');
    b.run();
    expect([b.stoppedIn, b.stack(0), b.stack(2) & 0x23200]).toEqual([6, 0x20, 0x23200]);
  });

  test('a word at offset FFFF is beyond the limit; privileged and system instructions fault', () => {
    for (const [hex, vector] of [
      ['a1 ff ff  mov ax,[0ffffh]', 13], ['f4  hlt', 13], ['0f 20 c0  mov eax,cr0', 13],
      ['0f 00 d8  ltr ax', 6], ['0f 02 c0  lar ax,ax', 6],
    ] as const) {
      const b = v86(0x3002);
      b.code(USER, hex);
      b.run();
      expect([hex, b.stoppedIn]).toEqual([hex, vector]);
    }
  });

  test('ports go by the bitmap even with IOPL 3', () => {
    const b = v86(0x3002);
    b.code(USER, 'e4 60  in al,60h');
    b.run();
    expect([b.stoppedIn, b.stack(0), b.stack(1)]).toEqual([13, 0, 0]);
  });

  test('a gate to another level than 0 is #GP', () => {
    const b = v86(0x3002);
    b.setGate(0x22, gate(SEL.CODE1, 0, 0xee));
    b.code(USER, 'cd 22  int 22h');
    b.run();
    expect([b.stoppedIn, b.stack(0)]).toEqual([13, SEL.CODE1]);
  });
});

describe('real-address mode', () => {
  test('INT through the vector table, IRET', () => {
    const b = new X86Bench().realMode();
    b.set({ eip: 0x600 });
    b.write32(4 * 0x21, 0x01000050);
    b.code(0x600, 'fb  sti', 'f9  stc', 'cd 21  int 21h', '9c  pushf', '5b  pop bx', 'fa  cli', 'f4  hlt');
    b.code(
      0x1050, '9c  pushf', '59  pop cx', '8b ec  mov bp,sp', '8b 46 00  mov ax,[bp]',
      '8b 56 02  mov dx,[bp+2]', 'cf  iret',
    );
    b.run();
    expect([b.state.ecx, b.state.ebx, b.state.eax, b.state.edx & 0xffff, b.state.esp]).toEqual([
      3, 0x203, 0x604, 0, 0x7000,
    ]);
  });

  test('limit violations are interrupts 13 and 12 without error codes', () => {
    const b = new X86Bench().realMode();
    b.set({ eip: 0x600 });
    b.write32(4 * 13, 0x00000700);
    b.write32(4 * 12, 0x00000710);
    b.code(0x700, 'f4  hlt');
    b.code(0x600, 'a1 ff ff  mov ax,[0ffffh]');
    b.run();
    expect([b.state.eip, b.state.esp, b.read16(0x6ffa)]).toEqual([0x701, 0x6ffa, 0x600]);
  });

  test('reset: the first instruction is at FFFFFFF0 in a ROM', () => {
    const b = new X86Bench();
    b.cpu.resetEnter();
    expect([b.state.cs, b.state.eip, b.state.edx, b.state.cr0, b.state.eflags]).toEqual([
      0xf000, 0xfff0, 0x652, 0x60000010, 2,
    ]);
    const rom = new Uint8Array(0x10000);
    rom.set([0xb8, 0x34, 0x12, 0xea, 0x00, 0x00, 0x00, 0x10], 0xfff0);
    b.memory.map(
      0xffff0000, 0x10000,
      new (b.ram.constructor as new (name: string, bytes: Uint8Array, readOnly: boolean) => typeof b.ram)(
        'rom', rom, true,
      ),
    );
    b.code(0x10000, '40  inc ax', 'f4  hlt');
    expect([b.run(), b.state.eax, b.state.cs, b.state.eip]).toEqual(['halted', 0x1235, 0x1000, 2]);
  });

  test('into protected mode and back', () => {
    const b = new X86Bench().protectedMode();
    b.realMode();
    b.set({ eip: 0x600, eax: 0 });
    b.write16(0x5f0, SEL.LAST - 1);
    b.write32(0x5f2, AT.GDT);
    b.code(
      0x600, '0f 01 16 f0 05  lgdt [5f0h]', '0f 20 c0  mov eax,cr0', '0c 01  or al,1',
      '0f 22 c0  mov cr0,eax', '66 ea 50 06 00 00 08 00  jmp dword 8:650h',
    );
    b.code(
      0x650, 'b8 10 00 00 00  mov eax,10h', '8e d8  mov ds,eax',
      'c7 05 00 00 30 00 2a 00 00 00  mov dword [300000h],42',
      'ea 80 06 00 00 40 00  jmp 40h:680h',
    );
    b.code(
      0x680, 'b8 48 00  mov ax,48h', '8e d8  mov ds,ax', '0f 20 c0  mov eax,cr0', '24 fe  and al,0feh',
      '0f 22 c0  mov cr0,eax', 'ea a0 06 00 00  jmp 0:6a0h',
    );
    b.code(0x6a0, '31 c0  xor ax,ax', '8e d8  mov ds,ax', 'a1 00 07  mov ax,[700h]', 'f4  hlt');
    b.write16(0x700, 0x1357);
    expect([b.run(), b.state.eax & 0xffff, b.read32(0x300000), b.state.cs]).toEqual(['halted', 0x1357, 42, 0]);
  });
});
