import { describe, expect, test } from 'vitest';
import { AT, SEL, X86Bench, gate } from '../../../test/benches/x86-bench.ts';
import { NMI_BLOCKED } from './state.ts';

const TASK = 0x14000;
const NMI = 2;

function bench(...handler: string[]): X86Bench {
  const b = new X86Bench().protectedMode().loadTask();
  b.code(b.handler(NMI), ...handler);
  b.code(AT.CODE, ...Array<string>(64).fill('40  inc eax'));
  return b;
}
function pulse(b: X86Bench): void {
  b.nmi.set(true);
  b.nmi.set(false);
}
const HANDLER = ['41  inc ecx', '90  nop', '90  nop', 'cf  iret'];

describe('NMI is blocked until the next IRET (SDM vol. 3, 5.7.1)', () => {
  test('a second edge in the handler is latched, and taken behind its IRET; a third adds nothing', () => {
    const b = bench(...HANDLER);
    pulse(b);
    b.cpu.step(2);
    pulse(b);
    b.cpu.step(1);
    expect([b.state.ecx, b.state.eip]).toEqual([1, b.handler(NMI) + 3]);
    pulse(b);
    b.cpu.step(1);
    expect([b.state.ecx, b.state.eip]).toEqual([1, AT.CODE]);
    b.cpu.step(4);
    expect([b.state.ecx, b.state.eip, b.state.eax]).toEqual([2, AT.CODE, 0]);
    b.cpu.step(3);
    expect([b.state.ecx, b.state.eax]).toEqual([2, 3]);
  });

  test('the state is in a snapshot', () => {
    const b = bench(...HANDLER);
    pulse(b);
    b.cpu.step(1);
    pulse(b);
    const c = bench(...HANDLER);
    c.ram.bytes.set(b.ram.bytes);
    c.cpu.load(structuredClone(b.cpu.save()));
    c.cpu.step(2);
    expect([c.state.ecx, c.state.eip]).toEqual([1, c.handler(NMI) + 3]);
    c.cpu.step(2);
    expect([c.state.ecx, c.state.eip]).toEqual([2, c.handler(NMI) + 1]);
  });

  test('INT 2 blocks nothing; a HLT in the handler waits on', () => {
    const b = bench(...HANDLER);
    b.code(AT.CODE, 'cd 02  int 2');
    b.cpu.step(2);
    pulse(b);
    b.cpu.step(1);
    expect([b.state.ecx, b.state.eip]).toEqual([2, b.handler(NMI) + 1]);
    const c = bench('f4  hlt');
    pulse(c);
    c.cpu.step(1);
    pulse(c);
    expect([c.run(), c.state.eip]).toEqual(['halted', c.handler(NMI) + 1]);
  });

  test('an IRET that faults lets it in before the fault\'s handler begins', () => {
    // IRET to a null CS.
    const b = bench('41  inc ecx', '6a 00  push 0', '6a 00  push 0', '6a 00  push 0', 'cf  iret');
    pulse(b);
    b.cpu.step(2);
    pulse(b);
    b.cpu.step(2);
    expect(b.state.ecx).toBe(1);
    // The IRET faults; #GP is delivered, then the NMI on top of it.
    b.cpu.step(1);
    expect([b.state.ecx, b.stack(0), b.stack(3), b.stack(4)]).toEqual([2, b.handler(13), 0, b.handler(NMI) + 7]);
  });

  test('IRET in virtual-8086 mode with IOPL 0 unblocks, although it is #GP', () => {
    const b = bench(...HANDLER);
    const frame = AT.STACK0 - 36;
    b.write32(frame, 0, 0x2000, 0x20002, 0x1000, 0x3000, 0, 0, 0, 0);
    b.code(0x20000, 'cf  iret');
    // The way to virtual-8086 mode is an IRET, which unblocks: block again there.
    b.code(AT.CODE, 'cf  iret');
    b.code(b.handler(NMI), '41  inc ecx', 'f4  hlt');
    b.code(b.handler(13), '42  inc edx', 'f4  hlt');
    b.set({ esp: frame, edx: 0 });
    b.cpu.step(1);
    b.cpu.architecture.x86.words[NMI_BLOCKED >> 2] = 1;
    pulse(b);
    b.run();
    expect([b.state.ecx, b.state.edx, b.stack(0)]).toEqual([1, 0, b.handler(13)]);
  });

  test('an NMI that is a task: its IRET switches back and unblocks', () => {
    const b = bench();
    b.setGate(NMI, gate(SEL.TSS2, 0, 0x85));
    b.write32(
      AT.TSS2 + 0x1c, 0, TASK, 2, 0, 0, 0, 0, AT.STACK1, 0, 0, 0, SEL.DATA0, SEL.CODE0, SEL.DATA0, SEL.DATA0,
      0, 0, 0, 0x680000,
    );
    b.code(TASK, 'ff 05 00 00 03 00  inc dword [30000h]', 'cf  iret', 'eb f7  jmp $-7');
    pulse(b);
    b.cpu.step(1);
    pulse(b);
    expect([b.read32(AT.DATA), b.state.tr]).toEqual([1, SEL.TSS2]);
    b.cpu.step(1);
    expect([b.read32(AT.DATA), b.state.tr, b.state.eip]).toEqual([1, SEL.TSS, AT.CODE]);
    b.cpu.step(2);
    expect([b.read32(AT.DATA), b.state.tr]).toEqual([2, SEL.TSS2]);
  });
});
