import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeviceBench } from '../../../testing/device-bench.ts';
import { ns, us } from '../../../sim/time.ts';
import type { EthernetStation } from '../ethernet.ts';
import { EthernetWire, type WireOptions } from './wire.ts';

/** Remembers what arrived, and when (ns). */
class Listener implements EthernetStation {
  readonly name: string;
  readonly heard: { bytes: number[]; at: number }[] = [];
  private readonly bench: DeviceBench;

  constructor(name: string, bench: DeviceBench) {
    this.name = name;
    this.bench = bench;
  }
  frameArrived(frame: Uint8Array): void {
    this.heard.push({ bytes: [...frame], at: this.bench.scheduler.now / 3 });
  }
}

function wired(options: Partial<WireOptions> = {}) {
  const bench = new DeviceBench();
  const wire = new EthernetWire('wire', bench, { rate: 10e6, latency: us(1), ...options });
  const near = new Listener('near', bench), far = new Listener('far', bench);
  wire.connect(near, far);
  bench.reset(wire);
  return { bench, wire, near, far };
}

const frame = (length: number, first = 0) => Uint8Array.from({ length }, (_, k) => first + k);

test('IEEE 802.3 §3.1.1, §4.4.2: preamble, frame and FCS, then the latency; the next after a gap of 96 bits', () => {
  const { bench, wire, near, far } = wired();
  const first = frame(60, 1);
  expect(wire.send(near, first, 60)).toBe(ns(800 * (8 + 60 + 4 + 12)));
  first.fill(0);
  wire.send(near, frame(60, 2), 60);
  bench.run(us(1000));
  expect(far.heard.map((h) => h.at)).toEqual([800 * 72 + 1000, 800 * (84 + 72) + 1000]);
  expect(far.heard[0].bytes).toEqual([...frame(60, 1)]);
  expect(near.heard).toEqual([]);
});

test('both directions at once', () => {
  const { bench, wire, near, far } = wired({ rate: 1000e6 });
  wire.send(near, frame(1514), 1514);
  wire.send(far, frame(60), 60);
  bench.run(us(100));
  expect([near.heard[0].at, far.heard[0].at]).toEqual([8 * 72 + 1000, 8 * 1526 + 1000]);
});

test('frames of impossible lengths are noted and lost; so are those for which too many wait', () => {
  const { bench, wire, near, far } = wired();
  for (const length of [0, 1519, 60000]) wire.send(near, frame(length), length);
  expect(bench.trace.noteCount('wire', 'frame-length')).toBe(3);
  bench.run(us(100_000));
  for (let n = 0; n < 40; n++) wire.send(near, frame(60), 60);
  bench.run(us(100_000));
  expect(far.heard).toHaveLength(40 - bench.trace.noteCount('wire', 'frames-waiting'));
  expect(far.heard.length).toBeGreaterThanOrEqual(17);
});

test('losses are drawn from a seed, and a tap sees every frame', () => {
  const run = (seed: number) => {
    const { bench, wire, near, far } = wired({ loss: 300_000, seed });
    const seen: boolean[] = [];
    wire.tap = { frame: (name, bytes, start, end, lost) => {
      expect([name, bytes.length, end - start]).toEqual(['wire', 60, ns(800 * 72 + 1000)]);
      seen.push(lost);
    } };
    for (let n = 0; n < 200; n++) bench.scheduler.runUntil(wire.send(near, frame(60), 60));
    bench.run(us(1000));
    expect(far.heard).toHaveLength(seen.filter((lost) => !lost).length);
    return seen;
  };
  expect(run(7)).toEqual(run(7));
  expect(run(7)).not.toEqual(run(8));
  expect(run(7).filter(Boolean).length).toBeGreaterThan(30);
});

test('a snapshot with frames in flight goes on to the same end', () => {
  const a = wired({ latency: us(100), rate: 1000e6 });
  for (let n = 0; n < 10; n++) a.wire.send(a.near, frame(60 + n, n), 60 + n);
  a.bench.run(us(101));
  const saved = { parts: a.wire.save(), events: a.bench.scheduler.save() };
  const before = a.far.heard.length;
  a.bench.run(us(1000));
  const b = wired({ latency: us(100), rate: 1000e6 });
  b.bench.scheduler.load(saved.events);
  b.wire.load(saved.parts);
  b.bench.run(us(1000));
  expect(before).toBeGreaterThan(0);
  expect(b.far.heard).toEqual(a.far.heard.slice(before));
});

test('any row of sends is taken, in bounded memory, and arrives in order', () => {
  fc.assert(fc.property(
    fc.array(fc.tuple(fc.boolean(), fc.integer({ min: 0, max: 1600 }), fc.integer({ min: 0, max: 5000 }))),
    (sends) => {
      const { bench, wire, near, far } = wired({ rate: 100e6, loss: 1000 });
      sends.forEach(([fromNear, length, wait], n) => {
        wire.send(fromNear ? near : far, frame(length, n), length);
        bench.run(wait);
      });
      bench.run(us(10_000));
      for (const { heard } of [near, far])
        expect(heard.map((h) => h.at)).toEqual(heard.map((h) => h.at).sort((a, b) => a - b));
    },
  ), { seed: 1, numRuns: 50 });
});
