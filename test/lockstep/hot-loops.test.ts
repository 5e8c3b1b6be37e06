/**
 * Loops that are compiled, and whatever comes in their way: the end of a portion and an interrupt
 * at each instruction, traps, faults, device time.
 */
import { describe, expect, test } from 'vitest';
import { Ram } from '../../src/mem/ram.ts';
import { AT, CYCLE, SEL, type X86Bench } from '../benches/x86-bench.ts';
import { assemble } from './assemble.ts';
import { difference, lockstep, place, type LockstepOptions, type LockstepResult } from './twin.ts';

const VARIABLE = 0x38000;
/** Counts interrupts. */
const HANDLER = ['ff 05 =0x38000  inc dword [38000h]', 'cf  iret'];
/** Interrupts come every 41 instructions or so, at no whole number of them. */
const TIMER = 41 * CYCLE + 4;

interface Program {
  /**
   * Code at AT.CODE; from label `loop` to label `end` each instruction must have been interrupted
   * and must have ended a portion.
   */
  lines: readonly string[];
  setup?: (b: X86Bench) => void;
  options?: Partial<LockstepOptions>;
}

/** Instructions in the lines from `loop` to `end`. */
function countInstructions(lines: readonly string[]): number {
  const part = lines.slice(lines.findIndex((l) => l.startsWith('loop:')), lines.findIndex((l) => l.includes('end:')));
  return part.filter((l) => l.trim().split('  ')[0].replace(/\w+:( |$)/g, '') !== '').length;
}

/**
 * Runs an endless loop. Nearly every instruction from `loop` to `end` must have been interrupted
 * and must have ended a portion.
 */
function runLoop({ lines, setup, options }: Program): LockstepResult {
  let labels: Readonly<Record<string, number>> = {};
  const r = lockstep((b) => {
    b.protectedMode();
    place(b, b.handler(0x20), HANDLER);
    setup?.(b);
    labels = place(b, AT.CODE, lines);
  }, { instructions: 40_000, timer: TIMER, ...options });
  expect(['steps', 'until']).toContain(r.reason);
  const { loop, end } = labels;
  if (loop === undefined) return r;
  const within = (seen: ReadonlySet<number>): number => [...seen].filter((at) => at >= loop && at < end).length;
  expect(Math.min(within(r.stops), within(r.interrupted))).toBeGreaterThan(0.85 * countInstructions(lines));
  return r;
}

const ENDLESS = ['e9 >>loop  jmp loop', 'end:'];

describe('each instruction of a loop is interrupted and ends a portion', () => {
  const PROGRAMS: Record<string, readonly string[]> = {
    'arithmetic and memory': [
      'fb  sti', 'loop: 01 d8  add eax,ebx', '11 ca  adc edx,ecx', '33 05 =0x30010  xor eax,[30010h]',
      '29 15 =0x30014  sub [30014h],edx', '83 05 =0x30010 07  add dword [30010h],7', '0f af c8  imul ecx,eax',
      'c1 c3 05  rol ebx,5', '0f b6 f0  movzx esi,al', '88 9e =0x30100  mov [esi+30100h],bl',
      '0f 94 c4  setz ah', '0f 42 d3  cmovb edx,ebx', '9f  lahf', '41  inc ecx', ...ENDLESS,
    ],
    'registers that no instruction names': [
      'fb  sti', 'be 07 00 00 00  mov esi,7', 'loop: f7 e6  mul esi', '01 c3  add ebx,eax',
      '11 d1  adc ecx,edx', '83 ce 01  or esi,1', 'f7 f6  div esi', '31 d3  xor ebx,edx',
      '01 de  add esi,ebx', '99  cdq', '0f af d3  imul edx,ebx', '01 d1  add ecx,edx', '31 d2  xor edx,edx',
      '83 ce 01  or esi,1', ...ENDLESS,
    ],
    'flags of many sources': [
      'fb  sti', 'loop: 01 d8  add eax,ebx', '40  inc eax', '43  inc ebx', '49  dec ecx', '42  inc edx',
      '46  inc esi', '4f  dec edi', '41  inc ecx', '11 c2  adc edx,eax', 'd3 e3  shl ebx,cl',
      '83 d6 00  adc esi,0', 'c1 d0 03  rcl eax,3', 'd3 d8  rcr eax,cl', '0f 92 c1  setb cl',
      'd3 ea  shr edx,cl', '1b d0  sbb edx,eax', 'd1 c7  rol edi,1', '83 df 00  sbb edi,0',
      '0f a4 c3 05  shld ebx,eax,5', '0f 9a c5  setp ch', 'd3 fe  sar esi,cl', '15 =99  adc eax,99',
      'f5  cmc', '40  inc eax', '1c 03  sbb al,3', '27  daa', '14 07  adc al,7', ...ENDLESS,
    ],
    'branches and calls': [
      'fb  sti', 'loop: 69 c0 =1103515245  imul eax,eax', '05 =12345  add eax,12345',
      'a9 =0x10000  test eax,10000h', '74 >even  jz even', 'e8 >>one  call one', 'eb >next  jmp next',
      'even: e8 >>two  call two', 'next: 3d =0x40000000  cmp eax,40000000h', '7c >loop  jl loop',
      '89 c2  mov edx,eax', 'c1 ea 1e  shr edx,30', 'ff 24 95 =table  jmp [edx*4+table]', 'a: 43  inc ebx',
      'b: 46  inc esi', 'c: 47  inc edi', 'd: 4d  dec ebp', 'eb >loop  jmp loop', 'one: 53  push ebx',
      '5e  pop esi', 'two: c3  ret', 'end: table: =a =b =c =d',
    ],
    'stack': [
      'fb  sti', 'bc =0x9008  mov esp,9008h', 'loop: 60  pusha', '9c  pushf', '50  push eax',
      'c8 10 00 00  enter 16,0', '89 45 fc  mov [ebp-4],eax', 'ff 75 fc  push dword [ebp-4]', '59  pop ecx',
      'c9  leave', '58  pop eax', '83 c0 03  add eax,3', '9d  popf', '61  popa', '01 c1  add ecx,eax',
      '40  inc eax', ...ENDLESS,
    ],
    'x87': [
      'fb  sti', 'db e3  fninit', 'd9 e8  fld1', 'd9 eb  fldpi', 'loop: dc c1  fadd st1,st',
      'd8 c9  fmul st,st1', 'd9 fa  fsqrt', 'dd 15 =0x30020  fst qword [30020h]', 'd8 d9  fcomp st1',
      'df e0  fnstsw ax', '9e  sahf', 'd9 eb  fldpi', 'd9 ca  fxch st2', 'dd d8  fstp st0', 'd9 c0  fld st0',
      'd9 fe  fsin', 'dd 1d =0x30030  fstp qword [30030h]', 'db 05 =0x30034  fild dword [30034h]',
      'de c2  faddp st2', 'd9 e8  fld1', 'd9 c9  fxch st1', 'db 3d =0x30040  fstp tbyte [30040h]', ...ENDLESS,
    ],
    'a block longer than the longest': [
      'fb  sti', 'loop: 01 d8  add eax,ebx',
      ...Array.from({ length: 30 }, () => ['05 =77  add eax,77', '11 c3  adc ebx,eax', '31 d9  xor ecx,ebx']).flat(),
      ...ENDLESS,
    ],
    'jumps into the middle of an instruction': [
      'fb  sti', 'loop: b8 40 eb 01 f4  mov eax,0f401eb40h', '01 c3  add ebx,eax', 'f6 c3 01  test bl,1',
      '75 >loop+1  jnz loop+1', 'eb >loop  jmp loop', 'end:',
    ],
  };
  test.each(Object.entries(PROGRAMS))('%s', (_, lines) => {
    runLoop({ lines, options: { instructions: 60_000, longest: 300 } });
  });
});

describe('interrupt flag and HLT', () => {
  test('STI, CLI, HLT, POPF and loads of SS', () => {
    const r = runLoop({
      lines: [
        'top: fb  sti', '40  inc eax', 'f4  hlt', 'fa  cli', '43  inc ebx', '9c  pushf', 'fb  sti', 'fa  cli',
        'fb  sti', 'f4  hlt', '41  inc ecx', '66 8c d2  mov dx,ss', '8e d2  mov ss,dx', '46  inc esi',
        '16  push ss', '17  pop ss', '47  inc edi', '9d  popf', '45  inc ebp', '01 c3  add ebx,eax',
        'f6 c3 07  test bl,7', '75 >top  jnz top', 'fb  sti', '90  nop', 'f4  hlt', 'eb >top  jmp top',
      ],
    });
    expect(r.bench.cpu.haltedTicks).toBeGreaterThan(0);
  });

  test('NMI and INTR together', () => {
    const r = runLoop({
      lines: [
        'fb  sti', 'top: 40  inc eax', '01 05 =0x30000  add [30000h],eax', '11 d3  adc ebx,edx',
        'e2 >top  loop top', 'eb >top  jmp top',
      ],
      setup: (b) => place(b, b.handler(2), ['f0 ff 05 =0x38004  lock inc dword [38004h]', 'cf  iret']),
      options: { nmi: true },
    });
    expect(r.bench.read32(VARIABLE + 4)).toBeGreaterThan(50);
  });

  test('a handler that returns elsewhere: out of a jump to itself', () => {
    runLoop({
      lines: ['fb  sti', 'top: 40  inc eax', 'eb fe  jmp $', '43  inc ebx', 'eb >top  jmp top'],
      setup: (b) =>
        place(
          b, b.handler(0x20),
          [
            '80 3c 24 =b:top+3  cmp byte [esp],jump+2', '75 >on  jne on', '90  nop',
            'on: 81 3c 24 =jump  cmp dword [esp],jump', '75 >out  jne out', '83 04 24 02  add dword [esp],2',
            'out: cf  iret',
          ],
          { top: 0, jump: AT.CODE + 2 },
        ),
    });
  });

  test('single step through a hot loop, on and off', () => {
    const r = runLoop({
      lines: [
        'fb  sti', 'top: b9 20 00 00 00  mov ecx,32', 'inner: 01 c8  add eax,ecx',
        '01 05 =0x30000  add [30000h],eax', 'e2 >inner  loop inner', '9c  pushf',
        '81 34 24 00 01 00 00  xor dword [esp],100h', '9d  popf', '43  inc ebx', '8e d2  mov ss,dx',
        '46  inc esi', 'eb >top  jmp top',
      ],
      setup: (b) => {
        b.set({ edx: SEL.DATA0 });
        place(b, b.handler(1), ['ff 05 =0x38008  inc dword [38008h]', 'cf  iret']);
      },
    });
    expect(r.bench.read32(VARIABLE + 8)).toBeGreaterThan(1000);
  });
});

describe('faults in hot blocks', () => {
  test('#DE, #BR, #UD, #OF, #BP whose handlers go on', () => {
    const r = runLoop({
      lines: [
        'fb  sti', 'top: 43  inc ebx', '89 d9  mov ecx,ebx', '83 e1 07  and ecx,7', '31 d2  xor edx,edx',
        'b8 =1000  mov eax,1000', 'f7 f1  div ecx', '01 c6  add esi,eax', '89 d8  mov eax,ebx',
        '83 e0 0f  and eax,15', '62 05 =bounds  bound eax,[bounds]', 'f6 c3 1f  test bl,31', '75 >no  jnz no',
        '0f 0b  ud2', 'no: 69 c3 =0x4000001  imul eax,ebx', 'ce  into', 'f6 c3 0f  test bl,15',
        '75 >top  jnz top', 'cc  int3', 'eb >top  jmp top', '@4', 'bounds: 00 00 00 00 0c 00 00 00',
      ],
      setup: (b) => {
        // Skip the instruction: DIV ECX and UD2 are 2 bytes, BOUND 6.
        for (const [vector, bytes] of [
          [0, 2], [6, 2], [5, 6], [4, 0], [3, 0],
        ] as const)
          place(b, b.handler(vector), [
            `ff 05 =${0x38010 + 4 * vector}  inc`,
            `83 04 24 =b:${bytes}  add dword [esp],n`,
            'cf  iret',
          ]);
      },
    });
    for (const vector of [0, 3, 4, 5, 6]) expect(r.bench.read32(0x38010 + 4 * vector)).toBeGreaterThan(10);
  });

  test('#GP at the limit of a segment; the handler goes back to its start', () => {
    const r = runLoop({
      lines: [
        'fb  sti', '66 b8 =w:0xa0  mov ax,small', '8e e0  mov fs,ax', '31 c9  xor ecx,ecx',
        'top: 64 8b 01  mov eax,fs:[ecx]', '01 c3  add ebx,eax', '64 88 59 01  mov fs:[ecx+1],bl',
        '64 66 ff 41 02  inc word fs:[ecx+2]', '83 c1 03  add ecx,3', 'eb >top  jmp top',
      ],
      setup: (b) =>
        place(b, b.handler(13), [
          '83 c4 04  add esp,4', 'ff 05 =0x38000  inc dword [38000h]', '31 c9  xor ecx,ecx', 'cf  iret',
        ]),
    });
    expect(r.bench.cpu.counters.exceptions).toBeGreaterThan(500);
  });

  test('expand-down and read-only segments', () => {
    runLoop({
      lines: [
        'fb  sti', '66 b8 =w:0x68  mov ax,expandDown', '8e e8  mov gs,ax', '66 b8 =w:0x60  mov ax,readOnly',
        '8e e0  mov fs,ax', 'b9 =0x1040  mov ecx,1040h', 'top: 65 8b 01  mov eax,gs:[ecx]',
        '65 89 01  mov gs:[ecx],eax', '64 03 81 =0x30000  add eax,fs:[ecx+30000h]', 'f6 c1 10  test cl,10h',
        '74 >on  jz on', '64 89 01  mov fs:[ecx],eax', 'on: 83 e9 05  sub ecx,5', 'eb >top  jmp top',
      ],
      setup: (b) =>
        place(b, b.handler(13), [
          '83 c4 04  add esp,4', '83 04 24 03  add dword [esp],3', '81 f1 10 00 00 00  xor ecx,10h',
          '81 c1 00 01 00 00  add ecx,100h', '81 e1 ff 1f 00 00  and ecx,1fffh', 'cf  iret',
        ]),
    });
  });
});

describe('string instructions with interrupts inside', () => {
  test.each([
    ['movs', 'f3 a5'], ['movsb backward', 'fd f3 a4 fc'], ['stos', 'f3 ab'], ['lods', 'f3 ac'],
    ['scas', 'f2 af'], ['cmps', 'f3 a6'], ['movs of words', '66 f3 a5'], ['16-bit addresses', '67 f3 a4'],
    ['ins', '66 ba 60 00 f3 6c'], ['outs', '66 ba 60 00 f3 6e'],
  ])('%s', (_, bytes) => {
    const r = runLoop({
      lines: [
        'fb  sti', 'top: be =0x3080  mov esi,3080h', 'bf =0x5f83  mov edi,5f83h', 'b9 =190  mov ecx,190',
        '40  inc eax',
        `${bytes}  rep …`,
        '01 cb  add ebx,ecx', '01 f3  add ebx,esi', 'eb >top  jmp top',
      ],
      setup: (b) => {
        b.set({ eax: 0x12345678 });
        for (let i = 0; i < 0x3000; i += 4) b.write32(0x3000 + i, i % 96 === 0 ? i * 0x9e3779b9 : 0x01010101);
        b.io.map(0x60, 1, b.target('port', 0x5a), { latency: 41 });
      },
    });
    expect(r.interrupted.size).toBeGreaterThan(2);
  });
});

describe('device time inside hot blocks', () => {
  /** Ports and memory whose value is the time of the access. */
  const clocks = (b: X86Bench): void => {
    b.io.map(
      0x60, 4,
      {
        name: 'clock',
        read: () => b.scheduler.now & 0xff,
        write: (_o, _s, v) => b.write32(VARIABLE + 0x100, b.scheduler.now ^ v),
      },
      { latency: 47 },
    );
    b.memory.map(
      0xe0000000, 0x1000,
      {
        name: 'clock',
        read: (offset) => (b.scheduler.now + offset) | 0,
        write: (_o, _s, v) => b.write32(VARIABLE + 0x104, b.scheduler.now ^ v),
      },
      { latency: 29 },
    );
  };

  test('the time of each access, and the time stamp counter', () => {
    runLoop({
      lines: [
        'fb  sti', 'loop: e4 60  in al,60h', '01 c3  add ebx,eax', 'a1 =0xe0000010  mov eax,[e0000010h]',
        '31 c3  xor ebx,eax', '0f 31  rdtsc', '01 c3  add ebx,eax', 'e6 61  out 61h,al',
        '01 1d =0xe0000020  add [e0000020h],ebx', 'ff 35 =0xe0000030  push dword [e0000030h]', '5e  pop esi',
        '66 ba 60 00  mov dx,60h', 'ed  in eax,dx', '8b 0d =0xe0000ffe  mov ecx,[e0000ffeh]',
        '0f b7 05 =0xe0000004  movzx eax,word [e0000004h]',
        'a2 =0xe0000005  mov [e0000005h],al', ...ENDLESS,
      ],
      setup: clocks,
    });
  });

  test('a device that stops the run, in the midst of a block', () => {
    const r = lockstep((b) => {
      b.protectedMode();
      let count = 0;
      b.io.map(
        0x60, 1,
        {
          name: 'stop',
          read: () => (++count % 3 === 0 ? b.cpu.requestStop() : undefined, count),
          write: () => undefined,
        },
        { latency: 7 },
      );
      place(b, AT.CODE, [
        'top: 40  inc eax', '01 c3  add ebx,eax', 'e4 60  in al,60h', '01 c3  add ebx,eax',
        'eb >top  jmp top',
      ]);
    }, { instructions: 20_000, goOn: true });
    expect(r.bench.cpu.instructions).toBeGreaterThan(19_000);
  });

  test('a memory window that a port opens and closes over RAM and over the code that runs', () => {
    runLoop({
      lines: [
        'fb  sti', 'top: 43  inc ebx', '88 d8  mov al,bl', 'e6 22  out 22h,al',
        '8b 0d =0x30000  mov ecx,[30000h]', '01 ce  add esi,ecx', '89 35 =0x30004  mov [30004h],esi',
        'e8 >>0x31000  call 31000h', 'eb >top  jmp top',
      ],
      setup: (b) => {
        const window = b.memory.map(
          AT.DATA, 0x1000,
          { name: 'window', read: (offset) => offset ^ 0x77, write: () => undefined },
          { priority: 1, disabled: true, latency: 13 },
        );
        const flash = [0x41, 0x41, 0xc3];
        const code = b.memory.map(
          AT.DATA + 0x1000,
          0x1000,
          { name: 'flash', read: (offset) => flash[offset] ?? 0, write: () => undefined },
          { priority: 1, disabled: true, latency: 3 },
        );
        b.io.map(0x22, 1, {
          name: 'pam',
          read: () => 0,
          write: (_o, _s, v) => (window.set(AT.DATA, (v & 12) === 4), code.set(AT.DATA + 0x1000, (v & 6) === 6)),
        });
        place(b, 0x31000, ['49  dec ecx', '47  inc edi', 'c3  ret']);
      },
    });
  });

  test('a loop in a ROM outside of main memory', () => {
    runLoop({
      lines: [
        'fb  sti', 'top: bf =0xfff00ff4  mov edi,fff00ff4h', 'ff d7  call edi',
        '81 35 =0x30000 01 00 00 00  xor dword [30000h],1',
        'eb >top  jmp top',
      ],
      setup: (b) => {
        const { bytes } = assemble(0xfff00ff4, [
          'b9 06 00 00 00  mov ecx,6', 'inner: 01 c8  add eax,ecx', '33 1d =0x30000  xor ebx,[30000h]',
          '89 0d =0xfff00020  mov [fff00020h],ecx', 'e2 >inner  loop inner', 'c3  ret',
        ]);
        const rom = new Uint8Array(0x2000);
        rom.set(bytes, 0xff4);
        b.memory.map(0xfff00000, rom.length, new Ram('rom', rom, true));
      },
    });
  });

  test('writes of a device into the loop that runs', () => {
    const r = runLoop({
      lines: [
        'fb  sti', 'top: b8 01 00 00 00  mov eax,1', '01 c3  add ebx,eax', '69 c3 =77777  imul eax,ebx',
        '81 f1 =5  xor ecx,5', 'eb >top  jmp top',
      ],
      setup: (b) => {
        // The immediates of MOV and XOR, in turn, at times that are no instruction boundaries.
        let n = 0;
        const dma = b.scheduler.event('dma', () => {
          b.ram.onWrite(AT.CODE + (n % 2 === 0 ? 2 : 16), 2);
          b.write16(AT.CODE + (n % 2 === 0 ? 2 : 16), ++n & 0xfff);
          dma.after(1237);
        });
        dma.at(5000);
      },
    });
    expect(r.bench.cpu.codeStatistics.retired).toBeGreaterThan(100);
  });
});

test('breakpoints set in hot code', () => {
  const lines = [
    'fb  sti', 'top: 40  inc eax', '01 c3  add ebx,eax', '33 1d =0x30000  xor ebx,[30000h]',
    'e2 >top  loop top', 'eb >top  jmp top',
  ];
  const r = lockstep((b) => {
    b.protectedMode();
    place(b, b.handler(0x20), HANDLER);
    place(b, AT.CODE, lines);
  }, { instructions: 5000, timer: TIMER });
  for (let n = 0; n < 40; n++) {
    const reasons = [r.bench, r.jit].map((b) => {
      b.cpu.breakpoints.clear();
      if (n % 4 !== 3) b.cpu.breakpoints.add(AT.CODE + [2, 4, 10, 12][n % 3]);
      return [b.cpu.step(7 + (n % 5) * 40), b.cpu.instructions, b.state.eip];
    });
    expect(reasons[1]).toEqual(reasons[0]);
    expect(difference(r.bench, r.jit)).toBe('');
  }
});

test.each([0x30000, 0x230000])('tracing of all accesses switched on and off in hot code, data at %i', (data) => {
  const r = lockstep((b) => {
    b.protectedMode();
    place(b, b.handler(0x20), HANDLER);
    place(b, AT.CODE, [
      'fb  sti', `top: 03 05 =${data}  add eax,[data]`, `01 05 =${data + 4}  add [data+4],eax`, '53  push ebx',
      '5a  pop edx', '43  inc ebx', 'eb >top  jmp top',
    ]);
  }, { instructions: 5000, timer: TIMER });
  const traces = [r.bench, r.jit].map((b) => {
    const lines: string[] = [];
    b.trace.listen((record) => lines.push(JSON.stringify(record)));
    return lines;
  });
  for (let n = 0; n < 20; n++) {
    for (const b of [r.bench, r.jit]) {
      b.trace.processorRam = n % 3 !== 1;
      b.cpu.step(50 + n);
    }
    expect(difference(r.bench, r.jit)).toBe('');
  }
  expect(traces[0].length).toBeGreaterThan(500);
  expect(traces[1]).toEqual(traces[0]);
});

test('a difference of one bit is found, within the portion that shows it', () => {
  const lines = ['b9 =1000  mov ecx,1000', 'top: 03 05 =0x30000  add eax,[30000h]', 'e2 >top  loop top', 'f4  hlt'];
  const perturbed = (how: (b: X86Bench) => void) => () => lockstep((b, side) => {
    b.protectedMode();
    place(b, AT.CODE, lines);
    if (side === 1) how(b);
  }, { instructions: 5000 });
  expect(perturbed(() => {})).not.toThrow();
  expect(perturbed((b) => b.ram.view.setUint8(0x30000, 1))).toThrow(/portion 0, .*RAM at 0x30000: 0 \| 1/);
  expect(perturbed((b) => b.set({ edx: 1 }))).toThrow(/edx 652 \| 1/);
  expect(perturbed((b) => void b.scheduler.event('delay', () => b.intr.set(true)).at(100))).not.toThrow();
  expect(perturbed((b) => void b.scheduler.event('poke', () => b.set({ ebx: 1 })).at(3000))).toThrow(/ebx 0 \| 1/);
});
