import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NicBench } from '../../../../test/benches/nic-bench.ts';
import { crc32 } from '../../../bits/crc32.ts';
import { ms, ns, us } from '../../../sim/time.ts';
import { Transaction } from '../../../mem/transaction.ts';
import { PciBench } from '../../../testing/pci-bench.ts';
import { describeContract } from '../../../testing/vitest.ts';
import { Rtl8139 } from './rtl8139.ts';
import { INT, RTL8139_REGISTERS } from './spec.ts';

const R = Object.fromEntries(Object.entries(RTL8139_REGISTERS.registers).map(([n, r]) => [n, r.offset])) as Record<
  keyof typeof RTL8139_REGISTERS.registers, number
>;
const MAC = [0x52, 0x54, 0, 0x12, 0x34, 0x56], ALL = [255, 255, 255, 255, 255, 255];
const RING = 0x10000, TX = 0x8000;

/** The card with accessors by register, as a driver of memory or of ports has them. */
class Bench extends NicBench<Rtl8139> {
  constructor() {
    super((sim, link) => new Rtl8139('rtl8139', sim, { mac: Uint8Array.from(MAC), link }));
  }
  get(offset: number, size: 1 | 2 | 4): number {
    return this.readMemory(this.plugged.at['BAR1'] + offset, size);
  }
  set(offset: number, size: 1 | 2 | 4, value: number): void {
    this.writeMemory(this.plugged.at['BAR1'] + offset, value, size);
  }
  /** As Linux 8139too: ring at RING, both directions on, own and broadcast frames. */
  up(rcr = 0x70a | 0x80): void {
    this.set(R.CR, 1, 0x10);
    this.set(R.RBSTART, 4, RING);
    this.set(R.CR, 1, 0x0c);
    this.set(R.RCR, 4, rcr);
    this.set(R.TCR, 4, 0x03000600);
    this.set(R.IMR, 2, 0xe07f);
  }
  send(n: number, bytes: number, address = TX + n * 0x800): void {
    this.set(R.TSAD0 + 4 * n, 4, address);
    this.set(R.TSD0 + 4 * n, 4, bytes);
  }
  eeprom(location: number, addressBits = 6): number {
    const step = (v: number): void => this.set(R.CR9346, 1, v);
    const command = (6 << addressBits) | location;
    step(0x80);
    step(0x88);
    for (let k = 4 + addressBits; k >= 0; k--) {
      const data = (command >> k) & 1 ? 2 : 0;
      step(0x88 | data);
      step(0x8c | data);
    }
    step(0x88);
    let value = 0;
    for (let k = 0; k < 16; k++) {
      step(0x8c);
      value = (value << 1) | (this.get(R.CR9346, 1) & 1);
      step(0x88);
    }
    step(0);
    return value;
  }
}

describeContract('rtl8139', () => new Rtl8139('rtl8139', new PciBench(), { mac: Uint8Array.from(MAC), link: null }), {
  except: {
    'registers.IDR0': 'loaded from the EEPROM', 'registers.IDR4': 'loaded from the EEPROM',
    'registers.TCTR': 'a write clears it', 'registers.MPC': 'a write clears it',
    'registers.CONFIG1': 'locked; tested below', 'registers.CONFIG3': 'locked; tested below',
    'registers.CONFIG4': 'locked; tested below', 'registers.BMCR': 'locked; tested below',
    'registers.CR9346': 'auto-load ends by itself; tested below',
    'registers.CR': 'RE and TE begin things; tested below',
  },
  keeps: ['eeprom'],
});

describe('§5: one register block, two ways', () => {
  test('ports and memory reach the same registers (§7, base address registers 0 and 1)', () => {
    const b = new Bench();
    b.outl(b.plugged.at['BAR0'] + R.MAR0, 0x12345678);
    expect(b.get(R.MAR0, 4)).toBe(0x12345678);
    expect([0x10, 0x14].map((r) => b.pci.barSize(b.plugged.devfn, r))).toEqual([256, 256]);
    expect(b.pci.read(b.plugged.devfn, 0) >>> 0).toBe(0x813910ec);
    expect(b.pci.read(b.plugged.devfn, 8, 1)).toBe(0x10);
  });

  test('§5.7: the version bits say RTL8139C', () => {
    expect((new Bench().get(R.TCR, 4) & 0x7cc00000) >>> 0).toBe(0x74000000);
  });

  test('§5.9: CONFIG and the mode bits of BMCR take writes with EEM = 3 only', () => {
    const b = new Bench();
    const before = b.get(R.CONFIG1, 1);
    b.set(R.CONFIG1, 1, before | 0x21);
    b.set(R.BMCR, 2, 0);
    expect([b.get(R.CONFIG1, 1), b.get(R.BMCR, 2)]).toEqual([before, 0x3100]);
    b.set(R.CR9346, 1, 0xc0);
    b.set(R.CONFIG1, 1, before | 0x21);
    b.set(R.BMCR, 2, 0x2100);
    expect([b.get(R.CONFIG1, 1), b.get(R.BMCR, 2)]).toEqual([before | 0x21, 0x2100]);
  });

  test('§5.9, §6: the 93C46 by its wires; EEM = 1 loads the address from it again', () => {
    const b = new Bench();
    expect(b.eeprom(0)).toBe(0x8129);
    expect(b.eeprom(0, 8)).not.toBe(0x8129);
    expect([7, 8, 9].map((w) => b.eeprom(w))).toEqual([0x5452, 0x1200, 0x5634]);
    b.set(R.IDR0, 4, 0);
    b.set(R.CR9346, 1, 0x40);
    expect([b.get(R.IDR0, 4), b.get(R.IDR4, 4), b.get(R.CR9346, 1)]).toEqual([0x12005452, 0x5634, 0]);
  });

  test('§5: TCTR begins at 0 with a reset of the bus', () => {
    const b = new Bench();
    b.run(ms(3));
    b.reset(b.card);
    b.pci.write(b.plugged.devfn, 0x14, b.plugged.at['BAR1']);
    b.pci.write(b.plugged.devfn, 0x04, 6, 2);
    expect(b.get(R.TCTR, 4)).toBeLessThan(100);
  });

  test('§5: TCTR counts PCI clocks, TimerInt interrupts at its value', () => {
    const b = new Bench();
    b.set(R.TCTR, 4, 0);
    b.set(R.TIMERINT, 4, 3333);
    b.set(R.IMR, 2, INT.TIMEOUT);
    b.run(us(90));
    expect(b.irq.level).toBe(false);
    b.run(us(20));
    expect([b.irq.level, b.get(R.ISR, 2)]).toEqual([true, INT.TIMEOUT]);
    expect(b.get(R.TCTR, 4)).toBeGreaterThan(3600);
    b.set(R.ISR, 2, 0xffff);
    expect(b.irq.level).toBe(false);
  });
});

describe('§9.2: the receive ring', () => {
  test('§5.1: status and length, the frame, its FCS; CBR moves on by a multiple of four', () => {
    const b = new Bench();
    b.up();
    const frame = NicBench.frame(MAC, 61);
    b.deliver(frame);
    expect(b.until(() => b.irq.level, ms(1))).toBe(true);
    expect(b.readMemory(RING)).toBe((65 << 16) | 0x4001);
    expect([...b.ram.subarray(RING + 4, RING + 65)]).toEqual([...frame]);
    expect(new DataView(b.ram.buffer).getUint32(RING + 65, true)).toBe(crc32(frame));
    expect([b.get(R.CBR, 2), b.get(R.CR, 1) & 1, b.get(R.ISR, 2)]).toEqual([72, 0, INT.ROK]);
    b.set(R.CAPR, 2, 72 - 16);
    expect(b.get(R.CR, 1) & 1).toBe(1);
  });

  test.each([
    ['own', MAC, 0x02, 0x4001], ['broadcast', ALL, 0x08, 0x2001], ['another, promiscuous', [2, 0, 0, 0, 0, 9], 0x01, 1],
  ])('§5.8: %s frames are taken only if RCR says so', (_n, to, bit, status) => {
    for (const rcr of [bit, 0]) {
      const b = new Bench();
      b.up(0x700 | rcr);
      b.deliver(NicBench.frame(to, 60));
      b.run(us(50));
      expect(b.readMemory(RING) & 0xffff).toBe(rcr === 0 ? 0 : status);
    }
  });

  test.each([['broadcast', ALL], ['multicast', [1, 0, 0x5e, 0, 0, 1]]])('§5.8: AAP alone takes no %s', (_n, to) => {
    const b = new Bench();
    b.up(0x701);
    b.deliver(NicBench.frame(to, 60));
    b.run(us(50));
    expect(b.get(R.CBR, 2)).toBe(0);
  });

  test('§5.8: a ring that is made shorter is written inside, wherever CBR was', () => {
    const b = new Bench();
    b.up(0x70a | 0x80 | 0x1000);
    for (let k = 0; k < 12; k++) {
      b.deliver(NicBench.frame(MAC, 1514, k));
      b.run(us(200));
    }
    expect(b.get(R.CBR, 2)).toBe(12 * 1524);
    b.set(R.CAPR, 2, (12 * 1524) % 8192 - 16);
    b.set(R.RCR, 4, 0x70a | 0x80);
    const outside = b.ram.slice(RING + 8192 + 2048);
    b.deliver(NicBench.frame(MAC, 60));
    b.run(us(50));
    expect(b.readMemory(RING + (12 * 1524) % 8192)).toBe((64 << 16) | 0x4001);
    expect(b.get(R.CBR, 2)).toBe((12 * 1524 + 68) % 8192);
    expect(Buffer.compare(b.ram.subarray(RING + 8192 + 2048), outside)).toBe(0);
  });

  test('§5.8: multicast by the hash of MAR; 01:00:5E:00:00:01 is bit 31 of the six', () => {
    const b = new Bench();
    b.up(0x704);
    b.deliver(NicBench.frame([1, 0, 0x5e, 0, 0, 1], 60));
    b.run(us(50));
    expect(b.get(R.CBR, 2)).toBe(0);
    // Linux: ether_crc(6, address) >> 26 = 31.
    b.set(R.MAR0, 4, 0x80000000);
    b.deliver(NicBench.frame([1, 0, 0x5e, 0, 0, 1], 60));
    b.run(us(50));
    expect(b.readMemory(RING) & 0xffff).toBe(0x8001);
  });

  test('§5.8: without WRAP a frame is split at the end of the ring, with it it goes on behind', () => {
    for (const wrap of [0, 0x80]) {
      const b = new Bench();
      b.up(0x70a | wrap);
      for (let k = 0; k < 5; k++) {
        b.deliver(NicBench.frame(MAC, 1514, k));
        b.run(us(200));
      }
      expect(b.get(R.CBR, 2)).toBe(5 * 1524);
      b.set(R.CAPR, 2, 5 * 1524 - 16);
      const frame = NicBench.frame(MAC, 1000, 9);
      b.deliver(frame);
      b.run(us(200));
      const first = 8192 - 5 * 1524 - 4;
      expect([...b.ram.subarray(RING + 5 * 1524 + 4, RING + 8192)]).toEqual([...frame.subarray(0, first)]);
      const rest = wrap === 0 ? RING : RING + 8192;
      expect([...b.ram.subarray(rest, rest + 1000 - first)]).toEqual([...frame.subarray(first)]);
      expect(b.get(R.CBR, 2)).toBe((5 * 1524 + 1008) % 8192);
    }
  });

  test('§5.6: a full ring is RXOVW and keeps what the FIFO holds; then FOVW and MPC; CAPR goes on', () => {
    const b = new Bench();
    b.up();
    for (let k = 0; k < 5; k++) {
      b.deliver(NicBench.frame(MAC, 1514, k));
      b.run(us(200));
    }
    b.deliver(NicBench.frame(MAC, 1514, 5));
    b.run(us(200));
    expect([b.get(R.ISR, 2), b.get(R.MPC, 4)]).toEqual([INT.ROK | INT.RXOVW, 0]);
    b.deliver(NicBench.frame(MAC, 1514, 6));
    expect([b.get(R.ISR, 2), b.get(R.MPC, 4)]).toEqual([INT.ROK | INT.RXOVW | INT.FOVW, 1]);
    b.set(R.CAPR, 2, 1524 - 16);
    b.run(us(200));
    expect(b.get(R.CBR, 2)).toBe((6 * 1524) % 8192);
    b.set(R.MPC, 4, 1);
    expect(b.get(R.MPC, 4)).toBe(0);
  });

  test('§5.8: bursts are no longer than MXDMA says', () => {
    const b = new Bench();
    b.up(0x20a);
    const recording = b.record();
    b.deliver(NicBench.frame(MAC, 300));
    b.run(us(100));
    const bursts = recording.all({ initiator: 'rtl8139.receive' });
    expect(bursts.map((r) => ('size' in r ? r.size : 0))).toEqual([64, 64, 64, 64, 52]);
  });
});

describe('§9.1: four transmit descriptors', () => {
  test('the frame goes out as it is in memory; OWN when it was fetched, TOK when it has left', () => {
    const b = new Bench();
    b.up();
    const frame = NicBench.frame(ALL, 1000);
    b.ram.set(frame, TX);
    b.send(0, 1000);
    expect(b.get(R.TSD0, 4) & 0x2000).toBe(0);
    expect(b.until(() => (b.get(R.TSD0, 4) & 0x2000) !== 0, ms(1))).toBe(true);
    expect([b.get(R.TSD0, 4) & 0x8000, b.irq.level]).toEqual([0, false]);
    const from = b.scheduler.now;
    expect(b.until(() => b.irq.level, ms(1))).toBe(true);
    expect(b.scheduler.now - from).toBeGreaterThan(ns(1000 * 80));
    expect([b.get(R.TSD0, 4), b.get(R.TSAS, 2)]).toEqual([0xa000 + 1000, 0x100f]);
    expect(b.wire.sent.map((f) => [...f])).toEqual([[...frame]]);
  });

  test('round robin: each descriptor in turn, two frames overlap if the FIFO holds both', () => {
    const b = new Bench();
    b.up();
    for (let n = 0; n < 4; n++) {
      b.ram.set(NicBench.frame(ALL, 60 + n, n), TX + n * 0x800);
      b.send(n, 60 + n);
    }
    b.run(ms(1));
    expect(b.wire.sent.map((f) => f.length)).toEqual([60, 61, 62, 63]);
    expect(b.get(R.TSAS, 2)).toBe(0xf00f);
  });

  test('§5.2: no bytes, or more than 1792, are refused with TABT and TER', () => {
    const b = new Bench();
    b.up();
    b.send(0, 0);
    b.send(1, 1793);
    expect([b.get(R.TSD0, 4), b.get(R.TSD1, 4) & 0x40002000, b.get(R.ISR, 2)])
      .toEqual([0x40002000, 0x40002000, INT.TER]);
    expect(b.trace.noteCount('rtl8139', 'transmit-refused')).toBe(2);
  });

  test('§5.7: LBK brings a frame back to the receiver, not to the wire', () => {
    const b = new Bench();
    b.up();
    b.set(R.TCR, 4, 0x03060600);
    const frame = NicBench.frame(MAC, 100);
    b.ram.set(frame, TX);
    b.send(0, 100);
    b.run(ms(1));
    expect([b.wire.sent.length, b.readMemory(RING)]).toEqual([0, (104 << 16) | 0x4001]);
    expect([...b.ram.subarray(RING + 4, RING + 104)]).toEqual([...frame]);
  });

  test('§5.4: RST ends both directions and keeps addresses', () => {
    const b = new Bench();
    b.up();
    b.set(R.MAR0, 4, 7);
    b.send(0, 1000);
    b.deliver(NicBench.frame(MAC, 1000));
    b.run(us(3));
    b.set(R.CR, 1, 0x10);
    b.run(ms(1));
    expect([b.wire.sent.length, b.get(R.CR, 1), b.get(R.ISR, 2), b.get(R.MAR0, 4), b.get(R.CAPR, 2)])
      .toEqual([0, 1, 0, 7, 0xfff0]);
  });
});

describe('faults end in status bits and notes', () => {
  test.each([['nobody there', 0xd0000000], ['its own registers', 0xe0000000]])('ring at %s: SERR, MPC', (_n, at) => {
    const b = new Bench();
    b.up();
    b.set(R.RBSTART, 4, at);
    b.deliver(NicBench.frame(MAC, 100));
    b.run(us(50));
    expect([b.get(R.ISR, 2), b.get(R.MPC, 4), b.get(R.CR, 1) & 1]).toEqual([INT.SERR, 1, 1]);
    b.set(R.RBSTART, 4, RING);
    b.deliver(NicBench.frame(MAC, 100));
    b.run(us(50));
    expect(b.readMemory(RING)).toBe((104 << 16) | 0x4001);
  });

  test('a frame to send at nobody: SERR, TABT, and the next descriptor is served', () => {
    const b = new Bench();
    b.up();
    b.send(0, 100, 0xd0000000);
    b.send(1, 100);
    b.run(us(100));
    expect([b.get(R.TSD0, 4) & 0x40002000, b.get(R.ISR, 2), b.wire.sent.length])
      .toEqual([0x40002000, INT.SERR | INT.TER | INT.TOK, 1]);
  });

  test('Bus Master Enable cleared in mid-transfer: both directions end', () => {
    const b = new Bench();
    b.up();
    b.send(0, 1500);
    b.deliver(NicBench.frame(MAC, 1500));
    b.run(us(2));
    b.pci.write(b.plugged.devfn, 4, 3, 2);
    b.run(us(60));
    expect([b.get(R.ISR, 2), b.get(R.MPC, 4)]).toEqual([INT.SERR | INT.TER, 1]);
    b.pci.write(b.plugged.devfn, 4, 7, 2);
    b.set(R.ISR, 2, 0xffff);
    b.send(1, 100);
    b.run(us(50));
    expect(b.wire.sent.length).toBe(1);
  });
});

for (const at of [1, 3000, 40_000, 200_000]) {
  test(`a snapshot ${at} ticks into both directions ends as the original does`, () => {
    const a = new Bench();
    a.up();
    a.ram.set(NicBench.frame(ALL, 1500), TX);
    a.send(0, 1500);
    a.send(1, 300, TX);
    a.deliver(NicBench.frame(MAC, 1514));
    a.deliver(NicBench.frame(MAC, 200));
    a.run(at);
    const c = new Bench();
    c.load(a.save());
    for (const b of [a, c]) b.run(ms(1));
    expect(c.card.save()).toEqual(a.card.save());
    expect(Buffer.compare(c.ram, a.ram)).toBe(0);
    expect(a.get(R.ISR, 2)).toBe(INT.ROK | INT.TOK);
  });
}

test('random accesses never throw, never run away, and a reset always helps', () => {
  const value = fc.oneof(
    fc.nat(0xffffffff), fc.nat(0x1fff),
    fc.constantFrom(RING, TX, 0xe0000000, 0xfffffff0, 0x0c, 0x1c),
  );
  const step = fc.record({
    do: fc.constantFrom('get', 'set', 'set', 'in', 'out', 'frame', 'config', 'time', 'start', 'foreign'),
    offset: fc.nat(0xff), size: fc.constantFrom<1 | 2 | 4>(1, 2, 4), value,
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const b = new Bench(), ports = b.plugged.at['BAR0'], other = new Transaction('other', true);
      b.up();
      for (const s of steps) {
        const low = s.size === 4 ? s.value : s.value & (2 ** (8 * s.size) - 1);
        const events = b.scheduler.executed, from = b.scheduler.now;
        switch (s.do) {
          case 'get': b.get(s.offset, s.size); break;
          case 'set': b.set(s.offset, s.size, low); break;
          case 'in': b.io.read(ports + s.offset, s.size, b.tx); break;
          case 'out': b.io.write(ports + s.offset, s.size, low, b.tx); break;
          case 'frame': b.deliver(NicBench.frame(s.offset % 2 === 0 ? MAC : ALL, 1 + (s.value % 1518))); break;
          case 'config': b.pci.write(b.plugged.devfn, 4 + (s.offset % 0x14), s.value & 255, 1); break;
          case 'start': b.send(s.offset % 4, s.value & 0x7ff, s.value); break;
          case 'foreign':
            b.memory.burst(b.plugged.at['BAR1'] + (s.offset & ~3), new Uint8Array(4), 0, 4, s.size === 1, other);
            break;
          case 'time': b.run(s.value % 300_000); break;
        }
        expect(b.scheduler.executed - events).toBeLessThan(60 + (b.scheduler.now - from) / ns(300));
      }
      b.run(ms(1));
      expect(b.card.mismatch(b.card.save())).toBe('');
      b.reset(b.card);
      b.pci.write(b.plugged.devfn, 0x14, b.plugged.at['BAR1']);
      b.pci.write(b.plugged.devfn, 0x04, 6, 2);
      b.up();
      b.ram.fill(0, RING, RING + 64);
      b.deliver(NicBench.frame(MAC, 60));
      b.run(us(50));
      expect(b.readMemory(RING)).toBe((64 << 16) | 0x4001);
    }),
    { numRuns: 80, seed: 39 },
  );
});
