/**
 * Hot code whose accesses miss the TLB: compiled code leaves at each miss, or, where a site has
 * missed often, comes back from it. Every kind of access, at places that always miss.
 */
import { describe, expect, test } from 'vitest';
import { AT, CYCLE, type X86Bench } from '../benches/x86-bench.ts';
import { lockstep, place, type LockstepOptions, type LockstepResult } from './twin.ts';

const TIMER = 47 * CYCLE + 4;
const DEVICE = 0xe0000000;

/** One access of each kind at [ESI]; EAX, EBX, EDX, EDI are free, ECX counts. */
const ACCESSES: Record<string, readonly string[]> = {
  'loads of 8 bits': [
    '8a 06  mov al,[esi]', '0f b6 56 01  movzx edx,byte [esi+1]', '0f be 46 02  movsx eax,byte [esi+2]',
  ],
  'loads of 16 bits': [
    '66 8b 06  mov ax,[esi]', '0f b7 56 02  movzx edx,word [esi+2]', '0f bf 46 04  movsx eax,word [esi+4]',
  ],
  'loads of 32 bits': [
    '8b 06  mov eax,[esi]', '13 56 04  adc edx,[esi+4]', '3b 46 08  cmp eax,[esi+8]', '0f 92 c0  setb al',
  ],
  'stores of 8 bits': ['88 0e  mov [esi],cl', 'c6 46 01 07  mov byte [esi+1],7', '0f 92 46 02  setb [esi+2]'],
  'stores of 16 bits': ['66 89 0e  mov [esi],cx', '66 c7 46 02 34 12  mov word [esi+2],1234h'],
  'stores of 32 bits': ['89 0e  mov [esi],ecx', 'c7 46 04 =77  mov dword [esi+4],77'],
  'read-modify-writes': [
    '01 0e  add [esi],ecx', '83 56 04 03  adc dword [esi+4],3', 'fe 46 08  inc byte [esi+8]',
    '66 c1 46 0a 03  rol word [esi+10],3', '87 56 0c  xchg edx,[esi+12]', '0f b1 0e  cmpxchg [esi],ecx',
    '0f c1 56 04  xadd [esi+4],edx', '0f ab 4e 08  bts [esi+8],ecx', 'f7 5e 0c  neg dword [esi+12]',
  ],
  'a probe before the write': [
    '89 e7  mov edi,esp', '8d 66 40  lea esp,[esi+64]', '89 e5  mov ebp,esp', 'c8 08 00 01  enter 8,1', 'c9  leave',
    '60  pusha', '61  popa', '89 fc  mov esp,edi',
  ],
  'pushes and pops': [
    '89 e7  mov edi,esp', '8d 66 20  lea esp,[esi+32]', '51  push ecx', '6a 05  push 5', '58  pop eax', '5a  pop edx',
    'ff 36  push dword [esi]', '8f 46 04  pop dword [esi+4]', '89 fc  mov esp,edi',
  ],
  'call and ret': [
    '89 e7  mov edi,esp', '8d 66 20  lea esp,[esi+32]', 'e8 >>sub  call sub', '8d 05 =sub  lea eax,[sub]',
    'ff d0  call eax', '89 fc  mov esp,edi', 'eb >over  jmp over', 'sub: 42  inc edx', 'c3  ret', 'over: 90  nop',
  ],
  'x87': [
    'd9 06  fld dword [esi]', 'd8 46 04  fadd dword [esi+4]', 'dd 5e 08  fstp qword [esi+8]', 'df 06  fild word [esi]',
    'db 7e 10  fstp tbyte [esi+16]', 'db 6e 10  fld tbyte [esi+16]', 'df 7e 08  fistp qword [esi+8]',
  ],
  'strings': [
    '89 f3  mov ebx,esi', '89 ca  mov edx,ecx', '8d 7e 20  lea edi,[esi+32]', 'b9 05 00 00 00  mov ecx,5',
    'f3 a5  rep movsd', '83 ee 14  sub esi,20', 'b9 03 00 00 00  mov ecx,3', 'f3 a6  repe cmpsb', 'aa  stosb',
    'ad  lodsd', 'ae  scasb', 'a4  movsb', '89 d1  mov ecx,edx', '89 de  mov esi,ebx', '31 c0  xor eax,eax',
  ],
  'flags that wait across the miss': [
    '01 c8  add eax,ecx', '8b 16  mov edx,[esi]', '0f 92 c0  setb al', '11 d0  adc eax,edx', '89 06  mov [esi],eax',
    '0f 9f c2  setg dl', '4a  dec edx', '8a 66 01  mov ah,[esi+1]', '83 da 00  sbb edx,0', 'd1 d0  rcl eax,1',
  ],
};
/** What stands there first. */
const WORDS = [0x9000, 0x10, 0x12345678, 0x3f800000, 0x40490fdb, 7, 0x4000, 0x80000001];

/** Where ESI points: accesses miss in another way at each. */
interface Place {
  readonly at: number;
  readonly setup?: (b: X86Bench) => void;
  /** In the loop, after the accesses. */
  readonly lines?: readonly string[];
  /** Names of those that never miss here. */
  readonly hits?: RegExp;
  /** It is there with paging only. */
  readonly paged?: boolean;
}

/** Registers that hold what was written. */
function device(b: X86Bench): void {
  const bytes = new DataView(new ArrayBuffer(0x1000));
  WORDS.forEach((word, n) => bytes.setUint32(4 * n, word, true));
  const at = (o: number): number => o & 0xfff;
  b.memory.map(
    DEVICE, 0x1000,
    {
      name: 'registers',
      read: (o, size) => {
        if (size === 4) return bytes.getUint32(at(o), true);
        return size === 2 ? bytes.getUint16(at(o), true) : bytes.getUint8(at(o));
      },
      write: (o, size, v) => {
        if (size === 4) bytes.setUint32(at(o), v, true);
        else if (size === 2) bytes.setUint16(at(o), v, true);
        else bytes.setUint8(at(o), v);
      },
    },
    { latency: 17 },
  );
  b.write32(AT.DIRECTORY + 4 * (DEVICE >>> 22), (DEVICE & ~0x3fffff) | 0x83);
}

const PLACES: Record<string, Place> = {
  'a device': { at: DEVICE, setup: device },
  'data in the page of the code': { at: AT.CODE + 0xe00, hits: /^loads/ },
  'a page border': { at: AT.DATA + 0x1000 - 1, hits: /8 bits/ },
  'two pages of one place in the TLB, in turn': {
    at: AT.DATA,
    setup: (b) => b.write32(AT.DIRECTORY + 4, b.read32(AT.DIRECTORY)),
    paged: true,
    lines: ['81 f6 =0x400000  xor esi,400000h'],
  },
};

function run(
  lines: readonly string[], where: Place, paging: boolean, options: Partial<LockstepOptions>,
): LockstepResult {
  const { at, setup } = where;
  const r = lockstep((b) => {
    b.protectedMode();
    if (paging) b.paging();
    setup?.(b);
    if (at !== DEVICE) b.write32(at, ...WORDS);
    place(b, b.handler(0x20), ['ff 05 =0x38000  inc dword [38000h]', 'cf  iret']);
    place(b, AT.CODE, [
      'db e3  fninit', 'fb  sti', `be =${at}  mov esi,${at}`, 'top: b9 40 00 00 00  mov ecx,64', 'inner:', ...lines,
      ...(where.lines ?? []), '49  dec ecx', '0f 85 >>inner  jnz inner', '01 d0  add eax,edx', 'e9 >>top  jmp top',
    ]);
    if (paging) b.set({ cr4: 0x10 });
  }, { instructions: 16_000, timer: TIMER, ...options });
  expect(['steps', 'until']).toContain(r.reason);
  expect(r.jit.cpu.codeStatistics.jit!.regroups).toBeGreaterThan(0);
  return r;
}

/** These reach memory by functions of their own, not by the TLB probes of their µops. */
const BY_HELPER = ['x87', 'strings'];

const CASES = Object.entries(PLACES).flatMap(([name, where]) =>
  [false, true].filter((paging) => paging || where.paged !== true)
    .map((paging) => [name, paging ? 'on' : 'off', where] as const));

describe.each(CASES)('%s, paging %s', (_, paging, where) => {
  test.each(Object.entries(ACCESSES))('%s', (name, lines) => {
    const left = run(lines, where, paging === 'on', {});
    expect(left.jit.cpu.codeStatistics.missSites).toBe(0);
    const back = run(lines, where, paging === 'on', { jit: { misses: 1, regroupThreshold: 300 } });
    if (!BY_HELPER.includes(name) && where.hits?.test(name) !== true)
      expect(back.jit.cpu.codeStatistics.missSites).toBeGreaterThan(0);
  });
});

test('compiled anew a second time for misses alone, and only where they are the rule', () => {
  /** ESI is DATA at first; after so many rounds it is the device for good. */
  const regroups = (rounds: number, secondRegroup: number): number | undefined => lockstep((b) => {
    b.protectedMode();
    device(b);
    place(b, AT.CODE, [
      `be =${AT.DATA}  mov esi,data`, `bd =${rounds}  mov ebp,rounds`, 'top: b9 40 00 00 00  mov ecx,64',
      'inner: 03 06  add eax,[esi]', '01 46 04  add [esi+4],eax', '49  dec ecx', '75 >inner  jnz inner', '4d  dec ebp',
      '75 >top  jnz top', `be =${DEVICE}  mov esi,device`, 'eb >top  jmp top',
    ]);
  }, {
    instructions: 60_000, jit: { misses: 6, regroupThreshold: 20, secondRegroup },
  }).jit.cpu.codeStatistics.jit?.regroups;
  const never = 0, hits = 1_000_000, misses = 120;
  expect(regroups(hits, 40)).toBe(regroups(hits, never));
  expect(regroups(misses, 40)).toBeGreaterThan(regroups(misses, never)!);
});
