/** IRET in all modes (SDM vol. 2, IRET). */
import { VECTOR } from './fault.ts';
import { writeEflags } from './flags.ts';
import { returnOuter, returnTarget } from './far-transfer.ts';
import {
  V86_ATTRIBUTES, checkCodeOffset, checkStack, limitOf, loadReal, markAccessed, selectorOf, setCode, setCpl,
  setSegment,
} from './segments.ts';
import { StackCursor } from './stack-cursor.ts';
import { ARITH_FLAGS, CS, DS, EFLAGS_SYS, ES, ESP, FLAG, FS, GS, SS, TR } from './state.ts';
import { returnToTask } from './tasks.ts';
import type { X86 } from './x86.ts';

const cursor = new StackCursor();
const COMMON = ARITH_FLAGS | FLAG.DF | FLAG.TF | FLAG.NT;

/** `size`: operand size. NMIs are let in again also by an IRET that faults (SDM vol. 3, 5.7.1). */
export function interruptReturn(x: X86, size: number): void {
  x.boundary.unblockNmi();
  const { handlers } = x.env;
  if (!handlers.on) {
    goBack(x, size);
    return;
  }
  const frame = returnFrame(x), cpl = x.cpl;
  goBack(x, size);
  handlers.leave(frame, x.linearPc, x.cpl > cpl);
}

/** The frame that IRET is about to use, as `X86.frame` names it. */
function returnFrame(x: X86): number {
  if (x.protectedMode && !x.v86 && (x.words[EFLAGS_SYS >> 2] & FLAG.NT) !== 0) return -selectorOf(x, TR);
  cursor.current(x);
  return cursor.place;
}

function goBack(x: X86, size: number): void {
  if (x.protectedMode && !x.v86) {
    if ((x.words[EFLAGS_SYS >> 2] & FLAG.NT) !== 0) returnToTask(x, x.env.nextPc());
    else returnProtected(x, size);
    return;
  }
  if (x.v86 && x.iopl < 3) x.protection();
  cursor.current(x);
  const offset = cursor.pop(x, size);
  const selector = cursor.pop(x, size) & 0xffff;
  const flags = cursor.pop(x, size);
  if (offset > limitOf(x, CS)) x.protection();
  const wide = size === 4 ? FLAG.AC | FLAG.ID : 0;
  writeEflags(x.words, flags, COMMON | FLAG.IF | wide | (x.v86 ? 0 : FLAG.IOPL));
  cursor.commit(x);
  loadReal(x, CS, selector);
  x.jump(offset | 0);
}

function returnProtected(x: X86, size: number): void {
  cursor.current(x);
  const offset = cursor.pop(x, size);
  const selector = cursor.pop(x, size) & 0xffff;
  const flags = cursor.pop(x, size);
  const cpl = x.cpl;
  if (size === 4 && (flags & FLAG.VM) !== 0 && cpl === 0) {
    returnToV86(x, offset, selector, flags);
    return;
  }
  const code = returnTarget(x, selector);
  checkCodeOffset(x, offset);
  const mask = COMMON | (size === 4 ? FLAG.AC | FLAG.ID : 0)
    | (cpl <= x.iopl ? FLAG.IF : 0)
    | (cpl === 0 ? FLAG.IOPL | (size === 4 ? FLAG.VIF | FLAG.VIP : 0) : 0);
  const codeLow = x.low, codeHigh = x.high;
  const level = selector & 3;
  if (level === cpl) {
    markAccessed(x, code);
    cursor.commit(x);
    setCode(x, selector, level);
    writeEflags(x.words, flags, mask);
    x.resume(offset | 0);
    return;
  }
  const esp = cursor.pop(x, size);
  const ss = cursor.pop(x, size) & 0xffff;
  checkStack(x, ss, level, VECTOR.GP);
  writeEflags(x.words, flags, mask);
  returnOuter(x, code, codeLow, codeHigh, selector, offset | 0, ss, esp, 0);
}

function returnToV86(x: X86, offset: number, selector: number, flags: number): void {
  const esp = cursor.pop(x, 4);
  const ss = cursor.pop(x, 4),
    es = cursor.pop(x, 4),
    ds = cursor.pop(x, 4),
    fs = cursor.pop(x, 4),
    gs = cursor.pop(x, 4);
  if (offset > 0xffff) x.protection();
  writeEflags(x.words, flags, -1);
  for (const [n, s] of [[CS, selector], [SS, ss], [ES, es], [DS, ds], [FS, fs], [GS, gs]] as const) {
    setSegment(x, n, s, (s & 0xffff) << 4, 0xffff, V86_ATTRIBUTES);
  }
  setCpl(x, 3);
  x.words[ESP >> 2] = esp;
  x.jump(offset);
}
