import type { LiveCells } from '../../../sim/state.ts';
import { fold, insertChecksum, onesSum, setWord, word } from './checksum.ts';

/** Longest header of a segmented packet (HDRLEN has eight bits). */
const HEADER_MOST = 256;

/** What the last context descriptor said (§3.3.6), and the packet under way. */
export interface OffloadCells extends Record<string, number | boolean | Uint8Array> {
  ipFrom: number;
  ipAt: number;
  ipTo: number;
  tcpFrom: number;
  tcpAt: number;
  tcpTo: number;
  payload: number;
  mss: number;
  headerBytes: number;
  tcp: boolean;
  ipv4: boolean;
  /** Of the packet: segment it; insert the IP and the TCP or UDP checksum. */
  segment: boolean;
  insertIp: boolean;
  insertTcp: boolean;
  /** Of a legacy descriptor: insert one from CSS on at CSO. */
  legacy: boolean;
  css: number;
  cso: number;
  /** Segments and payload that have gone out, and the header as software gave it. */
  segments: number;
  sent: number;
  header: Uint8Array;
}

export function offloadCells(): OffloadCells {
  return {
    ipFrom: 0, ipAt: 0, ipTo: 0, tcpFrom: 0, tcpAt: 0, tcpTo: 0, payload: 0, mss: 0, headerBytes: 0, tcp: false,
    ipv4: false, segment: false, insertIp: false, insertTcp: false, legacy: false, css: 0, cso: 0, segments: 0, sent: 0,
    header: new Uint8Array(HEADER_MOST),
  };
}

/** TUCMD of a context descriptor (§3.3.6.1), and DCMD of a data descriptor. */
const TCP = 0x01, IPV4 = 0x02;
/** TCP flags that only the last segment has: FIN and PSH (§3.5.5.2). */
const LAST_ONLY = 0x09, TCP_SEQUENCE = 4, TCP_FLAGS = 13;

/** Checksums and segmentation of what is sent (§3.5). */
export class Offload {
  readonly c: LiveCells<OffloadCells>;

  constructor(cells: LiveCells<OffloadCells>) {
    this.c = cells;
  }

  /** Takes a context descriptor (§3.3.6) that stands at `at`. */
  context(view: DataView, at: number): void {
    const c = this.c, command = view.getUint8(at + 11);
    c.ipFrom = view.getUint8(at);
    c.ipAt = view.getUint8(at + 1);
    c.ipTo = view.getUint16(at + 2, true);
    c.tcpFrom = view.getUint8(at + 4);
    c.tcpAt = view.getUint8(at + 5);
    c.tcpTo = view.getUint16(at + 6, true);
    c.payload = view.getUint32(at + 8, true) & 0xfffff;
    c.tcp = (command & TCP) !== 0;
    c.ipv4 = (command & IPV4) !== 0;
    c.headerBytes = view.getUint8(at + 13);
    c.mss = view.getUint16(at + 14, true);
  }

  /** A packet begins that is one frame of these. */
  begin(segment: boolean, insertIp: boolean, insertTcp: boolean): void {
    const c = this.c;
    c.segment = segment && c.mss > 0;
    c.insertIp = insertIp;
    c.insertTcp = insertTcp;
    c.legacy = false;
    c.segments = c.sent = 0;
  }

  beginLegacy(insert: boolean, css: number, cso: number): void {
    this.begin(false, false, false);
    this.c.legacy = insert;
    this.c.css = css;
    this.c.cso = cso;
  }

  /** Bytes at which a frame is full. */
  get limit(): number {
    return this.c.segment ? this.c.headerBytes + this.c.mss : Infinity;
  }

  /**
   * Completes a frame: the header of its segment, checksums. `last`: no other of the packet comes.
   */
  complete(frame: Uint8Array, length: number, last: boolean): void {
    const c = this.c;
    if (c.legacy) {
      insertChecksum(frame, length, c.css, length, c.cso);
      return;
    }
    if (c.segment) this.segmentHeader(frame, length, last);
    if (c.insertTcp) insertChecksum(frame, length, c.tcpFrom, end(c.tcpTo, length), c.tcpAt);
    if (c.insertIp) insertChecksum(frame, length, c.ipFrom, end(c.ipTo, length), c.ipAt);
  }

  /** The frame is on its way: what the next segment begins with stands in `frame`; its bytes. */
  next(frame: Uint8Array, length: number): number {
    const c = this.c;
    if (!c.segment) return 0;
    c.segments++;
    c.sent += Math.max(0, length - c.headerBytes);
    for (let k = 0; k < c.headerBytes; k++) frame[k] = c.header[k];
    return c.headerBytes;
  }

  /** §3.5.5: lengths, identification, sequence number and flags of a segment. */
  private segmentHeader(frame: Uint8Array, length: number, last: boolean): void {
    const c = this.c, header = Math.min(c.headerBytes, length);
    if (c.segments === 0) c.header.set(frame.subarray(0, header));
    if (c.ipv4) {
      setWord(frame, c.ipFrom + 2, length - c.ipFrom);
      setWord(frame, c.ipFrom + 4, word(frame, c.ipFrom + 4) + c.segments);
    } else setWord(frame, c.ipFrom + 4, length - c.ipFrom - 40);
    if (c.tcp) {
      const at = c.tcpFrom + TCP_SEQUENCE;
      const sequence = word(frame, at) * 0x10000 + word(frame, at + 2) + c.sent;
      setWord(frame, at, Math.floor(sequence / 0x10000));
      setWord(frame, at + 2, sequence);
      if (!last) frame[c.tcpFrom + TCP_FLAGS] &= ~LAST_ONLY;
    } else setWord(frame, c.tcpFrom + 4, length - c.tcpFrom);
    // Software has summed the pseudo-header but for the length, which is each segment's own.
    setWord(frame, c.tcpAt, fold(onesSum(frame, c.tcpAt, c.tcpAt + 2) + length - c.tcpFrom));
  }
}

/** IPCSE and TUCSE name the last byte; 0 is the end of the packet. */
function end(last: number, length: number): number {
  return last === 0 ? length : last + 1;
}
