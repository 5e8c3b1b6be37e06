/**
 * The far end of a serial line. The device calls `transmit` when a character has left; the host
 * calls the device's `receive`.
 */
export interface CharBackend {
  transmit(byte: number): void;
  /** All characters that `receive` was given have arrived; a far end of ours may give more. */
  drained?(): void;
}
