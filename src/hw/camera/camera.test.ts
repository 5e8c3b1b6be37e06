import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PciBench } from '../../testing/pci-bench.ts';
import { describeContract } from '../../testing/vitest.ts';
import { ms, us } from '../../sim/time.ts';
import { Camera } from './camera.ts';
import { pictureByte } from './sensor.ts';
import { CAMERA_ERROR, CAMERA_REGISTERS } from './spec.ts';

describeContract('camera', () => new Camera('camera', new PciBench()), {
  except: { 'registers.CONTROL': 'RUN is refused without a ring' },
});

const REG = Object.fromEntries(
  Object.entries(CAMERA_REGISTERS.registers).map(([name, r]) => [name, r.offset]),
) as Record<keyof typeof CAMERA_REGISTERS.registers, number>;
const RUN = 1, SINGLE = 2, OVERWRITE = 4, IE_FRAME = 0x100, RESET = 2 ** 31;
const RING = 0x1000, LISTS = 0x2000, BUFFERS = 0x2_0000;
/** 64 × 128 bytes: two pages a frame, 1 ms a frame. */
const SMALL = { width: 64, height: 128, frameRate: 1000 };

class CameraBench extends PciBench {
  readonly plugged;
  constructor(options: ConstructorParameters<typeof Camera>[2] = SMALL) {
    super();
    this.plugged = this.plug((sim) => new Camera('camera', sim, options));
  }
  get camera(): Camera {
    return this.plugged.device;
  }
  get irq() {
    return this.plugged.intx.get(1)!;
  }
  get(register: keyof typeof REG): number {
    return this.readMemory(this.plugged.at['BAR0'] + REG[register]);
  }
  set(register: keyof typeof REG, value: number): void {
    this.writeMemory(this.plugged.at['BAR0'] + REG[register], value);
  }
  /** Page p of buffer n: the second page stands before the first. */
  page(buffer: number, page: number): number {
    return BUFFERS + buffer * 0x2000 + (1 - page) * 0x1000;
  }
  /** A ring of buffers of two pages, each described by a list of its own. */
  ring(entries: number): void {
    for (let n = 0; n < entries; n++) {
      this.writeMemory(RING + 16 * n, LISTS + 64 * n);
      this.writeMemory(LISTS + 64 * n, this.page(n, 0));
      this.writeMemory(LISTS + 64 * n + 4, this.page(n, 1));
    }
    this.set('RING', RING);
    this.set('SIZE', entries);
  }
  /** Number, result and time of a ring entry. */
  entry(n: number): number[] {
    return [4, 8, 12].map((k) => this.readMemory(RING + 16 * n + k));
  }
  stored(buffer: number): Uint8Array {
    return Buffer.concat([0, 1].map((p) => this.ram.subarray(this.page(buffer, p), this.page(buffer, p) + 4096)));
  }
  error(): number {
    return (this.get('STATUS') >> 4) & 15;
  }
  save() {
    const parts = [this.bridge, this.camera].map((c) => c.save());
    return { scheduler: this.scheduler.save(), parts, ram: this.ram.slice(), bus: this.bridge.pci.bus.busyUntil };
  }
  load(saved: ReturnType<CameraBench['save']>): void {
    this.scheduler.load(saved.scheduler);
    [this.bridge, this.camera].forEach((c, n) => c.load(saved.parts[n]));
    this.ram.set(saved.ram);
    this.bridge.pci.bus.busyUntil = saved.bus;
    this.bridge.restored();
    this.camera.restored();
  }
}

function same(a: Uint8Array, b: Uint8Array): void {
  expect(Buffer.compare(a, b)).toBe(0);
}

function picture(frame: number, width = 64, height = 128): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, k) => pictureByte(frame, Math.floor(k / width), k % width));
}

describe('§Ring', () => {
  test('frames go into the buffers one after the other, with number, result and time; no write between them', () => {
    const b = new CameraBench();
    b.ring(4);
    b.set('CONTROL', RUN | IE_FRAME);
    const recording = b.record();
    b.run(ms(4.4));
    expect(recording.all({ initiator: 'bench' })).toEqual([]);
    expect(b.get('PRODUCER')).toBe(3);
    for (const n of [0, 1, 2]) {
      same(b.stored(n), picture(n + 1));
      const [number, result, time] = b.entry(n);
      expect([number, result, time]).toEqual([n + 1, 1, (n + 1) * 1000]);
    }
    expect(b.irq.level).toBe(true);
    expect([b.get('INT'), b.irq.level, b.get('INT')]).toEqual([1, false, 0]);
  });

  test('a ring that runs empty drops whole frames, and counts them; given back, it goes on', () => {
    const b = new CameraBench();
    b.ring(2);
    b.set('CONTROL', RUN);
    b.run(ms(6) - 1);
    expect([b.get('PRODUCER'), b.get('DROPPED'), b.get('STATUS') & 2, b.get('INT')]).toEqual([2, 3, 2, 3]);
    same(b.stored(0), picture(1));
    b.set('CONSUMER', 2);
    b.run(ms(2));
    expect([b.get('PRODUCER'), b.get('DROPPED'), b.entry(0)[0]]).toEqual([4, 3, 6]);
    expect([b.get('LOST'), b.get('MISSED')]).toEqual([0, 0]);
  });

  test('the indices count modulo 65536', () => {
    const b = new CameraBench();
    b.ring(2);
    b.camera.registers.r.PRODUCER.value = 0xffff;
    b.set('CONSUMER', 0xffff);
    b.set('CONTROL', RUN);
    b.run(ms(3) - 1);
    expect([b.get('PRODUCER'), b.error(), b.entry(1)[0]]).toEqual([1, 0, 1]);
  });

  test('OVERWRITE goes round; SINGLE needs a permission each time (§CONTROL)', () => {
    const b = new CameraBench();
    b.ring(2);
    b.set('CONTROL', RUN | OVERWRITE);
    b.run(ms(7) - 1);
    expect([b.get('PRODUCER'), b.get('DROPPED'), b.entry(0)[0], b.entry(1)[0]]).toEqual([6, 0, 5, 6]);
    b.set('CONTROL', RESET | RUN | SINGLE);
    b.run(ms(5));
    expect([b.get('PRODUCER'), b.get('CONTROL') & RUN]).toEqual([1, 0]);
    b.set('CONTROL', RUN | SINGLE);
    b.run(ms(5));
    expect([b.get('PRODUCER'), b.get('CONTROL') & RUN]).toEqual([2, 0]);
  });

  test('RUN = 0 gives up the frame under way; RESET clears (§CONTROL)', () => {
    const b = new CameraBench();
    b.ring(2);
    b.set('CONTROL', RUN);
    b.run(ms(1.5));
    expect(b.get('STATUS') & 1).toBe(1);
    const recording = b.record();
    b.set('CONTROL', 0);
    b.run(ms(3));
    expect([b.get('STATUS') & 1, b.get('PRODUCER'), recording.all({ initiator: 'camera.dma' })]).toEqual([0, 0, []]);
    b.set('CONTROL', RUN);
    b.run(ms(5));
    b.set('CONTROL', RESET);
    expect(['PRODUCER', 'DROPPED', 'INT', 'CONTROL'].map((n) => b.get(n as 'INT'))).toEqual([0, 0, 0, 0]);
  });
});

describe('§Page lists', () => {
  test('a link takes the list elsewhere', () => {
    const b = new CameraBench();
    b.ring(1);
    b.writeMemory(LISTS + 4, 0x3008 | 1);
    b.writeMemory(0x3008, b.page(0, 1));
    b.set('CONTROL', RUN);
    b.run(ms(2));
    same(b.stored(0), picture(1));
  });

  test('a list of many pages is fetched 64 bytes at a time, the first part while lines are blank', () => {
    const b = new CameraBench({ width: 640, height: 120, frameRate: 100 });
    b.ring(1);
    for (let k = 0; k < 19; k++) b.writeMemory(LISTS + 4 * k, 0x4_0000 + 0x2000 * k);
    b.set('CONTROL', RUN);
    const recording = b.record();
    b.run(ms(20));
    const reads = recording.all({ initiator: 'camera.dma', write: false }) as { address: number; size: number }[];
    expect(reads.map((r) => [r.address, r.size])).toEqual([[RING, 4], [LISTS, 64], [LISTS + 64, 64]]);
    const whole = picture(1, 640, 120);
    for (let k = 0; k < 18; k++)
      same(b.ram.slice(0x4_0000 + 0x2000 * k, 0x4_1000 + 0x2000 * k), whole.slice(4096 * k, 4096 * (k + 1)));
    expect(b.camera.mem.counters.bytes - 132 - 12).toBe(640 * 120);
  });
});

describe('§FIFO', () => {
  test('pixels are written as they come: a line of 640 bytes in bursts of 64', () => {
    const b = new CameraBench({ width: 640, height: 4, frameRate: 1000 });
    b.ring(1);
    b.set('CONTROL', RUN);
    const recording = b.record();
    b.run(ms(2));
    const bursts = recording.all({ initiator: 'camera.dma', write: true, size: 64 }) as { end: number }[];
    expect(bursts).toHaveLength(40);
    // 1000 fps, 4 + 1 lines: 200 µs a line, of which 160 µs bring pixels, 16 µs each 64 of them.
    expect(bursts[1].end - bursts[0].end).toBe(us(16));
    expect(bursts[10].end - bursts[9].end).toBe(us(16 + 40));
  });

  test('a busy bus loses lines, which is told apart from a ring that is empty', () => {
    const b = new CameraBench({ width: 640, height: 4, frameRate: 1000, fifo: 64 });
    b.ring(2);
    b.set('CONTROL', RUN);
    b.run(ms(1.3));
    const { bus } = b.bridge.pci;
    // Somebody holds the bus for 100 µs in line 1, and the FIFO holds 16 µs.
    b.run(us(150));
    bus.busyUntil = b.scheduler.now + us(100);
    b.run(ms(0.54));
    expect([b.get('LOST'), b.get('DROPPED'), b.get('MISSED'), b.get('PRODUCER')]).toEqual([1, 0, 0, 1]);
    expect([b.entry(0)[1], b.get('INT') & 4]).toEqual([3, 4]);
    b.run(ms(1));
    expect([b.entry(1)[1], b.get('LOST')]).toEqual([1, 1]);
  });

  test('a bus that never gets free: frames are missed, and time goes on', () => {
    const b = new CameraBench();
    b.ring(4);
    b.set('CONTROL', RUN);
    b.run(ms(1.5));
    b.bridge.pci.bus.busyUntil = b.scheduler.now + ms(4);
    b.run(ms(5));
    expect(b.get('MISSED')).toBe(4);
    expect(b.get('LOST')).toBeGreaterThan(50);
    expect(b.entry(0)[1]).toBe(3);
  });
});

describe('§Errors: the camera stops and writes nothing more', () => {
  test.each([
    ['ring size 0', 1, (b: CameraBench) => b.set('SIZE', 0)],
    ['ring size 3', 1, (b: CameraBench) => b.set('SIZE', 3)],
    ['ring size 512', 1, (b: CameraBench) => b.set('SIZE', 512)],
    ['consumer ahead of producer', 2, (b: CameraBench) => b.set('CONSUMER', 1)],
    ['consumer garbage', 2, (b: CameraBench) => b.set('CONSUMER', 0x8000)],
    ['a page that is none', 3, (b: CameraBench) => b.writeMemory(LISTS, 0x2_0004)],
    ['a list at an odd address', 3, (b: CameraBench) => b.writeMemory(RING, LISTS + 2)],
    ['a list that links to itself', 4, (b: CameraBench) => b.writeMemory(LISTS, LISTS | 1)],
    ['a ring where nothing is', 5, (b: CameraBench) => b.set('RING', 0xd000_0000)],
    ['a list where nothing is', 5, (b: CameraBench) => b.writeMemory(RING, 0xd000_0000)],
    ['a list that ends at 4 GiB', 5, (b: CameraBench) => b.writeMemory(RING, 0xffff_fffc)],
    ['a page outside memory', 5, (b: CameraBench) => b.writeMemory(LISTS, 0xd000_0000)],
    ['a page that is its own BAR', 6, (b: CameraBench) => b.writeMemory(LISTS, b.plugged.at['BAR0'])],
    ['a list in its own BAR', 6, (b: CameraBench) => b.writeMemory(RING, b.plugged.at['BAR0'])],
  ])('%s: code %d', (_name, code, spoil) => {
    const b = new CameraBench();
    b.ring(2);
    spoil(b);
    b.set('CONTROL', RUN | 0x800);
    b.run(ms(3));
    expect([b.error(), b.get('CONTROL') & RUN, b.irq.level, b.get('INT') & 9]).toEqual([code, 0, true, 8]);
    const events = b.scheduler.executed, { bursts } = b.camera.mem.counters;
    b.run(ms(20));
    expect([b.scheduler.executed - events, b.camera.mem.counters.bursts - bursts]).toEqual([0, 0]);
    expect(b.trace.noteCount('camera', code === 1 ? 'camera-refused' : 'camera-stopped')).toBe(1);
    // Software can begin again.
    b.ring(2);
    b.set('CONTROL', RESET);
    b.set('CONTROL', RUN);
    b.run(ms(2));
    expect([b.error(), b.get('PRODUCER')]).toEqual([0, 1]);
  });

  test('Bus Master Enable taken away in mid-frame: no late write (PCI 2.2 §6.2.2)', () => {
    const b = new CameraBench();
    b.ring(2);
    b.set('CONTROL', RUN);
    b.run(ms(1.5));
    b.pci.write(b.plugged.devfn, 4, 2, 2);
    const before = b.ram.slice();
    b.run(ms(3));
    same(b.ram, before);
    expect([b.error(), b.get('CONTROL') & RUN, b.get('PRODUCER')]).toEqual([CAMERA_ERROR.MASTER_OFF, 0, 0]);
    expect(b.pci.read(b.plugged.devfn, 6, 2) & 0x3000).toBe(0);
  });

  test('a reset in mid-frame: no late write, no event, no interrupt', () => {
    for (const part of [ms(1.0005), ms(1.5), ms(1.9999)]) {
      const b = new CameraBench();
      b.ring(2);
      b.set('CONTROL', RUN | IE_FRAME);
      b.run(part);
      b.reset(b.camera);
      const before = b.ram.slice(), events = b.scheduler.executed;
      b.run(ms(5));
      same(b.ram, before);
      expect([b.scheduler.executed - events, b.irq.level]).toEqual([0, false]);
    }
  });

  test('a ring that goes past 4 GiB: a master abort, not memory at 0 (PCI 2.2 §3.9: 32 address bits)', () => {
    const b = new CameraBench();
    b.ring(2);
    b.set('RING', 0xffff_fff0);
    b.camera.registers.r.PRODUCER.value = 1;
    b.set('CONSUMER', 1);
    const before = b.ram.slice();
    b.set('CONTROL', RUN);
    b.run(ms(5));
    same(b.ram, before);
    expect([b.error(), b.get('PRODUCER')]).toEqual([CAMERA_ERROR.MASTER_ABORT, 1]);
  });

  test('aborts stand in the PCI status register (PCI 2.2 §6.2.3)', () => {
    const b = new CameraBench();
    b.ring(1);
    b.set('RING', 0xd000_0000);
    b.set('CONTROL', RUN);
    b.run(ms(3));
    expect(b.pci.read(b.plugged.devfn, 6, 2) & 0x3000).toBe(0x2000);
  });

  test('a list that loops by links with pages between is stored into, and ends with the frame', () => {
    const b = new CameraBench();
    b.ring(1);
    b.writeMemory(LISTS + 4, LISTS | 1);
    b.set('CONTROL', RUN);
    b.run(ms(2));
    expect([b.error(), b.get('PRODUCER')]).toEqual([0, 1]);
    same(b.ram.slice(b.page(0, 0), b.page(0, 0) + 4096), picture(1).slice(4096));
  });
});

test('a snapshot in mid-frame ends as the original does', () => {
  for (const part of [ms(1.01), ms(1.5), ms(1.999), ms(3.2)]) {
    const a = new CameraBench();
    a.ring(4);
    a.set('CONTROL', RUN);
    a.run(part);
    const c = new CameraBench();
    c.load(a.save());
    for (const b of [a, c]) b.run(ms(3));
    expect([c.camera.save(), c.scheduler.save()]).toEqual([a.camera.save(), a.scheduler.save()]);
    same(c.ram, a.ram);
  }
});

test('random programs never throw, never run away, and a reset always helps', () => {
  const address = fc.oneof(
    fc.nat(0xffff_ffff), fc.nat(0xf_ffff),
    fc.constantFrom(RING, LISTS, LISTS | 1, 0xe000_0000, 0xffff_f000, 0xffff_fffc),
  );
  const step = fc.record({
    register: fc.nat(0x3f), value: fc.oneof(fc.nat(0xffff_ffff), fc.nat(15)), width: fc.constantFrom(1, 2, 4),
    where: fc.nat(0x1200), what: address, command: fc.nat(7), ticks: fc.nat(3_000_000), run: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const b = new CameraBench();
      b.ring(2);
      for (const s of steps) {
        b.writeMemory(RING + (s.where & ~3), s.what);
        b.writeMemory(b.plugged.at['BAR0'] + (s.register & ~(s.width - 1)), s.value, s.width as 1);
        b.readMemory(b.plugged.at['BAR0'] + s.register, 1);
        if (s.command !== 7) b.pci.write(b.plugged.devfn, 4, s.command | 2, 1);
        if (s.run) b.set('CONTROL', RUN | (s.value & 6));
        const events = b.scheduler.executed;
        b.run(s.ticks);
        expect(b.scheduler.executed - events).toBeLessThan(20 + s.ticks / 300);
      }
      expect(b.camera.mismatch(b.camera.save())).toBe('');
      b.reset(b.camera);
      b.pci.write(b.plugged.devfn, 0x10, b.plugged.at['BAR0']);
      b.pci.write(b.plugged.devfn, 4, 6, 2);
      b.ring(2);
      b.set('CONTROL', RUN);
      b.run(ms(2.1));
      expect([b.get('PRODUCER') > 0, b.error()]).toEqual([true, 0]);
    }),
    { numRuns: 60, seed: 10 },
  );
});
