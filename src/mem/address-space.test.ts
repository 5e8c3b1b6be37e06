import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { Clock } from '../sim/clock.ts';
import { Scheduler } from '../sim/scheduler.ts';
import { Trace, type TransactionRecord } from '../sim/trace.ts';
import { AddressSpace } from './address-space.ts';
import type { RegionOptions } from './region.ts';
import { Bus } from './bus.ts';
import { Ram } from './ram.ts';
import { STATUS, Transaction, type Guard, type Target } from './transaction.ts';

const sim = () => ({ scheduler: new Scheduler(), trace: new Trace() });
const tx = new Transaction('test');

/** A target that remembers what it was asked. */
class Probe implements Target {
  readonly name: string;
  readonly guard?: Guard;
  readonly log: string[] = [];
  onAccess: () => void = () => {};
  constructor(name: string, guard?: Guard) {
    this.name = name;
    if (guard !== undefined) this.guard = guard;
  }
  read(offset: number, size: number): number {
    this.log.push(`r${size}@${offset}`);
    this.onAccess();
    return 0;
  }
  write(offset: number, size: number, value: number): void {
    this.log.push(`w${size}@${offset}=${value.toString(16)}`);
    this.onAccess();
  }
}

beforeEach(() => {
  tx.debug = false;
});

describe('the flat view', () => {
  const regions = fc.array(
    fc.record({
      base: fc.nat(200),
      size: fc.integer({ min: 1, max: 60 }),
      priority: fc.integer({ min: -1, max: 2 }),
      enabled: fc.boolean(),
    }),
    { maxLength: 12 },
  );
  const moves = fc.array(fc.record({ region: fc.nat(11), base: fc.nat(190), enabled: fc.boolean() }), { maxLength: 6 });

  test('every address decodes to the enabled region of highest priority, the earliest of equals: against ' +
    'brute force', () => {
    fc.assert(
      fc.property(regions, moves, (list, moved) => {
        const space = new AddressSpace('s', 8, sim());
        const mapped = list
          .filter((r) => r.base + r.size <= 256)
          .map((r, i) => space.map(r.base, r.size, new Probe(`p${i}`), { priority: r.priority, disabled: !r.enabled }));
        const compare = (): void => {
          for (let a = 0; a < 256; a++) {
            let best: (typeof mapped)[number] | null = null;
            for (const r of mapped)
              if (r.enabled && a >= r.base && a < r.base + r.size && (best === null || r.priority > best.priority))
                best = r;
            expect(space.find(a)).toBe(best);
          }
        };
        compare();
        for (const m of moved) {
          const region = mapped[m.region];
          if (region === undefined || m.base + region.size > 256) continue;
          region.set(m.base, m.enabled);
          compare();
        }
      }),
      { numRuns: 60 },
    );
  });

  test('who caches lookups is told when the map changes, and only then', () => {
    const space = new AddressSpace('s', 16, sim());
    let told = 0;
    space.onChange = () => told++;
    const region = space.map(0x100, 16, new Probe('p'));
    region.set(0x100, true);
    expect(told).toBe(1);
    region.set(0x200, true);
    region.set(0x200, false);
    expect(told).toBe(3);
    expect(space.find(0x200)).toBe(null);
  });

  test('a region outside the space is an error of the board', () => {
    const space = new AddressSpace('s', 16, sim());
    for (const [base, size] of [
      [0xfff0, 0x11], [-1, 4], [0, 0],
    ])
      expect(() => space.map(base, size, new Probe('p'))).toThrow('outside the 16-bit space');
  });

  test('so is memory that is shorter than its region', () => {
    const space = new AddressSpace('s', 16, sim()), ram = new Ram('r', new Uint8Array(32));
    expect(() => space.map(0, 33, ram)).toThrow('s: region r takes 33 bytes and has 32');
    expect(() => space.map(0, 32, ram, { offset: 1 })).toThrow('takes 32 bytes');
    expect(space.map(0, 31, ram, { offset: 1 }).size).toBe(31);
  });
});

describe('accesses', () => {
  /** RAM pieces with holes, one of them an alias. */
  function patched() {
    const space = new AddressSpace('s', 8, sim());
    const a = new Ram('a', new Uint8Array(64)), b = new Ram('b', new Uint8Array(16));
    space.map(0, 64, a);
    space.map(64, 13, b, { offset: 3 });
    space.map(100, 10, a, { offset: 20, name: 'alias' });
    space.map(30, 5, b, { priority: 1 });
    const byte = (address: number): { ram: Ram; at: number } | null => {
      if (address >= 30 && address < 35) return { ram: b, at: address - 30 };
      if (address < 64) return { ram: a, at: address };
      if (address < 77) return { ram: b, at: address - 64 + 3 };
      if (address >= 100 && address < 110) return { ram: a, at: address - 80 };
      return null;
    };
    return { space, byte };
  }

  test('any size at any address: the bytes are those that each address decodes to, and nothing does from ' +
    'the end of the space on', () => {
    fc.assert(
      fc.property(fc.nat(255), fc.constantFrom(1, 2, 4), fc.nat(0xffffffff), (address, size, value) => {
        const { space, byte } = patched();
        const v = size === 4 ? value : value % 2 ** (8 * size);
        space.write(address, size, v, tx);
        let status: number = STATUS.OK;
        let expected = 0;
        for (let k = size - 1; k >= 0; k--) {
          const at = byte(address + k);
          if (at === null) status = STATUS.DECODE_ERROR;
          expected = expected * 256 + (at === null ? 0xff : Math.floor(v / 2 ** (8 * k)) % 256);
        }
        expect(tx.status).toBe(status);
        expect(space.read(address, size, tx)).toBe(expected);
        expect(tx.status).toBe(status);
      }),
    );
  });

  test('a target sees natural alignment and never an access past its region', () => {
    fc.assert(
      fc.property(
        fc.nat(40), fc.constantFrom(1, 2, 4), fc.boolean(), fc.integer({ min: 1, max: 20 }),
        (address, size, write, length) => {
          const space = new AddressSpace('s', 8, sim());
          const probe = new Probe('p');
          space.map(8, length, probe);
          if (write) space.write(address, size, 0, tx);
          else space.read(address, size, tx);
          for (const entry of probe.log) {
            const [, s, at] = /^.(\d)@(\d+)/.exec(entry)!.map(Number);
            expect(at % s).toBe(0);
            expect(at + s).toBeLessThanOrEqual(length);
          }
        },
      ),
    );
  });

  test('a burst into a device takes no time of its own, leaves no records, and keeps the guard', () => {
    const m = sim(), space = new AddressSpace('memory', 32, m), guard: Guard = { engaged: false };
    const probe = new Probe('device', guard), open = new Probe('open');
    const bus = new Bus('pci', new Clock('pci', 100e6, 3), { arbitration: 2, firstData: 8, perBeat: 1, width: 4 });
    space.map(0x1000, 0x100, probe, { bus });
    space.map(0x1100, 0x100, open, { bus });
    const records: unknown[] = [];
    m.trace.listen((r) => records.push(r));
    space.burst(0x1001, new Uint8Array(10).fill(1), 0, 8, true, tx);
    expect(probe.log).toEqual(['w1@1=1', 'w2@2=101', 'w4@4=1010101', 'w1@8=1']);
    expect([bus.busyUntil, records.length, guard.engaged, tx.status]).toEqual([0, 0, false, STATUS.OK]);
    // One part is engaged, one answers, one is nobody's: the worst status, ones where none came.
    guard.engaged = true;
    const got = new Uint8Array(0x20a);
    space.burst(0x10fe, got, 0, 0x104, false, tx);
    expect(tx.status).toBe(STATUS.TARGET_ERROR);
    expect([...got.subarray(0, 3), got[0x101], got[0x102]]).toEqual([0xff, 0xff, 0, 0, 0xff]);
    expect([m.trace.noteCount('device', 'reentrant'), guard.engaged]).toEqual([1, true]);
  });

  test.each([[8, 2 ** 8], [16, 2 ** 16], [32, 2 ** 32], [32, 2 ** 32 + 0x1000], [32, 2 ** 52]])(
    'a burst of DMA to where no address of a %i-bit space is touches nothing: %i',
    (bits, address) => {
      const space = new AddressSpace('s', bits, sim()), low = new Ram('low', new Uint8Array(256));
      space.map(0, 256, low);
      space.burst(address, new Uint8Array(64).fill(7), 0, 64, true, tx);
      expect([tx.status, low.bytes.every((byte) => byte === 0)]).toEqual([STATUS.DECODE_ERROR, true]);
      const got = new Uint8Array(64);
      space.burst(address, got, 0, 64, false, tx);
      expect([tx.status, got.every((byte) => byte === 0xff)]).toEqual([STATUS.DECODE_ERROR, true]);
    },
  );

  test('a burst is the same as its bytes one by one', () => {
    fc.assert(fc.property(fc.nat(255), fc.uint8Array({ minLength: 1, maxLength: 40 }), (address, data) => {
      const one = patched(), two = patched();
      one.space.burst(address, data, 0, data.length, true, tx);
      const status = tx.status;
      let worst: number = STATUS.OK;
      data.forEach((v, i) => {
        two.space.write(address + i, 1, v, tx);
        worst = Math.max(worst, tx.status);
      });
      expect(status).toBe(worst);
      const got = new Uint8Array(data.length + 1);
      one.space.burst(address, got, 1, data.length, false, tx);
      expect([...got.subarray(1)]).toEqual([...data.keys()].map((i) => two.space.read(address + i, 1, tx)));
    }));
  });

  test.each([16, 32])('an access after a change of the map goes where the map says now (%i-bit space)', (bits) => {
    const space = new AddressSpace('s', bits, sim());
    const a = new Probe('a'), b = new Probe('b');
    const region = space.map(0x100, 4, a);
    space.map(0x104, 4, b);
    space.read(0x100, 4, tx);
    region.set(0x200, true);
    space.read(0x100, 4, tx);
    expect(tx.status).toBe(STATUS.DECODE_ERROR);
    space.read(0x202, 2, tx);
    b.onAccess = () => region.set(0x300, true);
    space.write(0x106, 1, 9, tx);
    space.read(0x202, 2, tx);
    expect(tx.status).toBe(STATUS.DECODE_ERROR);
    space.read(0x303, 1, tx);
    expect([a.log, b.log]).toEqual([['r4@0', 'r2@2', 'r1@3'], ['w1@2=9']]);
  });

  test('reads of 4 bytes are unsigned', () => {
    const { space } = patched();
    space.write(0, 4, 0xfedcba98, tx);
    expect(space.read(0, 4, tx)).toBe(0xfedcba98);
    expect(space.read(200, 4, tx)).toBe(0xffffffff);
  });

  test('read-only RAM keeps its bytes; writes announce themselves before they happen', () => {
    const space = new AddressSpace('s', 8, sim());
    const rom = new Ram('rom', new Uint8Array([1, 2, 3, 4]), true), ram = new Ram('ram', new Uint8Array(8));
    const writes: unknown[] = [];
    ram.onWrite = (at, n) => writes.push([at, n, ram.bytes[at]]);
    space.map(0, 4, rom);
    space.map(16, 8, ram);
    space.write(0, 4, 0xffffffff, tx);
    space.burst(0, new Uint8Array(4), 0, 4, true, tx);
    expect(space.read(0, 4, tx)).toBe(0x04030201);
    space.write(18, 2, 0x1234, tx);
    space.burst(17, new Uint8Array([9, 9]), 0, 2, true, tx);
    expect(writes).toEqual([[2, 2, 0], [1, 2, 0]]);
  });

  test('ramAt finds RAM that holds all the bytes', () => {
    const { space } = patched();
    expect(space.ramAt(64, 13)?.name).toBe('b');
    expect(space.ramOffset).toBe(3);
    expect(space.ramAt(64, 14)).toBe(null);
    expect(space.ramAt(90, 1)).toBe(null);
  });
});

describe('re-entry', () => {
  test('a device that is engaged refuses: target error, ones, a note, no access', () => {
    const s = sim();
    const space = new AddressSpace('memory', 16, s);
    const guard: Guard = { engaged: false };
    const first = new Probe('regs', guard), second = new Probe('data', guard);
    space.map(0x100, 16, first);
    space.map(0x200, 16, second);
    const inner = new Transaction('dma');
    let got = 0;
    first.onAccess = () => {
      got = space.read(0x200, 4, inner);
      space.write(0x100, 2, 5, inner);
    };
    space.write(0x104, 4, 1, tx);
    expect([got, inner.status, tx.status]).toEqual([0xffffffff, STATUS.TARGET_ERROR, STATUS.OK]);
    expect([first.log, second.log]).toEqual([['w4@4=1'], []]);
    expect(s.trace.noteCount('regs', 'reentrant') + s.trace.noteCount('data', 'reentrant')).toBe(2);
    expect(guard.engaged).toBe(false);
    space.read(0x200, 1, tx);
    expect(tx.status).toBe(STATUS.OK);
  });

  test('two devices may access each other once; the second access back is refused, so nothing recurses', () => {
    const space = new AddressSpace('memory', 16, sim());
    const a = new Probe('a', { engaged: false }), b = new Probe('b', { engaged: false });
    space.map(0, 4, a);
    space.map(4, 4, b);
    const inner = new Transaction('dma');
    a.onAccess = () => void space.read(4, 4, inner);
    b.onAccess = () => void space.read(0, 4, inner);
    space.read(0, 4, tx);
    expect([a.log.length, b.log.length]).toEqual([1, 1]);
  });
});

describe('time and trace', () => {
  function timed(options: RegionOptions) {
    const s = sim();
    const space = new AddressSpace('memory', 16, s);
    space.map(0, 64, new Probe('p'), options);
    return { s, space };
  }

  test('an access takes the latency of its region; split accesses take it each time', () => {
    const { space } = timed({ latency: 30 });
    space.read(0, 4, tx);
    expect(tx.ticks).toBe(30);
    space.read(1, 2, tx);
    expect(tx.ticks).toBe(60);
    space.read(0x1000, 1, tx);
    expect(tx.ticks).toBe(0);
  });

  test('a bus is occupied, and who comes later waits', () => {
    const bus = new Bus('pci', new Clock('pci', 100e6, 3), { arbitration: 1, firstData: 3, perBeat: 1, width: 4 });
    const { space } = timed({ latency: 10, bus });
    space.read(0, 4, tx);
    expect(tx.ticks).toBe(90 + 270 + 10);
    space.read(0, 4, tx);
    expect(tx.ticks).toBe(2 * (90 + 270 + 10));
    expect(bus.burstTime(64)).toBe(270 + 15 * 90);
    expect(bus.burstTime(1)).toBe(270);
  });

  test('the parts of a burst take no bus: the burst has taken it', () => {
    const bus = new Bus('pci', new Clock('pci', 100e6, 3), { arbitration: 1, firstData: 3, perBeat: 1, width: 4 });
    const { space } = timed({ latency: 10, bus });
    bus.take(0, 16);
    const busyUntil = bus.busyUntil;
    space.burst(0, new Uint8Array(16), 0, 16, true, tx);
    expect([bus.busyUntil, tx.ticks, tx.status]).toEqual([busyUntil, 0, STATUS.OK]);
  });

  test('debug accesses take no time and leave no trace', () => {
    const bus = new Bus('pci', new Clock('pci', 100e6, 3), { arbitration: 1, firstData: 3, perBeat: 1, width: 4 });
    const { s, space } = timed({ latency: 10, bus });
    const seen: unknown[] = [];
    s.trace.listen((r) => seen.push(r));
    tx.debug = true;
    space.read(0, 4, tx);
    space.read(0x1000, 4, tx);
    expect([tx.ticks, bus.busyUntil, seen.length]).toEqual([0, 0, 0]);
  });

  test('a record says who, what, where, how long and how it ended', () => {
    const { s, space } = timed({ latency: 12, name: 'window' });
    const seen: TransactionRecord[] = [];
    s.trace.listen((r) => r.kind === 'transaction' && seen.push({ ...r }));
    s.scheduler.runUntil(100);
    space.write(4, 2, 0xbeef, tx);
    space.read(0x1000, 1, tx);
    expect(seen[0]).toMatchObject({
      space: 'memory', initiator: 'test', target: 'window', address: 4, size: 2, write: true, value: 0xbeef,
      start: 100, end: 112, status: 'ok',
    });
    expect(seen[1]).toMatchObject({ target: 'none', value: 0xff, status: 'decode-error' });
  });
});
