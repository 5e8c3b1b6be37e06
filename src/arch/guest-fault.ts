/** How a fault of the guest travels from where it is found to its delivery. */

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
