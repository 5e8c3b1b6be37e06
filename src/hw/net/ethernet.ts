import type { Ticks } from '../../sim/time.ts';

/** Bytes of a frame's header: destination, source, Ethertype or length (IEEE 802.3 §3.1.1). */
export const HEADER_BYTES = 14, SOURCE_AT = 6, ETHERTYPE_AT = 12;

/**
 * One end of an Ethernet link: a network interface, or what stands at the far end. Frames run from
 * the destination address to the last byte before the FCS; a frame is 60 to 1514 bytes long (IEEE
 * 802.3 §4.4.2: 64 to 1518 with the FCS), shorter ones are the sender's business to pad.
 */
export interface EthernetStation {
  readonly name: string;
  /** A whole frame has arrived, its last bit now. The bytes are lent for the call only. */
  frameArrived(frame: Uint8Array): void;
}

/** A full-duplex link between two stations, as one of them sees it. */
export interface EthernetLink {
  /** Bits per second. */
  readonly rate: number;
  /**
   * Puts a frame on the wire now; its bytes are copied. Returns the time at which its last bit has
   * left, FCS and the gap to the next frame included: the station sends no other before that. A
   * frame that is longer than the link takes is noted and lost.
   */
  send(from: EthernetStation, frame: Uint8Array, length: number): Ticks;
}
