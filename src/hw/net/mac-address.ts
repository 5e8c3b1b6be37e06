import { crc32 } from '../../bits/crc32.ts';

/** What an address says of its frame's destination (IEEE 802.3 §3.2.3). */
export const KIND = { station: 0, multicast: 1, broadcast: 2 } as const;

/** Whom a frame is for: one of `KIND`. */
export function destinationKind(frame: Uint8Array): number {
  if ((frame[0] & 1) === 0) return KIND.station;
  for (let k = 0; k < 6; k++) if (frame[k] !== 0xff) return KIND.multicast;
  return KIND.broadcast;
}

/** Whether a frame's destination is the address whose bytes are in these two words. */
export function isFor(frame: Uint8Array, low: number, high: number): boolean {
  for (let k = 0; k < 4; k++) if (frame[k] !== ((low >>> (8 * k)) & 0xff)) return false;
  return frame[4] === (high & 0xff) && frame[5] === ((high >>> 8) & 0xff);
}

/**
 * The multicast hash of a destination: the highest six bits of the CRC as a shift register holds it
 * (IEEE 802.3 §3.2.9), which is the reflected one with its lowest bits first.
 */
export function multicastHash(frame: Uint8Array): number {
  const crc = ~crc32(frame.subarray(0, 6));
  let hash = 0;
  for (let k = 0; k < 6; k++) hash = (hash << 1) | ((crc >> k) & 1);
  return hash;
}
