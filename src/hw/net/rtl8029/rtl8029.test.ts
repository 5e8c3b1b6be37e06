import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32 } from '../../../bits/crc32.ts';
import { ms, ns, us } from '../../../sim/time.ts';
import { PciBench, type BenchFunction } from '../../../testing/pci-bench.ts';
import { describeContract } from '../../../testing/vitest.ts';
import type { EthernetStation } from '../ethernet.ts';
import { EthernetWire } from '../link/wire.ts';
import { Rtl8029 } from './rtl8029.ts';
import { RTL8029_PORTS } from './spec.ts';

const STATION = [0x52, 0x54, 0, 0x12, 0x34, 0x56], OTHER = [2, 0, 0, 0, 0, 1];
/** Pages of the tests: two frames to transmit, then the ring. */
const TX = 0x40, START = 0x4c, STOP = 0x80;
const CR = 0, DATA = 0x10, RESET = 0x1f;
const ISR = { PRX: 1, PTX: 2, OVW: 0x10, CNT: 0x20, RDC: 0x40, RST: 0x80 };

class NicBench extends PciBench {
  readonly wire = new EthernetWire('wire', this, { rate: 10e6, latency: 0 });
  readonly heard: Uint8Array[] = [];
  readonly far: EthernetStation = { name: 'far', frameArrived: (frame) => void this.heard.push(frame.slice()) };
  readonly card: BenchFunction<Rtl8029>;
  readonly nic: Rtl8029;
  readonly base: number;

  constructor() {
    super();
    this.card = this.plug((sim) => new Rtl8029('rtl8029', sim, this.wire, Uint8Array.from(STATION)));
    this.nic = this.card.device;
    this.base = this.card.at['BAR0'];
    this.wire.connect(this.nic, this.far);
    this.reset(this.wire);
  }

  get(register: number, page = 0): number {
    this.outb(this.base + CR, (this.inb(this.base + CR) & 0x3b) | (page << 6));
    return this.inb(this.base + register);
  }
  set(register: number, value: number, page = 0): void {
    this.outb(this.base + CR, (this.inb(this.base + CR) & 0x3b) | (page << 6));
    this.outb(this.base + register, value);
  }

  /** As drivers begin (DP8390D §12, initialization sequence). */
  begin(): this {
    this.outb(this.base + CR, 0x21);
    this.set(0x0e, 0x49);
    this.set(0x0c, 0x04);
    this.set(0x0d, 0x02);
    this.set(0x01, START);
    this.set(0x02, STOP);
    this.set(0x03, STOP - 1);
    this.set(0x07, 0xff);
    this.set(0x0f, 0x3f);
    STATION.forEach((byte, k) => this.set(1 + k, byte, 1));
    this.set(0x07, START, 1);
    this.outb(this.base + CR, 0x22);
    this.set(0x0d, 0);
    return this;
  }

  remote(address: number, bytes: number, command: number): void {
    this.set(0x0a, bytes & 0xff);
    this.set(0x0b, bytes >> 8);
    this.set(0x08, address & 0xff);
    this.set(0x09, address >> 8);
    this.outb(this.base + CR, command);
  }
  fetch(address: number, bytes: number): Uint8Array {
    this.remote(address, bytes, 0x0a);
    const out = new Uint8Array(bytes + 2);
    for (let k = 0; k < bytes; k += 2) {
      const word = this.inw(this.base + DATA);
      out[k] = word;
      out[k + 1] = word >> 8;
    }
    this.set(0x07, ISR.RDC);
    return out.subarray(0, bytes);
  }
  transmit(frame: Uint8Array, page = TX): void {
    this.remote(page * 256, frame.length, 0x12);
    for (let k = 0; k < frame.length; k += 2) this.outw(this.base + DATA, frame[k] | ((frame[k + 1] ?? 0) << 8));
    this.set(0x07, ISR.RDC);
    this.set(0x04, page);
    this.set(0x05, frame.length & 0xff);
    this.set(0x06, frame.length >> 8);
    this.outb(this.base + CR, 0x26);
  }
  /** The oldest frame of the ring, as Linux's lib8390 takes it; null if there is none. */
  receive(): Uint8Array | null {
    const current = this.get(0x07, 1), boundary = this.get(0x03);
    const page = boundary + 1 >= STOP ? START : boundary + 1;
    if (page === current) return null;
    const header = this.fetch(page * 256, 4), count = header[2] | (header[3] << 8);
    const frame = this.fetch(page * 256 + 4, count - 4);
    this.set(0x03, header[1] - 1 < START ? STOP - 1 : header[1] - 1);
    return frame;
  }
  arrive(frame: Uint8Array): void {
    this.scheduler.runUntil(this.wire.send(this.far, frame, frame.length));
  }
}

const frame = (length: number, to: readonly number[] = STATION, seed = 0) =>
  Uint8Array.from({ length }, (_, k) => (k < 6 ? to[k] : (seed + 7 * k) & 0xff));

const pages = Object.fromEntries(Object.entries(RTL8029_PORTS.registers).flatMap(([row, { options }]) => {
  const page = options.page ?? -1;
  if (page < 0) return [];
  return [[`ports.${row}`, ({ banks }: { banks: ReadonlyMap<string, { r: unknown }> }) => {
    const { r } = banks.get('ports') as { r: { CR: { PS: number } } };
    r.CR.PS = page;
  }]];
}));

describeContract('RTL8029', () => new NicBench().nic, {
  select: pages,
  except: {
    'ports.DATA': 'data port: the value is the memory\'s', 'ports.RESET': 'any access resets',
    'ports.CONFIG3': 'written while 9346CR allows it', 'ports.CR': 'a write changes ISR; its page selects rows',
  },
});

describe('DP8390D §10: registers', () => {
  test('what page 0 takes page 2 shows; the chip says what it is', () => {
    const b = new NicBench().begin();
    expect([b.get(1, 2), b.get(2, 2), b.get(0x0c, 2), b.get(0x0d, 2), b.get(0x0e, 2), b.get(0x0f, 2)])
      .toEqual([START, STOP, 0xc4, 0xe0, 0xc9, 0xbf]);
    expect([b.get(0x0a), b.get(0x0b), b.get(0x0e, 3), b.get(0x0f, 3)]).toEqual([0x50, 0x43, 0x29, 0x80]);
  });

  test('§10.3 RST: set by stop and by the reset port, cleared by start', () => {
    const b = new NicBench().begin();
    expect(b.get(7) & ISR.RST).toBe(0);
    b.outb(b.base + RESET, b.inb(b.base + RESET));
    expect([b.inb(b.base), b.get(7)]).toEqual([0x21, ISR.RST]);
    b.outb(b.base, 0x22);
    expect(b.get(7)).toBe(0);
  });

  test('Realtek page 3: full duplex may be set while 9346CR allows it', () => {
    const b = new NicBench().begin();
    b.set(6, 0x40, 3);
    expect(b.get(6, 3)).toBe(0);
    b.set(1, 0xc0, 3);
    b.set(6, 0x40, 3);
    b.set(1, 0, 3);
    expect(b.get(6, 3)).toBe(0x40);
  });
});

describe('DP8390D §11: remote DMA', () => {
  test('the PROM, read by bytes of a word-wide card: the address and the mark', () => {
    const b = new NicBench().begin();
    b.remote(0, 32, 0x0a);
    const prom = Array.from({ length: 16 }, () => b.inb(b.base + DATA));
    expect(prom).toEqual([...STATION, 0, 0, 0, 0, 0, 0, 0, 0, 0x57, 0x57]);
    expect(b.get(7) & ISR.RDC).toBe(ISR.RDC);
  });

  test('double words are two words; the last byte of an odd count ends it', () => {
    const b = new NicBench().begin();
    b.remote(TX * 256, 8, 0x12);
    b.outl(b.base + DATA, 0x44332211);
    expect([b.get(8), b.get(9), b.get(7) & ISR.RDC]).toEqual([4, TX, 0]);
    b.outl(b.base + DATA, 0x88776655);
    expect(b.get(7) & ISR.RDC).toBe(ISR.RDC);
    b.remote(TX * 256, 7, 0x0a);
    expect([b.inl(b.base + DATA), b.inw(b.base + DATA), b.inb(b.base + DATA)]).toEqual([0x44332211, 0x6655, 0x77]);
    expect(b.get(7) & ISR.RDC).toBe(ISR.RDC);
  });

  test('byte transfers without WTS; outside of memory there is nothing', () => {
    const b = new NicBench().begin();
    b.set(0x0e, 0x48);
    b.remote(TX * 256, 2, 0x12);
    b.outb(b.base + DATA, 1);
    b.outb(b.base + DATA, 2);
    b.remote(TX * 256, 2, 0x0a);
    expect([b.inb(b.base + DATA), b.inb(b.base + DATA)]).toEqual([1, 2]);
    b.remote(0x2000, 2, 0x0a);
    expect(b.inw(b.base + DATA)).toBe(0xffff);
  });

  test('without a transfer, or against it: noted, ones', () => {
    const b = new NicBench().begin();
    expect(b.inl(b.base + DATA)).toBe(0xffffffff);
    b.outw(b.base + DATA, 1);
    b.remote(TX * 256, 4, 0x12);
    expect(b.inw(b.base + DATA)).toBe(0xffff);
    expect(b.trace.noteCount('rtl8029', 'data-port-idle')).toBe(3);
  });

  test('the send command takes the oldest frame and removes it', () => {
    const b = new NicBench().begin();
    b.set(0x03, START);
    b.set(0x07, START, 1);
    b.arrive(frame(60));
    b.outb(b.base, 0x1a);
    const words = Array.from({ length: 32 }, () => b.inw(b.base + DATA));
    expect(words.slice(0, 4)).toEqual([((START + 1) << 8) | 1, 64, 0x5452, 0x1200]);
    expect([b.get(7) & ISR.RDC, b.get(3)]).toEqual([ISR.RDC, START + 1]);
  });
});

describe('DP8390D §7: transmission', () => {
  test('a frame leaves, byte for byte; PTX and INTA# when it has', () => {
    const b = new NicBench().begin(), sent = frame(61, OTHER);
    b.transmit(sent);
    expect([b.inb(b.base) & 4, b.get(7) & ISR.PTX]).toEqual([4, 0]);
    b.run(ns(800 * (8 + 61 + 4 + 12)) - 1);
    expect(b.get(7) & ISR.PTX).toBe(0);
    b.run(1);
    expect([b.inb(b.base) & 4, b.get(7) & ISR.PTX, b.get(4)]).toEqual([0, ISR.PTX, 3]);
    expect(b.card.intx.get(1)?.level).toBe(true);
    b.set(7, ISR.PTX);
    expect(b.card.intx.get(1)?.level).toBe(false);
    expect(b.heard).toEqual([sent]);
  });

  test('in loopback it takes its time and does not leave; STP lets what is leaving end', () => {
    const b = new NicBench().begin();
    b.set(0x0d, 2);
    b.transmit(frame(100));
    b.outb(b.base, 0x21);
    expect(b.get(7) & ISR.RST).toBe(0);
    b.run(ms(1));
    expect([b.get(7) & (ISR.RST | ISR.PTX), b.heard.length]).toEqual([ISR.RST | ISR.PTX, 0]);
  });

  test('a frame longer than the wire takes is lost there; the transmitter goes on', () => {
    const b = new NicBench().begin();
    b.set(0x06, 0xff);
    b.outb(b.base, 0x26);
    b.run(ms(100));
    expect(b.get(7) & ISR.PTX).toBe(ISR.PTX);
    expect(b.trace.noteCount('wire', 'frame-length')).toBe(1);
  });
});

describe('DP8390D §8, §9: reception', () => {
  test('header, frame and FCS in the ring, over its end, page by page', () => {
    const b = new NicBench().begin();
    for (let n = 0; n < 40; n++) {
      const sent = frame(60 + 37 * n, STATION, n);
      const page = b.get(0x07, 1);
      b.arrive(sent);
      const header = b.fetch(page * 256, 4), count = header[2] | (header[3] << 8);
      expect([header[0], count]).toEqual([1, sent.length + 4]);
      const at = page * 256 + 4 + sent.length;
      const fcs = b.fetch(at < STOP * 256 ? at : at - (STOP - START) * 256, 4);
      expect(new DataView(fcs.slice().buffer).getUint32(0, true)).toBe(crc32(sent));
      expect(b.receive()).toEqual(sent);
    }
    expect(b.receive()).toBe(null);
  });

  test('§10.3 RCR: station, broadcast, multicast by hash, promiscuous, short frames, monitor', () => {
    const b = new NicBench().begin();
    const takes = (rcr: number, sent: Uint8Array): boolean => {
      b.set(0x0c, rcr);
      b.arrive(sent);
      return b.receive() !== null;
    };
    const multicast = [0x01, 0x00, 0x5e, 0, 0, 1], broadcast = Array<number>(6).fill(0xff);
    expect([takes(0, frame(60)), takes(0, frame(60, OTHER)), takes(0x10, frame(60, OTHER))])
      .toEqual([true, false, true]);
    expect([takes(0, frame(60, broadcast)), takes(4, frame(60, broadcast))]).toEqual([false, true]);
    expect([takes(0, frame(40)), takes(2, frame(40))]).toEqual([false, true]);
    expect(takes(8, frame(60, multicast))).toBe(false);
    // Linux, ether_crc of 01:00:5e:00:00:01: its upper six bits are 31.
    b.set(0x08 + (31 >> 3), 1 << (31 & 7), 1);
    expect([takes(8, frame(60, multicast)), takes(0, frame(60, multicast))]).toEqual([true, false]);
    expect(takes(0x20, frame(60))).toBe(false);
    expect([b.get(0x0c) & 0x50, b.get(0x0f), b.get(0x0f)]).toEqual([0x50, 1, 0]);
  });

  test('§9: a full ring keeps what it has: OVW, RST and the tally; room lets it go on', () => {
    const b = new NicBench().begin();
    const sent: Uint8Array[] = [];
    for (let n = 0; n < 200; n++) {
      sent.push(frame(1000, STATION, n));
      b.arrive(sent[n]);
    }
    expect(b.get(7) & (ISR.OVW | ISR.RST | ISR.CNT | ISR.PRX)).toBe(ISR.OVW | ISR.RST | ISR.CNT | ISR.PRX);
    // 52 pages, one of them never filled: 12 frames of four pages.
    expect(b.get(0x0f)).toBe(188);
    const first = b.receive();
    expect(first).toEqual(sent[0]);
    b.set(7, ISR.OVW);
    expect(b.get(7) & ISR.RST).toBe(0);
    for (let n = 1; n < 12; n++) expect(b.receive()).toEqual(sent[n]);
    b.arrive(frame(60));
    expect(b.receive()).toEqual(frame(60));
    expect(b.nic.counterRows.find((c) => c.name === 'framesDropped')?.value()).toBe(188);
  });

  test('stopped, in loopback: deaf', () => {
    const b = new NicBench().begin();
    b.set(0x0d, 2);
    b.arrive(frame(60));
    b.outb(b.base, 0x21);
    b.set(0x0d, 0);
    b.arrive(frame(60));
    expect(b.get(7) & ISR.PRX).toBe(0);
  });
});

test('a snapshot with a frame leaving and one arriving goes on to the same end', () => {
  const start = () => {
    const b = new NicBench().begin();
    b.transmit(frame(1000, OTHER));
    b.wire.send(b.far, frame(900), 900);
    b.run(us(300));
    return b;
  };
  const a = start();
  const parts = [a.nic.save(), a.wire.save()], events = a.scheduler.save();
  a.run(ms(2));
  const b = new NicBench();
  b.pci.write(b.card.devfn, 4, 7, 2);
  b.scheduler.load(events);
  b.nic.load(parts[0]);
  b.wire.load(parts[1]);
  b.nic.restored();
  b.run(ms(2));
  expect(b.nic.save()).toEqual(a.nic.save());
  expect(b.heard).toEqual(a.heard);
  expect(b.receive()).toEqual(frame(900));
});

test('any accesses, frames and waits: nothing throws, time is bounded', () => {
  const step = fc.oneof(
    fc.tuple(fc.constant('out' as const), fc.nat(31), fc.constantFrom(1, 2, 4), fc.nat(0xff)),
    fc.tuple(fc.constant('in' as const), fc.nat(31), fc.constantFrom(1, 2, 4), fc.constant(0)),
    fc.tuple(fc.constant('frame' as const), fc.nat(1518), fc.constant(1), fc.nat(255)),
    fc.tuple(fc.constant('wait' as const), fc.nat(100_000), fc.constant(1), fc.constant(0)),
  );
  fc.assert(fc.property(fc.boolean(), fc.array(step, { maxLength: 120 }), (begun, steps) => {
    const b = new NicBench();
    if (begun) b.begin();
    for (const [what, where, size, value] of steps) {
      const at = b.base + Math.min(where, 32 - size);
      if (what === 'out') b.io.write(at, size, value * 0x01010101 % 2 ** (8 * size), b.tx);
      else if (what === 'in') b.io.read(at, size, b.tx);
      else if (what === 'frame') b.wire.send(b.far, frame(where, value < 128 ? STATION : Array(6).fill(value)), where);
      else b.run(where);
    }
    b.run(ms(60));
  }), { seed: 3, numRuns: 150 });
});
