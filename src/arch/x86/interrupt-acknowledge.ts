/** The interrupt controller as the processor asks it for a vector (an INTA cycle). */
export interface InterruptAcknowledge {
  /** Vector 0..255 of the request being acknowledged. */
  acknowledge(): number;
  /**
   * For the trace: id of the edge that made the request acknowledged last, 0 if there was none. A
   * controller that does not tell has the edge that raised the processor's input in its place.
   */
  readonly acknowledgedEdge?: number;
}
