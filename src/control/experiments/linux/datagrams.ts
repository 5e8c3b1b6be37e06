import { crc32 } from '../../../bits/crc32.ts';
import { fillPayload } from '../../../hw/net/payload.ts';

/** The seed that guest/linux/udp takes if it is given none. */
const SEED = 0x4e42;

/**
 * CRC-32 of the payloads of a transfer by guest/linux/udp, made here: what that program prints if
 * all of them arrived, 8 hexadecimal digits.
 * @param size bytes of each but the last
 */
export function datagramsCrc(bytes: number, size: number, seed = SEED): string {
  const payload = new Uint8Array(size);
  let crc = 0;
  for (let at = 0, n = 0; at < bytes; at += size, n++) {
    const length = Math.min(size, bytes - at);
    fillPayload(payload, 0, length, seed, n);
    crc = crc32(payload.subarray(0, length), crc);
  }
  return crc.toString(16).padStart(8, '0');
}
