/**
 * A keyboard or mouse on its cable, as the controller sees it. The controller holds the clock line
 * while its buffer is full, so bytes wait in the device; the controller works out when they come.
 */
export interface Ps2Device {
  readonly name: string;
  /** A byte is ready to be sent to the controller. */
  readonly waiting: boolean;
  /** Takes that byte. */
  take(): number;
  /** The controller has sent a byte to the device. */
  command(byte: number): void;
  /** The controller wants to be told when `waiting` becomes true. */
  attach(waiting: () => void): void;
}
