/** PUSHA, POPA, ENTER, LEAVE with any stack size (SDM vol. 2). */
import { StackCursor } from '../stack-cursor.ts';
import { EBP, ESP, GPR } from '../state.ts';
import type { X86 } from '../x86.ts';

const cursor = new StackCursor();
const frame = new StackCursor();

export function pusha(x: X86, size: number): void {
  cursor.current(x);
  for (let i = 0; i < 8; i++) cursor.push(x, size, x.words[(GPR >> 2) + i]);
  cursor.commit(x);
}

const popped = new Int32Array(8);

/** The stored ESP is skipped. */
export function popa(x: X86, size: number): void {
  cursor.current(x);
  for (let i = 7; i >= 0; i--) popped[i] = cursor.pop(x, size);
  cursor.commit(x);
  for (let i = 0; i < 8; i++) {
    if (i === 4) continue;
    if (size === 4) x.words[(GPR >> 2) + i] = popped[i];
    else x.view.setUint16(GPR + 4 * i, popped[i], true);
  }
}

/**
 * packed: operand size | level << 8. An operand must fit at the final stack pointer, although
 * nothing is written there (SDM vol. 2, ENTER: #SS and #PF; a P6's successor checks this size).
 */
export function enter(x: X86, packed: number, bytes: number): void {
  const size = packed & 0xff, level = packed >>> 8;
  const w = x.words;
  cursor.current(x);
  cursor.push(x, size, w[EBP >> 2]);
  // EBP takes all of ESP, also where the stack uses SP alone.
  const base = (w[ESP >> 2] & ~cursor.mask) | cursor.sp;
  if (level > 0) {
    frame.current(x);
    frame.sp = w[EBP >> 2] & frame.mask;
    for (let i = 1; i < level; i++) {
      frame.sp = (frame.sp - size) & frame.mask;
      cursor.push(x, size, frame.peek(x, size, 0));
    }
    cursor.push(x, size, base);
  }
  cursor.sp = (cursor.sp - bytes) & cursor.mask;
  cursor.probeWrite(x, size);
  cursor.commit(x);
  if (size === 4) w[EBP >> 2] = base;
  else x.view.setUint16(EBP, base, true);
}

export function leave(x: X86, size: number): void {
  cursor.current(x);
  cursor.sp = x.words[EBP >> 2] & cursor.mask;
  const value = cursor.pop(x, size);
  cursor.commit(x);
  if (size === 4) x.words[EBP >> 2] = value;
  else x.view.setUint16(EBP, value, true);
}
