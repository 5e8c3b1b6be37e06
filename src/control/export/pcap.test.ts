import { expect, test } from 'vitest';
import { seconds } from '../../sim/time.ts';
import { pcapHeader, pcapRecord } from './pcap.ts';

test('the header: nanoseconds, version 2.4, Ethernet', () => {
  const h = new DataView(pcapHeader().buffer);
  expect([h.getUint32(0, true), h.getUint16(4, true), h.getUint16(6, true), h.getUint32(20, true), h.byteLength])
    .toEqual([0xa1b23c4d, 2, 4, 1, 24]);
});

test('a record: seconds, nanoseconds, both lengths, the frame', () => {
  const frame = Uint8Array.from({ length: 60 }, (_, k) => k);
  const bytes = pcapRecord(frame, seconds(90000) + 3 * 123_456_789 + 2), r = new DataView(bytes.buffer);
  expect([0, 4, 8, 12].map((at) => r.getUint32(at, true))).toEqual([90000, 123_456_789, 60, 60]);
  expect(bytes.subarray(16)).toEqual(frame);
});
