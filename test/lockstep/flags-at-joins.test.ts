/**
 * Flags that cross a join in compiled code, where they are passed on in one of several forms: loops
 * and merges that leave, fault, read or write flags behind it; each is stopped at every place, by
 * every budget.
 */
import { describe, expect, test } from 'vitest';
import { AT, CYCLE } from '../benches/x86-bench.ts';
import { difference, lockstep, place } from './twin.ts';

const HANDLER = ['ff 05 =0x38000  inc dword [38000h]', 'cf  iret'];
/** Skips an instruction of two bytes: DIV and UD2. */
const SKIP = ['ff 05 =0x38004  inc dword [38004h]', '83 04 24 02  add dword [esp],2', 'cf  iret'];
const TIMER = 37 * CYCLE + 5;
/** Longest budget that a loop is cut by: more than once around each. */
const BUDGETS = 48;

const RANDOM = ['69 ff =1103515245  imul edi,edi', '81 c7 =12345  add edi,12345'];

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  'CF of ADC lives over DEC and JNZ': [
    'top: be =0x30000  mov esi,30000h', 'b9 =7  mov ecx,7', 'f9  stc', 'loop: 8b 06  mov eax,[esi]',
    '11 86 =0x100  adc [esi+100h],eax', '8d 76 04  lea esi,[esi+4]', '49  dec ecx', '75 >loop  jnz loop',
    '0f 92 c3  setb bl', '47  inc edi', 'eb >top  jmp top',
  ],
  'CF of SBB lives over INC and JNZ, registers alone': [
    'top: b9 =-9  mov ecx,-9', '01 d8  add eax,ebx', 'loop: 19 c2  sbb edx,eax', '41  inc ecx', '75 >loop  jnz loop',
    '83 d3 11  adc ebx,11h', 'eb >top  jmp top',
  ],
  'the loop writes all flags first': [
    'top: b9 =5  mov ecx,5', 'loop: 83 c0 07  add eax,7', '89 c2  mov edx,eax', 'c1 e2 03  shl edx,3',
    '83 e9 01  sub ecx,1', '75 >loop  jnz loop', '9c  pushf', '5b  pop ebx', 'eb >top  jmp top',
  ],
  'the loop may leave before it writes': [
    'top: b9 =6  mov ecx,6', 'loop: 8b 1d =0x30010  mov ebx,[30010h]', '01 cb  add ebx,ecx',
    '89 1d =0x30010  mov [30010h],ebx', '39 d9  cmp ecx,ebx', '7c >on  jl on', '42  inc edx', 'on: 66 49  dec cx',
    '75 >loop  jnz loop', 'eb >top  jmp top',
  ],
  'a loop that keeps CF and may leave behind it': [
    'top: b9 =5  mov ecx,5', 'be =0x30000  mov esi,30000h', '3c 80  cmp al,80h', 'loop: 46  inc esi',
    '8a 06  mov al,[esi]', '88 46 40  mov [esi+64],al', '49  dec ecx', '75 >loop  jnz loop', '83 d2 00  adc edx,0',
    '00 d0  add al,dl', 'eb >top  jmp top',
  ],
  'merges of three ways whose flags have other sources, before a load': [
    'top:', ...RANDOM, 'f7 c7 =0x10000  test edi,10000h', '74 >b  jz b', '89 f8  mov eax,edi', 'c1 e8 18  shr eax,24',
    '3c 80  cmp al,80h', '72 >m  jb m', '66 81 ff 34 12  cmp di,1234h', '73 >m  jae m', 'd1 e0  shl eax,1',
    'eb >m  jmp m', 'b: f7 df  neg edi', 'm: 8b 15 =0x30020  mov edx,[30020h]', '01 fa  add edx,edi',
    '89 15 =0x30020  mov [30020h],edx', 'eb >top  jmp top',
  ],
  'merges of three ways, before readers': [
    'top:', ...RANDOM, 'f7 c7 =0x40000  test edi,40000h', '74 >m  jz m', '89 f8  mov eax,edi', 'c1 e8 10  shr eax,16',
    '66 3d 00 40  cmp ax,4000h', '7c >m  jl m', '00 e0  add al,ah', '7a >m  jp m', '28 c4  sub ah,al',
    'm: 0f 9c c1  setl cl', '9c  pushf', '5b  pop ebx', '0f 96 c2  setbe dl', 'eb >top  jmp top',
  ],
  'merges before what changes a part of the flags': [
    'top:', ...RANDOM, '0f ba e7 11  bt edi,17', '73 >m  jae m', '80 ff 10  cmp bh,10h', '78 >m  js m',
    '66 83 c7 01  add di,1', 'm: d1 c3  rol ebx,1', '8b 15 =0x30030  mov edx,[30030h]', 'd1 db  rcr ebx,1',
    '0f ba e7 13  bt edi,19', '72 >n  jb n', 'f5  cmc', 'n: f9  stc', 'a1 =0x30030  mov eax,[30030h]', '40  inc eax',
    'a3 =0x30030  mov [30030h],eax', '9c  pushf', '59  pop ecx', 'eb >top  jmp top',
  ],
  'shifts whose count may be 0': [
    'top:', ...RANDOM, '89 f9  mov ecx,edi', 'c1 e9 1e  shr ecx,30', '80 f9 02  cmp cl,2', '77 >m  ja m',
    '40  inc eax', 'm: d3 e0  shl eax,cl', '8b 15 =0x30030  mov edx,[30030h]', 'f6 c2 01  test dl,1', '75 >n  jnz n',
    '28 cf  sub bh,cl', 'n: d3 fb  sar ebx,cl', '0f 92 c2  setb dl', 'd3 c3  rol ebx,cl',
    '89 15 =0x30030  mov [30030h],edx', 'eb >top  jmp top',
  ],
  'shifts by an immediate 0': [
    'top:', ...RANDOM, 'f7 c7 =0x10000  test edi,10000h', '74 >m  jz m', '81 ff =0x1000  cmp edi,1000h',
    '7f >m  jg m', '66 83 c7 01  add di,1', 'm: c1 e0 00  shl eax,0', '9c  pushf', '5b  pop ebx',
    'f7 c7 =0x20000  test edi,20000h', '74 >n  jz n', '80 fb 20  cmp bl,20h', '72 >n  jb n', '00 db  add bl,bl',
    'n: 8b 15 =0x30030  mov edx,[30030h]', 'c1 e0 20  shl eax,32', '66 c1 e8 00  shr ax,0', '0f 9c c1  setl cl',
    'f7 c7 =0x40000  test edi,40000h', '74 >o  jz o', '3a d9  cmp bl,cl', '72 >o  jb o', '29 ca  sub edx,ecx',
    'o: c0 f8 00  sar al,0', '9c  pushf', '5a  pop edx', '89 15 =0x30030  mov [30030h],edx', 'eb >top  jmp top',
  ],
  'narrow steps to and from the least value, before a load': [
    'top: b9 =6  mov ecx,6', 'b0 7e  mov al,7eh', 'up: 8b 15 =0x30010  mov edx,[30010h]', '01 ca  add edx,ecx',
    'fe c0  inc al', 'e2 >up  loop up', 'b1 06  mov cl,6', '66 bb 02 80  mov bx,8002h',
    'down: 8b 15 =0x30014  mov edx,[30014h]', '29 ca  sub edx,ecx', '66 4b  dec bx', 'e2 >down  loop down',
    'b1 06  mov cl,6', 'wide: 89 15 =0x30010  mov [30010h],edx', '01 ca  add edx,ecx', '66 43  inc bx',
    'fe c8  dec al', 'e2 >wide  loop wide', 'eb >top  jmp top',
  ],
  'sums with CF whose second operand wraps, before a load': [
    'top:', ...RANDOM, 'b9 =5  mov ecx,5', 'a: 8b 15 =0x30010  mov edx,[30010h]', '01 ca  add edx,ecx', 'f9  stc',
    '14 ff  adc al,ffh', 'e2 >a  loop a', 'b1 05  mov cl,5', 'b: 8b 15 =0x30014  mov edx,[30014h]', '01 fa  add edx,edi',
    'f9  stc', '83 d3 ff  adc ebx,-1', 'e2 >b  loop b', 'b1 05  mov cl,5', 'c: 89 15 =0x30014  mov [30014h],edx',
    '01 fa  add edx,edi', 'f9  stc', '83 db 0f  sbb ebx,15', 'e2 >c  loop c', '9c  pushf', '5b  pop ebx',
    'eb >top  jmp top',
  ],
  'faults behind a merge': [
    'top:', ...RANDOM, 'f7 c7 =0x20000  test edi,20000h', '74 >m  jz m', '81 ff =0x1000  cmp edi,1000h',
    '7f >m  jg m', '42  inc edx', 'm: f7 f6  div esi', '89 f8  mov eax,edi', '99  cdq', '81 ff =0x777  cmp edi,777h',
    '72 >n  jb n', '4a  dec edx', 'n: 0f 0b  ud2', '01 d0  add eax,edx', 'eb >top  jmp top',
  ],
  'helpers behind a merge': [
    'top:', ...RANDOM, '85 ff  test edi,edi', '78 >m  js m', '01 f8  add eax,edi', '70 >m  jo m', '48  dec eax',
    'm: 27  daa', '0f a2  cpuid', '39 f8  cmp eax,edi', '7e >n  jle n', '43  inc ebx', 'n: 0f a2  cpuid', '14 03  adc al,3',
    'eb >top  jmp top',
  ],
  'flags that no result could have, into a loop': [
    'top: 68 =0x2d5  push 2d5h', '9d  popf', 'b9 =4  mov ecx,4', 'eb >loop  jmp loop', '90  nop',
    'loop: a1 =0x30040  mov eax,[30040h]', '7a >on  jp on', '74 >on  jz on', '83 c0 01  add eax,1', 'on: 49  dec ecx',
    '75 >loop  jnz loop', 'a3 =0x30040  mov [30040h],eax', '68 =0x240  push 240h', '9d  popf',
    'b1 03  mov cl,3', 'second: a1 =0x30044  mov eax,[30044h]', 'fe c9  dec cl', '75 >second  jnz second',
    '9c  pushf', '5a  pop edx', 'eb >top  jmp top',
  ],
  'nothing writes flags': [
    'top: 6b c9 05  imul ecx,ecx,5', '83 f9 09  cmp ecx,9', 'b9 =5  mov ecx,5', 'eb >a  jmp a', '90  nop',
    'a: a1 =0x30070  mov eax,[30070h]', 'e3 >c  jecxz c', 'b: 8b 15 =0x30074  mov edx,[30074h]', 'e2 >a  loop a',
    'eb >a  jmp a', 'c: 0f 92 c3  setb bl', '0f b6 cb  movzx ecx,bl', 'e3 >b  jecxz b', 'b1 04  mov cl,4',
    'eb >a  jmp a',
  ],
  'two ways into a loop': [
    'top:', ...RANDOM, '89 f9  mov ecx,edi', '83 e1 0f  and ecx,15', 'f7 c7 =0x8000  test edi,8000h', '74 >b  jz b',
    'a: 8b 15 =0x30050  mov edx,[30050h]', '83 d2 01  adc edx,1', '89 15 =0x30050  mov [30050h],edx',
    'b: 8a 3d =0x30051  mov bh,[30051h]', '80 c7 40  add bh,40h', '70 >c  jo c', '83 e9 01  sub ecx,1', '79 >a  jns a',
    'eb >top  jmp top', 'c: 80 ef 3f  sub bh,3fh', '49  dec ecx', '79 >b  jns b', 'eb >top  jmp top',
  ],
  'loops in loops, compares of every width': [
    'top: b1 05  mov cl,5', 'l: b5 03  mov ch,3', 'm: a0 =0x30060  mov al,[30060h]', '00 c8  add al,cl',
    'a2 =0x30060  mov [30060h],al', '80 ed 01  sub ch,1', '75 >m  jnz m', 'be =-2  mov esi,-2',
    'n: 8b 15 =0x30064  mov edx,[30064h]', '66 83 c6 01  add si,1', '66 83 fe 02  cmp si,2', '7c >n  jl n',
    'fe c9  dec cl', '75 >l  jnz l', 'eb >top  jmp top',
  ],
};

describe.each(Object.entries(PROGRAMS))('%s', (_, lines) => {
  /** Whether everything becomes one function, soon. */
  test.each([['blocks by themselves', {}], ['regrouped', { hotThreshold: 3, group: 4, regroupThreshold: 3 }]] as const)(
    '%s',
    (_name, jit) => {
      const r = lockstep((b) => {
        b.protectedMode();
        place(b, b.handler(0x20), HANDLER);
        place(b, b.handler(0), SKIP);
        place(b, b.handler(6), SKIP);
        b.set({ edi: 0x12345678 });
        place(b, AT.CODE, ['fb  sti', ...lines]);
      }, { instructions: 15_000, timer: TIMER, longest: 60, jit });
      expect(['steps', 'until']).toContain(r.reason);
      expect(r.interrupted.size).toBeGreaterThan(5);
      for (let budget = 1; budget <= BUDGETS; budget++) {
        for (let time = 0; time < 12; time++) {
          r.bench.cpu.step(budget);
          r.jit.cpu.step(budget);
          expect(difference(r.bench, r.jit, false), `budget ${budget}, time ${time}`).toBe('');
        }
      }
    },
  );
});
