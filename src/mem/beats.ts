import type { Target, Transaction } from './transaction.ts';

/**
 * Moves a burst into a target that knows single accesses only: doublewords, at its ends what is
 * left. `offset` is the target's, `at` the buffer's.
 */
export function inBeats(
  target: Target, offset: number, buffer: Uint8Array, at: number, length: number, write: boolean, tx: Transaction,
): void {
  for (let done = 0; done < length;) {
    const a = offset + done, left = length - done;
    const size = (a & 3) === 0 && left >= 4 ? 4 : (a & 1) === 0 && left >= 2 ? 2 : 1;
    if (write) {
      let value = 0;
      for (let k = 0; k < size; k++) value |= buffer[at + done + k] << (8 * k);
      target.write(a, size, value >>> 0, tx);
    } else {
      const value = target.read(a, size, tx);
      for (let k = 0; k < size; k++) buffer[at + done + k] = (value >>> (8 * k)) & 0xff;
    }
    done += size;
  }
}
