import { HEADER_BYTES } from '../../../hw/net/ethernet.ts';
import { fillPayload, SEQUENCE_BYTES } from '../../../hw/net/payload.ts';
import type { Kit } from '../experiment.ts';
import { RING_MEMORY, RING_ROOM, SLOT_BYTES } from './block.ts';

/** What stands in the slots of a machine's memory after a run. */
export interface Arrived {
  /** Every frame has the contents of its number, and the numbers rise. */
  readonly right: boolean;
  /** SHA-256 of the frames' payloads, one after the other. */
  readonly digest: string;
}

/** Looks at `count` frames of `size` bytes, made by the packet source with `seed`. */
export function lookAtSlots(kit: Kit, ram: Uint8Array, count: number, size: number, seed: number): Arrived {
  const wanted = new Uint8Array(size), sum = kit.sha256();
  let right = true, last = -1;
  for (let slot = 0; slot < count; slot++) {
    const at = RING_MEMORY + RING_ROOM + slot * SLOT_BYTES;
    const frame = ram.subarray(at, at + size);
    const number = new DataView(frame.buffer, frame.byteOffset).getUint32(HEADER_BYTES);
    fillPayload(wanted, HEADER_BYTES, size, seed, number);
    if (number <= last) right = false;
    last = number;
    for (let k = HEADER_BYTES; k < size; k++) if (frame[k] !== wanted[k]) right = false;
    sum.update(frame.subarray(HEADER_BYTES, size));
  }
  return { right, digest: sum.digest() };
}

/** Least frame: an Ethernet header and the number, padded. */
export const LEAST_FRAME = Math.max(60, HEADER_BYTES + SEQUENCE_BYTES);
