import { crc32 } from '../../../bits/crc32.ts';
import { Component, type Identity, type Simulation } from '../../../sim/component.ts';
import { ms, ns, type Ticks } from '../../../sim/time.ts';
import { ETHERTYPE_AT, HEADER_BYTES, SOURCE_AT, type EthernetLink, type EthernetStation } from '../ethernet.ts';
import { FRAME_LEAST, FRAME_MOST } from '../link/wire.ts';
import { destinationKind, KIND } from '../mac-address.ts';
import { fillPayload } from '../payload.ts';
import { ARP, get16, get32, ICMP, IP, onesSum, pseudoHeaderSum, put16, put32, UDP } from './packet.ts';

/** The peer's addresses: 02:00:0a:00:02:02 (locally administered) and 10.0.2.2. */
export const PEER_ADDRESS = Uint8Array.of(0x02, 0x00, 0x0a, 0x00, 0x02, 0x02);
export const PEER_IP = 0x0a000202;

/** UDP ports of the peer's services; README.md says what each does. */
export const PEER_PORT = { ECHO: 7, SINK: 9, STREAM: 19 } as const;

/** Where IP and what is in it stand in a frame without IP options. */
const IP_AT = HEADER_BYTES, INNER_AT = IP_AT + IP.BYTES, DATA_AT = INNER_AT + UDP.BYTES;
/** Longest UDP payload of a frame of 1514 bytes. */
const DATAGRAM_MOST = 1472;
/** A stream's request: bytes (32 bits), payload of each (16), interval in ns (32), seed (32). */
const STREAM = { BYTES: 14, TOTAL: 0, SIZE: 4, INTERVAL: 6, SEED: 10 } as const;
/** After the last datagram an empty one tells of the end, and once more if the first was lost. */
const STREAM_ENDS: readonly Ticks[] = [ms(5), ms(35)];
/** A report: datagrams, bytes, CRC-32, 32 bits each. */
const REPORT_BYTES = 12;
const TTL = 64;

/**
 * A small host at the far end of a wire: answers ARP, ICMP echo and UDP echo, takes UDP and tells
 * its digest, sends UDP as asked. What is damaged, fragmented or not for it is counted and dropped.
 * It answers at once: its own time is 0.
 */
export class EthernetPeer extends Component implements EthernetStation {
  private readonly link: EthernetLink;
  private readonly s = this.cells('peer', { identification: 0 });
  private readonly sink = this.cells('sink', { datagrams: 0, bytes: 0, digest: 0 });
  private readonly stream = this.cells('stream', {
    mac: new Uint8Array(6), ip: 0, port: 0, left: 0, size: 0, interval: 0, seed: 0, sequence: 0,
    /** Empty datagrams that have told of the end. */
    ends: 0,
  });
  private readonly next = this.event('next', () => this.streamOne());
  private readonly answered = this.counter('peerAnswers', '', 'frames that the peer sent');
  private readonly dropped = this.counter('peerDrops', '', 'frames that the peer had no use for');
  private readonly out = new Uint8Array(FRAME_MOST);

  constructor(name: string, sim: Simulation, link: EthernetLink) {
    super(name, sim);
    this.link = link;
  }

  /** What its sink got since the last report: datagrams, bytes, CRC-32. */
  get sunk(): { readonly datagrams: number; readonly bytes: number; readonly digest: number } {
    return this.sink;
  }

  override describe(): Identity {
    return {
      compatible: 'northbridge,peer',
      title: 'Host at the far end of a wire: ARP, ICMP echo, UDP echo, sink and stream',
      datasheet: 'RFC 768, 791, 792, 826, 862, 863, 1071',
      absent: ['IP fragments and options in answers', 'TCP', 'time to answer: it answers at once'],
    };
  }

  frameArrived(frame: Uint8Array): void {
    if (frame.length >= HEADER_BYTES && (forPeer(frame) || destinationKind(frame) === KIND.broadcast)) {
      const type = get16(frame, ETHERTYPE_AT);
      if (type === ARP.ETHERTYPE && this.arp(frame)) return;
      if (type === IP.ETHERTYPE && this.ip(frame)) return;
    }
    this.dropped.value++;
  }

  /** A request for the peer's address (RFC 826, packet reception). */
  private arp(frame: Uint8Array): boolean {
    const at = HEADER_BYTES;
    if (frame.length < at + ARP.BYTES) return false;
    if (get16(frame, at + ARP.HARDWARE) !== 1 || get16(frame, at + ARP.PROTOCOL) !== IP.ETHERTYPE) return false;
    if (get16(frame, at + ARP.LENGTHS) !== 0x0604 || get16(frame, at + ARP.OPERATION) !== ARP.REQUEST) return false;
    if (get32(frame, at + ARP.TARGET_IP) !== PEER_IP) return false;
    const { out } = this;
    this.header(frame, SOURCE_AT, ARP.ETHERTYPE);
    out.set(frame.subarray(at, at + ARP.OPERATION), at);
    put16(out, at + ARP.OPERATION, ARP.REPLY);
    out.set(PEER_ADDRESS, at + ARP.SENDER_MAC);
    put32(out, at + ARP.SENDER_IP, PEER_IP);
    out.set(frame.subarray(at + ARP.SENDER_MAC, at + ARP.SENDER_MAC + 10), at + ARP.TARGET_MAC);
    this.send(at + ARP.BYTES);
    return true;
  }

  private ip(frame: Uint8Array): boolean {
    if (frame.length < IP_AT + IP.BYTES || frame[IP_AT] >>> 4 !== 4) return false;
    const headerBytes = 4 * (frame[IP_AT] & 15), total = get16(frame, IP_AT + IP.LENGTH);
    if (headerBytes < IP.BYTES || total < headerBytes || IP_AT + total > frame.length) return false;
    const inner = IP_AT + headerBytes, end = IP_AT + total;
    if (onesSum(frame, IP_AT, inner) !== 0xffff) return false;
    // Neither more fragments nor an offset.
    if ((get16(frame, IP_AT + IP.FRAGMENT) & 0x3fff) !== 0) return false;
    if (get32(frame, IP_AT + IP.DESTINATION) !== PEER_IP) return false;
    const protocol = frame[IP_AT + IP.PROTOCOL];
    if (protocol === IP.ICMP) return this.icmp(frame, inner, end);
    return protocol === IP.UDP && this.udp(frame, inner, end);
  }

  private icmp(frame: Uint8Array, at: number, end: number): boolean {
    if (end - at < ICMP.BYTES || frame[at + ICMP.TYPE] !== ICMP.ECHO || frame[at + ICMP.CODE] !== 0) return false;
    if (onesSum(frame, at, end) !== 0xffff) return false;
    const { out } = this, outEnd = INNER_AT + end - at;
    this.header(frame, SOURCE_AT, IP.ETHERTYPE);
    out.set(frame.subarray(at, end), INNER_AT);
    out[INNER_AT + ICMP.TYPE] = ICMP.ECHO_REPLY;
    put16(out, INNER_AT + ICMP.CHECKSUM, 0);
    put16(out, INNER_AT + ICMP.CHECKSUM, 0xffff ^ onesSum(out, INNER_AT, outEnd));
    this.sendIp(IP.ICMP, get32(frame, IP_AT + IP.SOURCE), outEnd);
    return true;
  }

  private udp(frame: Uint8Array, at: number, end: number): boolean {
    const length = end - at < UDP.BYTES ? 0 : get16(frame, at + UDP.LENGTH);
    if (length < UDP.BYTES || at + length > end) return false;
    // A checksum of 0: the sender made none.
    if (get16(frame, at + UDP.CHECKSUM) !== 0 &&
        onesSum(frame, at, at + length, pseudoHeaderSum(frame, IP_AT, length)) !== 0xffff) return false;
    const data = frame.subarray(at + UDP.BYTES, at + length);
    switch (get16(frame, at + UDP.DESTINATION)) {
      case PEER_PORT.ECHO:
        this.out.set(data, DATA_AT);
        this.answer(frame, at, data.length, PEER_PORT.ECHO);
        return true;
      case PEER_PORT.SINK:
        if (data.length === 0) this.report(frame, at);
        else this.swallow(data);
        return true;
      case PEER_PORT.STREAM:
        return this.beginStream(frame, at, data);
      default:
        return false;
    }
  }

  private swallow(data: Uint8Array): void {
    this.sink.datagrams++;
    this.sink.bytes += data.length;
    this.sink.digest = crc32(data, this.sink.digest);
  }

  /** Says what the sink got, and begins anew. It was asked on the sink's own port: so in order. */
  private report(frame: Uint8Array, at: number): void {
    put32(this.out, DATA_AT, this.sink.datagrams);
    put32(this.out, DATA_AT + 4, this.sink.bytes);
    put32(this.out, DATA_AT + 8, this.sink.digest);
    Object.assign(this.sink, { datagrams: 0, bytes: 0, digest: 0 });
    this.answer(frame, at, REPORT_BYTES, PEER_PORT.SINK);
  }

  /** Sends what stands at DATA_AT back to whom a datagram came from. */
  private answer(frame: Uint8Array, at: number, bytes: number, port: number): void {
    this.header(frame, SOURCE_AT, IP.ETHERTYPE);
    this.sendUdp(get32(frame, IP_AT + IP.SOURCE), get16(frame, at + UDP.SOURCE), port, bytes);
  }

  /** A new request takes the place of a stream that is under way. */
  private beginStream(frame: Uint8Array, at: number, data: Uint8Array): boolean {
    if (data.length < STREAM.BYTES) return false;
    const s = this.stream;
    s.mac.set(frame.subarray(SOURCE_AT, SOURCE_AT + 6));
    s.ip = get32(frame, IP_AT + IP.SOURCE);
    s.port = get16(frame, at + UDP.SOURCE);
    s.left = get32(data, STREAM.TOTAL);
    s.size = Math.max(1, Math.min(get16(data, STREAM.SIZE), DATAGRAM_MOST));
    s.interval = ns(get32(data, STREAM.INTERVAL));
    s.seed = get32(data, STREAM.SEED) | 0;
    s.sequence = s.ends = 0;
    if (s.left > 0) this.next.after(0);
    return true;
  }

  private streamOne(): void {
    const s = this.stream, bytes = Math.min(s.size, s.left);
    if (bytes === 0) s.ends++;
    else fillPayload(this.out, DATA_AT, DATA_AT + bytes, s.seed, s.sequence);
    this.header(s.mac, 0, IP.ETHERTYPE);
    const free = this.sendUdp(s.ip, s.port, PEER_PORT.STREAM, bytes);
    s.sequence++;
    s.left -= bytes;
    if (s.left > 0) this.next.at(Math.max(free, this.sim.scheduler.now + s.interval));
    else if (s.ends < STREAM_ENDS.length) this.next.after(STREAM_ENDS[s.ends]);
  }

  /** Ethernet header of what goes out, to the station whose address stands at `at` of `from`. */
  private header(from: Uint8Array, at: number, ethertype: number): void {
    const { out } = this;
    for (let k = 0; k < 6; k++) out[k] = from[at + k];
    out.set(PEER_ADDRESS, SOURCE_AT);
    put16(out, ETHERTYPE_AT, ethertype);
  }

  private sendUdp(to: number, port: number, from: number, bytes: number): Ticks {
    const { out } = this, length = UDP.BYTES + bytes, end = INNER_AT + length;
    put16(out, INNER_AT + UDP.SOURCE, from);
    put16(out, INNER_AT + UDP.DESTINATION, port);
    put16(out, INNER_AT + UDP.LENGTH, length);
    put16(out, INNER_AT + UDP.CHECKSUM, 0);
    put32(out, IP_AT + IP.SOURCE, PEER_IP);
    put32(out, IP_AT + IP.DESTINATION, to);
    const sum = 0xffff ^ onesSum(out, INNER_AT, end, pseudoHeaderSum(out, IP_AT, length));
    // 0 would say that there is none (RFC 768).
    put16(out, INNER_AT + UDP.CHECKSUM, sum === 0 ? 0xffff : sum);
    return this.sendIp(IP.UDP, to, end);
  }

  private sendIp(protocol: number, to: number, end: number): Ticks {
    const { out } = this;
    out.fill(0, IP_AT, INNER_AT);
    out[IP_AT] = 0x45;
    put16(out, IP_AT + IP.LENGTH, end - IP_AT);
    this.s.identification = (this.s.identification + 1) & 0xffff;
    put16(out, IP_AT + IP.IDENTIFICATION, this.s.identification);
    out[IP_AT + IP.TTL] = TTL;
    out[IP_AT + IP.PROTOCOL] = protocol;
    put32(out, IP_AT + IP.SOURCE, PEER_IP);
    put32(out, IP_AT + IP.DESTINATION, to);
    put16(out, IP_AT + IP.CHECKSUM, 0xffff ^ onesSum(out, IP_AT, INNER_AT));
    return this.send(end);
  }

  private send(length: number): Ticks {
    this.answered.value++;
    const padded = Math.max(length, FRAME_LEAST);
    this.out.fill(0, length, padded);
    return this.link.send(this, this.out, padded);
  }
}

function forPeer(frame: Uint8Array): boolean {
  return PEER_ADDRESS.every((byte, k) => frame[k] === byte);
}
