import { describe, expect, test } from 'vitest';
import { E1000Bench as Bench, ALL, BUFFERS, MAC, R, RX } from '../../../../test/benches/e1000-bench.ts';
import { NicBench } from '../../../../test/benches/nic-bench.ts';
import { crc32 } from '../../../bits/crc32.ts';
import { ms, us } from '../../../sim/time.ts';
import { PciBench } from '../../../testing/pci-bench.ts';
import { describeContract } from '../../../testing/vitest.ts';
import { E1000 } from './e1000.ts';
import { CAUSE } from './spec.ts';

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

  test('§13.4.1, §5.6.18: APM is enabled in the EEPROM, so the link is up before a driver sets SLU', () => {
    const b = new Bench();
    expect([b.get(R.CTRL) & 0x40, b.get(R.STATUS) & 2, b.get(R.ICR)]).toEqual([0x40, 2, 0]);
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
    b.set(R.CTRL, 0);
    expect([b.get(R.STATUS) & 2, b.get(R.ICR)]).toEqual([0, CAUSE.LSC]);
    b.set(R.CTRL, 0x40);
    expect([b.get(R.STATUS) & 0xc3, b.get(R.ICR)]).toEqual([0x83, CAUSE.LSC]);
    b.set(R.ITR, 9);
    b.set(R.RAL0, 0);
    b.set(R.CTRL, 0x04000000);
    expect([b.get(R.ITR), b.get(R.RAL0), b.get(R.RAH0), b.get(R.STATUS) & 2])
      .toEqual([0, 0x12005452, 0x80005634, 2]);
  });

  test('§13.4.6: EE_RST reads the EEPROM again and leaves all else', () => {
    const b = new Bench();
    b.up();
    b.set(R.RAL0, 0);
    b.set(R.CTRL_EXT, 0x2000);
    expect([b.get(R.RAL0), b.get(R.RDT), b.get(R.IMS), b.get(R.STATUS) & 2]).toEqual([0x12005452, 7, 0x1f7ff, 2]);
  });

  test("Linux e1000's own test of the registers: what each keeps of four patterns", () => {
    const b = new Bench();
    for (const [offset, kept, written] of [
      [R.FCAL, 0xffffffff, 0xffffffff], [R.FCAH, 0xffff, 0xffffffff], [R.FCT, 0xffff, 0xffffffff],
      [R.VET, 0xffff, 0xffffffff], [R.RDTR, 0xffff, 0xffffffff], [R.RDBAH, 0xffffffff, 0xffffffff],
      [R.RDLEN, 0xfff80, 0xfffff], [R.RDH, 0xffff, 0xffff], [R.RDT, 0xffff, 0xffff], [R.FCRTH, 0xfff8, 0xfff8],
      [R.FCTTV, 0xffff, 0xffff], [R.TIPG, 0x3fffffff, 0x3fffffff], [R.TDBAH, 0xffffffff, 0xffffffff],
      [R.TDLEN, 0xfff80, 0xfffff], [R.RDBAL, 0xfffffff0, 0xffffffff], [R.TXCW, 0xc000ffff, 0xffff],
      [R.TDBAL, 0xfffffff0, 0xffffffff], [R.TIDV, 0xffff, 0xffff], [R.RAH0 + 8, 0x8003ffff, 0xffffffff],
      [0x53fc, 0xffffffff, 0xffffffff],
    ])
      for (const pattern of [0x5a5a5a5a, 0xa5a5a5a5, 0, 0xffffffff]) {
        b.set(offset, (written & pattern) >>> 0);
        expect([offset, b.get(offset)]).toEqual([offset, (written & pattern & kept) >>> 0]);
      }
    for (const written of [0x3ffffb, 0xffffffff]) {
      b.set(R.RCTL, written & 0x06dfb3fe);
      expect(b.get(R.RCTL) & 0x06dfb3fe).toBe(written & 0x06dfb3fe);
    }
  });

  test("Linux e1000's own test of interrupts: each of ICR's ten lowest bits by ICS", () => {
    const b = new Bench();
    for (let k = 0; k < 10; k++) {
      b.set(R.IMC, 0xffffffff);
      b.set(R.ICS, 1 << k);
      expect(b.irq.level).toBe(false);
      b.set(R.IMS, 1 << k);
      expect([b.irq.level, b.get(R.ICR), b.irq.level]).toEqual([true, 1 << k, false]);
    }
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

  test('§3.2.5: a descriptor whose buffer is at 0 gets DD alone, and the frame the next one', () => {
    const b = new Bench();
    b.up();
    b.ram.fill(0xaa, 0, 0x100);
    for (const k of [0, 1]) b.writeMemory(RX + 16 * k, 0);
    b.writeMemory(RX + 24, 0x12345678);
    b.deliver(NicBench.frame(MAC, 100));
    b.run(us(50));
    expect([b.get(R.RDH), b.readMemory(0), b.readMemory(RX + 8), b.readMemory(RX + 12)]).toEqual([3, 0xaaaaaaaa, 0, 1]);
    expect([b.readMemory(RX + 24), b.readMemory(RX + 28)]).toEqual([0x12345678, 1]);
    expect([b.readMemory(RX + 40, 2), b.readMemory(RX + 44)]).toEqual([104, 7]);
    // Nothing but such descriptors: the frame waits.
    for (let k = 3; k < 7; k++) b.writeMemory(RX + 16 * k, 0);
    b.set(R.RDBAL, RX);
    b.deliver(NicBench.frame(MAC, 100));
    b.run(us(50));
    expect([b.get(R.RDH), b.get(R.GPRC)]).toEqual([7, 2]);
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
