/**
 * Hot code in several modes at once: 16- and 32-bit segments, real-address and virtual-8086 mode,
 * segments that are reloaded, tasks.
 */
import { describe, expect, test } from 'vitest';
import { AT, CYCLE, descriptor, gate, SEL, type X86Bench } from '../benches/x86-bench.ts';
import { setTable } from '../../src/arch/x86/setup.ts';
import { lockstep, place, type LockstepOptions, type LockstepResult } from './twin.ts';

const TIMER = 47 * CYCLE + 11;

function run(
  lines: readonly string[],
  setup: (b: X86Bench) => void = () => {},
  options: Partial<LockstepOptions> = {},
): LockstepResult {
  const r = lockstep(
    (b) => {
      b.protectedMode();
      place(b, b.handler(0x20), ['36 ff 05 =0x38000  inc dword ss:[38000h]', 'cf  iret']);
      setup(b);
      if (lines.length > 0) place(b, AT.CODE, lines);
    },
    { instructions: 40_000, timer: TIMER, ...options },
  );
  expect(['steps', 'until']).toContain(r.reason);
  expect(r.bench.cpu.counters.interrupts).toBeGreaterThan(100);
  return r;
}

describe('16- and 32-bit code', () => {
  test('far calls between segments of both sizes, in hot loops', () => {
    run(
      [
        'fb  sti', 'top: 9a =0x5800 40 00  call CODE16:5800h', '01 c3  add ebx,eax',
        'b9 04 00 00 00  mov ecx,4', 'inner: 01 cb  add ebx,ecx', 'e2 >inner  loop inner', 'eb >top  jmp top',
      ],
      (b) => {
        place(b, 0x5800, [
          'b9 05 00  mov cx,5', 'inner: 05 34 12  add ax,1234h', '66 01 c3  add ebx,eax', '11 c2  adc dx,ax',
          'e2 >inner  loop inner', '66 cb  retf (32 bits)',
        ]);
      },
    );
  });

  test('the same bytes in both sizes', () => {
    // What is an immediate in one size is an instruction in the other. The prefix of the last
    // return makes it one of 32 bits in 16-bit code; 32-bit code jumps over it.
    run(
      ['fb  sti', 'top: 9a =0x5800 40 00  call CODE16:5800h', '9a =0x5800 08 00  call CODE0:5800h', 'eb >top  jmp top'],
      (b) => {
        place(b, 0x5800, [
          '05 01 00 40 43  add ax,1; inc ax; inc bx | add eax,43400001h',
          '01 c3  add', 'd1 c3  rol', '39 d8  cmp', '19 d1  sbb',
          '66 a9 01 00 75 00  test eax,750001h | test ax,1; jnz $+2',
          '8c c8  mov ax,cs | mov eax,cs', '3c 08  cmp al,8', '74 >ret+1  je ret+1',
          'ret: 66 cb  retf of 32 bits',
        ]);
      },
    );
  });

  test('segment bases: one page as code of two segments', () => {
    run(
      [
        'fb  sti', 'top: 9a 00 08 00 00 a8 00  call A8h:800h', '9a 00 58 00 00 08 00  call CODE0:5800h',
        'eb >top  jmp top',
      ],
      (b) => {
        b.setDescriptor(0xa8, descriptor(0x5000, 0xffff, 0x9a, 4));
        setTable(b.cpu, 'gdt', AT.GDT, 0xaf);
        place(b, 0x5800, [
          'b9 04 00 00 00  mov ecx,4', 'inner: 03 05 =0x30000  add eax,[30000h]', '01 c3  add ebx,eax',
          'e2 >inner  loop inner', 'ff 05 =0x30000  inc dword [30000h]', 'e8 00 00 00 00  call $+5',
          '5a  pop edx', '01 d3  add ebx,edx', 'cb  retf',
        ]);
      },
    );
  });

  test('DS reloaded in a loop: base, limit, null', () => {
    const r = run(
      [
        'fb  sti', 'top: bd =selectors  mov ebp,selectors', 'next: 2e 66 8b 45 00  mov ax,cs:[ebp]',
        '8e d8  mov ds,ax', 'b9 04 00 00 00  mov ecx,4', 'inner: 01 1c 8d 00 00 00 00  add [ecx*4],ebx',
        '43  inc ebx', 'e2 >inner  loop inner', '83 c5 02  add ebp,2', '81 fd =behind  cmp ebp,behind',
        '72 >next  jb next', 'eb >top  jmp top',
        'selectors: 10 00 a8 00 00 00 b0 00 60 00 10 00 a0 00',
        'behind:',
      ],
      (b) => {
        b.setDescriptor(0xa8, descriptor(0x30000, 0xf, 0x92, 4));
        b.setDescriptor(0xb0, descriptor(0x30007, 0xffff, 0x92, 4));
        setTable(b.cpu, 'gdt', AT.GDT, 0xb7);
        b.ram.onWrite(0, 0x800);
        place(b, b.handler(13), ['83 c4 04  add esp,4', '83 04 24 07  add dword [esp],7', 'cf  iret']);
      },
    );
    expect(r.bench.cpu.counters.exceptions).toBeGreaterThan(100);
  });

  test('the limit of CS in the midst of a hot block', () => {
    run(['fb  sti', 'top: 9a 00 00 00 00 a8 00  call A8h:0', 'eb >top  jmp top'], (b) => {
      b.setDescriptor(0xa8, descriptor(0x5000, 0x14, 0x9a, 4));
      setTable(b.cpu, 'gdt', AT.GDT, 0xaf);
      place(b, 0x5000, [
        'b9 03 00 00 00  mov ecx,3', 'inner: 01 cb  add ebx,ecx', 'e2 >inner  loop inner',
        'f6 c3 01  test bl,1', '75 07  jnz limit', '40  inc eax', '01 c3  add ebx,eax', '43  inc ebx',
        '05 01 00 00 00  add eax,1 (over the limit)', 'cb  retf',
      ]);
      // Returns for the routine.
      place(b, b.handler(13), ['83 c4 10  add esp,16', '43  inc ebx', 'fb  sti', 'cb  retf']);
    });
  });
});

describe('real-address mode', () => {
  test('in and out of protected mode, hot on both sides', () => {
    run(
      [
        'top: b9 05 00 00 00  mov ecx,5', 'inner: 01 cb  add ebx,ecx', '01 1d =0x30000  add [30000h],ebx',
        'e2 >inner  loop inner', 'fb  sti', '90  nop', 'fa  cli', 'ea =0x6000 40 00  jmp CODE16:6000h',
      ],
      (b) => {
        place(b, 0x6000, [
          'b8 48 00  mov ax,48h', '8e d8  mov ds,ax', '8e d0  mov ss,ax', '0f 20 c0  mov eax,cr0',
          '24 fe  and al,~1', '0f 22 c0  mov cr0,eax', 'ea 20 60 00 00  jmp 0:6020h',
        ]);
        place(b, 0x6020, [
          '31 c0  xor ax,ax', '8e d8  mov ds,ax', 'b9 06 00  mov cx,6', 'inner: 66 01 cb  add ebx,ecx',
          '00 1e 00 70  add [7000h],bl', 'e2 >inner  loop inner', '0f 20 c0  mov eax,cr0', '0c 01  or al,1',
          '0f 22 c0  mov cr0,eax', '66 ea =0x6080 08 00  jmp CODE0:6080h',
        ]);
        place(b, 0x6080, ['66 b8 10 00  mov ax,10h', '8e d8  mov ds,ax', '8e d0  mov ss,ax', 'e9 >>0x10000  jmp top']);
      },
    );
  });

  test('a real-mode program with interrupts', () => {
    lockstep((b) => {
      b.realMode();
      b.write32(4 * 0x20, 0x600);
      place(b, 0x600, ['ff 06 00 05  inc word [500h]', 'cf  iret']);
      b.set({ eip: 0x1000 });
      place(b, 0x1000, [
        'fb  sti', 'top: b9 20 00  mov cx,32', 'be 00 30  mov si,3000h', 'bf 40 31  mov di,3140h',
        'f3 a5  rep movsw', 'b9 0a 00  mov cx,10', 'inner: 01 c8  add ax,cx', '11 07  adc [bx],ax',
        '36 00 44 02  add ss:[si+2],al', '66 40  inc eax', 'e2 >inner  loop inner',
        'e8 >w:routine  call routine', 'eb >top  jmp top', 'routine: 43  inc bx', '81 e3 ff 07  and bx,7ffh',
        '80 cf 30  or bh,30h', 'c3  ret',
      ]);
    }, { instructions: 40_000, timer: TIMER });
  });
});

describe('virtual-8086 mode', () => {
  test('a hot program whose privileged instructions a monitor emulates', () => {
    const r = run([], (b) => {
      b.loadTask().paging();
      b.setGate(0x80, gate(SEL.CODE0, b.handler(0x80), 0xee));
      place(b, b.handler(0x80), ['ff 05 =0x38004  inc', 'cf  iret']);
      // #GP (CLI, STI, IN …, one byte each): counted and skipped. Interrupt handlers find null data
      // segments, so they use SS.
      place(b, b.handler(0x20), ['36 ff 05 =0x38000  inc dword ss:[38000h]', 'cf  iret']);
      place(b, b.handler(13), [
        '36 ff 05 =0x38008  inc', '83 c4 04  add esp,4', 'ff 04 24  inc dword [esp]', 'cf  iret',
      ]);
      place(b, 0x20000, [
        'top: b9 08 00  mov cx,8', 'inner: 01 c8  add ax,cx', '00 06 40 00  add [40h],al',
        'e2 >inner  loop inner', 'fa  cli', '66 43  inc ebx', 'fb  sti', 'ec  in al,dx',
        'e8 >w:near  call near', 'eb >top  jmp top', 'near: f7 d8  neg ax', 'c3  ret',
      ]);
      const frame = AT.STACK0 - 36;
      b.write32(frame, 0, 0x2000, 0x20202, 0x800, 0x3000, 0x3000, 0x3000, 0x3000, 0x3000);
      place(b, 0x700, ['cf  iret']);
      b.set({ eip: 0x700, esp: frame });
    });
    expect(r.bench.read32(0x38008)).toBeGreaterThan(500);
  });
});

test('tasks that switch to each other in hot loops', () => {
  run([], (b) => {
    b.loadTask();
    place(b, AT.CODE, [
      'fb  sti', 'top: b9 05 00 00 00  mov ecx,5', 'inner: 01 c8  add eax,ecx', 'e2 >inner  loop inner',
      'ea 00 00 00 00 30 00  jmp TSS2:0', 'eb >top  jmp top',
    ]);
    place(b, 0x12000, [
      'other: bb 03 00 00 00  mov ebx,3', 'inner: 01 d8  add eax,ebx', '4b  dec ebx', '75 >inner  jnz inner',
      'ea 00 00 00 00 28 00  jmp TSS:0', 'eb >other  jmp other',
    ]);
    const tss = AT.TSS2;
    b.write32(tss + 0x20, 0x12000, 0x202);
    b.write32(tss + 0x38, AT.STACK3);
    b.write32(tss + 0x48, SEL.DATA0, SEL.CODE0, SEL.DATA0, SEL.DATA0, SEL.DATA0, SEL.DATA0, 0);
    b.write32(tss + 0x64, 0x680000);
  });
});
