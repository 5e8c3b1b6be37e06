import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  E1000Bench as Bench, ALL, DATA, DEXT, EOP, IFCS, MAC, R, RS, RX, TX,
} from '../../../../test/benches/e1000-bench.ts';
import { NicBench } from '../../../../test/benches/nic-bench.ts';
import { Transaction } from '../../../mem/transaction.ts';
import { ms, ns, us } from '../../../sim/time.ts';

describe('faults: no exception, no spin, a note, and a ring that goes on when software helps', () => {
  const notes = (b: Bench): number[] => ['ring-range', 'ring-refused'].map((n) => b.trace.noteCount('e1000', n));

  test.each([['nobody', 0xd0000000], ['the card itself', 0xe0000000]])('receive descriptors at %s', (_n, at) => {
    const b = new Bench();
    b.up();
    b.set(R.RDBAL, at);
    b.deliver(NicBench.frame(MAC, 60));
    b.deliver(NicBench.frame(MAC, 60));
    b.run(ms(1));
    expect([b.get(R.RDH), notes(b)]).toEqual([0, [0, 1]]);
    b.set(R.RDBAL, RX);
    b.run(us(50));
    expect(b.get(R.RDH)).toBe(1);
  });

  test.each([['nobody', 0xd0000000, 0], ['past 4 GiB', 0, 1], ['no number', 0, 0xffffffff], ['itself', 0xe0000000, 0]])(
    'buffers at %s', (_n, low, high) => {
      const b = new Bench();
      b.up();
      b.writeMemory(RX, low);
      b.writeMemory(RX + 4, high);
      b.deliver(NicBench.frame(MAC, 60));
      b.descriptor(low, high, 100 | EOP | IFCS | RS, 0);
      b.go();
      b.run(ms(1));
      if (low !== 0xe0000000 || high !== 0) expect(notes(b)).toEqual([0, 2]);
      expect([b.get(R.RDH), b.wire.sent.length]).toEqual([0, 0]);
    },
  );

  test('a ring without descriptors, head and tail outside the ring', () => {
    const b = new Bench();
    b.up();
    for (const [length, head, tail] of [[0, 0, 5], [128, 0, 8], [128, 100, 3], [128, 0xffff, 0xffff]]) {
      for (const [l, h, t] of [[R.RDLEN, R.RDH, R.RDT], [R.TDLEN, R.TDH, R.TDT]]) {
        b.set(l, length);
        b.set(h, head);
        b.set(t, tail);
      }
      b.deliver(NicBench.frame(MAC, 60));
      const events = b.scheduler.executed;
      b.run(ms(1));
      expect(b.scheduler.executed - events).toBeLessThan(5);
    }
    expect(notes(b)).toEqual([8, 0]);
    expect(b.wire.sent).toEqual([]);
  });

  test('a transmit ring of the largest size full of empty descriptors ends, a fetch at a time', () => {
    const b = new Bench();
    b.up();
    b.set(R.TDLEN, 0xfff80);
    b.set(R.TDBAL, 0);
    b.ram.fill(0);
    b.set(R.TDT, 0xfff7);
    const events = b.scheduler.executed;
    b.run(ms(40));
    expect(b.get(R.TDH)).toBe(0xfff7);
    expect(b.scheduler.executed - events).toBeLessThan(0xfff7 / 8 + 100);
  });

  test('Bus Master Enable cleared in mid-transfer', () => {
    const b = new Bench();
    b.up();
    b.ram.set(NicBench.frame(ALL, 1500), DATA);
    b.descriptor(DATA, 0, 1500 | EOP | IFCS | RS, 0);
    b.go();
    b.deliver(NicBench.frame(MAC, 1500));
    b.run(us(4));
    b.pci.write(b.plugged.devfn, 4, 3, 2);
    b.run(us(100));
    expect([notes(b), b.wire.sent.length]).toEqual([[0, 2], 0]);
    b.pci.write(b.plugged.devfn, 4, 7, 2);
    b.set(R.TDT, 1);
    b.run(us(100));
    expect(b.wire.sent.length).toBe(1);
  });

  test('a segmentation that makes nothing but headers, or frames that are too long, ends', () => {
    for (const [header, mss] of [[54, 1], [255, 0xffff], [0, 1], [54, 0]]) {
      const b = new Bench();
      b.up();
      b.descriptor(0, 0, 0xfffff | DEXT | 0x07000000, (header << 8) | (mss << 16));
      b.descriptor(DATA, 0, 0x4000 | 0x100000 | DEXT | EOP | IFCS | RS | 0x04000000, 0x300);
      b.go();
      const from = b.scheduler.now, events = b.scheduler.executed;
      b.run(ms(20));
      expect(b.scheduler.executed - events).toBeLessThan((b.scheduler.now - from) / ns(300));
      expect(b.get(R.TDH)).toBe(2);
    }
  });
});

for (const at of [1, 3000, 20_000, 60_000]) {
  test(`a snapshot ${at} ticks into both directions ends as the original does`, () => {
    const a = new Bench();
    a.up();
    a.set(R.ITR, 200);
    a.ram.set(NicBench.frame(ALL, 1500), DATA);
    for (let k = 0; k < 4; k++) a.descriptor(DATA, 0, 1500 | EOP | IFCS | RS, 0);
    a.go();
    for (let k = 0; k < 3; k++) a.deliver(NicBench.frame(MAC, 1000, k));
    a.run(at);
    const c = new Bench();
    c.load(a.save());
    for (const b of [a, c]) b.run(ms(1));
    expect(c.card.save()).toEqual(a.card.save());
    expect(Buffer.compare(c.ram, a.ram)).toBe(0);
    expect([a.get(R.RDH), a.get(R.TDH)]).toEqual([3, 4]);
  });
}

test('random accesses and descriptors never throw, never run away, and a reset always helps', () => {
  const offsets = Object.values(R).filter((o) => o < 0x4000 || o > 0x5000);
  const value = fc.oneof(
    fc.nat(0xffffffff), fc.nat(0xff), fc.constantFrom(RX, TX, 0xe0000000, 0xfffffff0, 0x80, 2, 0x40),
  );
  const step = fc.record({
    do: fc.constantFrom('get', 'set', 'set', 'io', 'frame', 'config', 'time', 'descriptor', 'foreign', 'tail'),
    offset: fc.constantFrom(...offsets), size: fc.constantFrom<1 | 2 | 4>(4, 4, 2, 1), value, other: value,
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const b = new Bench(), memory = b.plugged.at['BAR0'], io = b.plugged.at['BAR2'];
      const other = new Transaction('other', true);
      b.up();
      for (const s of steps) {
        const low = s.size === 4 ? s.value : s.value & (2 ** (8 * s.size) - 1);
        const events = b.scheduler.executed, from = b.scheduler.now;
        switch (s.do) {
          case 'get': b.memory.read(memory + s.offset, s.size, b.tx); break;
          case 'set': b.memory.write(memory + s.offset, s.size, low, b.tx); break;
          case 'io':
            b.io.write(io, 4, s.offset, b.tx);
            b.io.write(io + 4, s.size, low, b.tx);
            b.io.read(io + 4, s.size, b.tx);
            break;
          case 'frame': b.deliver(NicBench.frame(s.offset % 2 === 0 ? MAC : ALL, 1 + (s.value % 1518))); break;
          case 'config': b.pci.write(b.plugged.devfn, 4 + (s.other % 0x18), s.value & 255, 1); break;
          case 'descriptor':
            for (const ring of [RX, TX])
              for (const [k, w] of [s.value, s.other & 1, s.other, s.value].entries())
                b.writeMemory(ring + 4 * k + (s.other & 0x70), w);
            break;
          case 'tail':
            b.set(R.TDT, s.value & 7);
            b.set(R.RDT, s.other & 7);
            break;
          case 'foreign': b.memory.burst(memory + s.offset, new Uint8Array(4), 0, 4, s.size === 1, other); break;
          case 'time': b.run(s.value % 300_000); break;
        }
        expect(b.scheduler.executed - events).toBeLessThan(60 + (b.scheduler.now - from) / ns(250));
      }
      b.run(ms(1));
      expect(b.card.mismatch(b.card.save())).toBe('');
      b.reset(b.card);
      b.pci.write(b.plugged.devfn, 0x10, memory);
      b.pci.write(b.plugged.devfn, 0x04, 6, 2);
      b.up();
      b.deliver(NicBench.frame(MAC, 60));
      b.run(us(50));
      expect([b.get(R.RDH), b.readMemory(RX + 8, 2)]).toEqual([1, 64]);
    }),
    { numRuns: 80, seed: 8254 },
  );
});
