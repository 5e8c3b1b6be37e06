import { reg, regs, ro, rw, w1c } from '../../../reg/layout.ts';

/** The pattern source, a card of this project on ISA (README.md is its specification). */
export const PATTERN_REGISTERS = regs(8, {
  CONTROL: reg(0, { GO: rw(0), IE: rw(1) }, { doc: 'GO: gives bytes until terminal count; IE: DONE interrupts' }),
  STATUS: reg(1, { DONE: w1c(0), READY: ro(1) }, { doc: 'DONE: terminal count was seen; READY: a byte is there' }),
  PERIOD: reg(2, { MICROSECONDS: rw(7, 0) }, { doc: 'From one byte to the next; 0: at once' }),
  DATA: reg(3, { BYTE: ro(7, 0) }, { doc: 'The byte; a read takes it' }),
  SEED: reg(4, { STATE: rw(31, 0, { reset: 1 }) }, { doc: 'State of the sequence', width: 32 }),
});

/** Bytes of its ports. */
export const PATTERN_PORTS = 8;

/** The state after `state`: x · 1664525 + 1013904223 modulo 2^32; a byte is bits 31:24 of it. */
export function nextState(state: number): number {
  return (Math.imul(state, 1664525) + 1013904223) >>> 0;
}
