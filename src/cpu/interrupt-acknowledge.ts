/** The interrupt controller as the processor asks it for a vector (an INTA cycle). */
export interface InterruptAcknowledge {
  /** Vector 0..255 of the request being acknowledged. */
  acknowledge(): number;
}
