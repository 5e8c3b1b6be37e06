import fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32 } from '../../../bits/crc32.ts';
import { arpRequest, echoRequest, HOST, HOST_IP, HOST_PORT, udpTo } from '../../../../test/benches/host-frames.ts';
import { DeviceBench } from '../../../testing/device-bench.ts';
import { ms } from '../../../sim/time.ts';
import type { EthernetStation } from '../ethernet.ts';
import { EthernetWire } from '../link/wire.ts';
import { fillPayload } from '../payload.ts';
import { get16, get32, onesSum, pseudoHeaderSum, put16, put32 } from './packet.ts';
import { EthernetPeer, PEER_ADDRESS, PEER_IP, PEER_PORT } from './peer.ts';

class Host implements EthernetStation {
  readonly name = 'host';
  readonly bench = new DeviceBench();
  readonly wire = new EthernetWire('wire', this.bench, { rate: 100e6, latency: 0 });
  readonly peer = new EthernetPeer('peer', this.bench, this.wire);
  readonly heard: Uint8Array[] = [];

  constructor() {
    this.wire.connect(this, this.peer);
    this.bench.reset(this.wire, this.peer);
  }
  frameArrived(frame: Uint8Array): void {
    this.heard.push(frame.slice());
  }
  ask(frame: Uint8Array): Uint8Array[] {
    const before = this.heard.length;
    this.wire.send(this, frame, frame.length);
    this.bench.run(ms(1));
    return this.heard.slice(before);
  }
}

/** UDP payload of a frame whose checksums are right. */
function payloadOf(frame: Uint8Array): { from: number; data: Uint8Array } {
  expect(get16(frame, 12)).toBe(0x800);
  expect(onesSum(frame, 14, 34)).toBe(0xffff);
  const length = get16(frame, 38);
  expect(onesSum(frame, 34, 34 + length, pseudoHeaderSum(frame, 14, length))).toBe(0xffff);
  expect([get32(frame, 26), get32(frame, 30), get16(frame, 36)]).toEqual([PEER_IP, HOST_IP, HOST_PORT]);
  return { from: get16(frame, 34), data: frame.slice(42, 34 + length) };
}

const bytes = (length: number) => Uint8Array.from({ length }, (_, k) => k * 31 + 7);

test('RFC 826: answers a request for its address, and no other', () => {
  const host = new Host();
  expect(host.ask(arpRequest(0x0a000203))).toEqual([]);
  const [answer] = host.ask(arpRequest());
  expect([...answer.subarray(0, 42)]).toEqual([
    ...HOST, ...PEER_ADDRESS, 8, 6, 0, 1, 8, 0, 6, 4, 0, 2, ...PEER_ADDRESS, 10, 0, 2, 2, ...HOST, 10, 0, 2, 15,
  ]);
  expect(answer).toHaveLength(60);
});

test('RFC 792: ICMP echo, an odd length', () => {
  const host = new Host();
  const request = echoRequest(57), end = 34 + 8 + 57;
  const [answer] = host.ask(request);
  expect(onesSum(answer, 34, end)).toBe(0xffff);
  expect([...answer.subarray(34, 36), ...answer.subarray(38, end)]).toEqual([0, 0, ...request.subarray(38, end)]);
  request[54] ^= 1;
  expect(host.ask(request)).toEqual([]);
});

test('RFC 862: UDP echo of every length, with a checksum and without', () => {
  const host = new Host();
  for (const length of [0, 1, 18, 19, 1471, 1472])
    for (const checksum of [true, false]) {
      const [answer] = host.ask(udpTo(PEER_PORT.ECHO, bytes(length), checksum));
      expect(payloadOf(answer)).toEqual({ from: 7, data: bytes(length) });
    }
});

test('RFC 768: a damaged datagram, a fragment and one for another port are dropped', () => {
  const host = new Host();
  const damaged = udpTo(PEER_PORT.ECHO, bytes(100)), fragment = udpTo(PEER_PORT.ECHO, bytes(100));
  damaged[60] ^= 4;
  put16(fragment, 20, 0x2000);
  put16(fragment, 24, 0);
  put16(fragment, 24, 0xffff ^ onesSum(fragment, 14, 34));
  for (const frame of [damaged, fragment, udpTo(11, bytes(4))]) expect(host.ask(frame)).toEqual([]);
  expect(host.peer.counterRows.find((c) => c.name === 'peerDrops')?.value()).toBe(3);
});

test('RFC 863: the sink takes, and reports what it took since the last report', () => {
  const host = new Host();
  host.ask(udpTo(PEER_PORT.SINK, bytes(1000)));
  host.ask(udpTo(PEER_PORT.SINK, bytes(10)));
  const { data } = payloadOf(host.ask(udpTo(PEER_PORT.SINK, bytes(0)))[0]);
  expect([get32(data, 0), get32(data, 4), get32(data, 8)]).toEqual([2, 1010, crc32(bytes(10), crc32(bytes(1000)))]);
  expect(get32(payloadOf(host.ask(udpTo(PEER_PORT.SINK, bytes(0)))[0]).data, 0)).toBe(0);
});

test('the stream: so many bytes in numbered datagrams, one each interval', () => {
  const host = new Host();
  const request = new Uint8Array(14);
  put32(request, 0, 1000);
  put16(request, 4, 400);
  put32(request, 6, 200_000);
  put32(request, 10, 99);
  const datagrams = host.ask(udpTo(PEER_PORT.STREAM, request)).map(payloadOf);
  expect(datagrams.map((d) => d.data.length)).toEqual([400, 400, 200]);
  datagrams.forEach(({ data }, n) => {
    const expected = new Uint8Array(data.length);
    fillPayload(expected, 0, data.length, 99, n);
    expect(data).toEqual(expected);
  });
  const before = host.heard.length;
  host.bench.run(ms(100));
  expect(host.heard.slice(before).map((f) => payloadOf(f).data.length)).toEqual([0, 0]);
});

test('any bytes are taken', () => {
  const host = new Host();
  const odd = fc.uint8Array({ minLength: 1, maxLength: 1518 });
  const nearly = fc.tuple(fc.constantFrom(7, 9, 10, 19), fc.uint8Array({ maxLength: 1472 }),
    fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 3 })).map(([port, data, changes]) => {
    const frame = udpTo(port, data, false);
    for (const [at, value] of changes) if (at < frame.length) frame[at] = value;
    return frame;
  });
  fc.assert(fc.property(fc.oneof(odd, nearly), (frame) => void host.ask(frame)), { seed: 2, numRuns: 500 });
});
