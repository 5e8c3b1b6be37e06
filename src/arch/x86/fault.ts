/**
 * Exceptions of the processor (SDM vol. 3, 5.12 "Exception and interrupt reference") and how one
 * travels from where it is found to its delivery.
 */

export const VECTOR = {
  DE: 0, DB: 1, NMI: 2, BP: 3, OF: 4, BR: 5, UD: 6, NM: 7, DF: 8, TS: 10, NP: 11, SS: 12, GP: 13, PF: 14,
  MF: 16, AC: 17,
} as const;

/** Page fault error code bits (SDM vol. 3, 5-46). */
export const PF = { PRESENT: 1, WRITE: 2, USER: 4, RESERVED: 8 } as const;

/** Error code of an exception that has none. */
export const NO_ERROR = -1;

/** The fault that was found last, until it is delivered. */
export class FaultRecord {
  pending = false;
  vector = 0;
  error: number = NO_ERROR;

  set(vector: number, error: number): void {
    this.pending = true;
    this.vector = vector;
    this.error = error;
  }
}

class GuestFault extends Error {}
/**
 * Thrown (one object, never a new one) by the slow operations after they have recorded a fault. It
 * never leaves the processor: whoever calls a slow operation or delivers an interrupt catches it.
 * Page faults of ordinary loads and stores do not come this way.
 */
export const GUEST_FAULT: Error = new GuestFault('guest fault outside the processor');
