/**
 * Hot code and paging: faults that the handler repairs, translations that change under the code
 * that runs, privileges, one memory at several addresses.
 */
import { describe, expect, test } from 'vitest';
import { AT, CYCLE, gate, SEL, type X86Bench } from '../benches/x86-bench.ts';
import { lockstep, place, type LockstepOptions, type LockstepResult } from './twin.ts';

const TIMER = 53 * CYCLE + 7;
/** Linear pages for data that comes and goes, and for code. */
const PAGES = 0x200000, CODE = 0x300000;

function paged(
  lines: readonly string[],
  setup: (b: X86Bench) => void = () => {},
  options: Partial<LockstepOptions> = {},
): LockstepResult {
  const r = lockstep(
    (b) => {
      b.protectedMode();
      b.paging();
      place(b, b.handler(0x20), ['ff 05 =0x38000  inc dword [38000h]', 'cf  iret']);
      setup(b);
      place(b, AT.CODE, lines);
    },
    { instructions: 40_000, timer: TIMER, ...options },
  );
  expect(['steps', 'until']).toContain(r.reason);
  return r;
}

const SYMBOLS = {
  pages: PAGES, code: CODE,
  ptes: AT.TABLES + 4 * (PAGES >>> 12),
  codePte: AT.TABLES + 4 * (CODE >>> 12),
};
/** #PF: makes the page of CR2 present and writable. */
const REPAIR = [
  '50  push eax', '0f 20 d0  mov eax,cr2', 'c1 e8 0c  shr eax,12',
  '83 0c 85 =0x101000 07  or dword [eax*4+101000h],7',
  '0f 20 d0  mov eax,cr2', '0f 01 38  invlpg [eax]', '58  pop eax', '83 c4 04  add esp,4', 'cf  iret',
];
const withSymbols = (lines: readonly string[]): string[] =>
  lines.map((l) => l.replace(/=(pages|code|ptes|codePte)\b/g, (_, name: keyof typeof SYMBOLS) => `=${SYMBOLS[name]}`));

describe('page faults in the midst of hot blocks', () => {
  test.each([
    ['loads', '8b 03  mov eax,[ebx]'], ['stores', '89 03  mov [ebx],eax'],
    ['read-modify-writes', '11 03  adc [ebx],eax'],
    ['over a page border', '01 43 fe  add [ebx-2],eax'],
    ['PUSH and POP of memory', 'ff 33 8f 43 fe  push dword [ebx]; pop dword [ebx-2]'],
    ['string stores', '89 df b9 30 00 00 00 f3 ab  mov edi,ebx; mov ecx,48; rep stosd'],
    ['x87 loads and stores', 'dd 03 d8 c0 dd 5b fc  fld qword [ebx]; fadd st0,st0; fstp qword [ebx-4]'],
    ['CMPXCHG8B', '0f c7 0b  cmpxchg8b [ebx]'], ['exchanges', '87 43 fd  xchg eax,[ebx-3]'],
  ])('%s', (_, code) => {
    const r = paged(
      withSymbols([
        'db e3  fninit', 'fb  sti', 'top: bb =pages  mov ebx,pages', '40  inc eax', '05 =99  add eax,99',
        `${code}`,
        '31 c2  xor edx,eax', '81 c3 =0x1004  add ebx,1004h', '81 fb =0x20f000  cmp ebx,20f000h',
        '72 >top+5  jb top+5',
        // Takes the pages away again: some not present, some read-only.
        'be =ptes  mov esi,ptes', 'forget: 83 26 fe  and dword [esi],~1', '83 66 04 fd  and dword [esi+4],~2',
        '83 c6 0c  add esi,12', '81 fe =0x101840  cmp esi,101840h', '72 >forget  jb forget',
        '0f 20 d8  mov eax,cr3', '0f 22 d8  mov cr3,eax', 'eb >top  jmp top',
      ]),
      (b) => {
        place(b, b.handler(14), REPAIR);
        b.set({ cr0: 0x80010031 });
      },
    );
    expect(r.bench.cpu.counters.exceptions).toBeGreaterThan(100);
  });
});

describe('translations that change under hot code', () => {
  /** Two versions of a routine at two physical pages, 0x310000 and 0x311000. */
  const versions = (b: X86Bench): void => {
    for (const [n, op] of ['01 c3', '29 c3'].entries())
      place(b, 0x310000 + n * 0x1000, [
        '40  inc eax',
        `${op}  add or sub ebx,eax`,
        'b9 05 00 00 00  mov ecx,5', 'inner: 31 cb  xor ebx,ecx', 'e2 >inner  loop inner', 'c3  ret',
      ]);
    b.write32(SYMBOLS.codePte, 0x310007);
  };
  test.each([
    ['INVLPG', '0f 01 3d =code  invlpg [code]'],
    ['a write to CR3', '0f 20 da 0f 22 da  mov edx,cr3; mov cr3,edx'],
    [
      'paging off and on',
      '0f 20 c2 81 e2 ff ff ff 7f 0f 22 c2 81 ca 00 00 00 80 0f 22 c2  mov edx,cr0; and; mov cr0,edx; or; mov cr0,edx',
    ],
    ['nothing: the old translation stays in use', '90  nop'],
  ])('a routine at one linear address moves to another page: %s', (_, flush) => {
    const r = paged(
      withSymbols([
        'fb  sti', 'top: be 03 00 00 00  mov esi,3', 'again: bf =code  mov edi,code', 'ff d7  call edi',
        '4e  dec esi', '75 >again  jnz again',
        '81 35 =codePte 00 10 00 00  xor dword [codePte],1000h',
        `${flush}`,
        'e9 >>top  jmp top',
      ]),
      versions,
    );
    expect(r.bench.state.ebx).not.toBe(0);
  });

  test('a loop that moves itself to another page while it runs', () => {
    paged(withSymbols([`ba =code  mov edx,code`, 'ff e2  jmp edx']), (b) => {
      for (const n of [0, 1]) {
        place(
          b,
          0x310000 + n * 0x1000,
          withSymbols([
            'fb  sti', 'top: b9 09 00 00 00  mov ecx,9',
            `inner: 05 =${n === 0 ? 7 : 1000}  add eax,n`,
            'e2 >inner  loop inner',
            '81 35 =codePte 00 10 00 00  xor dword [codePte],1000h',
            '0f 01 3d =code  invlpg [code]',
            `81 c3 =${n + 1}  add ebx,n`,
            'eb >top  jmp top',
          ]),
        );
      }
      b.write32(SYMBOLS.codePte, 0x310007);
    });
  });

  test('global pages survive a write to CR3 in a hot loop', () => {
    paged(
      withSymbols([
        'fb  sti', '0f 20 e0  mov eax,cr4', '0c 80  or al,80h', '0f 22 e0  mov cr4,eax',
        'top: 03 1d =pages  add ebx,[pages]',
        '83 05 =pages+4096 03  add dword [pages+1000h],3',
        'e8 >>0x300000  call code',
        '81 35 =ptes 00 10 00 00  xor dword [ptes],1000h',
        '81 35 =codePte 00 10 00 00  xor dword [codePte],1000h',
        '0f 20 d8  mov eax,cr3', '0f 22 d8  mov cr3,eax', 'f6 c3 3f  test bl,3fh', '75 >top  jnz top',
        '0f 01 3d =code  invlpg [code]', '0f 01 3d =pages  invlpg [pages]', 'eb >top  jmp top',
      ]),
      (b) => {
        versions(b);
        b.write32(SYMBOLS.codePte, 0x310107);
        b.write32(SYMBOLS.ptes, PAGES | 0x107);
        b.write32(PAGES, 5, 0);
      },
    );
  });

  test('a 4 MiB page of code and data moves', () => {
    paged(
      withSymbols([
        '0f 20 e0  mov eax,cr4', '0c 10  or al,10h', '0f 22 e0  mov cr4,eax', 'fb  sti',
        'top: be 05 00 00 00  mov esi,5', 'again: bf =0x40310000  mov edi,40310000h', 'ff d7  call edi',
        '03 1d =0x40320000  add ebx,[40320000h]', 'ff 05 =0x40320000  inc dword [40320000h]', '4e  dec esi',
        '75 >again  jnz again',
        '81 35 =0x100400 00 00 40 00  xor dword [100400h],400000h',
        '0f 01 3d =0x40000000  invlpg [40000000h]', 'eb >top  jmp top',
      ]),
      (b) => {
        versions(b);
        // The second position has no memory behind it: its code is ones (an invalid opcode), its data
        // too.
        b.write32(AT.DIRECTORY + 0x400, 0x83);
        place(b, b.handler(6), [
          '81 35 =0x100400 00 00 40 00  xor dword [100400h],400000h',
          '0f 01 3d =0x40000000  invlpg [40000000h]', 'cf  iret',
        ]);
      },
    );
  });

  test('a hot instruction over a page border whose second page moves', () => {
    paged(
      withSymbols([
        'fb  sti', 'top: e8 >>0x300ffc  call code+ffch', '01 c3  add ebx,eax', '40  inc eax',
        'f6 c3 07  test bl,7', '75 >top  jnz top',
        '81 35 =codePte+4 00 30 00 00  xor dword [codePte+4],3000h',
        '0f 01 3d =code+4096  invlpg [code+1000h]', 'eb >top  jmp top',
      ]),
      (b) => {
        place(b, 0x300ffc, ['31 ca  xor edx,ecx', '69 c0 05 00 00 00  imul eax,eax,5', 'c3  ret']);
        place(b, 0x302000, ['00 00 00 00', '41  inc ecx', 'c3  ret']);
        place(b, 0x301000, ['00 00 00 00', '43  inc ebx', 'c3  ret']);
      },
    );
  });

  test('a page of hot code goes away; the handler brings it back', () => {
    const r = paged(
      withSymbols([
        'fb  sti', 'top: be 04 00 00 00  mov esi,4', 'again: e8 >>0x300ff0  call code+ff0h', '4e  dec esi',
        '75 >again  jnz again', '83 25 =codePte+4 fe  and dword [codePte+4],~1',
        '0f 01 3d =code+4096  invlpg [code+1000h]', 'eb >top  jmp top',
      ]),
      (b) => {
        place(b, b.handler(14), REPAIR);
        // Runs on into the next page.
        place(b, 0x300ff0, [...Array.from({ length: 12 }, () => '01 c3  add ebx,eax'), '40  inc eax', 'c3  ret']);
      },
    );
    expect(r.bench.cpu.counters.exceptions).toBeGreaterThan(100);
  });
});

describe('one memory at several addresses', () => {
  test('code is executed at one linear address and written at another', () => {
    const r = paged(
      withSymbols([
        'fb  sti', 'top: 41  inc ecx', '89 0d =pages+2  mov [pages+2],ecx', 'e8 >>0x300000  call code',
        'f6 c1 07  test cl,7', '75 >top+7  jnz top+7', 'eb >top  jmp top',
      ]),
      (b) => {
        place(b, 0x310000, ['81 c3 00 00 00 00  add ebx,imm32', '41  inc ecx', 'c3  ret']);
        b.write32(SYMBOLS.codePte, 0x310007);
        b.write32(SYMBOLS.ptes, 0x310007);
      },
    );
    expect(r.bench.cpu.codeStatistics.retired).toBeGreaterThan(100);
  });

  test('the same code at two linear addresses, hot at both, and written', () => {
    paged(
      withSymbols([
        'fb  sti', 'top: bf =code  mov edi,code', 'ff d7  call edi', '81 c7 =0x1000  add edi,1000h',
        'ff d7  call edi', '41  inc ecx', 'f6 c1 1f  test cl,1fh', '75 >top  jnz top',
        '88 0d =pages+1  mov [pages+1],cl', 'eb >top  jmp top',
      ]),
      (b) => {
        place(b, 0x310000, [
          'b0 00  mov al,n', '01 c3  add ebx,eax', 'e8 00 00 00 00  call $+5', '5a  pop edx',
          '01 d3  add ebx,edx', 'c3  ret',
        ]);
        for (const pte of [SYMBOLS.codePte, SYMBOLS.codePte + 4, SYMBOLS.ptes]) b.write32(pte, 0x310007);
      },
    );
  });

  test('page tables in the page of the code: walks write into it', () => {
    // Physical page 0x310000: code at its begin, page table entries for 0x400000 at its end.
    paged(withSymbols([`bf =code  mov edi,code`, 'ff e7  jmp edi']), (b) => {
      b.write32(AT.DIRECTORY + 4, 0x310007);
      for (let n = 0xf00; n < 0x1000; n += 4) b.write32(0x310000 + n, 0x320007);
      b.write32(SYMBOLS.codePte, 0x310007);
      b.ram.onWrite(0x310000, 0x1000);
      place(
        b, 0x310000,
        withSymbols([
          'fb  sti', 'top: be =0x7c0000  mov esi,7c0000h', 'b9 =60  mov ecx,60',
          'inner: 03 06  add eax,[esi]', '89 06  mov [esi],eax', '81 c6 =0x1000  add esi,1000h',
          'e2 >inner  loop inner', 'be =code+0xf00  mov esi,code+f00h', 'b9 =60  mov ecx,60',
          'clear: 83 26 9f  and dword [esi],~60h', '83 c6 04  add esi,4', 'e2 >clear  loop clear',
          '0f 20 da  mov edx,cr3', '0f 22 da  mov cr3,edx', 'eb >top  jmp top',
        ]),
      );
    });
  });
});

describe('privileges', () => {
  test('the same code at CPL 3 and CPL 0, by software interrupts', () => {
    const r = paged(withSymbols([]), (b) => {
      b.loadTask();
      b.write32(SYMBOLS.ptes, PAGES | 3);
      b.setGate(0x80, gate(SEL.CODE0, b.handler(0x80), 0xee));
      b.setGate(13, gate(SEL.CODE0, 0x50000, 0x8e));
      b.setGate(14, gate(SEL.CODE0, 0x50100, 0x8e));
      place(b, b.handler(0x80), ['e8 >>0x300000  call code', 'cf  iret']);
      // A privileged instruction (2 bytes: CLI; NOP) and a supervisor's page (6 bytes) are skipped.
      place(b, 0x50000, ['83 c4 04  add esp,4', '83 04 24 02  add dword [esp],2', 'cf  iret']);
      place(b, 0x50100, ['83 c4 04  add esp,4', '83 04 24 06  add dword [esp],6', 'cf  iret']);
      place(b, CODE, [
        '40  inc eax', '01 1d =0x200000  add [pages],ebx', 'fa 90  cli; nop', '01 c3  add ebx,eax', 'c3  ret',
      ]);
      place(b, AT.USER, [
        'top: e8 >>0x300000  call code', 'cd 80  int 80h', '01 05 =0x30000  add [30000h],eax',
        'eb >top  jmp top',
      ]);
      b.ring3(AT.USER, 0x202);
    });
    expect(r.bench.cpu.counters.exceptions).toBeGreaterThan(1000);
  });

  test('write protection of the supervisor switched on and off', () => {
    const r = paged(
      withSymbols([
        'fb  sti', 'top: 0f 20 c0  mov eax,cr0', '35 00 00 01 00  xor eax,10000h', '0f 22 c0  mov cr0,eax',
        'b9 06 00 00 00  mov ecx,6', 'inner: 90 90 01 0d =pages  add [pages],ecx', 'e2 >inner  loop inner',
        'eb >top  jmp top',
      ]),
      (b) => {
        b.write32(SYMBOLS.ptes, PAGES | 5);
        place(b, b.handler(14), [
          '83 c4 04  add esp,4', 'ff 05 =0x38000  inc dword [38000h]', '83 04 24 06  add dword [esp],6',
          'cf  iret',
        ]);
      },
    );
    expect(r.bench.read32(PAGES)).toBeGreaterThan(100);
    expect(r.bench.cpu.counters.exceptions).toBeGreaterThan(100);
  });
});
