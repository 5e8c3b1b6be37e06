/**
 * Code that is stored into while it is hot: by each kind of store, at each place that a compiled
 * block could have taken for granted.
 */
import { describe, expect, test } from 'vitest';
import { AT } from '../benches/x86-bench.ts';
import { lockstep, place } from './twin.ts';

const DATA = AT.DATA;

/**
 * Stores of the low bytes of ECX to [EDI] (DATA, or the immediate of `add ebx, imm32`). EAX, EDX,
 * ESI are free. `push` and `call` put the stack there. What some leave behind is no sensible
 * number, but the opcode stays.
 */
const STORES: Record<string, readonly string[]> = {
  'mov byte': ['88 0f  mov [edi],cl'],
  'mov word': ['66 89 0f  mov [edi],cx'],
  'mov dword': ['89 0f  mov [edi],ecx'],
  'mov dword at an odd address, from before the code on': [
    '8b 47 fe  mov eax,[edi-2]', '25 ff ff 00 00  and eax,0ffffh', '89 ca  mov edx,ecx',
    'c1 e2 10  shl edx,16', '09 d0  or eax,edx', '89 47 fe  mov [edi-2],eax',
  ],
  'add': ['00 0f  add [edi],cl'],
  'inc': ['ff 07  inc dword [edi]'],
  'xchg': ['89 c8  mov eax,ecx', '87 07  xchg eax,[edi]'],
  'cmpxchg': ['8b 07  mov eax,[edi]', '0f b1 0f  cmpxchg [edi],ecx'],
  'setcc': ['f6 c1 08  test cl,8', '0f 94 07  setz [edi]'],
  'btc': ['0f ba 3f 03  btc dword [edi],3'],
  'shl': ['c0 07 01  shl byte [edi],1', 'fe 07  inc byte [edi]'],
  'mov immediate': ['c6 07 05  mov byte [edi],5'],
  'stosb': ['88 c8  mov al,cl', 'aa  stosb', '4f  dec edi'],
  'rep stosb': ['51  push ecx', '88 c8  mov al,cl', 'b9 03 00 00 00  mov ecx,3', 'f3 aa  rep stosb', '59  pop ecx'],
  'movsd': ['89 0d =0x30100  mov [30100h],ecx', 'be =0x30100  mov esi,30100h', 'a5  movsd'],
  'rep movsb': [
    '89 0d =0x30100  mov [30100h],ecx', '51  push ecx', 'be =0x30100  mov esi,30100h',
    'b9 04 00 00 00  mov ecx,4', 'f3 a4  rep movsb', '59  pop ecx',
  ],
  'rep movsd, backward': [
    '89 0d =0x30100  mov [30100h],ecx', '51  push ecx', 'be =0x30100  mov esi,30100h',
    'b9 01 00 00 00  mov ecx,1', 'fd  std', 'f3 a5  rep movsd', 'fc  cld', '59  pop ecx',
  ],
  'push': ['89 e2  mov edx,esp', '8d 67 04  lea esp,[edi+4]', '51  push ecx', '89 d4  mov esp,edx'],
  'pop to memory': ['51  push ecx', '8f 07  pop dword [edi]'],
  'call': ['89 e2  mov edx,esp', '8d 67 04  lea esp,[edi+4]', 'e8 >>there  call there', 'there: 89 d4  mov esp,edx'],
  'fistp': ['89 0d =0x30100  mov [30100h],ecx', 'db 05 =0x30100  fild dword [30100h]', 'db 1f  fistp dword [edi]'],
  'fst': ['d9 e8  fld1', 'd9 1f  fstp dword [edi]'],
};

/** `add ebx, imm32` whose immediate is stored to. */
const PATCHED = '81 c3 patched: 00 00 00 00  add ebx,imm32';

/** EDI = every eighth time the patched immediate, else data. */
const CHOOSE = [
  'bf =0x30000  mov edi,30000h', 'b8 =patched  mov eax,patched', 'f6 c1 07  test cl,7',
  '0f 44 f8  cmovz edi,eax',
];

const HEAD = ['b9 80 00 00 00  mov ecx,128', 'top:', ...CHOOSE],
  END = ['49  dec ecx', '0f 85 >>top  jnz top'],
  CALL = 'e8 >>routine  call routine';
/** Lies behind the loop, which jumps over it; `gap` moves it to its place. */
const routine = (gap: string): string[] => ['e9 >>behind  jmp behind', gap, 'routine:', PATCHED, 'c3  ret', 'behind:'];

const PLACES: Record<string, (store: readonly string[]) => readonly string[]> = {
  'the next instruction of the block': (store) => [...HEAD, ...store, PATCHED, ...END],
  'an earlier instruction of the block': (store) => [
    'b9 80 00 00 00  mov ecx,128', 'top:', PATCHED, ...CHOOSE, ...store, ...END,
  ],
  'another block of the page': (store) => [...HEAD, ...store, CALL, ...END, ...routine('@64')],
  'a block behind a branch': (store) => [
    ...HEAD, ...store, 'f6 c1 01  test cl,1', '75 >over  jnz over', '43  inc ebx', 'over:', PATCHED, ...END,
  ],
  'an inner loop': (store) => [
    ...HEAD, ...store, 'ba 05 00 00 00  mov edx,5', 'inner:', PATCHED, '4a  dec edx', '75 >inner  jnz inner',
    ...END,
  ],
  'another page': (store) => [...HEAD, ...store, CALL, ...END, ...routine('@4096')],
  // The instruction begins 4 bytes before a page border: the two high bytes of the immediate are in
  // the next page.
  'an instruction over a page border': (store) => [
    ...HEAD, ...store, CALL, ...END,
    ...routine(`@4096 ${'90 '.repeat(4092).trim()}  nop × 4092`),
  ],
};

const LABELS = /\b(top|patched|inner|over|there|routine|behind)\b/g;

/** One loop for each kind of store, one behind the other. */
function loops(loop: (store: readonly string[]) => readonly string[]): string[] {
  return Object.values(STORES).flatMap((store, n) => loop(store).map((line) => line.replace(LABELS, `$1${n}`)));
}

describe('each kind of store', () => {
  /** Each block by itself, and several in one module with direct jumps between them. */
  const groups = [1, 7];
  test.each(Object.keys(PLACES).flatMap((where) => groups.map((group) => [where, group] as const)))(
    'into %s, %i compiled together',
    (where, group) => {
      const r = lockstep(
        (b) => {
          b.protectedMode();
          place(b, AT.CODE, [...loops(PLACES[where]), 'f4  hlt']);
        },
        { instructions: 200_000, longest: 1000, jit: { group } },
      );
      expect([r.reason, r.bench.stoppedIn]).toEqual(['halted', -1]);
      expect(r.bench.cpu.codeStatistics.retired).toBeGreaterThan(10 * Object.keys(STORES).length);
    },
  );
});

describe('code that moves', () => {
  test('a routine is copied over another again and again, by REP MOVSD', () => {
    const r = lockstep((b) => {
      b.protectedMode();
      const one = ['05 01 00 00 00  add eax,1', 'c3  ret', '@16'],
        two = ['35 55 00 00 00  xor eax,55h', '01 c3  add ebx,eax', 'c3  ret', '@16'];
      place(b, DATA, one);
      place(b, DATA + 16, two);
      place(b, AT.CODE, [
        'bd 50 00 00 00  mov ebp,80', 'top:', 'be =0x30000  mov esi,30000h', '89 e8  mov eax,ebp',
        'c1 e0 02  shl eax,2', '83 e0 10  and eax,10h', '01 c6  add esi,eax', 'bf =0x11000  mov edi,11000h',
        'b9 04 00 00 00  mov ecx,4', 'f3 a5  rep movsd', 'ba 06 00 00 00  mov edx,6',
        'again: e8 >>0x11000  call 11000h', '4a  dec edx', '75 >again  jnz again', '4d  dec ebp',
        '75 >top  jnz top', 'f4  hlt',
      ]);
    }, { instructions: 50_000 });
    expect(r.reason).toBe('halted');
  });

  test('so much new code that the IR cache fills up', () => {
    // Each turn makes one block of 60 instructions anew.
    const r = lockstep((b) => {
      b.protectedMode();
      place(b, AT.CODE, [
        'b9 =0x60000  mov ecx,60000h', 'top:', '89 0d =patched  mov [patched],ecx',
        'e8 >>routine  call routine', '49  dec ecx', '75 >top  jnz top', 'f4  hlt', '@64', 'routine:',
        PATCHED,
        `${'01 c3 11 d8 '.repeat(29).trim()}  add, adc × 29`,
        'c3  ret',
      ]);
    }, { instructions: 1_300_000, longest: 60_000, seed: 5 });
    expect(r.bench.cpu.codeStatistics.flushes).toBeGreaterThan(0);
  });
});
