import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PciBench } from '../../../testing/pci-bench.ts';
import type { Picture } from '../../../host/video.ts';
import { setMode, STANDARD_MODES } from './standard-modes.ts';
import { Vga } from './vga.ts';

const MODES = [3, 4, 6, 7, 0x12, 0x13, 8, 15, 16, 24, 32] as const;
type ModeNumber = (typeof MODES)[number];

/** A card in a mode, the picture made of few lines' time so that tests are short. */
class Card {
  readonly bench = new PciBench(4096);
  readonly taps: { time: number; picture: Picture }[] = [];
  readonly device: Vga;
  readonly memory: number;

  constructor(tapped: boolean) {
    const { at, device } = this.bench.plug((sim) => {
      const vga = new Vga('vga', sim, { size: 2 ** 18 });
      if (tapped)
        vga.pictures = {
          finished: (_output, { width, height, rgba }, time) =>
            this.taps.push({ time, picture: { width, height, rgba: rgba.slice() } }),
        };
      return vga;
    });
    this.device = device;
    this.memory = at['BAR0'];
  }

  /** A mode with a palette in which no two colours are alike. */
  mode(mode: ModeNumber): void {
    this.setMode(mode);
    this.bench.outb(0x3c8, 0);
    for (let n = 0; n < 256; n++) for (const level of [n, n >> 2, ~n]) this.bench.outb(0x3c9, level & 0x3f);
  }
  private setMode(mode: ModeNumber): void {
    if (Object.hasOwn(STANDARD_MODES, mode)) {
      this.dispi(4, 0);
      setMode(STANDARD_MODES[mode as 3], this.bench);
      return;
    }
    this.dispi(4, 0);
    this.dispi(1, 64);
    this.dispi(2, 200);
    this.dispi(3, mode);
    this.dispi(4, 0x41);
  }
  dispi(index: number, value: number): void {
    this.bench.outw(0x1ce, index);
    this.bench.outw(0x1d0, value);
  }

  do(step: Step): void {
    const b = this.bench;
    switch (step.kind) {
      case 'wait': b.run(step.ticks); break;
      case 'mode': this.mode(step.mode); break;
      case 'write': b.writeMemory(this.memory + (step.at & ~3), step.value); break;
      case 'legacy': b.writeMemory(0xa0000 + (step.at & 0x1fffc), step.value); break;
      // Something on each line.
      case 'fill':
        for (let at = 0; at < 0xd000; at += 64) b.writeMemory(this.memory + at, step.value);
        break;
      case 'legacy-fill':
        for (let at = 0; at < 0x20000; at += 80) b.writeMemory(0xa0000 + (at & ~3), step.value);
        break;
      case 'read': b.readMemory(0xa0000 + (step.at & 0x1fffc)); break;
      case 'port': b.outb(step.port, step.value & 0xff); break;
      case 'word': b.outw(step.port & ~1, step.value & 0xffff); break;
      case 'in': b.inb(step.port); break;
      case 'dispi': this.dispi(step.index, step.value); break;
    }
  }
}

type Step =
  | { kind: 'wait'; ticks: number } | { kind: 'mode'; mode: ModeNumber }
  | { kind: 'fill' | 'legacy-fill'; value: number } | { kind: 'write' | 'legacy' | 'read'; at: number; value: number }
  | { kind: 'port' | 'word' | 'in'; port: number; value: number } | { kind: 'dispi'; index: number; value: number };

const value = fc.oneof(fc.nat(0xffff), fc.constantFrom(0, 0xff, 0xffff), fc.nat(0xffffffff));
const port = fc.oneof(
  fc.integer({ min: 0x3b0, max: 0x3df }),
  fc.constantFrom(0x3c0, 0x3c4, 0x3c5, 0x3ce, 0x3cf, 0x3d4, 0x3d5, 0x3da, 0x3c2),
);
const wait = fc.record({
  kind: fc.constant('wait' as const),
  ticks: fc.oneof(fc.nat(300_000), fc.nat(10_000_000), fc.constant(120_000_000)),
});
const quiet = fc.oneof(
  { weight: 3, arbitrary: wait },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('write' as const, 'legacy' as const), at: fc.nat(0x3ffff), value }),
  },
);
const fill = fc.record({ kind: fc.constantFrom('fill' as const, 'legacy-fill' as const), value: fc.nat(0xffffffff) });
const any = fc.oneof(
  { weight: 4, arbitrary: fill },
  { weight: 6, arbitrary: quiet },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('mode' as const), mode: fc.constantFrom(...MODES) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('read' as const), at: fc.nat(0x3ffff), value }) },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constantFrom('port' as const, 'word' as const, 'in' as const), port, value }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('dispi' as const), index: fc.nat(12), value }) },
);

/** Looks after every line's time while time passes, as a beam with an event for each line does. */
function eachLine(card: Card, ticks: number): void {
  const { scheduler } = card.bench, end = scheduler.now + ticks;
  while (card.device.beam.due <= end) {
    scheduler.runUntil(card.device.beam.due);
    card.device.catchUp();
  }
  scheduler.runUntil(end);
}

describe('lines are fetched when the beam is there', () => {
  test('fetched late is the same as fetched with an event for each line; nobody\'s look changes anything', () => {
    fc.assert(fc.property(fc.constantFrom(...MODES), fc.array(any, { maxLength: 24 }), (mode, steps) => {
      const late = new Card(false), prompt = new Card(false);
      for (const card of [late, prompt]) card.mode(mode);
      for (const step of steps) {
        late.do(step);
        if (step.kind === 'wait') eachLine(prompt, step.ticks);
        else prompt.do(step);
      }
      expect(same(late.device.video.picture(), prompt.device.video.picture())).toBe(true);
      expect(late.device.video.finishedFrames).toBe(prompt.device.video.finishedFrames);
      expect(sameState(late, prompt)).toBe(true);
    }), { numRuns: 25, seed: 23 });
  });

  test('who takes the pictures changes nothing, and gets what was shown at the end of each', () => {
    fc.assert(fc.property(fc.constantFrom(...MODES), fc.array(any, { maxLength: 25 }), (mode, steps) => {
      const plain = new Card(false), tapped = new Card(true);
      for (const card of [plain, tapped]) {
        card.mode(mode);
        for (const step of steps) card.do(step);
      }
      expect(sameState(plain, tapped)).toBe(true);
      expect(plain.bench.scheduler.now).toBe(tapped.bench.scheduler.now);
    }), { numRuns: 25, seed: 24 });
    const card = new Card(true);
    card.mode(3);
    card.bench.run(10 * 42_900_000);
    expect(card.taps.length).toBe(card.device.video.finishedFrames);
    expect(card.taps.length).toBe(10);
  });

  test('a snapshot in the middle of a picture goes on to the same pictures; random registers never throw', () => {
    fc.assert(fc.property(
      fc.constantFrom(...MODES), fc.array(any, { maxLength: 24 }), fc.array(any, { maxLength: 20 }),
      (mode, before, after) => {
        const first = new Card(false), second = new Card(false);
        first.mode(mode);
        for (const step of before) first.do(step);
        const events = first.bench.scheduler.save();
        second.bench.scheduler.load({ ...events, events: [] });
        second.device.load(first.device.save());
        second.device.restored();
        for (const step of after) {
          first.do(step);
          second.do(step);
        }
        expect(same(first.device.video.picture(), second.device.video.picture())).toBe(true);
        expect(sameState(first, second)).toBe(true);
      },
    ), { numRuns: 25, seed: 25 });
  });
});

function same(a: Picture | null, b: Picture | null): boolean {
  if (a === null || b === null) return a === b;
  return a.width === b.width && a.height === b.height && sameBytes(a.rgba, b.rgba);
}

function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  return Buffer.compare(Buffer.from(a.buffer, a.byteOffset, a.byteLength),
    Buffer.from(b.buffer, b.byteOffset, b.byteLength)) === 0;
}

/** Whether both cards have the same state, to the last cell. */
function sameState(a: Card, b: Card): boolean {
  const other = b.device.save();
  return Object.entries(a.device.save()).every(([group, cells]) => Object.entries(cells).every(([cell, value]) => {
    const v = other[group]?.[cell];
    return ArrayBuffer.isView(value) && ArrayBuffer.isView(v) ? sameBytes(value, v) : v === value;
  }));
}

test('a picture drawn while the beam passes is torn at its line', () => {
  const card = new Card(false);
  card.mode(8);
  const { bench, device, memory } = card, t = device.beam.timing!;
  bench.outb(0x3c8, 1);
  for (let k = 0; k < 3; k++) bench.outb(0x3c9, 63);
  // Until the beam begins line 70 of the second picture.
  bench.scheduler.runUntil(t.clock.timeOf((t.lines + 70) * t.dots));
  for (let at = 0; at < 64 * 200; at += 4) bench.writeMemory(memory + at, 0x01010101);
  bench.scheduler.runUntil(t.clock.timeOf((t.lines + 200) * t.dots));
  const { rgba } = device.video.picture()!;
  const white = Array.from({ length: 200 }, (_, y) => rgba[4 * 64 * y] === 255);
  expect(white.indexOf(true)).toBe(71);
  expect(white.lastIndexOf(false)).toBe(70);
});

test('so is one that is drawn through the window at A0000h (mode 13h)', () => {
  const card = new Card(false);
  card.mode(0x13);
  const { bench, device } = card, t = device.beam.timing!;
  bench.scheduler.runUntil(t.clock.timeOf((t.lines + 101) * t.dots));
  for (let at = 0; at < 320 * 200; at += 4) bench.writeMemory(0xa0000 + at, 0x3f3f3f3f);
  bench.scheduler.runUntil(t.clock.timeOf((t.lines + 400) * t.dots));
  const { rgba, width, height } = device.video.picture()!;
  const red = Array.from({ length: height }, (_, y) => rgba[4 * width * y] === 255);
  expect([red.length, red.indexOf(true), red.lastIndexOf(false)]).toEqual([400, 102, 101]);
});
