/**
 * What stands between a bus master and memory on a board with faulty hardware; where nothing is
 * faulty there is none (null). Whoever moves bytes as a master asks it: `DmaPort` for first-party
 * masters, a DMA controller for each of its cycles.
 */
export interface DmaPath {
  /** A bus transaction of a master begins. True: it never ends, until the master gives it up. */
  hangs(master: string, address: number): boolean;
  /**
   * `bytes` bytes of `data` from `at` on cross the path, to or from `address`: spoils them in
   * place. Returns the offsets from `at` of the words (4 bytes, or what is left) that get lost on
   * their way, in order.
   */
  cross(master: string, address: number, data: Uint8Array, at: number, bytes: number): readonly number[];
}
