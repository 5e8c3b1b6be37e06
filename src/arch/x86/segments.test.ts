import { describe, expect, test } from 'vitest';
import { AT, SEL, X86Bench, descriptor, gate } from '../../../test/benches/x86-bench.ts';

const bench = (): X86Bench => new X86Bench().protectedMode();

/** Runs code and returns [vector, error code, EIP offset] of the exception that it ends in. */
function fault(b: X86Bench, ...lines: string[]): [number, number, number] {
  b.code(AT.CODE, ...lines);
  b.run();
  return [b.stoppedIn, b.stack(0), b.stack(1) - AT.CODE];
}
const load = (segment: string, hex: string, selector: number): string[] => [
  `b8 ${(selector & 0xff).toString(16)} ${(selector >> 8).toString(16)} 00 00  mov eax,${selector.toString(16)}h`,
  `8e ${hex}  mov ${segment},eax`,
];

describe('loading data segments (SDM vol. 2, MOV)', () => {
  test('#GP(selector): beyond the table, execute-only code, a system descriptor, RPL above DPL', () => {
    for (const selector of [0x300, SEL.EXECUTE_ONLY, SEL.TSS, SEL.DATA0 | 3])
      expect(fault(bench(), ...load('ds', 'd8', selector))).toEqual([13, selector & 0xfffc, 5]);
  });
  test('#NP(selector) for a segment that is not present, #SS(selector) if it is for SS', () => {
    expect(fault(bench(), ...load('es', 'c0', SEL.NOT_PRESENT))).toEqual([11, SEL.NOT_PRESENT, 5]);
    expect(fault(bench(), ...load('ss', 'd0', SEL.NOT_PRESENT))).toEqual([12, SEL.NOT_PRESENT, 5]);
  });
  test('a readable conforming code segment can be loaded at any level', () => {
    const b = bench();
    b.code(AT.CODE, ...load('fs', 'e0', SEL.CONFORMING | 3), 'f4  hlt');
    expect([b.run(), b.state.fs]).toEqual(['halted', SEL.CONFORMING | 3]);
  });
  test('null can be loaded into DS but not used, and not into SS', () => {
    expect(fault(bench(), ...load('ds', 'd8', 0), 'a1 00 00 03 00  mov eax,[30000h]')).toEqual([13, 0, 7]);
    expect(fault(bench(), ...load('ss', 'd0', 3))).toEqual([13, 0, 5]);
  });
  test('SS wants writable data of DPL = RPL = CPL', () => {
    for (const selector of [SEL.READ_ONLY, SEL.CODE0, SEL.DATA3, SEL.DATA0 | 1])
      expect(fault(bench(), ...load('ss', 'd0', selector))).toEqual([13, selector & 0xfffc, 5]);
  });
  test('the accessed bit is set in the descriptor', () => {
    const b = bench();
    b.code(AT.CODE, ...load('es', 'c0', SEL.SMALL), 'f4  hlt');
    expect(b.read8(AT.GDT + SEL.SMALL + 5)).toBe(0x92);
    b.run();
    expect(b.read8(AT.GDT + SEL.SMALL + 5)).toBe(0x93);
  });
  test('LDT: LLDT, selectors with TI, its limit', () => {
    const b = bench();
    b.setDescriptor(8, descriptor(AT.DATA, 0xff, 0x92, 4), AT.LDT);
    b.write32(AT.DATA, 0x11223344);
    expect(
      fault(
        b,
        `b8 38 00 00 00  mov eax,38h`,
        '0f 00 d0  lldt ax', ...load('es', 'c0', 0xc), '26 8b 1d 00 00 00 00  mov ebx,[es:0]',
        ...load('es', 'c0', 0x24),
      ),
    ).toEqual([13, 0x24, 27]);
    expect(b.state.ebx).toBe(0x11223344);
    expect(fault(bench(), ...load('es', 'c0', 0xc))).toEqual([13, 0xc, 5]);
    expect(fault(bench(), 'b8 10 00 00 00  mov eax,10h', '0f 00 d0  lldt ax')).toEqual([13, 0x10, 5]);
  });
});

describe('limits and rights', () => {
  test('the last byte of an access counts', () => {
    const b = bench();
    expect(
      fault(
        b, ...load('es', 'c0', SEL.SMALL), '26 a1 0c 00 00 00  mov eax,[es:0ch]',
        '26 a1 0d 00 00 00  mov eax,[es:0dh]',
      ),
    ).toEqual([13, 0, 13]);
    expect(
      fault(
        bench(), ...load('es', 'c0', SEL.SMALL), '26 8a 05 0f 00 00 00  mov al,[es:0fh]',
        '26 8a 05 10 00 00 00  mov al,[es:10h]',
      ),
    ).toEqual([13, 0, 14]);
  });
  test('a read-only segment is read-only, a code segment too, also for read-modify-write', () => {
    expect(
      fault(
        bench(), ...load('es', 'c0', SEL.READ_ONLY), '26 8b 1d 00 00 03 00  mov ebx,[es:30000h]',
        '26 89 1d 00 00 03 00  mov [es:30000h],ebx',
      ),
    ).toEqual([13, 0, 14]);
    expect(fault(bench(), ...load('es', 'c0', SEL.READ_ONLY), '26 ff 05 00 00 03 00  inc dword [es:30000h]')).toEqual([
      13, 0, 7,
    ]);
    expect(fault(bench(), '2e a1 00 00 03 00  mov eax,[cs:30000h]', '2e a3 00 00 03 00  mov [cs:30000h],eax')).toEqual([
      13, 0, 6,
    ]);
  });
  test('expand-down: offsets above the limit', () => {
    expect(
      fault(
        bench(), ...load('es', 'c0', SEL.EXPAND_DOWN), '26 a1 00 10 00 00  mov eax,[es:1000h]',
        '26 a1 ff 0f 00 00  mov eax,[es:0fffh]',
      ),
    ).toEqual([13, 0, 13]);
  });
  test('a stack segment violation is #SS(0)', () => {
    const b = bench();
    b.setDescriptor(SEL.SMALL, descriptor(0, 0x8fff, 0x92, 4));
    // The handler's stack is the same, so take the fault through a task with a stack of its own: a
    // task gate.
    b.write32(
      AT.TSS2 + 0x1c,
      0, b.handler(12), 2, 0, 0, 0, 0, AT.STACK1, 0, 0, 0, SEL.DATA0, SEL.CODE0, SEL.DATA0, SEL.DATA0, 0, 0,
      0, 0x680000,
    );
    b.loadTask();
    b.setGate(12, gate(SEL.TSS2, 0, 0x85));
    b.code(AT.CODE, ...load('ss', 'd0', SEL.SMALL), 'bc 00 a0 00 00  mov esp,0a000h', '50  push eax');
    b.run();
    expect([b.stoppedIn, b.stack(0), b.read32(AT.TSS + 0x20)]).toEqual([12, 0, AT.CODE + 12]);
  });
  test('the fetch limit of CS is #GP(0)', () => {
    const b = bench();
    b.setDescriptor(SEL.CODE16, descriptor(0, AT.CODE + 9, 0x9a, 0x4));
    expect(fault(b, 'ea 07 00 01 00 40 00  jmp 40h:10007h', '90  nop', '90  nop', '90  nop', '90  nop')).toEqual([
      13, 0, 10,
    ]);
    const c = bench();
    c.setDescriptor(SEL.CODE16, descriptor(0, AT.CODE + 9, 0x9a, 0x4));
    expect(fault(c, 'ea 07 00 01 00 40 00  jmp 40h:10007h', '90  nop', 'b8 00 00 00 00  mov eax,0')).toEqual([
      13, 0, 8,
    ]);
  });
});

describe('LAR, LSL, VERR, VERW', () => {
  test('give rights and limits of what the program may see, else ZF clear', () => {
    const b = bench();
    b.code(
      AT.CODE, 'b9 a0 00 00 00  mov ecx,0a0h', '0f 02 d9  lar ebx,ecx', '0f 03 e9  lsl ebp,ecx', '9c  pushf',
      'b9 08 00 00 00  mov ecx,8', '0f 03 f1  lsl esi,ecx', 'b9 00 03 00 00  mov ecx,300h',
      '0f 02 f9  lar edi,ecx', '9c  pushf', 'b9 60 00 00 00  mov ecx,60h', '0f 00 e1  verr cx', '9c  pushf',
      '0f 00 e9  verw cx', '9c  pushf', 'f4  hlt',
    );
    b.run();
    const s = b.state;
    expect([s.ebx, s.ebp, s.esi, s.edi]).toEqual([0x00409200, 0x0f, 0xffffffff, 0]);
    expect([3, 2, 1, 0].map((n) => (b.stack(n) >> 6) & 1)).toEqual([1, 0, 1, 0]);
  });
});

describe('far transfers', () => {
  test('call and return within a level', () => {
    const b = bench();
    b.code(AT.CODE, '9a 00 02 01 00 08 00  call 8:10200h', 'f4  hlt');
    b.code(AT.CODE + 0x200, '8b 0c 24  mov ecx,[esp]', '8b 54 24 04  mov edx,[esp+4]', 'cb  retf');
    b.run();
    expect([b.state.ecx, b.state.edx, b.state.eip, b.state.esp]).toEqual([AT.CODE + 7, 8, AT.CODE + 8, AT.STACK0]);
  });
  test('targets: null, data, not present, wrong DPL', () => {
    expect(fault(bench(), 'ea 00 00 00 00 00 00  jmp 0:0')).toEqual([13, 0, 0]);
    expect(fault(bench(), 'ea 00 00 00 00 10 00  jmp 10h:0')).toEqual([13, 0x10, 0]);
    expect(fault(bench(), 'ea 00 00 00 00 1b 00  jmp 1bh:0')).toEqual([13, 0x18, 0]);
    const b = bench();
    b.setDescriptor(SEL.CODE16, descriptor(0, 0xffff, 0x1a, 4));
    expect(fault(b, 'ea 00 00 00 00 40 00  jmp 40h:0')).toEqual([11, 0x40, 0]);
  });
  test('a 16-bit code segment: default sizes, SP', () => {
    const b = bench();
    b.setDescriptor(SEL.CODE16, descriptor(AT.CODE, 0xffff, 0x9a, 0));
    b.code(AT.CODE, 'ea 00 02 00 00 40 00  jmp 40h:200h');
    b.code(
      AT.CODE + 0x200,
      'b8 34 12  mov ax,1234h', '50  push ax', '66 b9 78 56 34 12  mov ecx,12345678h',
      '67 89 0d 00 00 03 00  mov [dword 30000h],cx', 'f4  hlt',
    );
    b.run();
    expect([b.state.eax, b.state.esp, b.state.ecx, b.read32(AT.DATA)]).toEqual([
      0x1234,
      AT.STACK0 - 2,
      0x12345678, 0x5678,
    ]);
  });
  test('a call gate to an inner level copies parameters; RETF n drops them on both stacks', () => {
    const b = bench();
    b.setDescriptor(SEL.GATE, gate(SEL.CODE0, AT.CODE + 0x200, 0xec, 2));
    b.loadTask().ring3();
    b.code(
      AT.USER, '6a 11  push 11h', '6a 22  push 22h', '9a 00 00 00 00 7b 00  call 7bh:0', '89 e6  mov esi,esp',
      '0f 0b  ud2',
    );
    b.code(
      AT.CODE + 0x200,
      '8b 4c 24 08  mov ecx,[esp+8]', '8b 54 24 0c  mov edx,[esp+12]', '89 e3  mov ebx,esp',
      '8b 6c 24 10  mov ebp,[esp+16]', 'ca 08 00  retf 8',
    );
    b.run();
    expect(b.stoppedIn).toBe(6);
    expect([b.state.ecx, b.state.edx, b.state.ebx, b.state.ebp, b.state.esi]).toEqual([
      0x22, 0x11,
      AT.STACK0 - 24,
      AT.STACK3 - 8,
      AT.STACK3,
    ]);
    expect([b.stack(1), b.stack(4)]).toEqual([SEL.CODE3, SEL.DATA3]);
  });
  test('a call gate checks its DPL, presence and target', () => {
    const user = (access: number, target: number): [number, number, number] => {
      const b = bench();
      b.setDescriptor(SEL.GATE, gate(target, AT.CODE + 0x200, access));
      b.loadTask().ring3();
      b.code(AT.USER, '9a 00 00 00 00 7b 00  call 7bh:0');
      b.run();
      return [b.stoppedIn, b.stack(0), b.stack(1) - AT.USER];
    };
    expect(user(0x8c, SEL.CODE0)).toEqual([13, SEL.GATE, 0]);
    expect(user(0x6c, SEL.CODE0)).toEqual([11, SEL.GATE, 0]);
    expect(user(0xec, SEL.DATA0)).toEqual([13, SEL.DATA0, 0]);
    expect(user(0xec, 0)).toEqual([13, 0, 0]);
  });
  test('the stack in the TSS is checked: #TS', () => {
    const b = bench().loadTask().ring3();
    b.write32(AT.TSS + 8, SEL.READ_ONLY);
    b.setGate(10, gate(SEL.CODE0, b.handler(10), 0x8e));
    b.code(AT.USER, '0f 0b  ud2');
    // Neither #UD nor #TS nor the double fault finds a stack.
    expect(b.run()).toBe('shutdown');
  });
});
