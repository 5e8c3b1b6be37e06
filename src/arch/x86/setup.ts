/**
 * Ways to put a processor into a state from outside: what a boot loader leaves, or a test wants.
 */
import { STATE } from '../../ir/layout.ts';
import { readEflags, writeEflags } from './flags.ts';
import { MSR, writeMsr } from './msr.ts';
import { D, selectorOf, setCpl, setSegment } from './segments.ts';
import { setCr0, setCr4 } from './slow/control-registers.ts';
import {
  CPL, CR0, CR2, CR3, CR4, CS, DS, EBP, ECX, EAX, EBX, EDI, EDX, ES, ESI, ESP, FS, GDT_BASE, GDT_LIMIT, GS,
  HALTED, IDT_BASE, IDT_LIMIT, LDTR, SS, TR,
} from './state.ts';
import type { X86 } from './x86.ts';

/** A processor of this kind. */
export interface X86Core {
  readonly architecture: { readonly x86: X86 };
}

const CELLS = {
  eax: EAX, ecx: ECX, edx: EDX, ebx: EBX, esp: ESP, ebp: EBP, esi: ESI, edi: EDI, eip: STATE.PC, cr0: CR0,
  cr2: CR2, cr3: CR3, cr4: CR4, cpl: CPL,
} as const;
export type RegisterName = keyof typeof CELLS | 'eflags';
const SELECTORS = { es: ES, cs: CS, ss: SS, ds: DS, fs: FS, gs: GS, ldtr: LDTR, tr: TR } as const;
export type SelectorName = keyof typeof SELECTORS;

/** Registers and selectors, unsigned, for tests and panels. */
export type ProcessorState = Record<RegisterName | SelectorName, number> & { halted: number };

/** The visible state at the last instruction boundary. */
export function readState(processor: X86Core): ProcessorState {
  const { x86 } = processor.architecture, w = x86.words;
  const out: Partial<ProcessorState> = { eflags: readEflags(w) >>> 0, halted: w[HALTED >> 2] };
  for (const [name, cell] of Object.entries(CELLS)) out[name as RegisterName] = w[cell >> 2] >>> 0;
  for (const [name, n] of Object.entries(SELECTORS)) out[name as SelectorName] = selectorOf(x86, n);
  return out as ProcessorState;
}

/** Sets registers. CR0 and CR4 with their effects; `cpl` by itself; EFLAGS whole. */
export function setRegisters(processor: X86Core, values: Partial<Record<RegisterName, number>>): void {
  const x = processor.architecture.x86;
  for (const [name, value] of Object.entries(values)) {
    if (name === 'eflags') writeEflags(x.words, value, -1);
    else if (name === 'cr0') setCr0(x, value);
    else if (name === 'cr4') setCr4(x, value);
    else if (name === 'cpl') setCpl(x, value);
    else x.words[CELLS[name as keyof typeof CELLS] >> 2] = value;
  }
  if (values.cr3 !== undefined) x.mmu.flushAll();
}

export interface FlatStart {
  eip: number;
  esp?: number;
  /** Code and data selectors, 0x08 and 0x10 by default; the descriptor table need not exist yet. */
  code?: number;
  data?: number;
}

/**
 * 32-bit protected mode, paging off, interrupts off, CPL 0, flat segments: where multiboot and the
 * Linux 32-bit boot protocol start.
 */
export function setFlat(processor: X86Core, start: FlatStart): void {
  const x = processor.architecture.x86, w = x.words;
  setCr0(x, 0x11);
  const data = D.PRESENT | D.S | D.WRITABLE | D.ACCESSED | D.BIG | D.GRANULAR;
  for (const n of [ES, SS, DS, FS, GS]) setSegment(x, n, start.data ?? 0x10, 0, -1, data);
  setSegment(x, CS, start.code ?? 0x08, 0, -1, data | D.CODE);
  setCpl(x, 0);
  writeEflags(w, 0, -1);
  w[STATE.PC >> 2] = start.eip;
  w[ESP >> 2] = start.esp ?? 0;
}

/** Real-address mode at CS:IP, all data segments and the stack at `segment`. */
export function setReal(processor: X86Core, cs: number, ip: number, segment: number, sp: number): void {
  const x = processor.architecture.x86, w = x.words;
  setCr0(x, 0x10);
  const data = D.PRESENT | D.S | D.WRITABLE | D.ACCESSED;
  for (const n of [ES, SS, DS, FS, GS]) setSegment(x, n, segment, segment << 4, 0xffff, data);
  setSegment(x, CS, cs, cs << 4, 0xffff, data | D.CODE);
  setCpl(x, 0);
  writeEflags(w, 0, -1);
  w[STATE.PC >> 2] = ip;
  w[ESP >> 2] = sp;
  w[IDT_BASE >> 2] = 0;
  w[IDT_LIMIT >> 2] = 0x3ff;
}

/** Sets GDTR or IDTR. */
export function setTable(processor: X86Core, which: 'gdt' | 'idt', base: number, limit: number): void {
  const w = processor.architecture.x86.words;
  w[(which === 'gdt' ? GDT_BASE : IDT_BASE) >> 2] = base;
  w[(which === 'gdt' ? GDT_LIMIT : IDT_LIMIT) >> 2] = limit;
}

/** One variable-range MTRR: `size` is a power of two, `base` a multiple of it. */
export interface MemoryRange {
  base: number;
  size: number;
  /** One of MEMORY_TYPE. */
  type: number;
}

/** Programs the MTRRs as firmware does and turns them and the caches on. Fixed ranges stay off. */
export function setMemoryTypes(processor: X86Core, defaultType: number, ranges: readonly MemoryRange[]): void {
  const x = processor.architecture.x86;
  ranges.forEach((r, i) => {
    writeMsr(x, MSR.MTRR_PHYS_BASE0 + 2 * i, r.base | r.type, 0);
    writeMsr(x, MSR.MTRR_PHYS_BASE0 + 2 * i + 1, (-r.size & ~0xfff) | 0x800, 15);
  });
  writeMsr(x, MSR.MTRR_DEF_TYPE, 0x800 | defaultType, 0);
  setCr0(x, x.words[CR0 >> 2] & ~0x60000000);
}
