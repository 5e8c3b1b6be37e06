import { describe, expect, test } from 'vitest';
import { AT, SEL, X86Bench, descriptor } from '../../../test/benches/x86-bench.ts';

const STACK = 0x31000;
const PAGE_BELOW = 0x30000;
const READ_ONLY = 5, ABSENT = 0, WRITABLE = 7;

/** Runs one ENTER in ring 3 with ESP = 31004h and the page below the stack's as given. */
function ring3(code: string, below: number, esp = STACK + 4): X86Bench {
  const b = new X86Bench().protectedMode().loadTask().paging();
  b.write32(b.pte(PAGE_BELOW), PAGE_BELOW | below);
  b.code(AT.USER, code, '0f 0b  ud2');
  b.ring3();
  b.set({ esp, ebp: 0x12345678 });
  b.run();
  return b;
}
/** ESP that the handler's frame shows, after a fault with an error code or without. */
const outerEsp = (b: X86Bench, error: boolean): number => b.stack(error ? 4 : 3);

describe('ENTER checks the final stack pointer (SDM vol. 2, ENTER: #PF, #SS)', () => {
  test('above a read-only page at CPL 3: error 7, CR2 = the final pointer, ESP and EBP as they were', () => {
    const b = ring3('c8 01 00 00  enter 1,0', READ_ONLY);
    expect([b.stoppedIn, b.stack(0), b.state.cr2]).toEqual([14, 7, STACK - 1]);
    expect([b.stack(1), outerEsp(b, true), b.state.ebp]).toEqual([AT.USER, STACK + 4, 0x12345678]);
    const word = ring3('66 c8 01 00 00  enterw 1,0', READ_ONLY);
    expect([word.stoppedIn, outerEsp(word, false)]).toEqual([6, STACK + 1]);
  });

  test('with 16-bit operands a word must fit', () => {
    const b = ring3('66 c8 01 00 00  enterw 1,0', READ_ONLY, STACK + 2);
    expect([b.stoppedIn, b.stack(0), b.state.cr2]).toEqual([14, 7, STACK - 1]);
    expect([outerEsp(b, true), b.state.ebp]).toEqual([STACK + 2, 0x12345678]);
  });

  test('not-present page: error 6', () => {
    const b = ring3('c8 01 00 00  enter 1,0', ABSENT);
    expect([b.stoppedIn, b.stack(0), b.state.cr2]).toEqual([14, 6, STACK - 1]);
  });

  test('controls: nothing to allocate; across a missing page onto a present one', () => {
    const none = ring3('c8 00 00 00  enter 0,0', ABSENT);
    expect([none.stoppedIn, outerEsp(none, false), none.state.ebp]).toEqual([6, STACK, STACK]);
    const across = ring3('c8 00 20 00  enter 2000h,0', ABSENT);
    expect([across.stoppedIn, outerEsp(across, false)]).toEqual([6, STACK - 0x2000]);
    const writable = ring3('c8 01 00 00  enter 1,0', WRITABLE);
    expect([writable.stoppedIn, outerEsp(writable, false)]).toEqual([6, STACK - 1]);
  });

  /** ENTER in ring 0 with SS of the given descriptor; a task gate takes #SS on a good stack. */
  function limited(stack: [number, number], code: string, esp: number): X86Bench {
    const b = new X86Bench().protectedMode().loadTask();
    b.setDescriptor(SEL.SMALL, stack);
    b.setGate(12, [SEL.TSS2 << 16, 0x8500]);
    b.code(0x14000, 'f4  hlt');
    b.write32(
      AT.TSS2 + 0x1c, 0, 0x14000, 2, 0, 0, 0, 0, AT.STACK1, 0, 0, 0, SEL.DATA0, SEL.CODE0, SEL.DATA0, SEL.DATA0,
      0, 0, 0, 0x680000,
    );
    b.code(AT.CODE, '8e d0  mov ss,eax', '89 dc  mov esp,ebx', code, 'f4  hlt');
    b.set({ eax: SEL.SMALL, ebx: esp, ebp: 0x77 });
    b.run();
    return b;
  }
  const tookSs = (b: X86Bench, esp: number): void => {
    expect([b.state.tr, b.stack(0)]).toEqual([SEL.TSS2, 0]);
    // EIP, ESP and EBP as they were.
    expect([b.read32(AT.TSS + 0x20), b.read32(AT.TSS + 0x38), b.read32(AT.TSS + 0x3c)]).toEqual([
      AT.CODE + 4, esp, 0x77,
    ]);
  };

  test('SS limit 0Fh, ESP 8, 256 bytes: #SS(0)', () => {
    tookSs(limited(descriptor(AT.DATA, 0x0f, 0x92, 0x4), 'c8 00 01 00  enter 100h,0', 8), 8);
  });

  test('a 16-bit stack that wraps: the operand must end within the limit', () => {
    const stack = descriptor(AT.DATA, 0xffff, 0x92, 0);
    tookSs(limited(stack, 'c8 06 00 00  enter 6,0', 8), 8);
    expect(limited(stack, 'c8 08 00 00  enter 8,0', 8).state).toMatchObject({ tr: SEL.TSS, esp: 0xfffc });
    expect(limited(stack, '66 c8 08 00 00  enterw 8,0', 8).state).toMatchObject({ tr: SEL.TSS, esp: 0xfffe });
    tookSs(limited(stack, '66 c8 07 00 00  enterw 7,0', 8), 8);
  });

  test('an expand-down stack ends above its limit', () => {
    const stack = descriptor(AT.DATA, 0xff, 0x96, 0x4);
    expect(limited(stack, 'c8 0c 00 00  enter 0ch,0', 0x110).state).toMatchObject({ tr: SEL.TSS, esp: 0x100 });
    tookSs(limited(stack, 'c8 0d 00 00  enter 0dh,0', 0x110), 0x110);
  });

  test('real-address mode: interrupt 12 without an error code', () => {
    const b = new X86Bench().realMode();
    b.write16(4 * 12, 0x500);
    b.write16(4 * 12 + 2, 0);
    b.code(0x500, 'f4  hlt');
    b.code(AT.CODE & 0xffff, 'c8 05 00 00  enter 5,0', 'f4  hlt');
    b.set({ esp: 6, ebp: 0x77 });
    b.run();
    // The frame lies below SP as ENTER found it.
    expect([b.state.eip, b.state.esp, b.state.ebp]).toEqual([0x501, 0, 0x77]);
    expect(b.read16(0)).toBe(AT.CODE & 0xffff);
  });

  test('virtual-8086 mode: #SS(0) in ring 0', () => {
    const b = new X86Bench().protectedMode().loadTask();
    const frame = AT.STACK0 - 36;
    b.write32(frame, 0, 0x2000, 0x20002, 6, 0x3000, 0, 0, 0, 0);
    b.code(AT.CODE, 'cf  iret');
    b.code(0x20000, 'c8 05 00 00  enter 5,0', 'f4  hlt');
    b.set({ esp: frame, ebp: 0x77 });
    b.run();
    expect([b.stoppedIn, b.stack(0), b.stack(1), b.stack(4), b.state.ebp]).toEqual([12, 0, 0, 6, 0x77]);
  });
});
