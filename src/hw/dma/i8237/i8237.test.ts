import { beforeEach, describe, expect, test } from 'vitest';
import type { Simulation } from '../../../sim/component.ts';
import { Bus } from '../../../mem/bus.ts';
import { Clock } from '../../../sim/clock.ts';
import { DeviceBench } from '../../../testing/device-bench.ts';
import { IsaBench, type ChannelProgram } from '../../../testing/isa-bench.ts';
import { describeContract } from '../../../testing/vitest.ts';
import { Device } from '../../device.ts';
import { I8237Pair } from './pair.ts';

const behind = 'a byte of a 16-bit register behind the flip-flop';
const except = Object.fromEntries(
  ['first', 'second'].flatMap((bank) => [0, 1, 2, 3].flatMap((n) =>
    [[`${bank}.ADDRESS${n}`, behind], [`${bank}.COUNT${n}`, behind]])),
);
describeContract('I8237Pair', () => {
  const bench = new DeviceBench();
  return new I8237Pair('dma', bench, { memory: bench.memory });
}, { except, keeps: ['first.pins', 'second.pins', 'pins'] });

/** A device that asks as long as it has something to give or to take. */
class Requester extends Device {
  /** Bytes or words to give; what it took. */
  readonly give: number[] = [];
  readonly took: number[] = [];
  wants = 0;
  verified = 0;
  terminals = 0;
  readonly dma = this.isaDma('dreq', {
    read: (_size, terminal) => this.done(terminal, this.give.shift() ?? 0),
    write: (_size, value, terminal) => void this.took.push(this.done(terminal, value)),
    verify: (terminal) => void (this.verified += 1 + this.done(terminal, 0)),
  });
  constructor(sim: Simulation, name = 'card') {
    super(name, sim);
  }
  private done(terminal: boolean, value: number): number {
    if (terminal) this.terminals++;
    this.wants--;
    return value;
  }
  ask(times: number): void {
    this.wants = times;
    this.outputs();
  }
  protected override outputs(): void {
    this.dma.dreq.set(this.wants > 0);
  }
}

/** One clock of the DMA clock at 8⅓ MHz: 120 ns. */
const CLOCK = 360;
const ALL = 1e9;
let bench: IsaBench, card: Requester;

/** Wires the card, programs its channel and lets it ask. */
function start(channel: number, about: ChannelProgram, asks: number): void {
  bench.wireDma(card.dma, channel);
  bench.program(channel, about);
  card.ask(asks);
}

beforeEach(() => {
  bench = new IsaBench(16 << 20);
  card = new Requester(bench);
});

describe('8237A §Transfer Types', () => {
  test('write: bytes go from the device to memory, and no I/O address stands on the bus', () => {
    card.give.push(0x11, 0x22, 0x33);
    const recording = bench.record();
    start(2, { address: 0x12345, bytes: 3, transfer: 'write' }, 3);
    recording.clear();
    bench.run(ALL);
    expect([...bench.ram.subarray(0x12344, 0x12349)]).toEqual([0, 0x11, 0x22, 0x33, 0]);
    expect(recording).toMatchTrace(`
      dma.2 writes 00012345 of ram: 11
      dma.2 writes 00012346 of ram: 22
      dma.2 writes 00012347 of ram: 33
    `);
  });

  test('read: from memory to the device; 16-bit channels count words', () => {
    bench.ram.set([1, 2, 3, 4], 0x23456);
    start(5, { address: 0x23456, bytes: 4, transfer: 'read' }, 2);
    bench.run(ALL);
    expect(card.took).toEqual([0x0201, 0x0403]);
    expect(card.terminals).toBe(1);
  });

  test('verify: addresses go on, DACK# comes, nothing is moved', () => {
    const recording = bench.record();
    start(1, { address: 0, bytes: 4, transfer: 'verify' }, 9);
    recording.clear();
    bench.run(ALL);
    expect(recording.records).toEqual([]);
    expect([card.verified, card.terminals]).toEqual([4, 1]);
  });

  test('the DREQ edge is the cause of the cycle, the cycle of what the device does in it', () => {
    const records: { id: number; parent: number; kind: string }[] = [];
    bench.trace.listen((r) => records.push(r));
    start(2, { address: 0, bytes: 1, transfer: 'write' }, 1);
    bench.run(ALL);
    const cycle = records.find((r) => r.kind === 'transaction' && 'initiator' in r && r.initiator === 'dma.2')!;
    const edges = records.filter((r) => r.kind === 'edge');
    expect(edges.map((e) => e.id)).toContain(cycle.parent);
    expect(edges.some((e) => e.parent === cycle.id)).toBe(true);
  });
});

describe('8237A §Transfer Modes', () => {
  test('single: one transfer a request, the bus is released in between; 9 clocks each (calibration A7)', () => {
    const isa = new Bus('isa', new Clock('isa', 25e6, 3), { arbitration: 0, firstData: 1, perBeat: 1, width: 1 });
    bench = new IsaBench(1 << 20, { buses: [isa] });
    card = new Requester(bench);
    start(3, { address: 0, bytes: 101, transfer: 'write' }, 101);
    const ends = cycleEnds();
    bench.run(ALL);
    expect(ends.length).toBe(101);
    expect((ends[100] - ends[0]) / 100 / CLOCK).toBe(9);
  });

  test('demand: transfers follow one another while DREQ is active; 4 clocks, 5 with an S1', () => {
    start(3, { address: 0xf8, bytes: 32, transfer: 'write', mode: 'demand' }, 20);
    const ends = cycleEnds();
    bench.run(ALL);
    expect(ends.length).toBe(20);
    const clocks = ends.slice(1).map((e, i) => (e - ends[i]) / CLOCK);
    expect(clocks).toEqual(Array.from({ length: 19 }, (_, i) => (i === 7 ? 5 : 4)));
    expect(bench.remaining(3)).toBe(12);
    card.ask(12);
    bench.run(ALL);
    expect(card.terminals).toBe(1);
  });

  test('block: one request is enough to terminal count', () => {
    start(0, { address: 0x100, bytes: 600, transfer: 'write', mode: 'block' }, 1);
    const ends = cycleEnds();
    bench.run(ALL);
    expect(ends.length).toBe(600);
    // 3 states and a wait state each; S1 three times: at 100h, 200h, 300h.
    expect((ends[599] - ends[0]) / CLOCK).toBe(599 * 4 + 2);
    expect(card.terminals).toBe(1);
  });

  test('§Compressed Timing: two clocks a transfer, without wait states', () => {
    bench = new IsaBench(1 << 20, { waitStates: 0 });
    card = new Requester(bench);
    bench.outb(0x08, 0x08);
    start(0, { address: 0, bytes: 256, transfer: 'write', mode: 'block' }, 1);
    const ends = cycleEnds();
    bench.run(ALL);
    expect((ends[255] - ends[0]) / CLOCK).toBe(255 * 2);
  });

  test('§Memory-to-Memory: eight clocks a byte without wait states, through the temporary register', () => {
    bench = new IsaBench(1 << 20, { waitStates: 0 });
    bench.ram.set([9, 8, 7, 6], 0x1000);
    bench.program(0, { address: 0x1000, bytes: 4, transfer: 'read', mode: 'block' });
    bench.program(1, { address: 0x2000, bytes: 4, transfer: 'write', mode: 'block' });
    bench.outb(0x08, 0x01);
    const ends = cycleEnds();
    bench.outb(0x09, 0x04);
    bench.run(ALL);
    expect([...bench.ram.subarray(0x2000, 0x2005)]).toEqual([9, 8, 7, 6, 0]);
    expect((ends.at(-1)! - ends[0]) / CLOCK).toBe(4 * 8 - 4);
    expect(bench.inb(0x0d)).toBe(6);
    expect(bench.inb(0x08)).toBe(0x02);
    bench.run(ALL);
    expect(ends.length).toBe(8);
  });

  test('§Memory-to-Memory: with address hold a block is filled with one byte', () => {
    bench.ram[0x1000] = 0xa5;
    bench.program(0, { address: 0x1000, bytes: 4, transfer: 'read', mode: 'block' });
    bench.program(1, { address: 0x2000, bytes: 4, transfer: 'write', mode: 'block' });
    bench.outb(0x08, 0x03);
    bench.outb(0x09, 0x04);
    bench.run(ALL);
    expect([...bench.ram.subarray(0x2000, 0x2005)]).toEqual([0xa5, 0xa5, 0xa5, 0xa5, 0]);
  });
});

/** Times at which cycles end, from now on. */
function cycleEnds(): number[] {
  const ends: number[] = [];
  bench.trace.listen((r) => {
    if (r.kind === 'transaction' && r.initiator.startsWith('dma.')) ends.push(r.end);
  });
  return ends;
}

describe('8237A §Address Generation, page registers', () => {
  test('a byte channel wraps within 64 KiB, a word channel within 128 KiB', () => {
    card.give.push(1, 2);
    start(1, { address: 0x2ffff, bytes: 2, transfer: 'write' }, 2);
    bench.run(ALL);
    expect([bench.ram[0x2ffff], bench.ram[0x20000]]).toEqual([1, 2]);
    const words = new Requester(bench, 'words');
    words.give.push(0x0403, 0x0605);
    bench.wireDma(words.dma, 5);
    bench.program(5, { address: 0x3fffe, bytes: 4, transfer: 'write' });
    words.ask(2);
    bench.run(ALL);
    expect([...bench.ram.subarray(0x3fffe, 0x40000)]).toEqual([3, 4]);
    expect([...bench.ram.subarray(0x20000, 0x20002)]).toEqual([5, 6]);
  });

  test('there are 24 address lines: what a page says above bit 23 is nowhere', () => {
    card.give.push(0x77);
    start(1, { address: 0xffffff, bytes: 1, transfer: 'write' }, 1);
    bench.run(ALL);
    expect(bench.ram[0xffffff]).toBe(0x77);
  });

  test('address decrement goes backwards', () => {
    card.give.push(1, 2, 3);
    start(1, { address: 0x502, bytes: 3, transfer: 'write', decrement: true }, 3);
    bench.run(ALL);
    expect([...bench.ram.subarray(0x500, 0x503)]).toEqual([3, 2, 1]);
  });

  test('290550 §I/O address map: the controllers answer twice', () => {
    bench.outb(0x1c, 0);
    bench.outb(0x12, 0x34);
    bench.outb(0x02, 0x12);
    expect([bench.inb(0x02), bench.inb(0x12)]).toEqual([0x34, 0x12]);
    bench.outb(0xdf, 5);
    expect(bench.inb(0xde)).toBe(5);
  });
});

describe('8237A §Register Description', () => {
  test('§Current Word Count: at terminal count the mask bit is set and the status bit, which a read clears', () => {
    start(2, { address: 0, bytes: 1, transfer: 'write' }, 5);
    expect(bench.inb(0x08)).toBe(0x40);
    bench.run(ALL);
    expect(card.wants).toBe(4);
    expect(bench.inb(0x0f)).toBe(0x0f);
    expect([bench.inb(0x08), bench.inb(0x08)]).toEqual([0x44, 0x40]);
  });

  test('§Autoinitialize: address and count come back, the channel is not masked', () => {
    start(2, { address: 0x600, bytes: 3, transfer: 'write', autoinit: true }, 7);
    bench.run(ALL);
    expect([card.wants, card.terminals]).toEqual([0, 2]);
    expect(bench.remaining(2)).toBe(2);
  });

  test('§Command Register: a disabled controller serves nobody; DREQ may be active low', () => {
    bench.outb(0x08, 0x04);
    start(2, { address: 0, bytes: 8, transfer: 'write' }, 1);
    bench.run(ALL);
    expect(card.wants).toBe(1);
    bench.outb(0x08, 0x00);
    bench.run(ALL);
    expect(card.wants).toBe(0);
    bench.outb(0x08, 0x40);
    bench.run(100 * CLOCK);
    expect(card.wants).toBeLessThan(0);
  });

  test('§Request Register: software asks without DREQ, and no mask stops it', () => {
    bench.program(3, { address: 0x700, bytes: 2, transfer: 'write', mode: 'block' });
    bench.outb(0x0f, 0x0f);
    bench.outb(0x09, 0x07);
    bench.run(ALL);
    expect([bench.ram[0x700], bench.ram[0x701]]).toEqual([0xff, 0xff]);
    expect(bench.inb(0x08)).toBe(0x08);
  });

  test('§Software Commands: master clear masks all and ends a service under way', () => {
    start(2, { address: 0, bytes: 1000, transfer: 'write', mode: 'block' }, 1);
    bench.run(100 * CLOCK);
    bench.outb(0x0d, 0);
    const before = card.wants;
    bench.run(ALL);
    expect(card.wants).toBe(before);
    expect(bench.inb(0x0f)).toBe(0x0f);
  });

  test('§EOP: asserted from outside it ends a block', () => {
    start(2, { address: 0, bytes: 1000, transfer: 'write', mode: 'block' }, 1);
    bench.run(100 * CLOCK);
    const { sink, input } = bench.dma.endOfProcess;
    sink.irqLevel(input, true);
    bench.run(ALL);
    expect(card.terminals).toBe(1);
    expect(bench.inb(0x08) & 0x0f).toBe(0x04);
  });
});

describe('8237A §Priority', () => {
  /** Channels in the order in which they are served, with one request of each always there. */
  function order(rotating: boolean): string {
    for (const [n, channel] of [0, 1, 3].entries()) {
      const one = new Requester(bench, `card${channel}`);
      bench.wireDma(one.dma, channel);
      bench.program(channel, { address: 0x1000 * n, bytes: 8, transfer: 'write' });
      one.ask(3);
    }
    let served = '';
    bench.trace.listen((r) => {
      if (r.kind === 'transaction' && r.initiator.startsWith('dma.')) served += r.initiator[4];
    });
    bench.outb(0x08, rotating ? 0x10 : 0x00);
    bench.run(ALL);
    return served;
  }
  test('fixed: channel 0 first', () => expect(order(false)).toBe('000111333'));
  test('rotating: who was served is last', () => expect(order(true)).toBe('013013013'));

  test('channel 4 in cascade mode: the first controller goes before channels 5 to 7, and needs channel 4', () => {
    bench.outb(0xd4, 0x04);
    start(1, { address: 0, bytes: 8, transfer: 'write' }, 1);
    bench.run(ALL);
    expect(card.wants).toBe(1);
    bench.outb(0xd4, 0x00);
    bench.run(ALL);
    expect(card.wants).toBe(0);
  });
});
