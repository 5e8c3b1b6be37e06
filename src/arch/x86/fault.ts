/** Exceptions of the processor (SDM vol. 3, 5.12 "Exception and interrupt reference"). */
export { FaultRecord, GUEST_FAULT, NO_ERROR } from '../guest-fault.ts';

export const VECTOR = {
  DE: 0, DB: 1, NMI: 2, BP: 3, OF: 4, BR: 5, UD: 6, NM: 7, DF: 8, TS: 10, NP: 11, SS: 12, GP: 13, PF: 14,
  MF: 16, AC: 17,
} as const;

/** Page fault error code bits (SDM vol. 3, 5-46). */
export const PF = { PRESENT: 1, WRITE: 2, USER: 4, RESERVED: 8 } as const;
