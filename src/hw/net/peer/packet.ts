/** Offsets and numbers of the protocols that the peer speaks, and the Internet checksum. */

/** ARP over Ethernet and IPv4 (RFC 826). */
export const ARP = {
  ETHERTYPE: 0x0806, BYTES: 28, HARDWARE: 0, PROTOCOL: 2, LENGTHS: 4, OPERATION: 6, SENDER_MAC: 8, SENDER_IP: 14,
  TARGET_MAC: 18, TARGET_IP: 24, REQUEST: 1, REPLY: 2,
} as const;
/** IPv4 (RFC 791 §3.1). */
export const IP = {
  ETHERTYPE: 0x0800, BYTES: 20, LENGTH: 2, IDENTIFICATION: 4, FRAGMENT: 6, TTL: 8, PROTOCOL: 9, CHECKSUM: 10,
  SOURCE: 12, DESTINATION: 16, ICMP: 1, UDP: 17,
} as const;
/** ICMP echo (RFC 792), UDP (RFC 768): offsets behind the IP header. */
export const ICMP = { BYTES: 8, TYPE: 0, CODE: 1, CHECKSUM: 2, ECHO: 8, ECHO_REPLY: 0 } as const;
export const UDP = { BYTES: 8, SOURCE: 0, DESTINATION: 2, LENGTH: 4, CHECKSUM: 6 } as const;

export function get16(b: Uint8Array, at: number): number {
  return (b[at] << 8) | b[at + 1];
}
export function put16(b: Uint8Array, at: number, value: number): void {
  b[at] = value >>> 8;
  b[at + 1] = value;
}
export function get32(b: Uint8Array, at: number): number {
  return (get16(b, at) * 0x10000) + get16(b, at + 2);
}
export function put32(b: Uint8Array, at: number, value: number): void {
  put16(b, at, value >>> 16);
  put16(b, at + 2, value & 0xffff);
}

/** Sum of 16-bit words in ones' complement (RFC 1071), folded; an odd end is padded with 0. */
export function onesSum(b: Uint8Array, from: number, to: number, before = 0): number {
  let sum = before;
  for (let at = from; at < to; at += 2) sum += (b[at] << 8) | (at + 1 < to ? b[at + 1] : 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

/** Sum of UDP's pseudo header (RFC 768) of a packet whose IP header is at `ip`. */
export function pseudoHeaderSum(b: Uint8Array, ip: number, length: number): number {
  return onesSum(b, ip + IP.SOURCE, ip + IP.DESTINATION + 4, IP.UDP + length);
}
