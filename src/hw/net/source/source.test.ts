import { expect, test } from 'vitest';
import { crc32 } from '../../../bits/crc32.ts';
import { DeviceBench } from '../../../testing/device-bench.ts';
import { ms, us } from '../../../sim/time.ts';
import { EthernetWire } from '../link/wire.ts';
import { fillPayload } from '../payload.ts';
import { PacketSource, SOURCE_ADDRESS, type SourceOptions } from './source.ts';

const CARD = Uint8Array.of(0x52, 0x54, 0, 0x12, 0x34, 0x56);

function sourced(options: Partial<SourceOptions> = {}) {
  const bench = new DeviceBench();
  const wire = new EthernetWire('wire', bench, { rate: 100e6, latency: 0 });
  const source = new PacketSource('source', bench, wire, {
    destination: CARD, frames: 3, size: 100, interval: us(50), delay: 0, seed: 5, ...options,
  });
  const heard: { at: number; bytes: Uint8Array }[] = [];
  const host = {
    name: 'host', frameArrived: (f: Uint8Array) => void heard.push({ at: bench.scheduler.now / 3, bytes: f.slice() }),
  };
  wire.connect(host, source);
  bench.reset(wire, source);
  return { bench, wire, source, heard, host };
}

test('a frame starts a series: numbered payloads at the interval, with a digest', () => {
  const { bench, wire, source, heard, host } = sourced();
  bench.run(ms(1));
  expect(heard).toEqual([]);
  wire.send(host, new Uint8Array(60), 60);
  bench.run(ms(1));
  expect(heard.map((h) => h.at - heard[0].at)).toEqual([0, 50_000, 100_000]);
  let digest = 0;
  heard.forEach(({ bytes }, n) => {
    const payload = new Uint8Array(86);
    fillPayload(payload, 0, 86, 5, n);
    expect(bytes).toEqual(Uint8Array.of(...CARD, ...SOURCE_ADDRESS, 0x88, 0xb5, ...payload));
    digest = crc32(payload, digest);
  });
  expect([source.sent, source.digest, source.idle]).toEqual([3, digest, true]);
});

test('a series by itself after a delay; no faster than the wire', () => {
  const { bench, heard } = sourced({ delay: us(10), interval: 0, size: 60 });
  bench.run(ms(1));
  expect(heard.map((h) => h.at)).toEqual([0, 1, 2].map((n) => 10_000 + 80 * (84 * n + 72)));
});
