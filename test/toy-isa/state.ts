/** Cells of the toy processor: sixteen registers, then what only system instructions see. */
import { STATE } from '../../src/ir/layout.ts';

export const REGISTERS = 16;
export const R: number = STATE.ISA;
/** Cell of register n. */
export function register(n: number): number {
  return R + 4 * n;
}
const SYSTEM = R + 4 * REGISTERS;
/** PC that a fault or an interrupt came at; number of the fault; address that it is about. */
export const EPC = SYSTEM, CAUSE = SYSTEM + 4, BAD_ADDRESS = SYSTEM + 8;
/** 1: interrupts are taken. 1: waits for one. */
export const ENABLED = SYSTEM + 12, WAITING = SYSTEM + 16;

export const FAULT = { ILLEGAL: 1, ADDRESS: 2, TRAP: 3 } as const;
export const VECTOR = { FAULT: 0x1100, INTERRUPT: 0x1200, RESET: 0x1000 } as const;
