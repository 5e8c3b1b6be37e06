/** Who looks at the wires of a machine. */
export interface FrameTap {
  /**
   * A whole frame has reached the end of a wire, or was lost on it.
   * @param wire its name on the board
   * @param frame from the destination address on, without FCS; lent for the call only
   * @param start when its first bit left the sender (ticks of 1/3 ns)
   * @param end when its last bit arrived: now
   */
  frame(wire: string, frame: Uint8Array, start: number, end: number, lost: boolean): void;
}
