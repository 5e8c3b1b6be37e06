/** Far transfers, software interrupts, IRET, SYSENTER and SYSEXIT as helpers. */
import { VECTOR } from '../fault.ts';
import { callFar, jumpFar, loadFlat, returnFar } from '../far-transfer.ts';
import { writeEflags } from '../flags.ts';
import { interruptReturn } from '../interrupt-return.ts';
import { KIND, interruptNow, softwareInterrupt } from '../interrupt.ts';
import { MSR, storedMsr } from '../msr.ts';
import { isNull, limitOf, setCpl } from '../segments.ts';
import { CS, ECX, EDX, ESP, FLAG, SS, temp } from '../state.ts';
import type { X86 } from '../x86.ts';

const SELECTOR_CELL = 0xffffff;

export function jmpFar(x: X86, offsetCell: number, packed: number): void {
  const selector = x.words[(packed & SELECTOR_CELL) >> 2] & 0xffff;
  // A task switch by JMP saves the address of the next instruction, which the lift leaves in no
  // cell: it is the end of the block.
  jumpFar(x, selector, x.words[offsetCell >> 2], x.env.nextPc());
}

export function callFarHelper(x: X86, offsetCell: number, packed: number): void {
  const selector = x.words[(packed & SELECTOR_CELL) >> 2] & 0xffff;
  callFar(x, selector, x.words[offsetCell >> 2], packed >>> 24, x.words[temp(15) >> 2]);
}

export function retFar(x: X86, size: number, release: number): void {
  const { cpl } = x, { handlers } = x.env;
  returnFar(x, size, release);
  if (handlers.on && x.cpl > cpl) handlers.outside();
}

export function iret(x: X86, size: number): void {
  interruptReturn(x, size);
}

/** INT n; bit 8: ICEBP. */
export function int(x: X86, vector: number, next: number): void {
  if ((vector & 0x100) !== 0) interruptNow(x, vector & 0xff, KIND.EXCEPTION, next);
  else softwareInterrupt(x, vector, next);
}

export function int3(x: X86, next: number): void {
  interruptNow(x, VECTOR.BP, KIND.SOFTWARE, next);
}

export function into(x: X86, next: number): void {
  interruptNow(x, VECTOR.OF, KIND.SOFTWARE, next);
}

export function bound(x: X86, indexCell: number): void {
  const index = x.words[indexCell >> 2];
  if (index < x.words[temp(13) >> 2] || index > x.words[temp(14) >> 2]) x.raise(VECTOR.BR);
}

export function checkBranch(x: X86, cell: number): void {
  if (x.words[cell >> 2] >>> 0 > limitOf(x, CS)) x.protection();
}

export function sysenter(x: X86): void {
  const cs = storedMsr(x, MSR.SYSENTER_CS) & 0xffff;
  if (!x.protectedMode || isNull(cs)) x.protection();
  writeEflags(x.words, 0, FLAG.VM | FLAG.IF);
  loadFlat(x, CS, cs & 0xfffc, 0);
  loadFlat(x, SS, (cs & 0xfffc) + 8, 0);
  setCpl(x, 0);
  x.words[ESP >> 2] = storedMsr(x, MSR.SYSENTER_ESP);
  x.jump(storedMsr(x, MSR.SYSENTER_EIP));
}

export function sysexit(x: X86): void {
  const cs = storedMsr(x, MSR.SYSENTER_CS) & 0xffff;
  if (!x.protectedMode || isNull(cs)) x.protection();
  x.privileged();
  loadFlat(x, CS, ((cs & 0xfffc) + 16) | 3, 3);
  loadFlat(x, SS, ((cs & 0xfffc) + 24) | 3, 3);
  setCpl(x, 3);
  if (x.env.handlers.on) x.env.handlers.outside();
  x.words[ESP >> 2] = x.words[ECX >> 2];
  x.jump(x.words[EDX >> 2]);
}

