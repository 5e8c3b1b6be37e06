import { describe, expect, test } from 'vitest';
import {
  E1000Bench as Bench, ALL, BUFFERS, DATA, DEXT, EOP, IDE, IFCS, MAC, R, RS, RX, TX,
} from '../../../../test/benches/e1000-bench.ts';
import { NicBench } from '../../../../test/benches/nic-bench.ts';
import { ms, us } from '../../../sim/time.ts';
import { fold, onesSum } from './checksum.ts';
import { CAUSE } from './spec.ts';

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

test('§13.4.33: TCTL.EN = 0 lets the frame that is leaving go and keeps the others in the packet memory', () => {
  const b = new Bench();
  b.up();
  // Back by the PHY at 10 Mbit/s: 1.2 ms each.
  b.set(R.MDIC, (1 << 26) | (1 << 21) | 0x4000);
  b.ram.set(ALL, DATA);
  for (let k = 0; k < 3; k++) b.descriptor(DATA, 0, 1500 | EOP | IFCS | RS, 0);
  b.go();
  b.run(us(500));
  expect([b.get(R.TDH), b.get(R.RDH)]).toEqual([3, 0]);
  b.set(R.TCTL, 0);
  b.run(ms(5));
  expect(b.get(R.RDH)).toBe(1);
  b.set(R.TCTL, 0x0a);
  b.run(ms(5));
  expect(b.get(R.RDH)).toBe(3);
});

describe('loopback of the PHY (MII control, bit 14), as Linux e1000_integrated_phy_loopback sets it', () => {
  function looped(control = 0x4140): Bench {
    const b = new Bench();
    b.up();
    b.set(R.MDIC, (1 << 26) | (1 << 21) | control);
    b.get(R.ICR);
    return b;
  }

  test('frames come back to the receiver, and none is on the wire; the wire is not heard', () => {
    const b = looped(), frame = NicBench.frame(ALL, 1024);
    b.ram.set(frame, DATA);
    b.descriptor(DATA, 0, 1024 | EOP | IFCS | RS, 0);
    b.descriptor(DATA, 0, 1024 | EOP | IFCS | RS, 0);
    b.go();
    b.deliver(NicBench.frame(MAC, 100));
    b.run(us(60));
    expect([b.wire.sent.length, b.get(R.RDH), b.get(R.GPTC), b.get(R.GPRC)]).toEqual([0, 2, 2, 2]);
    expect([...b.ram.subarray(BUFFERS, BUFFERS + 1024)]).toEqual([...frame]);
    b.set(R.MDIC, (1 << 26) | (1 << 21) | 0x1140);
    b.deliver(NicBench.frame(MAC, 100));
    b.run(us(50));
    expect(b.get(R.RDH)).toBe(3);
  });

  test('a frame takes the time of the speed that is forced', () => {
    const b = looped(0x0100 | 0x4000);
    b.descriptor(DATA, 0, 1000 | EOP | IFCS | RS, 0);
    b.ram.set(ALL, DATA);
    b.go();
    b.run(us(800));
    expect(b.get(R.RDH)).toBe(0);
    b.run(us(100));
    expect(b.get(R.RDH)).toBe(1);
  });

  test('what comes back into the own registers is refused and goes round no further (CVE-2021-3416)', () => {
    const b = looped(), at = b.plugged.at['BAR0'];
    for (let k = 0; k < 8; k++) b.writeMemory(RX + 16 * k, at + R.TDT);
    b.ram.set(ALL, DATA);
    b.descriptor(DATA, 0, 1000 | EOP | IFCS | RS, 0);
    b.go();
    const events = b.scheduler.executed;
    b.run(ms(1));
    expect(b.scheduler.executed - events).toBeLessThan(40);
    expect([b.get(R.TDH), b.get(R.TDT), b.get(R.RDH)]).toEqual([1, 1, 0]);
    expect(b.trace.noteCount('e1000', 'ring-refused')).toBe(1);
  });

  test('a snapshot of a frame that is coming back ends as the original does', () => {
    const a = looped(0x4000 | 0x2000), c = new Bench();
    a.ram.set(ALL, DATA);
    a.descriptor(DATA, 0, 1000 | EOP | IFCS | RS, 0);
    a.go();
    a.run(us(40));
    c.load(a.save());
    for (const b of [a, c]) b.run(ms(1));
    expect(c.card.save()).toEqual(a.card.save());
    expect(a.get(R.RDH)).toBe(1);
  });
});
