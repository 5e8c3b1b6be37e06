import { describe, expect, test } from 'vitest';
import { AT, SEL, X86Bench, descriptor, gate } from '../../../test/benches/x86-bench.ts';

const TASK = 0x14000;

/** A second task at TASK with its own stack, EAX = 7. */
function withTask(eflags = 2, segments: Partial<{ cs: number; ss: number; cr3: number; ldt: number }> = {}): X86Bench {
  const b = new X86Bench().protectedMode().loadTask();
  b.write32(
    AT.TSS2 + 0x1c,
    segments.cr3 ?? 0,
    TASK, eflags, 7, 1, 2, 3, AT.STACK1, 5, 6, 8, SEL.DATA0,
    segments.cs ?? SEL.CODE0,
    segments.ss ?? SEL.DATA0,
    SEL.DATA0, 0, 0,
    segments.ldt ?? 0,
    0x680000,
  );
  return b;
}
const busy = (b: X86Bench, selector: number): number => b.read8(AT.GDT + selector + 5);
const JMP = 'ea 00 00 00 00 30 00  jmp 30h:0';
const CALL = '9a 00 00 00 00 30 00  call 30h:0';

describe('task switches (SDM vol. 3, 6.3)', () => {
  test('JMP saves the old task, loads the new one, moves the busy bit, sets CR0.TS', () => {
    const b = withTask();
    b.code(AT.CODE, JMP);
    b.code(TASK, 'f4  hlt');
    b.set({ eax: 0x11, edi: 0x22, eflags: 0x3 });
    expect(b.run()).toBe('halted');
    const s = b.state;
    expect([s.eip, s.tr, s.eax, s.ecx, s.edi, s.esp, s.cr0 & 8]).toEqual([TASK + 1, SEL.TSS2, 7, 1, 8, AT.STACK1, 8]);
    expect([busy(b, SEL.TSS), busy(b, SEL.TSS2)]).toEqual([0x89, 0x8b]);
    expect([
      b.read32(AT.TSS + 0x20), b.read32(AT.TSS + 0x24), b.read32(AT.TSS + 0x28), b.read32(AT.TSS + 0x44),
      b.read16(AT.TSS + 0x4c),
    ]).toEqual([AT.CODE + 7, 3, 0x11, 0x22, SEL.CODE0]);
  });

  test('CALL nests: NT and the back link are set, IRET returns', () => {
    const b = withTask();
    b.code(AT.CODE, CALL, '40  inc eax', 'f4  hlt');
    b.code(TASK, '9c  pushf', '5b  pop ebx', '43  inc ebx', 'cf  iret', 'f4  hlt');
    b.set({ eax: 0x10 });
    b.run();
    expect([b.state.eip, b.state.eax, b.state.tr]).toEqual([AT.CODE + 9, 0x11, SEL.TSS]);
    expect([b.read16(AT.TSS2), b.read32(AT.TSS2 + 0x34), b.read32(AT.TSS2 + 0x20)]).toEqual([
      SEL.TSS, 0x4003,
      TASK + 4,
    ]);
    expect([busy(b, SEL.TSS), busy(b, SEL.TSS2), b.read32(AT.TSS2 + 0x24) & 0x4000]).toEqual([0x8b, 0x89, 0]);
  });

  test('a task gate in the IDT takes interrupts and exceptions, with the error code on the new stack', () => {
    const b = withTask();
    b.setGate(13, gate(SEL.TSS2, 0, 0x85));
    b.code(AT.CODE, 'b8 00 03 00 00  mov eax,300h', '8e d8  mov ds,eax');
    b.code(TASK, 'f4  hlt');
    b.run();
    expect([b.state.eip, b.state.esp, b.stack(0), b.read32(AT.TSS + 0x20)]).toEqual([
      TASK + 1,
      AT.STACK1 - 4,
      0x300,
      AT.CODE + 5,
    ]);
    expect(b.state.eflags & 0x4000).toBe(0x4000);
  });

  test('the double-fault task gate works when the stack is gone', () => {
    const b = withTask();
    b.setGate(8, gate(SEL.TSS2, 0, 0x85));
    b.paging();
    b.write32(AT.TSS2 + 0x1c, AT.DIRECTORY);
    b.write32(b.pte(0x300000), 0);
    b.code(AT.CODE, 'bc 04 00 30 00  mov esp,300004h', '0f 0b  ud2');
    b.code(TASK, 'f4  hlt');
    b.run();
    expect([b.state.eip, b.stack(0), b.state.cr2]).toEqual([TASK + 1, 0, 0x300000]);
    expect(b.read32(AT.TSS + 0x38)).toBe(0x300004);
  });

  test('a new CR3 and LDT come with the task', () => {
    const b = withTask(2, { cr3: 0x110000, ldt: SEL.LDT });
    b.paging();
    b.write32(0x110000, 0x111007);
    for (let page = 0; page < 1024; page++) b.write32(0x111000 + 4 * page, (page << 12) | 7);
    b.write32(0x111000 + 4 * 0x200, 0x201007);
    b.write32(0x200000, 1);
    b.write32(0x201000, 2);
    b.code(AT.CODE, 'a1 00 00 20 00  mov eax,[200000h]', JMP);
    b.code(TASK, '8b 1d 00 00 20 00  mov ebx,[200000h]', '0f 00 c1  sldt ecx', 'f4  hlt');
    b.run();
    expect([b.read32(AT.TSS + 0x28), b.state.ebx, b.state.cr3, b.state.ecx]).toEqual([1, 2, 0x110000, SEL.LDT]);
  });

  test('a 16-bit task', () => {
    const b = withTask();
    const words = [
      0, 0, 0, 0, 0, 0, 0, 0x4000, 0x0002, 0x1111, 0x2222, 0x3333, 0x4444, 0x5000, 0x6666, 0x7777, 0x8888,
      SEL.DATA0, SEL.CODE0, SEL.DATA0, SEL.DATA0, 0,
    ];
    words.forEach((v, i) => b.write16(AT.TSS16 + 2 * i, v));
    b.code(AT.CODE, 'ea 00 00 00 00 98 00  jmp 98h:0');
    b.code(0x4000, 'f4  hlt');
    b.run();
    expect([b.state.eip, b.state.eax & 0xffff, b.state.esp & 0xffff, b.state.tr]).toEqual([
      0x4001, 0x1111, 0x5000, SEL.TSS16,
    ]);
  });

  test('a busy TSS is #GP, an absent one #NP, a short one #TS; a bad segment in the new task is #TS there', () => {
    const run = (change: (b: X86Bench) => void): number[] => {
      const b = withTask();
      change(b);
      b.code(AT.CODE, JMP);
      b.run();
      return [b.stoppedIn, b.stack(0), b.stack(1)];
    };
    expect(run((b) => b.ram.view.setUint8(AT.GDT + SEL.TSS2 + 5, 0x8b))).toEqual([13, SEL.TSS2, AT.CODE]);
    expect(run((b) => b.ram.view.setUint8(AT.GDT + SEL.TSS2 + 5, 0x09))).toEqual([11, SEL.TSS2, AT.CODE]);
    expect(run((b) => b.ram.view.setUint8(AT.GDT + SEL.TSS2, 0x66))).toEqual([10, SEL.TSS2, AT.CODE]);
    expect(run((b) => b.write32(AT.TSS2 + 0x54, SEL.EXECUTE_ONLY))).toEqual([10, SEL.EXECUTE_ONLY, TASK]);
  });

  test('INT with NT: IRET after a nested interrupt gate does not switch tasks, as NT was cleared', () => {
    const b = withTask(0x4002);
    b.setGate(0x40, gate(SEL.CODE0, AT.CODE + 0x100, 0x8e));
    b.code(AT.CODE + 0x100, 'cf  iret');
    b.code(AT.CODE, JMP);
    b.code(TASK, 'cd 40  int 40h', '9c  pushf', '5b  pop ebx', 'f4  hlt');
    b.run();
    expect([b.state.eip, b.state.ebx & 0x4000]).toEqual([TASK + 5, 0x4000]);
  });

  describe('checks in the order of table 6-1: SS stands before CS is found wanting', () => {
    const ABSENT_CODE = descriptor(0, 0xfffff, 0x1a, 0xc), SHORT_CODE = descriptor(0, 0xfff, 0x9a, 0x4);
    const USER_CODE = descriptor(0, 0xfffff, 0xfa, 0xc);
    /** Vector, error code, EIP, CS of the fault, and the stack that its handler got. */
    const fault = (b: X86Bench): number[] => [b.stoppedIn, b.stack(0), b.stack(1), b.stack(2), b.state.esp, b.state.ss];
    const withCode = (code: [number, number], ss: number = SEL.DATA0): number[] => {
      const b = withTask(2, { cs: SEL.SMALL, ss });
      b.setDescriptor(SEL.SMALL, code);
      b.code(AT.CODE, JMP);
      b.run();
      return fault(b);
    };

    test('CS not present: #NP(CS) in the new task, on its stack', () => {
      expect(withCode(ABSENT_CODE)).toEqual([11, SEL.SMALL, TASK, SEL.SMALL, AT.STACK1 - 16, SEL.DATA0]);
    });

    test('CS not present in a 286 task whose CS lies in an LDT', () => {
      const b = withTask();
      b.setDescriptor(0, ABSENT_CODE, AT.LDT);
      const words = [
        0, 0, 0, 0, 0, 0, 0, 0x4000, 2, 0, 0, 0, 0, 0x5000, 0, 0, 0, SEL.DATA0, 4, SEL.DATA16, SEL.DATA0, SEL.LDT,
      ];
      words.forEach((v, i) => b.write16(AT.TSS16 + 2 * i, v));
      b.code(AT.CODE, 'ea 00 00 00 00 98 00  jmp 98h:0');
      b.run();
      expect([b.stoppedIn, b.state.tr, b.state.ss, b.state.esp & 0xffff]).toEqual([11, SEL.TSS16, SEL.DATA16, 0x4ff0]);
      expect([b.read32(0x4ff0), b.read32(0x4ff4), b.read16(0x4ff8)]).toEqual([4, 0x4000, 4]);
    });

    test('CS no code, or beyond its table: #TS(CS) on the new stack; beyond its limit: #GP(0)', () => {
      expect(withCode(descriptor(0, 0xfffff, 0x92, 0xc))).toEqual([
        10, SEL.SMALL, TASK, SEL.SMALL, AT.STACK1 - 16, SEL.DATA0,
      ]);
      const b = withTask(2, { cs: 0x100 });
      b.code(AT.CODE, JMP);
      b.run();
      expect(fault(b)).toEqual([10, 0x100, TASK, 0x100, AT.STACK1 - 16, SEL.DATA0]);
      expect(withCode(SHORT_CODE)).toEqual([13, 0, TASK, SEL.SMALL, AT.STACK1 - 16, SEL.DATA0]);
    });

    test.each([
      ['DPL of CS is not its RPL: #TS(CS) before a bad SS', USER_CODE, SEL.NOT_PRESENT, 10, SEL.SMALL],
      ['SS not present: #SS(SS) before an absent CS', ABSENT_CODE, SEL.NOT_PRESENT, 12, SEL.NOT_PRESENT],
      ['SS not writable: #TS(SS) before an absent CS', ABSENT_CODE, SEL.READ_ONLY, 10, SEL.READ_ONLY],
      ['RPL of SS is not CPL: #NP(CS) comes first', ABSENT_CODE, SEL.DATA0 | 3, 11, SEL.SMALL],
      ['RPL of SS is not CPL: #TS(SS)', descriptor(0, 0xfffff, 0x9a, 0xc), SEL.DATA0 | 3, 10, SEL.DATA0],
    ] as const)('%s', (_name, code, ss, vector, error) => {
      // Without a stack only a task can take the exception: the first one again.
      const b = withTask(2, { cs: SEL.SMALL, ss });
      b.setDescriptor(SEL.SMALL, [...code]);
      b.setGate(vector, gate(SEL.TSS, 0, 0x85));
      b.code(AT.CODE, JMP, 'f4  hlt');
      b.run();
      expect([b.state.tr, b.state.eip, b.stack(0)]).toEqual([SEL.TSS, AT.CODE + 8, error]);
    });
  });
});
