/** Kinds of trace records, by number. */
export const KIND = {
  /** An access over an address space, from its start to its completion. */
  TRANSACTION: 0,
  /** A bus master was asked to move something; its bursts are transactions below it. */
  REQUEST: 1,
  /** A request is over. */
  COMPLETION: 2,
  /** A device's event has run. */
  EVENT: 3,
  /** A line has changed its level. */
  EDGE: 4,
  /** The processor took a vector from an interrupt controller (INTA). */
  ACKNOWLEDGE: 5,
  /** An interrupt handler was entered. */
  HANDLER: 6,
  /** An interrupt handler has returned. */
  RETURN: 7,
  /** A named moment of the run. */
  MARK: 8,
  /** Something worth noting: a guest's mistake, a reset. */
  NOTE: 9,
} as const;

export const KIND_NAMES = [
  'transaction', 'request', 'completion', 'event', 'edge', 'acknowledge', 'handler', 'return', 'mark', 'note',
] as const;

/** Bits of a shape's `flags`. */
export const FLAG = { WRITE: 1, SECURE: 2, PRIVILEGED: 4 } as const;
