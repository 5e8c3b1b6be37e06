/** Who may use which port (SDM vol. 1, 12.5 "Protected-mode I/O"). */
import { EXIT, STATE } from '../../ir/layout.ts';
import { GUEST_FAULT } from './fault.ts';
import { CR0_PE } from './mmu.ts';
import { CPL, CR0, EFLAGS_SYS, FLAG } from './state.ts';
import { checkPorts } from './tasks.ts';
import type { X86 } from './x86.ts';

/**
 * Whether an access of `size` bytes is allowed by IOPL or the bitmap of the task; else the fault is
 * recorded. The caller knows that CPL is not 0, where all is.
 */
export function portAllowed(x: X86, port: number, size: number): boolean {
  const w = x.words, flags = w[EFLAGS_SYS >> 2];
  const byLevel = (flags & FLAG.VM) === 0 && w[CPL >> 2] <= ((flags >>> 12) & 3);
  if ((w[CR0 >> 2] & CR0_PE) === 0 || byLevel) return true;
  try {
    checkPorts(x, port & 0xffff, size);
    return true;
  } catch (failure) {
    if (failure !== GUEST_FAULT) throw failure;
    w[STATE.EXIT >> 2] = EXIT.FAULT;
    return false;
  }
}
