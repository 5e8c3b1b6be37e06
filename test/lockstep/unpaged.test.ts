/**
 * Reads without paging: compiled code makes them without the TLB where RAM lies as it should, and
 * neither engine may keep a translation of them. At the edges of that RAM, in its holes, and when
 * something changes under way.
 */
import { describe, expect, test } from 'vitest';
import { FLAT_FROM } from '../../src/arch/x86/mmu.ts';
import { ENGINE, INVALID_TAG } from '../../src/ir/layout.ts';
import { AT, CYCLE, X86Bench } from '../benches/x86-bench.ts';
import { lockstep, place, type LockstepOptions, type LockstepResult } from './twin.ts';

const TIMER = 43 * CYCLE + 4;
/** Addresses that a program looks at in turn. */
const TABLE = 0x38100;
const DATA = 0x230000;

function unpaged(
  lines: readonly string[], setup: (b: X86Bench) => void = () => {}, options: Partial<LockstepOptions> = {},
): LockstepResult {
  const r = lockstep((b) => {
    for (let at = 0; at + 64 <= b.ram.bytes.length; at += 4096)
      for (const from of [at, at + 4080]) for (let n = 0; n < 16; n += 4) b.write32(from + n, (from + n) * 0x9e3779b9);
    b.protectedMode();
    setup(b);
    place(b, b.handler(0x20), ['ff 05 =0x38000  inc dword [38000h]', 'cf  iret']);
    place(b, AT.CODE, lines);
  }, { instructions: 30_000, timer: TIMER, ...options });
  expect(['steps', 'until']).toContain(r.reason);
  return r;
}

function flatBytes(b: X86Bench): number {
  return b.engine.words[ENGINE.FLAT_BYTES >> 2];
}

/** Loads of each kind at each address of TABLE, summed up in EBX. */
const looks = (count: number): readonly string[] => [
  'fb  sti', `top: b9 =${count}  mov ecx,${count}`, `next: 8b 34 8d =${TABLE - 4}  mov esi,[ecx*4+table-4]`,
  '03 1e  add ebx,[esi]', '0f b7 06  movzx eax,word [esi]', '01 c3  add ebx,eax', '0f bf 06  movsx eax,word [esi]',
  '31 c3  xor ebx,eax', '0f b6 06  movzx eax,byte [esi]', '01 c3  add ebx,eax', '0f be 46 01  movsx eax,byte [esi+1]',
  '31 c3  xor ebx,eax', '3b 5e fd  cmp ebx,[esi-3]', '83 d3 00  adc ebx,0', '49  dec ecx', '0f 85 >>next  jnz next',
  'e9 >>top  jmp top',
];

describe('the edges of RAM', () => {
  const around = (at: number): number[] => Array.from({ length: 12 }, (_, n) => (at - 8 + n) >>> 0);

  test.each([
    ['4 MiB', 4 << 20, (3 << 20) - 7], ['64 KiB above the first MiB', 0x110000, 0x10000 - 7],
    ['the first MiB alone', 1 << 20, 0], ['less than that', 0x80000, 0],
  ])('%s', (_, ram, flat) => {
    const addresses = [
      ...around(FLAT_FROM), ...around(ram), ...around(0), ...around(FLAT_FROM + 0x1000), ...around(ram - 0x1000),
      ...around(0x80000000), 0xe0000ffe,
    ];
    const r = unpaged(looks(addresses.length), (b) => b.write32(TABLE, ...addresses), { ram });
    expect(flatBytes(r.jit)).toBe(flat);
    expect(r.bench.cpu.counters.mmioReads).toBeGreaterThan(100);
  });
});

describe('holes that open and close', () => {
  const HOLE = 0x280000;
  const addresses = [-0x1000, -4, -3, -2, -1, 0, 1, 0xffe, 0xfff, 0x1000, 0x1ffe, 0x2000].map((n) => HOLE + n);
  const lines = [
    'fb  sti', 'top: 45  inc ebp', '89 e8  mov eax,ebp', 'c1 e8 02  shr eax,2', 'e6 22  out 22h,al',
    `b9 =${addresses.length}  mov ecx,n`, `next: 8b 34 8d =${TABLE - 4}  mov esi,[ecx*4+table-4]`,
    '03 1e  add ebx,[esi]', '0f b7 06  movzx eax,word [esi]', '31 c3  xor ebx,eax', '0f be 06  movsx eax,byte [esi]',
    '01 c3  add ebx,eax', '01 5e 10  add [esi+16],ebx', '49  dec ecx', '75 >next  jnz next', 'eb >top  jmp top',
  ];

  test.each([
    ['a device over RAM', (b: X86Bench) => b.memory.map(
      HOLE, 0x1000, { name: 'window', read: (offset) => offset ^ 0x77, write: () => undefined },
      { priority: 1, disabled: true, latency: 13 },
    )],
    ['other RAM over RAM', (b: X86Bench) => b.memory.map(
      HOLE, 0x1000, b.ram, { priority: 1, disabled: true, offset: 0x3f000 },
    )],
  ])('%s', (_, map) => {
    const seen = new Set<number>();
    const r = unpaged(lines, (b) => {
      b.write32(TABLE, ...addresses);
      const window = map(b);
      b.io.map(0x22, 1, {
        name: 'pam', read: () => 0,
        write: (_o, _s, v) => {
          seen.add(flatBytes(b));
          window.set(HOLE, (v & 1) === 1);
          // From this very instruction on.
          expect(flatBytes(b) <= (v & 1 ? HOLE - FLAT_FROM : Infinity)).toBe(true);
        },
      });
    });
    expect(r.jit.cpu.codeStatistics.jit!.functions).toBeGreaterThan(0);
    expect([...seen]).toEqual(expect.arrayContaining([(3 << 20) - 7, HOLE - FLAT_FROM - 7]));
  });

  test('a ROM and a device for good', () => {
    const r = unpaged(looks(addresses.length), (b) => {
      b.write32(TABLE, ...addresses);
      b.memory.map(
        HOLE, 0x2000, { name: 'device', read: (offset) => (b.scheduler.now + offset) | 0, write: () => undefined },
        { priority: 1, latency: 7 },
      );
    });
    expect(flatBytes(r.jit)).toBe(HOLE - FLAT_FROM - 7);
    expect(r.bench.cpu.counters.mmioReads).toBeGreaterThan(100);
  });
});

/** Reads and writes of all kinds around DATA. */
const MIXED = [
  'db e3  fninit', 'fb  sti', 'top: 8b 05 =0x230000  mov eax,[data]', '01 c3  add ebx,eax',
  '89 1d =0x234004  mov [data+4004h],ebx', '33 05 =0x234004  xor eax,[data+4004h]',
  'd9 05 =0x231ffe  fld dword [data+1ffeh]', 'd9 1d =0x235000  fstp dword [data+5000h]',
  'be =0x232ff0  mov esi,data+2ff0h', 'bf =0x236ff8  mov edi,data+6ff8h', 'b9 08 00 00 00  mov ecx,8',
  'f3 a5  rep movsd', 'a6  cmpsb', 'ad  lodsd', '03 46 ea  add eax,[esi-22]', '11 1d =0x237000  adc [data+7000h],ebx',
  '81 05 =0x230000 =0x1234567  add dword [data],1234567h', 'eb >top  jmp top',
];

describe('something changes in mid-loop', () => {
  test('each engine goes on with the state of the other', () => {
    unpaged(MIXED, () => {}, { exchange: 3, longest: 300 });
  });

  test('the state is saved and restored', () => {
    unpaged(MIXED, () => {}, { restore: 5, longest: 300 });
  });

  test('paging goes on and off: the page is elsewhere, then where it was', () => {
    const r = unpaged([
      'fb  sti', 'top: 8b 05 =0x230000  mov eax,[data]', '01 c3  add ebx,eax', '0f 20 c2  mov edx,cr0',
      '81 ca =0x80000000  or edx,80000000h', '0f 22 c2  mov cr0,edx', '33 1d =0x230000  xor ebx,[data]',
      '01 1d =0x230004  add [data+4],ebx', '03 1d =0x231000  add ebx,[data+1000h]',
      '81 e2 =0x7fffffff  and edx,7fffffffh', '0f 22 c2  mov cr0,edx', '03 1d =0x230004  add ebx,[data+4]',
      '89 1d =0x231008  mov [data+1008h],ebx', '43  inc ebx', 'eb >top  jmp top',
    ], (b) => {
      b.paging(false);
      b.write32(b.pte(DATA), 0x240007, 0x241007);
    });
    expect(r.bench.read32(0x240004)).not.toBe(0);
  });

  test('a device writes what is read', () => {
    unpaged([
      'fb  sti', 'top: 03 1d =0x230000  add ebx,[data]', '0f b6 05 =0x230003  movzx eax,byte [data+3]',
      '31 c3  xor ebx,eax', 'eb >top  jmp top',
    ], (b) => {
      const dma = b.scheduler.event('dma', () => {
        b.ram.onWrite(DATA, 4);
        b.write32(DATA, b.read32(DATA) * 0x9e3779b9 + 1);
        dma.after(777);
      });
      dma.at(500);
    });
  });

  test.each([1, 1024])('code stores into itself right behind, sites that come back after %i misses', (misses) => {
    const r = unpaged(['bf =0x200000  mov edi,200000h', 'ff e7  jmp edi'], (b) => {
      place(b, 0x200000, [
        'fb  sti', 'top: b9 40 00 00 00  mov ecx,64', 'next: 8b 05 =patched  mov eax,[patched]', '01 c8  add eax,ecx',
        'f6 c1 07  test cl,7', 'bf =0x230000  mov edi,data', 'be =patched  mov esi,patched', '0f 44 fe  cmovz edi,esi',
        '89 07  mov [edi],eax', '81 c3 patched: 00 00 00 00  add ebx,imm32', '33 1d =patched  xor ebx,[patched]',
        '03 1d =0x200800  add ebx,[200800h]', '01 1d =0x200800  add [200800h],ebx', '49  dec ecx',
        '0f 85 >>next  jnz next', 'e9 >>top  jmp top',
      ]);
    }, { jit: { misses, regroupThreshold: 300 } });
    expect(r.bench.cpu.codeStatistics.retired).toBeGreaterThan(100);
  });
});

describe.each(['interpreter', 'jit'] as const)('%s', (execution) => {
  /** Pages of the first MiB up that the processor keeps a translation of, after 200 rounds. */
  function kept(lines: readonly string[], traced = false): number[] {
    const b = new X86Bench({ execution, jit: { hotThreshold: 2, group: 1 } });
    b.protectedMode();
    if (traced) {
      b.trace.processorRam = true;
      b.trace.listen(() => {});
    }
    place(b, AT.CODE, [...lines, 'e9 >>0x10000  jmp 10000h']);
    b.cpu.step(200 * (lines.length + 1));
    if (execution === 'jit') expect(b.cpu.codeStatistics.jit!.functions).toBeGreaterThan(0);
    return [...b.cpu.architecture.x86.mmu.kept.tags].filter((tag) => tag !== INVALID_TAG && tag >= FLAT_FROM).sort();
  }

  test.each([false, true])('reads leave no translation, writes do; traced: %s', (traced) => {
    const reads = [
      '8b 05 =0x230000  mov eax,[230000h]', '0f b7 05 =0x231fff  movzx eax,word [231fffh]',
      'be =0x233ffe  mov esi,233ffeh', 'ad  lodsd', 'd9 05 =0x235000  fld dword [235000h]', 'dd d8  fstp st0',
      '3a 05 =0x3fffff  cmp al,[3fffffh]', 'ff 35 =0x236000  push dword [236000h]', '59  pop ecx',
    ];
    expect(kept(reads, traced)).toEqual([]);
    expect(kept([...reads, '01 05 =0x230000  add [230000h],eax', 'a2 =0x237001  mov [237001h],al'], traced))
      .toEqual([0x230000, 0x237000]);
    expect(kept(['8b 05 =0x400000  mov eax,[400000h]'], traced)).toEqual([0x400000]);
  });
});
