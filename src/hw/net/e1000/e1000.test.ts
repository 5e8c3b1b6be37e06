import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NicBench } from '../../../../test/benches/nic-bench.ts';
import { crc32 } from '../../../bits/crc32.ts';
import { Transaction } from '../../../mem/transaction.ts';
import { ms, ns, us } from '../../../sim/time.ts';
import { PciBench } from '../../../testing/pci-bench.ts';
import { describeContract } from '../../../testing/vitest.ts';
import { fold, onesSum } from './checksum.ts';
import { E1000 } from './e1000.ts';
import { CAUSE, E1000_REGISTERS } from './spec.ts';

const R = Object.fromEntries(Object.entries(E1000_REGISTERS.registers).map(([n, r]) => [n, r.offset])) as Record<
  keyof typeof E1000_REGISTERS.registers, number
>;
const MAC = [0x52, 0x54, 0, 0x12, 0x34, 0x56], ALL = [255, 255, 255, 255, 255, 255];
const RX = 0x10000, TX = 0x11000, BUFFERS = 0x20000, DATA = 0x40000;

/** Options of a ring of the bench. */
interface Rings {
  readonly count?: number;
  readonly tail?: number;
  readonly rctl?: number;
}

/** The card as a driver has it: rings, registers, descriptors. */
class Bench extends NicBench<E1000> {
  private put = 0;

  constructor() {
    super((sim, link) => new E1000('e1000', sim, { mac: Uint8Array.from(MAC), link }), 1e9);
  }
  get(offset: number): number {
    return this.readMemory(this.plugged.at['BAR0'] + offset);
  }
  set(offset: number, value: number): void {
    this.writeMemory(this.plugged.at['BAR0'] + offset, value);
  }
  /** Link up, `count` buffers of 2 KiB, all interrupts. */
  up({ count = 8, tail = count - 1, rctl = 0x8002 }: Rings = {}): void {
    this.set(R.CTRL, 0x40);
    this.get(R.ICR);
    for (let k = 0; k < count; k++) this.ram.fill(0, RX + 16 * k, RX + 16 * k + 16);
    for (let k = 0; k < count; k++) this.writeMemory(RX + 16 * k, BUFFERS + 0x800 * k);
    for (const [base, at] of [[R.RDBAL, RX], [R.TDBAL, TX]]) this.set(base, at);
    this.set(R.RDLEN, 16 * count);
    this.set(R.TDLEN, 16 * 8);
    this.set(R.RDT, tail);
    this.set(R.RCTL, rctl);
    this.set(R.TCTL, 0x0a);
    this.set(R.IMS, 0x1ffff);
  }
  /** Writes a transmit descriptor of four words; the tail stays. */
  descriptor(a: number, b: number, c: number, d: number): void {
    const at = TX + 16 * this.put++;
    [a, b, c, d].forEach((word, k) => this.writeMemory(at + 4 * k, word >>> 0));
  }
  /** Rings the doorbell for all descriptors that were written. */
  go(): void {
    this.set(R.TDT, this.put % 8);
  }
  phy(register: number): number {
    this.set(R.MDIC, (2 << 26) | (1 << 21) | (register << 16));
    return this.get(R.MDIC) & 0xffff;
  }
}

const EOP = 0x01000000, IFCS = 0x02000000, RS = 0x08000000, DEXT = 0x20000000, IDE = 0x80000000;

describeContract('e1000', () => new E1000('e1000', new PciBench(), { mac: Uint8Array.from(MAC), link: null }), {
  except: {
    'registers.RAL0': 'loaded from the EEPROM', 'registers.RAH0': 'loaded from the EEPROM',
    'registers.MDIC': 'an access is over at once; tested below', 'registers.CTRL': 'RST resets; tested below',
    'registers.ICR': 'writing 1 clears, too; tested below', 'registers.EERD': 'a read is over at once; tested below',
    'ports.IODATA': 'reaches other registers',
  },
  keeps: ['eeprom'],
});

describe('registers', () => {
  test('§4.1, §13.2.2: memory and IOADDR/IODATA reach the same registers, with their effects', () => {
    const b = new Bench(), io = b.plugged.at['BAR2'];
    b.outl(io, R.ITR);
    b.outl(io + 4, 0x1234);
    expect([b.get(R.ITR), b.inl(io + 4)]).toEqual([0x1234, 0x1234]);
    b.set(R.ICS, CAUSE.LSC);
    b.outl(io, R.ICR);
    expect([b.inl(io + 4), b.inl(io + 4)]).toEqual([CAUSE.LSC, 0]);
    expect([0x10, 0x18].map((r) => b.pci.barSize(b.plugged.devfn, r))).toEqual([0x20000, 8]);
    expect(b.pci.read(b.plugged.devfn, 0)).toBe(0x100e8086);
  });

  test('§13.4.3, §5.6: the EEPROM by its wires and by EERD; all words sum to BABAh', () => {
    const b = new Bench();
    let sum = 0;
    for (let w = 0; w < 64; w++) {
      b.set(R.EERD, (w << 8) | 1);
      expect(b.get(R.EERD) & 0x10).toBe(0x10);
      sum += b.get(R.EERD) >>> 16;
    }
    expect(sum & 0xffff).toBe(0xbaba);
    b.set(R.EECD, 0x40);
    expect(b.get(R.EECD) & 0x80).toBe(0x80);
    const wires = (v: number): void => b.set(R.EECD, 0x40 | v);
    wires(2);
    for (let k = 8; k >= 0; k--) {
      const bit = ((6 << 6) | 1) >> k & 1 ? 4 : 0;
      wires(2 | bit);
      wires(3 | bit);
    }
    let word = 0;
    for (let k = 0; k < 16; k++) {
      wires(2);
      wires(3);
      word = (word << 1) | ((b.get(R.EECD) >> 3) & 1);
    }
    expect(word).toBe(0x1200);
  });

  test('§13.4.7: the PHY is an M88E1011 with a link of 1000 Mbit/s', () => {
    const b = new Bench();
    expect([b.phy(2), b.phy(3) & 0xfff0, b.phy(1) & 0x24]).toEqual([0x0141, 0x0c20, 0x24]);
    b.set(R.MDIC, (2 << 26) | (2 << 21));
    expect(b.get(R.MDIC) >>> 28).toBe(5);
  });

  test('§13.4.1: SLU brings the link up with LSC; RST brings reset values and the address back', () => {
    const b = new Bench();
    b.set(R.CTRL, 0x40);
    expect([b.get(R.STATUS) & 0xc3, b.get(R.ICR)]).toEqual([0x83, CAUSE.LSC]);
    b.set(R.ITR, 9);
    b.set(R.RAL0, 0);
    b.set(R.CTRL, 0x04000040);
    expect([b.get(R.ITR), b.get(R.RAL0), b.get(R.RAH0), b.get(R.STATUS) & 2])
      .toEqual([0, 0x12005452, 0x80005634, 0]);
  });

  test('§13.4.17 to §13.4.21: ICS sets, IMS and IMC mask, reading ICR clears', () => {
    const b = new Bench();
    b.set(R.ICS, CAUSE.RXT0 | CAUSE.TXDW);
    expect(b.irq.level).toBe(false);
    b.set(R.IMS, CAUSE.TXDW);
    expect(b.irq.level).toBe(true);
    b.set(R.IMC, CAUSE.TXDW);
    expect([b.irq.level, b.get(R.IMS)]).toEqual([false, 0]);
    b.set(R.ICR, CAUSE.RXT0);
    b.set(R.IMS, 0x1ffff);
    expect([b.get(R.ICR), b.irq.level, b.get(R.ICR)]).toEqual([CAUSE.TXDW, false, 0]);
  });
});

describe('§3.2: receive', () => {
  test('a frame and its FCS in the buffer, the descriptor written back, RDH moved, RXT0', () => {
    const b = new Bench();
    b.up();
    const frame = NicBench.frame(MAC, 100);
    b.deliver(frame);
    expect(b.until(() => b.irq.level, ms(1))).toBe(true);
    expect([...b.ram.subarray(BUFFERS, BUFFERS + 100)]).toEqual([...frame]);
    expect(new DataView(b.ram.buffer).getUint32(BUFFERS + 100, true)).toBe(crc32(frame));
    expect([b.readMemory(RX + 8, 2), b.readMemory(RX + 12, 2), b.get(R.RDH), b.get(R.ICR)])
      .toEqual([104, 0x07, 1, CAUSE.RXT0]);
    expect([b.get(R.GPRC), b.get(R.GORCL), b.get(R.PRC127), b.get(R.GPRC)]).toEqual([1, 104, 1, 0]);
  });

  test('RCTL.SECRC leaves the FCS out; a small buffer takes part of a frame, EOP in the last', () => {
    const b = new Bench();
    b.up({ rctl: 0x8002 | 0x04000000 | (3 << 16) });
    const frame = NicBench.frame(MAC, 600);
    b.deliver(frame);
    b.run(us(50));
    const at = (k: number): number[] => [b.readMemory(RX + 16 * k + 8, 2), b.readMemory(RX + 16 * k + 12, 1)];
    expect([at(0), at(1), at(2), b.get(R.RDH)]).toEqual([[256, 5], [256, 5], [88, 7], 3]);
    expect([...b.ram.subarray(BUFFERS + 0x1000, BUFFERS + 0x1000 + 88)]).toEqual([...frame.subarray(512)]);
  });

  test('without a descriptor frames wait in the packet memory (RNBC); when it is full they are lost (MPC, RXO)', () => {
    const b = new Bench();
    b.up({ count: 8, tail: 2 });
    for (let k = 0; k < 40; k++) {
      b.deliver(NicBench.frame(MAC, 1514, k));
      b.run(us(60));
    }
    expect([b.get(R.RDH), b.get(R.RNBC), b.get(R.MPC)]).toEqual([2, 32, 40 - 2 - Math.floor((48 * 1024) / 1518)]);
    expect(b.get(R.ICR) & CAUSE.RXO).toBe(CAUSE.RXO);
    b.set(R.RDT, 4);
    b.run(us(200));
    expect(b.get(R.RDH)).toBe(4);
  });

  test.each([
    ['own', MAC, 2, true], ['another', [2, 0, 0, 0, 0, 9], 2, false], ['another, UPE', [2, 0, 0, 0, 0, 9], 2 | 8, true],
    ['broadcast', ALL, 2, false], ['broadcast, BAM', ALL, 2 | 0x8000, true],
    ['multicast', [1, 0, 0x5e, 0, 0, 1], 2, false], ['multicast, MPE', [1, 0, 0x5e, 0, 0, 1], 2 | 0x10, true],
  ])('§3.2.1: %s', (_n, to, rctl, taken) => {
    const b = new Bench();
    b.up({ rctl });
    b.deliver(NicBench.frame(to, 60));
    b.run(us(50));
    expect(b.get(R.RDH)).toBe(+taken);
  });

  test('§13.5.1: the multicast table: 01:00:5E:00:00:01 is bit 10h of word 0 with MO = 0', () => {
    const b = new Bench();
    b.up({ rctl: 2 });
    b.set(0x5200, 1 << 0x10);
    b.deliver(NicBench.frame([1, 0, 0x5e, 0, 0, 1], 60));
    b.run(us(50));
    expect([b.get(R.RDH), b.get(0x5200)]).toEqual([1, 0x10000]);
  });

  test('§3.2.7: RDTR waits for more frames, RADV ends the wait', () => {
    const b = new Bench();
    b.up({ count: 64, tail: 63 });
    b.set(R.RDTR, 50);
    b.set(R.RADV, 100);
    const times: number[] = [], from = b.scheduler.now;
    for (let k = 0; k < 5; k++) {
      b.deliver(NicBench.frame(MAC, 60));
      b.run(us(40));
      if (b.irq.level) {
        times.push(k);
        b.get(R.ICR);
      }
    }
    expect(times).toEqual([2]);
    expect(b.until(() => b.irq.level, ms(1))).toBe(true);
    expect(b.scheduler.now - from).toBeGreaterThan(us(200));
  });

  test('§13.4.18: ITR keeps a least time between interrupts', () => {
    const b = new Bench();
    b.up({ count: 64, tail: 63 });
    b.set(R.ITR, 1000);
    let rises = 0;
    for (let k = 0; k < 50; k++) {
      b.deliver(NicBench.frame(MAC, 60));
      b.run(us(20));
      if (b.irq.level) {
        rises++;
        b.get(R.ICR);
      }
    }
    // 1 ms; 256 µs between any two.
    expect(rises).toBe(4);
  });

  test('§3.2.8: RXDMT0 when half of the ring is left', () => {
    const b = new Bench();
    b.up({ count: 8, tail: 7 });
    for (let k = 0; k < 3; k++) {
      b.deliver(NicBench.frame(MAC, 60));
      b.run(us(20));
      expect(b.get(R.ICR) & CAUSE.RXDMT0).toBe(k === 2 ? CAUSE.RXDMT0 : 0);
    }
  });
});

/** An IPv4 packet with TCP behind an Ethernet header, checksum fields as a driver leaves them. */
function tcpFrame(b: Bench, payload: number): Uint8Array {
  const frame = new Uint8Array(54 + payload);
  frame.set(ALL);
  frame.set([0x08, 0x00, 0x45, 0], 12);
  frame.set([0x12, 0x34, 0, 0, 64, 6, 0, 0, 10, 0, 2, 15, 10, 0, 2, 2], 18);
  frame.set([0x12, 0x34, 0, 80, 0xff, 0xff, 0xfe, 0, 0, 0, 0, 1, 0x50, 0x19, 0x20, 0, 0, 0, 0, 0], 34);
  for (let k = 0; k < payload; k++) frame[54 + k] = k * 11;
  b.ram.set(frame, DATA);
  return frame;
}
/** The sum of the pseudo-header without the length. */
const pseudo = (f: Uint8Array): number => onesSum(f, 26, 34) + 6;

describe('§3.3: transmit', () => {
  test('legacy descriptors: two buffers are one frame, DD where RS asks for it, TXDW and TXQE', () => {
    const b = new Bench();
    b.up();
    const frame = NicBench.frame(ALL, 300);
    b.ram.set(frame, DATA);
    b.descriptor(DATA, 0, 100 | IFCS, 0);
    b.descriptor(DATA + 100, 0, 200 | EOP | IFCS | RS, 0);
    b.go();
    b.run(us(100));
    expect(b.wire.sent.map((f) => [...f])).toEqual([[...frame]]);
    expect([b.readMemory(TX + 12), b.readMemory(TX + 28), b.get(R.TDH), b.get(R.ICR)])
      .toEqual([0, 1, 2, CAUSE.TXDW | CAUSE.TXQE]);
    expect([b.get(R.GPTC), b.get(R.BPTC), b.get(R.PTC511)]).toEqual([1, 1, 1]);
  });

  test('TCTL.PSP pads; IDE delays TXDW by TIDV', () => {
    const b = new Bench();
    b.up();
    b.set(R.TIDV, 100);
    b.set(R.IMC, CAUSE.TXQE);
    b.descriptor(DATA, 0, 20 | EOP | IFCS | RS | IDE, 0);
    b.go();
    b.run(us(50));
    expect([b.wire.sent[0].length, b.irq.level]).toEqual([60, false]);
    b.run(us(100));
    expect(b.irq.level).toBe(true);
  });

  test('§3.3.6, §3.3.7: IP and TCP checksums where the context says', () => {
    const b = new Bench();
    b.up();
    const frame = tcpFrame(b, 100);
    frame[17] = 140;
    const seed = fold(pseudo(frame) + 120);
    frame.set([seed >> 8, seed & 255], 50);
    b.ram.set(frame, DATA);
    b.descriptor(14 | (24 << 8) | (33 << 16), 34 | (50 << 8), DEXT | 0x03000000, 0);
    b.descriptor(DATA, 0, 154 | 0x100000 | DEXT | EOP | IFCS | RS, 0x300);
    b.go();
    b.run(us(100));
    const sent = b.wire.sent[0];
    expect(fold(onesSum(sent, 14, 34))).toBe(0xffff);
    expect(fold(pseudo(sent) + 120 + onesSum(sent, 34, 154))).toBe(0xffff);
    expect([...sent.subarray(54)]).toEqual([...frame.subarray(54)]);
  });

  test('§3.5: TCP segmentation: lengths, identification, sequence, flags and checksums of each segment', () => {
    const b = new Bench();
    b.up();
    const frame = tcpFrame(b, 3000);
    const seed = fold(pseudo(frame));
    frame.set([seed >> 8, seed & 255], 50);
    b.ram.set(frame, DATA);
    b.descriptor(
      14 | (24 << 8) | (33 << 16), 34 | (50 << 8), 3000 | DEXT | 0x07000000, (54 << 8) | (1460 << 16),
    );
    b.descriptor(DATA, 0, 3054 | 0x100000 | DEXT | EOP | IFCS | RS | 0x04000000, 0x300);
    b.go();
    b.run(us(500));
    expect(b.wire.sent.map((f) => f.length)).toEqual([1514, 1514, 134]);
    let at = 0;
    for (const [n, s] of b.wire.sent.entries()) {
      const v = new DataView(s.buffer), ip = v.getUint16(16);
      expect([ip, v.getUint16(18), v.getUint32(38)]).toEqual([s.length - 14, 0x1234 + n, (0xfffffe00 + at) % 2 ** 32]);
      expect(s[47] & 0x19).toBe(n === 2 ? 0x19 : 0x10);
      expect(fold(onesSum(s, 14, 34))).toBe(0xffff);
      expect(fold(pseudo(s) + ip - 20 + onesSum(s, 34, s.length))).toBe(0xffff);
      expect([...s.subarray(54)]).toEqual([...frame.subarray(54 + at, 54 + at + s.length - 54)]);
      at += s.length - 54;
    }
    expect(b.get(R.TSCTC)).toBe(1);
  });

  test('§3.3.3.1: IC of a legacy descriptor: the checksum from CSS on goes to CSO', () => {
    const b = new Bench();
    b.up();
    const frame = NicBench.frame(ALL, 100);
    frame.set([0, 0], 40);
    b.ram.set(frame, DATA);
    b.descriptor(DATA, 0, 100 | (40 << 16) | EOP | IFCS | RS | 0x04000000, 14 << 8);
    b.go();
    b.run(us(50));
    expect(fold(onesSum(b.wire.sent[0], 14, 100))).toBe(0xffff);
  });

  test('frames wait in the packet memory for the wire: a slow one holds the ring, nothing is lost', () => {
    const b = new Bench();
    b.up();
    for (let k = 0; k < 7; k++) b.descriptor(DATA, 0, 1514 | EOP | IFCS | RS, 0);
    b.go();
    b.run(ms(1));
    expect([b.wire.sent.length, b.get(R.TDH)]).toEqual([7, 7]);
  });
});

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
