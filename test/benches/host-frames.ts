/** Frames as a host at 10.0.2.15 sends them to the peer of a wire. */
import { onesSum, pseudoHeaderSum, put16, put32 } from '../../src/hw/net/peer/packet.ts';
import { PEER_ADDRESS, PEER_IP } from '../../src/hw/net/peer/peer.ts';

export const HOST: readonly number[] = [0x52, 0x54, 0, 0x12, 0x34, 0x56];
export const HOST_IP = 0x0a00020f, HOST_PORT = 4000;

function ethernet(type: number, body: Uint8Array, to: readonly number[] = [...PEER_ADDRESS]): Uint8Array {
  const frame = new Uint8Array(Math.max(60, 14 + body.length));
  frame.set([...to, ...HOST, type >> 8, type & 255]);
  frame.set(body, 14);
  return frame;
}

function ip(protocol: number, data: Uint8Array): Uint8Array {
  const packet = new Uint8Array(20 + data.length);
  packet.set([0x45, 0, 0, 0, 0, 1, 0x40, 0, 64, protocol]);
  put16(packet, 2, packet.length);
  put32(packet, 12, HOST_IP);
  put32(packet, 16, PEER_IP);
  put16(packet, 10, 0xffff ^ onesSum(packet, 0, 20));
  packet.set(data, 20);
  return packet;
}

/** A UDP datagram, with its checksum or with none. */
export function udpTo(port: number, data: Uint8Array, checksum = true): Uint8Array {
  const datagram = new Uint8Array(8 + data.length);
  put16(datagram, 0, HOST_PORT);
  put16(datagram, 2, port);
  put16(datagram, 4, datagram.length);
  datagram.set(data, 8);
  const packet = ip(17, datagram);
  if (checksum)
    put16(packet, 26, 0xffff ^ onesSum(packet, 20, packet.length, pseudoHeaderSum(packet, 0, datagram.length)));
  return ethernet(0x800, packet);
}

/** An ICMP echo request with so many bytes of data. */
export function echoRequest(bytes: number): Uint8Array {
  const echo = Uint8Array.of(8, 0, 0, 0, 1, 2, 0, 9, ...Array.from({ length: bytes }, (_, k) => (k * 31 + 7) & 0xff));
  put16(echo, 2, 0xffff ^ onesSum(echo, 0, echo.length));
  return ethernet(0x800, ip(1, echo));
}

/** Who has an address? */
export function arpRequest(of = PEER_IP): Uint8Array {
  const arp = new Uint8Array(28);
  arp.set([0, 1, 8, 0, 6, 4, 0, 1, ...HOST]);
  put32(arp, 14, HOST_IP);
  put32(arp, 24, of);
  return ethernet(0x806, arp, Array<number>(6).fill(0xff));
}
