import { beforeEach, describe, expect, test } from 'vitest';
import { DeviceBench } from '../testing/device-bench.ts';
import { Bus } from '../mem/bus.ts';
import { Ram } from '../mem/ram.ts';
import { STATUS } from '../mem/transaction.ts';
import { reg, regs, rw } from '../reg/layout.ts';
import type { Simulation } from '../sim/component.ts';
import { Clock } from '../sim/clock.ts';
import type { TraceRecord } from '../sim/trace.ts';
import { Device } from './device.ts';
import { DmaPort } from './dma-port.ts';

const ROWS = regs(32, { R: reg(0, { V: rw(31, 0) }) });

class Master extends Device {
  readonly s = this.cells('s', { status: -1, doneAt: -1, others: 0, aborted: -1 });
  readonly port = this.dmaPort('mem', { burst: 64, buffer: 512 });
  readonly done = this.completion(this.port, 'done', (status) => {
    this.s.status = status;
    this.s.doneAt = this.sim.scheduler.now;
  });
  readonly ended = this.completion(this.port, 'ended', (_status, aborted) => void (this.s.aborted = +aborted));
  readonly other = this.completion(this.port, 'other', () => void this.s.others++);
  readonly again = this.completion(this.port, 'again', () => this.port.read(0, 8, this.other));
  readonly later = this.event('later', () => this.port.read(0, 8, this.other));
  readonly mmio = this.regs('mmio', ROWS, {
    R: { write: (r) => (r.V === 1 ? this.port.read(0, 96, this.again) : this.port.write(0x1000, 8, this.done)) },
  });
  constructor(sim: Simulation) {
    super('m', sim);
  }
}

let bench: DeviceBench, ram: Ram, m: Master, enabled: boolean;
const bus = () => new Bus('pci', new Clock('pci', 100e6, 3), { arbitration: 1, firstData: 3, perBeat: 1, width: 4 });

beforeEach(() => {
  bench = new DeviceBench();
  ram = new Ram('ram', new Uint8Array(0x1000));
  bench.memory.map(0, 0x1000, ram);
  m = new Master(bench);
  enabled = true;
  m.port.bind({ space: bench.memory, bus: bus(), latency: 100, enabled: () => enabled });
  bench.memory.map(0x1000, 4, m.mmio);
  bench.reset(m);
});

describe('time at the bus', () => {
  test('waiting and holding are counted apart, and the longest wait; a reset begins anew', () => {
    const shared = bus();
    m.port.bind({ space: bench.memory, bus: shared, latency: 100, enabled: () => enabled });
    shared.busyUntil = 1000;
    m.port.read(0, 128, m.done);
    bench.run(1e5);
    const burst = 90 + 270 + 15 * 90 + 100;
    expect(m.port.busTime).toEqual({ waited: 1000, held: 2 * burst, worst: 1000 });
    shared.busyUntil = bench.scheduler.now + 400;
    m.port.read(0, 64, m.done);
    bench.run(1e5);
    expect(m.port.busTime).toEqual({ waited: 1400, held: 3 * burst, worst: 1000 });
    bench.reset(m);
    expect(m.port.busTime).toEqual({ waited: 0, held: 0, worst: 0 });
  });
});

describe('DmaPort', () => {
  test('a request is split into bursts that do not cross their own size, each takes its bus time', () => {
    ram.bytes.forEach((_, i) => (ram.bytes[i] = i * 7));
    const { records } = bench.record();
    m.port.read(0x20, 160, m.done);
    expect(m.port.active).toBe(true);
    bench.run(1e6);
    expect(records.flatMap((r) => (r.kind === 'transaction' ? [[r.address, r.size, r.initiator, r.pc]] : []))).toEqual(
      [
        [0x20, 32, 'm.mem', -1], [0x40, 64, 'm.mem', -1], [0x80, 64, 'm.mem', -1],
      ],
    );
    const time = [32, 64, 64].reduce((t, n) => t + 90 + 270 + (n / 4 - 1) * 90 + 100, 0);
    expect([m.s.status, m.s.doneAt]).toEqual([STATUS.OK, time]);
    expect([...m.port.buffer.subarray(0, 160)]).toEqual([...ram.bytes.subarray(0x20, 0xc0)]);
    expect(m.port.counters).toEqual({ bursts: 3, bytes: 160 });
  });

  test('nothing completes at once, and bytes move when their burst completes', () => {
    m.port.buffer.fill(0xaa);
    m.port.write(0, 4, m.done);
    expect([ram.bytes[0], m.s.status]).toEqual([0, -1]);
    bench.run(459);
    expect(ram.bytes[0]).toBe(0);
    bench.run(1);
    expect([ram.bytes[0], m.s.status]).toEqual([0xaa, STATUS.OK]);
  });

  test('a decode error ends the request and is noted', () => {
    m.port.read(0x100000, 200, m.done);
    bench.run(1e6);
    expect([m.s.status, m.port.counters.bursts]).toEqual([STATUS.DECODE_ERROR, 1]);
    expect(bench.trace.noteCount('m.mem', 'dma-decode-error')).toBe(1);
  });

  test('DMA into its own registers is refused', () => {
    m.mmio.r.R.V = 5;
    m.port.write(0x1000, 4, m.done);
    bench.run(1e6);
    expect([m.s.status, m.mmio.r.R.V]).toEqual([STATUS.TARGET_ERROR, 5]);
    expect(bench.trace.noteCount('m.mmio', 'reentrant')).toBe(1);
  });

  test('bus mastering off: before the start and in the middle; nothing more moves', () => {
    enabled = false;
    m.port.read(0, 64, m.done);
    bench.run(1e6);
    expect([m.s.status, m.port.counters.bursts]).toEqual([STATUS.TARGET_ERROR, 0]);
    enabled = true;
    m.port.buffer.fill(1);
    m.port.write(0, 128, m.done);
    bench.run(90 + 270 + 15 * 90 + 100);
    enabled = false;
    bench.run(1e6);
    expect([m.s.status, ram.bytes[63], ram.bytes[64]]).toEqual([STATUS.TARGET_ERROR, 1, 0]);
  });

  test.each<[string, boolean, () => void]>([
    ['nobody there', true, () => m.port.read(0x100000, 8, m.ended)],
    ['the target refuses', true, () => m.port.write(0x1000, 4, m.ended)],
    ['all is well', false, () => m.port.read(0, 8, m.ended)],
    ['refused for its length', false, () => m.port.read(0, 0, m.ended)],
    ['the gate is closed', false, () => { enabled = false; m.port.read(0, 8, m.ended); }],
    ['the gate closes in the middle', false, () => { m.port.read(0, 96, m.ended); bench.run(400); enabled = false; }],
  ])('a completion says whether a bus cycle was aborted: %s', (_how, aborted, act) => {
    act();
    bench.run(1e6);
    expect(m.s.aborted).toBe(+aborted);
  });

  test.each([-1, NaN, 0.5, 2 ** 53])('%d is no address: refused, and no exception', (address) => {
    m.port.read(address, 8, m.done);
    bench.run(10);
    expect([m.s.status, m.port.counters.bursts]).toEqual([STATUS.TARGET_ERROR, 0]);
  });

  test('above the end of the space nobody answers, and low memory stays as it is', () => {
    m.port.buffer.fill(1);
    m.port.write(2 ** 32, 64, m.done);
    bench.run(1e6);
    expect([m.s.status, ram.bytes[0]]).toEqual([STATUS.DECODE_ERROR, 0]);
  });

  test.each([
    [0, 64, 'm.x: a burst of 0 bytes cannot be'], [2.5, 64, 'm.x: a burst of 2.5 bytes'],
    [64, -4, 'm.x: a buffer of -4 bytes'], [NaN, 64, 'm.x: a burst of NaN bytes'],
  ])('bursts of %d and a buffer of %d bytes are refused when the port is made', (burst, buffer, said) => {
    expect(() => new DmaPort('m.x', bench, m.guard, { burst, buffer })).toThrow(said);
  });

  test('a reset in mid-flight: no late write, no completion', () => {
    m.port.buffer.fill(1);
    m.port.write(0, 64, m.done);
    bench.run(100);
    bench.reset(m);
    bench.run(1e6);
    expect([ram.bytes[0], m.s.status, m.port.active]).toEqual([0, -1, false]);
  });

  test('save in mid-flight, restore into another machine: the same end', () => {
    m.port.buffer.set([1, 2, 3, 4]);
    m.port.write(0x10, 128, m.done);
    bench.run(2000);
    const other = new DeviceBench();
    const ram2 = new Ram('ram', ram.bytes.slice());
    other.memory.map(0, 0x1000, ram2);
    const m2 = new Master(other);
    const bus2 = bus();
    bus2.busyUntil = bench.scheduler.nextTime;
    m2.port.bind({ space: other.memory, bus: bus2, latency: 100, enabled: () => true });
    m2.load(m.save());
    other.scheduler.load(bench.scheduler.save());
    bench.run(1e6);
    other.run(1e6);
    expect(m2.save()).toEqual(m.save());
    expect(ram2.bytes).toEqual(ram.bytes);
  });

  test('the trace: access, request, its bursts, completion, and the request that goes on with it', () => {
    const records: TraceRecord[] = [];
    bench.trace.listen((r) => records.push(r));
    bench.memory.write(0x1000, 4, 1, bench.tx);
    bench.run(1e6);
    m.later.after(1);
    bench.run(1e6);
    expect(records.map((r) => [r.id, r.kind, r.parent, ...(r.kind === 'request' ? [r.after] : [])])).toEqual([
      [2, 'request', 1, 0], [1, 'transaction', 0], [3, 'transaction', 2], [4, 'transaction', 2],
      // Started by the completion: cause enough.
      [5, 'completion', 2], [6, 'request', 5, 0], [7, 'transaction', 6], [8, 'completion', 6],
      // Started by an event: goes on with the request before.
      [9, 'event', 0], [10, 'request', 9, 6], [11, 'transaction', 10], [12, 'completion', 10],
    ]);
    expect(records[4]).toMatchObject({ kind: 'completion', port: 'm.mem', bytes: 96, status: 'ok' });
  });
});

describe('what a guest can ask for', () => {
  test.each([
    ['no bytes', 0], ['more than the buffer holds', 513], ['a negative length', -4], ['no number', NaN],
  ])('%s: noted, and completes with an error at the next tick', (_, length) => {
    m.port.write(0, length, m.done);
    expect([m.port.active, m.s.status]).toEqual([false, -1]);
    bench.run(1);
    expect([m.s.status, m.s.doneAt, m.port.counters]).toEqual([STATUS.TARGET_ERROR, 1, { bursts: 0, bytes: 0 }]);
    expect(bench.trace.noteCount('m.mem', 'dma-refused')).toBe(1);
  });

  test('a second request is refused, the first goes on; each completion runs as often as it was asked for', () => {
    m.port.buffer.fill(3);
    m.port.write(0, 64, m.done);
    m.port.write(0x100, 64, m.other);
    m.port.read(0x200, 8, m.other);
    bench.run(1);
    expect([m.s.others, m.s.status, m.port.active]).toEqual([2, -1, true]);
    bench.run(1e6);
    expect([m.s.others, m.s.status, ram.bytes[63], ram.bytes[0x100]]).toEqual([2, STATUS.OK, 3, 0]);
    expect(bench.trace.noteCount('m.mem', 'dma-refused')).toBe(2);
  });

  test('a refused request is forgotten by a reset, and survives a snapshot', () => {
    m.port.write(0, 0, m.done);
    bench.reset(m);
    bench.run(10);
    expect(m.s.status).toBe(-1);
    m.port.write(0, 0, m.done);
    const saved = { m: m.save(), scheduler: bench.scheduler.save() };
    bench.reset(m);
    m.load(saved.m);
    bench.scheduler.load(saved.scheduler);
    bench.run(1);
    expect(m.s.status).toBe(STATUS.TARGET_ERROR);
  });
});
