import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EngineKind } from '../jit/engine-kind.ts';
import { PcMachine } from '../machine/pc-machine.ts';
import { ms, us } from '../sim/time.ts';
import { crc32 } from '../bits/crc32.ts';
import { DiskOverlay } from './disk-overlay.ts';
import { DISK_READ_BLOCK } from './experiments/disk-read/block.ts';
import { ImageDisk, pseudoRandomImage } from './image-disk.ts';
import { Session } from './session.ts';
import { SnapshotError } from './snapshot-error.ts';
import { decodeSnapshot, encodeSnapshot, type Snapshot } from './snapshot-format.ts';
import { stateChecksum } from './state-checksum.ts';

const GUEST = readFileSync(new URL('../../guest/images/disk-read.elf', import.meta.url));
const IMAGE = pseudoRandomImage(2 ** 20);

/** The disk-read guest, 64 KiB by interrupt-driven PIO; the JIT compiles early. */
function start(engine: EngineKind, skipSha256 = true) {
  const disk = new DiskOverlay(new ImageDisk('d', IMAGE));
  const machine = new PcMachine({
    ramBytes: 16 * 2 ** 20, disk, onSerial: () => {}, onPost: () => {}, engine, jit: { hotThreshold: 20, group: 1 },
  });
  machine.loadGuest(GUEST, DISK_READ_BLOCK.encode({
    method: 'pio-irq', byteCount: 64 * 1024, sectorsPerCommand: 8, skipSha256,
  }));
  const session = new Session(machine, { attachments: { disk } });
  return { machine, session, sum: () => stateChecksum(machine, { disk }) };
}

describe('a snapshot that cannot be used', () => {
  const source = start('jit');
  source.session.run(ms(2));
  const file = source.session.snapshot();
  const target = start('jit');
  target.session.run(us(700));
  const before = target.sum();

  test('cut at any place leaves the machine as it was', () => {
    const structure = 0x20 + new DataView(file.buffer).getUint32(0x18, true);
    const edges = [0, 7, 8, 0x1f, 0x20, 0x23, 0x24, structure - 1, structure, structure + 8, file.length - 5,
      file.length - 4, file.length - 1];
    for (const length of [...edges, ...fc.sample(fc.nat(file.length - 1), 30)])
      expect(() => target.session.restore(file.subarray(0, length))).toThrow(SnapshotError);
    expect(target.sum()).toBe(before);
  });

  test('with a bit flipped anywhere leaves the machine as it was', () => {
    const bits = [0, 64, 0x0c * 8, 0x10 * 8, 0x18 * 8, 0x1c * 8, 0x20 * 8, file.length * 8 - 1, file.length * 8 - 32];
    const damaged = file.slice();
    for (const bit of [...bits, ...fc.sample(fc.nat(file.length * 8 - 1), 100)]) {
      damaged[bit >> 3] ^= 1 << (bit & 7);
      expect(() => target.session.restore(damaged)).toThrow(SnapshotError);
      damaged[bit >> 3] ^= 1 << (bit & 7);
    }
    expect(target.sum()).toBe(before);
    target.session.restore(damaged);
    expect(target.sum()).toBe(source.sum());
  });

  test('with one component that does not fit, and sound checksums, leaves the machine as it was', () => {
    const fresh = start('jit');
    fresh.session.run(us(700));
    const view = new DataView(file.buffer);
    const structure = 0x20 + view.getUint32(0x18, true);
    // The last component's cell gets another name of the same length.
    const json = new TextDecoder().decode(file.subarray(0x20, structure));
    const changed = json.replace(/"lastFrame"|"counters":\{"portReads"/, (m) => m.replace('t', 'T'));
    expect(changed).not.toBe(json);
    const bad = file.slice(), badView = new DataView(bad.buffer);
    bad.set(new TextEncoder().encode(changed), 0x20);
    badView.setUint32(0x1c, crc32(bad.subarray(0x20, structure)), true);
    badView.setUint32(bad.length - 4, crc32(bad.subarray(0, bad.length - 4)), true);
    expect(() => fresh.session.restore(bad)).toThrow(/^snapshot: cpu0 does not fit: /);
    expect(fresh.sum()).toBe(before);
  });

  test.each<[string, (s: Snapshot) => void, RegExp]>([
    ['an event due before its time', ({ machine: { scheduler: s } }) => { s.events[0].time = s.now - 1; }, /is due at/],
    ['an event twice', ({ machine: { scheduler: s } }) => { s.events.push(s.events[0]); }, /the event \S+ twice/],
    ['an event of no machine', ({ machine: { scheduler: s } }) => { s.events[0].name = 'x'; }, /an event x, which/],
    ['half a tick', ({ machine: { scheduler: s } }) => { s.now -= 0.5; }, /its time is \d+\.5 ticks/],
    ['a bus that is never free', ({ machine: m }) => { m.buses['pci'] = 1e308; }, /bus pci is taken until 1e\+308/],
    ['half a tick of a bus', ({ machine: m }) => { m.buses['pci'] = 0.5; }, /bus pci is taken until 0\.5/],
    ['an attachment named as a method', (s) => { s.attachments['toString'] = {}; }, /it has toString, which this/],
  ])('with %s, and sound checksums, leaves the machine as it was', (_, change, words) => {
    const fresh = start('jit');
    fresh.session.run(us(700));
    const changed = decodeSnapshot(file);
    change(changed);
    const bad = encodeSnapshot(changed);
    expect(() => fresh.session.restore(bad)).toThrow(SnapshotError);
    expect(() => fresh.session.restore(bad)).toThrow(words);
    expect(fresh.sum()).toBe(before);
  });
});

describe.each([['jit', 'interpreter'], ['interpreter', 'jit']] as const)('taken with %s, gone on with %s', (a, b) => {
  test('in a fresh machine and in a used one: the same state then, and the same future', () => {
    const first = start(a, false);
    first.session.run(ms(3));
    const file = first.session.snapshot();
    const fresh = start(b, false), used = start(b, false);
    // It has code, translations and compiled functions of another moment.
    used.session.run(ms(9));
    used.machine.ram.fill(0xa5, 0x80_0000, 0x80_0000 + 100_000);
    for (const other of [fresh, used]) {
      other.session.restore(file);
      expect(other.sum()).toBe(first.sum());
    }
    for (const m of [first, fresh, used]) m.session.run(ms(12));
    for (const other of [fresh, used]) {
      expect(other.sum()).toBe(first.sum());
      expect(other.machine.counters()).toEqual(first.machine.counters());
    }
  });
});
