import { beforeEach, describe, expect, test } from 'vitest';
import { Clock } from '../sim/clock.ts';
import { Scheduler } from '../sim/scheduler.ts';
import { Trace } from '../sim/trace.ts';
import { AddressSpace } from './address-space.ts';
import { Bus } from './bus.ts';
import { PostedWrites } from './posted-writes.ts';
import { Ram } from './ram.ts';
import { Transaction } from './transaction.ts';

/** 2 + 8 clocks of 30 ns: one transaction of a doubleword; each further data phase. */
const ONE = 10 * 90, BEAT = 90;
/** 10 clocks of 120 ns. */
const ISA_BYTE = 10 * 360;
const CARD = 0x1000;

let scheduler: Scheduler, memory: AddressSpace, io: AddressSpace, pci: Bus, posted: PostedWrites, tx: Transaction;

beforeEach(() => {
  const trace = new Trace();
  scheduler = new Scheduler(trace);
  const sim = { trace, scheduler };
  memory = new AddressSpace('memory', 32, sim);
  io = new AddressSpace('io', 16, sim);
  pci = new Bus('pci', new Clock('pci', 100e6, 3), { arbitration: 2, firstData: 8, perBeat: 1, width: 4 });
  const isa = new Bus('isa', new Clock('isa', 100e6, 12), { arbitration: 0, firstData: 10, perBeat: 10, width: 1 });
  memory.map(CARD, 0x1000, new Ram('card', new Uint8Array(0x1000)), { bus: pci });
  memory.map(0x8000, 0x1000, new Ram('ram', new Uint8Array(0x1000)));
  io.map(0, 0x100, new Ram('ports', new Uint8Array(0x100)), { bus: pci });
  io.map(0x100, 0x100, new Ram('old', new Uint8Array(0x100)), { bus: isa });
  posted = new PostedWrites(pci, 4);
  memory.posting = io.posting = posted;
  memory.posts = true;
  tx = new Transaction('cpu');
});

function write(address: number, space = memory): number {
  space.write(address, 4, 0x12345678, tx);
  return tx.ticks;
}
function read(address: number, space = memory): number {
  space.read(address, 4, tx);
  return tx.ticks;
}

describe('posted writes (PCI 2.1 §3.2.5)', () => {
  test('a write ends at once for the processor, the bus is taken for as long as ever', () => {
    expect([write(CARD), pci.busyUntil]).toEqual([0, ONE]);
  });

  test('the fifth of four waits until the first has left', () => {
    // No two follow each other, so that none is combined.
    expect([0, 8, 16, 24, 32].map((at) => write(CARD + at))).toEqual([0, 0, 0, 0, ONE]);
    expect([posted.cells.posted, posted.cells.full, posted.cells.fullTicks]).toEqual([5, 1, ONE]);
    expect(pci.busyUntil).toBe(5 * ONE);
  });

  test('a read comes after all writes (§3.3.3.3)', () => {
    write(CARD);
    write(CARD + 0x100);
    expect(read(CARD)).toBe(3 * ONE);
    expect(posted.cells.pushTicks).toBe(2 * ONE);
  });

  test('I/O is not posted, and comes after all writes: on the same bus and on one behind it', () => {
    write(CARD);
    expect(write(0x10, io)).toBe(2 * ONE);
    scheduler.runUntil(10 * ONE);
    write(CARD);
    expect(read(0x140, io)).toBe(ONE + 4 * ISA_BYTE);
  });

  test('consecutive doublewords are one burst while the first has the bus (§3.2.6)', () => {
    for (let n = 0; n < 4; n++) expect(write(CARD + 4 * n)).toBe(0);
    expect([pci.busyUntil, posted.cells.combined]).toEqual([ONE + 3 * BEAT, 3]);
    // The burst is over: what goes on there is a transaction of its own.
    scheduler.runUntil(ONE + 3 * BEAT);
    write(CARD + 16);
    expect([pci.busyUntil, posted.cells.combined]).toEqual([2 * ONE + 3 * BEAT, 3]);
  });

  test('downwards and over others nothing is combined: the order stays (§3.2.6)', () => {
    for (const at of [12, 8, 4, 8]) write(CARD + at);
    expect(posted.cells.combined).toBe(1);
    expect(pci.busyUntil).toBe(3 * ONE + BEAT);
  });

  test('another master that has the bus in between ends the burst', () => {
    write(CARD);
    pci.take(0, 64);
    const busy = pci.busyUntil;
    write(CARD + 4);
    expect([pci.busyUntil, posted.cells.combined]).toEqual([busy + ONE, 0]);
  });

  test('memory that is not on a bus is neither posted nor waits', () => {
    write(CARD);
    expect([write(0x8000), read(0x8000), posted.cells.posted]).toEqual([0, 0, 1]);
  });

  test('a bus master is not the processor: it waits for the bus alone', () => {
    const master = new Transaction('master', true);
    write(CARD);
    memory.write(CARD, 4, 1, master);
    expect([master.ticks, posted.cells.posted]).toEqual([2 * ONE, 1]);
  });
});
