/** State after a hardware reset (SDM vol. 3, table 8-1). */
import { STATE } from '../../ir/layout.ts';
import { SIGNATURE } from './cpuid.ts';
import { writeArithmetic } from './flags.ts';
import { resetMsrs } from './msr.ts';
import { D, setNull, setSegment } from './segments.ts';
import {
  CPL, CR0, CR2, CR3, CR4, CS, DF, DR, DS, EDX, EFLAGS_SYS, ES, FS, GDT_BASE, GDT_LIMIT, GPR, GS, HALTED,
  IDT_BASE, IDT_LIMIT, LDTR, NMI_BLOCKED, SHADOW, SS, TR,
} from './state.ts';
import type { X86 } from './x86.ts';

/** CD and NW set, ET fixed. */
const CR0_RESET = 0x60000010;

export function resetState(x: X86): void {
  const w = x.words;
  for (let i = 0; i < 8; i++) w[(GPR >> 2) + i] = 0;
  w[EDX >> 2] = SIGNATURE;
  w[EFLAGS_SYS >> 2] = 0;
  w[DF >> 2] = 0;
  writeArithmetic(w, 0);
  w[CR0 >> 2] = CR0_RESET;
  w[CR2 >> 2] = 0;
  w[CR3 >> 2] = 0;
  w[CR4 >> 2] = 0;
  w[CPL >> 2] = 0;
  w[SHADOW >> 2] = 0;
  w[HALTED >> 2] = 0;
  w[NMI_BLOCKED >> 2] = 0;
  w[GDT_BASE >> 2] = 0;
  w[GDT_LIMIT >> 2] = 0xffff;
  w[IDT_BASE >> 2] = 0;
  w[IDT_LIMIT >> 2] = 0xffff;
  w[STATE.PC >> 2] = 0xfff0;
  const data = D.PRESENT | D.S | D.WRITABLE | D.ACCESSED;
  for (const n of [ES, SS, DS, FS, GS]) setSegment(x, n, 0, 0, 0xffff, data);
  setSegment(x, CS, 0xf000, 0xffff0000 | 0, 0xffff, data | D.CODE);
  setNull(x, LDTR, 0);
  setSegment(x, TR, 0, 0, 0xffff, D.PRESENT | (11 << 8));
  for (let i = 0; i < 4; i++) w[(DR >> 2) + i] = 0;
  w[(DR >> 2) + 6] = 0xffff0ff0 | 0;
  w[(DR >> 2) + 7] = 0x400;
  resetMsrs(x);
  x.fpu.initialize();
  x.mmu.flushAll();
}
