import { TICKS_PER_SECOND, type Ticks } from '../../sim/time.ts';

/**
 * Frames as libpcap's file format has them (draft-ietf-opsawg-pcap: magic A1B23C4Dh, times in
 * nanoseconds), little-endian.
 */
const MAGIC = 0xa1b23c4d, MAJOR = 2, MINOR = 4, LINKTYPE_ETHERNET = 1;
const HEADER_BYTES = 24, RECORD_BYTES = 16;
/** Longest frame that a reader is to expect. */
const SNAPLEN = 0x40000;
const TICKS_PER_NS = TICKS_PER_SECOND / 1e9;

/** What stands at the beginning of a file. */
export function pcapHeader(): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES), view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setUint16(4, MAJOR, true);
  view.setUint16(6, MINOR, true);
  view.setUint32(16, SNAPLEN, true);
  view.setUint32(20, LINKTYPE_ETHERNET, true);
  return bytes;
}

/** A frame without FCS at a time since reset; a third of a nanosecond is cut off. */
export function pcapRecord(frame: Uint8Array, time: Ticks): Uint8Array {
  const bytes = new Uint8Array(RECORD_BYTES + frame.length), view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(time / TICKS_PER_SECOND), true);
  view.setUint32(4, Math.floor((time % TICKS_PER_SECOND) / TICKS_PER_NS), true);
  view.setUint32(8, frame.length, true);
  view.setUint32(12, frame.length, true);
  bytes.set(frame, RECORD_BYTES);
  return bytes;
}
