/**
 * A small kernel for random user programs. User code is cut into pieces of `PIECE` bytes; whatever
 * a piece does wrong, the kernel goes on with the next one. Its timer interrupt single-steps the
 * user now and then, takes pages away, swaps them and writes into the user's code.
 */
import { AT, descriptor, gate, SEL, type X86Bench } from '../benches/x86-bench.ts';
import { setTable } from '../../src/arch/x86/setup.ts';
import { MODE, PLACE } from '../oracle/x86/record.ts';
import { place } from './twin.ts';

export const PIECE = 128;
/** A user program in virtual-8086 mode, beside the modes of the oracle. */
export const V86 = 4;

/**
 * Physical addresses. The user's first code page has a second version `CODE_OTHER` bytes further
 * on.
 */
export const PHYSICAL = {
  DATA: 0x40000, MONITOR: 0x50000, VARIABLES: 0x58000, CODE: 0x60000, CODE_TABLE: 0x103000,
  DATA_TABLE: 0x104000, MMIO: 0xa0000000,
} as const;
export const CODE_OTHER = 0x4000;
/** Offset of the first piece in the user's code segment or page. */
export const START = PLACE.START;
/** Offset in the data area of two pages that come and go, and of one that is a device. */
export const LAZY = 0x4000, DEVICE = 0x10000;
const USER_FLAGS = 0x3202;
const FS3 = 0xab, CODE16 = 0xb3, DATA32 = 0xbb;

const V = {
  faults: PHYSICAL.VARIABLES,
  ticks: PHYSICAL.VARIABLES + 4,
  lazy: PHYSICAL.VARIABLES + 8,
  soft: PHYSICAL.VARIABLES + 12,
  steps: PHYSICAL.VARIABLES + 16,
  table: PHYSICAL.VARIABLES + 0x100,
};

/**
 * Where a mode's code and data are: linear address of the code page, EIP of the first piece,
 * selectors.
 */
function layout(mode: number): {
  code: number;
  data: number;
  eip: number;
  cs: number;
  ss: number;
  fs: number;
  gs: number;
  sp: number;
} {
  const small = mode === MODE.SEGMENTED ? DATA32 : FS3;
  if (mode === V86)
    return {
      code: PHYSICAL.CODE, data: PHYSICAL.DATA, eip: START,
      cs: PHYSICAL.CODE >> 4,
      ss: PHYSICAL.DATA >> 4,
      fs: PHYSICAL.DATA >> 4,
      gs: PHYSICAL.DATA >> 4,
      sp: 0x8b0,
    };
  if (mode === MODE.FLAT)
    return {
      code: PLACE.CODE, data: PLACE.DATA,
      eip: PLACE.CODE + START,
      cs: SEL.CODE3, ss: SEL.DATA3, fs: FS3, gs: SEL.DATA3,
      sp: PLACE.DATA + 0x8b0,
    };
  const code16 = mode === MODE.CODE16;
  return {
    code: PLACE.CODE, data: PLACE.DATA,
    eip: (code16 ? 0 : PLACE.CODE) + START,
    cs: code16 ? CODE16 : SEL.CODE3,
    ss: small, fs: small, gs: SEL.DATA3, sp: 0x8b0,
  };
}

/**
 * Installs the kernel and starts it; its first act is to enter the user program of `pieces` pieces
 * that is already in memory at PHYSICAL.CODE.
 */
export function monitor(b: X86Bench, mode: number, pieces: number): void {
  b.protectedMode().loadTask().paging(false);
  const l = layout(mode);
  b.setDescriptor(FS3, descriptor(PLACE.DATA, 0xffff, 0xf2, 0));
  b.setDescriptor(CODE16, descriptor(PLACE.CODE, 0xffff, 0xfa, 0));
  b.setDescriptor(DATA32, descriptor(PLACE.DATA, 0xffff, 0xf2, 4));
  setTable(b.cpu, 'gdt', AT.GDT, 0xc7);
  // Of the identity map the user sees only the pages of a virtual-8086 program.
  for (let page = 0; page < 1024; page++) {
    const user = mode === V86 && ((page >= 0x40 && page < 0x50) || (page >= 0x60 && page < 0x64));
    b.write32(AT.TABLES + 4 * page, (page << 12) | (user ? 7 : 3));
  }
  b.write32(AT.DIRECTORY + 4 * (PLACE.CODE >>> 22), PHYSICAL.CODE_TABLE | 7);
  b.write32(AT.DIRECTORY + 4 * (PLACE.DATA >>> 22), PHYSICAL.DATA_TABLE | 7);
  for (let page = 0; page < 16; page++) {
    b.write32(PHYSICAL.CODE_TABLE + 4 * page, (PHYSICAL.CODE + (page << 12)) | (page < 4 ? 7 : 0));
    b.write32(PHYSICAL.DATA_TABLE + 4 * page, (PHYSICAL.DATA + (page << 12)) | 7);
  }
  b.write32(PHYSICAL.DATA_TABLE + 4 * (DEVICE >> 12), PHYSICAL.MMIO | 7);

  const pte = (linear: number): number =>
    linear < 0x400000
      ? AT.TABLES + 4 * (linear >>> 12)
      : (linear < PLACE.DATA ? PHYSICAL.CODE_TABLE : PHYSICAL.DATA_TABLE) + 4 * ((linear >>> 12) & 1023);
  // What the kernel writes goes through the mapping that the user does not use.
  const alias = mode === V86 ? PLACE.CODE : PHYSICAL.CODE;
  const labels = place(
    b, PHYSICAL.MONITOR,
    [
      'noerror: 6a 00  push 0', 'error: 60  pusha', '1e  push ds', '06  push es', '66 b8 10 00  mov ax,10h',
      '8e d8  mov ds,ax', '8e c0  mov es,ax', 'skip: ff 05 =faults  inc dword [faults]',
      '8b 44 24 2c  mov eax,[esp+44]', '2d =eip  sub eax,eip', '25 80 ff ff ff  and eax,-128',
      '05 =eip+128  add eax,eip+128', '3d =eip  cmp eax,eip', '72 >again  jb again', '3d =end  cmp eax,end',
      '73 >again  jae again', '81 7c 24 30 =cs  cmp dword [esp+48],cs', '74 >same  je same',
      'again: b8 =eip  mov eax,eip', 'same: 89 44 24 2c  mov [esp+44],eax',
      'c7 44 24 30 =cs  mov dword [esp+48],cs',
      '81 4c 24 34 00 02 00 00  or dword [esp+52],200h',
      '81 64 24 34 ff be ff ff  and dword [esp+52],~4100h',
      'leave: 07  pop es', '1f  pop ds', '61  popa', '83 c4 04  add esp,4', 'cf  iret',

      'page: 60  pusha', '1e  push ds', '06  push es', '66 b8 10 00  mov ax,10h', '8e d8  mov ds,ax',
      '8e c0  mov es,ax', '0f 20 d0  mov eax,cr2', '2d =lazyAt  sub eax,lazyAt',
      '3d 00 20 00 00  cmp eax,2000h', '73 >skip  jae skip', 'c1 e8 0c  shr eax,12',
      '81 0c 85 =lazyPte 07 00 00 00  or dword [eax*4+lazyPte],7',
      '0f 20 d8  mov eax,cr3', '0f 22 d8  mov cr3,eax', 'ff 05 =lazy  inc dword [lazy]',
      'eb >leave  jmp leave',

      'step: 6a 00  push 0', '60  pusha', '1e  push ds', '06  push es', '66 b8 10 00  mov ax,10h',
      '8e d8  mov ds,ax', '8e c0  mov es,ax', 'ff 05 =steps  inc dword [steps]',
      'f6 05 =steps 0f  test byte [steps],15', '75 >leave  jnz leave',
      '81 64 24 34 ff fe ff ff  and dword [esp+52],~100h',
      'eb >leave  jmp leave',

      // Rescues a user that loops with interrupts off. The kernel itself is let be.
      'nmi: f6 44 24 04 03  test byte [esp+4],3', '75 >over  jnz over',
      'f7 44 24 08 00 00 02 00  test dword [esp+8],20000h',
      '75 >over  jnz over', 'cf  iret', 'over: e9 >>noerror  jmp noerror',

      'call: 36 ff 05 =soft  inc dword ss:[soft]', 'cf  iret',

      'timer: 6a 00  push 0', '60  pusha', '1e  push ds', '06  push es', '66 b8 10 00  mov ax,10h',
      '8e d8  mov ds,ax', '8e c0  mov es,ax', 'ff 05 =ticks  inc dword [ticks]',
      '8b 0d =ticks  mov ecx,[ticks]', '89 c8  mov eax,ecx', '83 e0 0f  and eax,15',
      'ff 24 85 =table  jmp [eax*4+table]',
      'trap: 81 4c 24 34 00 01 00 00  or dword [esp+52],100h',
      'e9 >>leave  jmp leave',
      'take: 83 25 =lazyPte fe  and dword [lazyPte],~1',
      '83 25 =lazyPte+4 fd  and dword [lazyPte+4],~2', '0f 20 d8  mov eax,cr3', '0f 22 d8  mov cr3,eax',
      'e9 >>leave  jmp leave', 'swap: a1 =dataPte  mov eax,[dataPte]',
      '87 05 =dataPte+20  xchg eax,[dataPte+20]', 'a3 =dataPte  mov [dataPte],eax',
      '0f 01 3d =data  invlpg [data]', '0f 01 3d =data+0x5000  invlpg [data+5000h]', 'e9 >>leave  jmp leave',
      'remap: 81 35 =codePte 00 40 00 00  xor dword [codePte],4000h',
      '0f 01 3d =code  invlpg [code]', 'e9 >>leave  jmp leave',
      // One byte anywhere in the first version of the first page.
      'patch: 6b c9 25  imul ecx,ecx,37', '81 e1 ff 0f 00 00  and ecx,0fffh',
      'fe 81 =alias  inc byte [ecx+alias]', 'e9 >>leave  jmp leave',
      'double: a1 =dataPte+32  mov eax,[dataPte+32]', '35 00 80 02 00  xor eax,28000h',
      'a3 =dataPte+32  mov [dataPte+32],eax', '0f 01 3d =data+0x8000  invlpg [data+8000h]',
      'e9 >>leave  jmp leave',
    ],
    {
      ...V, eip: l.eip,
      end: l.eip + PIECE * pieces,
      cs: l.cs,
      lazyAt: l.data + LAZY,
      lazyPte: pte(l.data + LAZY),
      dataPte: pte(l.data),
      data: l.data,
      codePte: pte(l.code),
      code: l.code, alias,
    },
  );
  const acts = [
    'leave', 'trap', 'take', 'leave', 'swap', 'patch', 'trap', 'leave', 'remap', 'take', 'leave', 'double',
    'patch', 'trap', 'take', 'leave',
  ];
  acts.forEach((act, n) => b.write32(V.table + 4 * n, labels[act]));
  for (let v = 0; v < 256; v++) {
    const own = { 1: 'step', 2: 'nmi', 14: 'page', 0x20: 'timer', 0x80: 'call' }[v];
    const error = v === 8 || (v >= 10 && v <= 13) || v === 17;
    b.setGate(v, gate(SEL.CODE0, labels[own ?? (error ? 'error' : 'noerror')], v === 0x80 ? 0xee : 0x8e));
  }
  const vm = mode === V86 ? 0x20000 : 0;
  const frame = AT.STACK0 - 36;
  b.write32(frame, l.eip, l.cs, USER_FLAGS | vm, l.sp, l.ss, l.ss, l.ss, l.fs, l.gs);
  place(
    b, 0x700,
    vm !== 0
      ? ['cf  iret']
      : [
          '66 b8 =w:ds  mov ax,ds', '8e d8  mov ds,ax', '8e c0  mov es,ax', '66 b8 =w:fs  mov ax,fs',
          '8e e0  mov fs,ax', '66 b8 =w:gs  mov ax,gs', '8e e8  mov gs,ax', 'cf  iret',
        ],
    { ds: l.ss, fs: l.fs, gs: l.gs },
  );
  b.set({ eip: 0x700, esp: frame, cr0: 0x80010031 });
}

/** What the kernel counted. */
export function counted(b: X86Bench): Record<'faults' | 'ticks' | 'lazy' | 'soft' | 'steps', number> {
  const of = (name: keyof typeof V): number => b.read32(V[name]);
  return { faults: of('faults'), ticks: of('ticks'), lazy: of('lazy'), soft: of('soft'), steps: of('steps') };
}
