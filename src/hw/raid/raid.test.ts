import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ms, us } from '../../sim/time.ts';
import { PciBench } from '../../testing/pci-bench.ts';
import { describeContract } from '../../testing/vitest.ts';
import { GeneratedDrive } from './generated-drive.ts';
import { RaidController } from './raid.ts';

describeContract('raid', () => new RaidController('raid', new PciBench()), {
  except: { 'config.CONTROL': 'ENABLE begins a look into the mailbox' },
});

const MAILBOX = 0x44, CONTROL = 0x48, CAUSE = 0x4c, POLL = 0x50;
const ENABLE = 1, ATTENTION = 2, IE_ALL = 0x700, DONE = 1, AHEAD = 2, ERROR = 4;
const MAIL = 0x1000, RING = 0x2000, DIRECTORY = 0x3000, BUFFER = 0x4_0000, DATA = 0x8_0000;
const STRIPE = 4096, DRIVE = 1 << 20, FAST = { stripe: STRIPE, driveBytes: DRIVE, seek: us(100), overhead: us(10) };

class RaidBench extends PciBench {
  readonly plugged;
  constructor(options: ConstructorParameters<typeof RaidController>[2] = FAST) {
    super();
    this.plugged = this.plug((sim) => new RaidController('raid', sim, options));
  }
  get raid(): RaidController {
    return this.plugged.device;
  }
  get irq() {
    return this.plugged.intx.get(1)!;
  }
  config(register: number, value?: number): number {
    if (value === undefined) return this.pci.read(this.plugged.devfn, register);
    this.pci.write(this.plugged.devfn, register, value);
    return value;
  }
  mail(offset: number, value: number): void {
    this.writeMemory(MAIL + offset, value);
  }
  /** A mailbox with a ring of eight commands and `slots` slots of read-ahead. */
  prepare(slots: number): void {
    [0, RING, 8, BUFFER, slots, DIRECTORY, 0, 0].forEach((v, k) => this.mail(4 * k, v));
    this.ram.fill(0, MAIL + 64, MAIL + 128);
    this.ram.fill(0, DIRECTORY, DIRECTORY + 512);
    this.config(MAILBOX, MAIL);
  }
  enable(slots: number): void {
    this.prepare(slots);
    this.config(CONTROL, ENABLE | IE_ALL);
  }
  /** Puts the command number n (from 0 on) into the ring; the controller finds it by itself. */
  command(n: number, sector: number, sectors: number, address: number, operation = 1): void {
    [operation, sector, sectors, address, 0, 0].forEach((v, k) => this.writeMemory(RING + 32 * (n & 7) + 4 * k, v));
    this.mail(0, n + 1);
  }
  result(n: number): number[] {
    return [0x10, 0x14].map((k) => this.readMemory(RING + 32 * (n & 7) + k));
  }
  get completed(): number {
    return this.readMemory(MAIL + 0x40);
  }
  code(): number {
    return (this.config(CAUSE) >> 4) & 15;
  }
  entry(slot: number): number[] {
    return [0, 4].map((k) => this.readMemory(DIRECTORY + 8 * slot + k));
  }
  save() {
    const parts = [this.bridge, this.raid].map((c) => c.save());
    return { scheduler: this.scheduler.save(), parts, ram: this.ram.slice(), bus: this.bridge.pci.bus.busyUntil };
  }
  load(saved: ReturnType<RaidBench['save']>): void {
    this.scheduler.load(saved.scheduler);
    [this.bridge, this.raid].forEach((c, n) => c.load(saved.parts[n]));
    this.ram.set(saved.ram);
    this.bridge.pci.bus.busyUntil = saved.bus;
    this.bridge.restored();
    this.raid.restored();
  }
}

const drives = [0, 1, 2, 3].map((n) => new GeneratedDrive(n, DRIVE));
/** Bytes of the array, gathered stripe by stripe. */
function array(from: number, bytes: number): Uint8Array {
  const out = new Uint8Array(bytes);
  for (let k = 0; k < bytes; k++) {
    const at = from + k, stripe = Math.floor(at / STRIPE);
    drives[stripe % 4].read(Math.floor(stripe / 4) * STRIPE + (at % STRIPE), out, k, 1);
  }
  return out;
}
function same(a: Uint8Array, b: Uint8Array): void {
  expect(Buffer.compare(a, b)).toBe(0);
}

describe('§Commands', () => {
  test('no register is written for a command: the controller finds it, moves it, answers in memory', () => {
    const b = new RaidBench();
    b.enable(0);
    b.run(us(100));
    expect([b.readMemory(MAIL + 0x44), b.readMemory(MAIL + 0x48), b.readMemory(MAIL + 0x4c)]).toEqual([8192, 4096, 4]);
    const recording = b.record();
    b.command(0, 3, 50, DATA);
    recording.clear();
    b.run(ms(5));
    expect(recording.all({ initiator: 'bench' })).toEqual([]);
    expect([b.result(0), b.completed, b.irq.level]).toEqual([[1, 50 * 512], 1, true]);
    same(b.ram.slice(DATA, DATA + 50 * 512), array(3 * 512, 50 * 512));
    b.config(CAUSE, DONE);
    expect(b.irq.level).toBe(false);
  });

  test('commands are done in turn, more than the ring is long', () => {
    const b = new RaidBench();
    b.enable(0);
    for (let n = 0; n < 11; n++) {
      b.command(n, n * 40, 4, DATA + 2048 * n);
      b.run(us(600));
    }
    expect(b.completed).toBe(11);
    for (let n = 0; n < 11; n++)
      same(b.ram.slice(DATA + 2048 * n, DATA + 2048 * n + 2048), array(n * 40 * 512, 2048));
  });

  test('looks into the mailbox that take longer than from one to the next do not keep commands waiting', () => {
    const b = new RaidBench();
    b.config(POLL, 1);
    b.enable(0);
    b.command(0, 0, 1, DATA);
    // Others on the bus: each look has to wait 2 µs.
    for (let k = 0; k < 1000; k++) {
      b.bridge.pci.bus.busyUntil = b.scheduler.now + us(2);
      b.run(us(2));
    }
    expect(b.completed).toBe(1);
  });

  test('ATTENTION in place of polling', () => {
    const b = new RaidBench();
    b.config(POLL, 0);
    b.enable(0);
    b.run(us(100));
    b.command(0, 0, 1, DATA);
    b.run(ms(1));
    expect(b.completed).toBe(0);
    b.config(CONTROL, ENABLE | ATTENTION | IE_ALL);
    b.run(ms(1));
    expect([b.completed, b.config(CONTROL)]).toEqual([1, ENABLE | IE_ALL]);
  });

  test.each([
    ['no such operation', 0x80, (b: RaidBench) => b.command(0, 0, 1, DATA, 9)],
    ['no sectors', 0x81, (b: RaidBench) => b.command(0, 0, 0, DATA)],
    ['past the end', 0x81, (b: RaidBench) => b.command(0, 8190, 3, DATA)],
    ['all sectors there can be', 0x81, (b: RaidBench) => b.command(0, 1, 0xffff_ffff, DATA)],
    ['data to nowhere', 0x82, (b: RaidBench) => b.command(0, 0, 64, 0xd000_0000)],
    ['data past 4 GiB', 0x82, (b: RaidBench) => b.command(0, 0, 64, 0xffff_fe00)],
  ])('%s: result %d, and the next one is done', (_name, result, submit) => {
    const b = new RaidBench();
    b.enable(0);
    submit(b);
    b.run(ms(5));
    expect([b.result(0)[0], b.completed, b.code()]).toEqual([result, 1, 0]);
    b.command(1, 8, 16, DATA);
    b.run(ms(5));
    expect([b.result(1), b.completed]).toEqual([[1, 8192], 2]);
    same(b.ram.slice(DATA, DATA + 8192), array(4096, 8192));
  });
});

describe('§Read-ahead', () => {
  test('stripes come before anybody asks, with their directory; the window follows CURSOR', () => {
    const b = new RaidBench();
    const recording = b.record();
    b.enable(4);
    recording.clear();
    b.run(ms(3));
    expect(recording.all({ initiator: 'bench' })).toEqual([]);
    expect([0, 1, 2, 3].map((k) => b.entry(k))).toEqual([1, 2, 3, 4].map((k) => [k, STRIPE]));
    same(b.ram.slice(BUFFER, BUFFER + 4 * STRIPE), array(0, 4 * STRIPE));
    expect([b.completed, b.config(CAUSE) & 7, b.irq.level]).toEqual([0, AHEAD, true]);
    b.mail(0x18, 2);
    b.run(ms(3));
    expect([0, 1, 2, 3].map((k) => b.entry(k)[0])).toEqual([5, 6, 3, 4]);
    same(b.ram.slice(BUFFER, BUFFER + 2 * STRIPE), array(4 * STRIPE, 2 * STRIPE));
    // What is there is not read again.
    expect(b.raid.counterRows.find((c) => c.name === 'aheadStripes')?.value()).toBe(6);
  });

  test('a slot holds nothing while it is filled', () => {
    const b = new RaidBench();
    b.enable(1);
    b.run(ms(3));
    const recording = b.record();
    b.mail(0x18, 1);
    b.run(ms(3));
    const writes = recording.all({ initiator: 'raid.data', write: true }) as { address: number; size: number }[];
    expect(writes.map((w) => w.size)).toEqual([8, ...Array.from({ length: 64 }, () => 64), 8]);
    expect(b.entry(0)).toEqual([2, STRIPE]);
  });

  test('a command moves the window behind itself and goes before', () => {
    const b = new RaidBench();
    b.enable(4);
    b.run(ms(3));
    b.command(0, 80, 8, DATA);
    b.run(ms(3));
    same(b.ram.slice(DATA, DATA + STRIPE), array(10 * STRIPE, STRIPE));
    expect([0, 1, 2, 3].map((k) => b.entry(k)[0])).toEqual([13, 14, 15, 12]);
  });

  test('a cursor that is nowhere: nothing is read ahead', () => {
    const b = new RaidBench();
    b.prepare(4);
    b.mail(0x18, 0xffff_ffff);
    b.config(CONTROL, ENABLE);
    b.run(ms(3));
    expect([b.code(), b.raid.data.counters.bursts]).toEqual([0, 0]);
  });
});

describe('§Drives', () => {
  test('option `seed`: other contents, on each drive its own, the same each time', () => {
    const first = (drive: number, seed: number): number[] => {
      const bytes = new Uint8Array(64);
      new GeneratedDrive(drive, DRIVE, seed).read(4096, bytes, 0, 64);
      return [...bytes];
    };
    expect(first(0, 0)).toEqual([...array(4 * STRIPE, 64)]);
    const all = [0, 1, 0xffff_ffff].flatMap((seed) => [0, 1, 2, 3].map((d) => first(d, seed).join()));
    expect(new Set(all).size).toBe(12);
    const b = new RaidBench({ ...FAST, seed: 7 });
    b.enable(0);
    b.command(0, 32, 1, DATA);
    b.run(ms(2));
    same(b.ram.slice(DATA, DATA + 64), Uint8Array.from(first(0, 7)));
    expect(new GeneratedDrive(0, DRIVE, 7).identity).not.toBe(new GeneratedDrive(0, DRIVE).identity);
  });

  test('four read at once; a seek only where the head is elsewhere', () => {
    const b = new RaidBench({ ...FAST, mediaRate: 4_096_000 });
    b.enable(0);
    const took = (n: number, sector: number, stripes: number): number => {
      const from = b.scheduler.now;
      b.command(n, sector, 8 * stripes, DATA);
      expect(b.until(() => b.completed === n + 1, ms(20))).toBe(true);
      return (b.scheduler.now - from) / us(1);
    };
    b.run(us(50));
    // 1 ms a stripe from the surface, 10 µs of overhead; what the bus takes is some 50 µs a stripe.
    expect(took(0, 0, 1)).toBeCloseTo(1010 + 55, -2);
    expect(took(1, 8, 4)).toBeCloseTo(1010 + 4 * 50, -2);
    expect(took(2, 8 * 40, 1)).toBeCloseTo(1110 + 55, -2);
  });
});

describe('§Errors: it stops and touches nothing more', () => {
  test.each([
    ['a ring of no entries', 1, (b: RaidBench) => b.mail(8, 0)],
    ['a ring of three', 1, (b: RaidBench) => b.mail(8, 3)],
    ['a ring of 128', 1, (b: RaidBench) => b.mail(8, 128)],
    ['SUBMITTED garbage', 2, (b: RaidBench) => b.mail(0, 0x8000_0000)],
    ['65 slots', 3, (b: RaidBench) => b.mail(0x10, 65)],
    ['a mailbox where nothing is', 4, (b: RaidBench) => b.config(MAILBOX, 0xd000_0000)],
    ['a ring where nothing is', 4, (b: RaidBench) => { b.mail(4, 0xd000_0000); b.mail(0, 1); }],
    ['a directory where nothing is', 4, (b: RaidBench) => b.mail(0x14, 0xd000_0000)],
    ['a buffer where nothing is', 4, (b: RaidBench) => b.mail(0xc, 0xd000_0000)],
    ['a buffer at the end of 4 GiB', 4, (b: RaidBench) => b.mail(0xc, 0xffff_f800)],
  ])('%s: code %d', (_name, code, spoil) => {
    const b = new RaidBench();
    b.prepare(4);
    spoil(b);
    b.config(CONTROL, ENABLE | IE_ALL);
    b.run(ms(5));
    expect([b.code(), b.config(CONTROL) & ENABLE]).toEqual([code, 0]);
    expect([b.config(CAUSE) & ERROR, b.irq.level]).toEqual([ERROR, true]);
    const events = b.scheduler.executed, before = b.ram.slice();
    b.run(ms(20));
    expect(b.scheduler.executed - events).toBe(0);
    same(b.ram, before);
    expect(b.trace.noteCount('raid', 'raid-stopped')).toBe(1);
    b.config(CAUSE, 7);
    b.enable(4);
    b.run(ms(5));
    expect([b.code(), b.entry(3)[0]]).toEqual([0, 4]);
  });

  test.each([us(150), us(300), us(480), us(600)])(
    'Bus Master Enable off after %d ticks stops it at once, in mid-transfer: no late write (PCI 2.2 §6.2.2)',
    (after) => {
      const b = new RaidBench();
      b.enable(16);
      b.command(0, 64, 128, DATA);
      b.run(after);
      b.pci.write(b.plugged.devfn, 4, 0, 2);
      const before = b.ram.slice();
      b.run(ms(5));
      same(b.ram, before);
      expect([b.code(), b.config(CONTROL) & ENABLE]).toEqual([6, 0]);
      expect(b.pci.read(b.plugged.devfn, 6, 2) & 0x3000).toBe(0);
      // And there is no other way: nothing is decoded.
      expect([...b.memory.mapped, ...b.io.mapped].filter((r) => r.name.startsWith('raid'))).toEqual([]);
    },
  );

  test.each([us(2), us(150), us(333), us(700)])('a reset after %d ticks likewise, without an interrupt', (after) => {
    const b = new RaidBench();
    b.enable(16);
    b.command(0, 64, 128, DATA);
    b.run(after);
    b.reset(b.raid);
    const before = b.ram.slice(), events = b.scheduler.executed;
    b.run(ms(5));
    same(b.ram, before);
    expect([b.scheduler.executed - events, b.irq.level, b.code()]).toEqual([0, false, 0]);
  });

  test('a mailbox, a ring and a buffer at the end of 4 GiB: nothing comes to memory at 0', () => {
    for (const spoil of [
      (b: RaidBench) => b.config(MAILBOX, 0xffff_ffc0),
      (b: RaidBench) => { b.mail(4, 0xffff_fff0); b.mail(0, 1); },
      (b: RaidBench) => b.mail(0x14, 0xffff_fffc),
    ]) {
      const b = new RaidBench();
      b.prepare(4);
      spoil(b);
      const before = b.ram.slice(0, 0x1000);
      b.config(CONTROL, ENABLE | IE_ALL);
      b.run(ms(5));
      same(b.ram.slice(0, 0x1000), before);
      expect(b.code()).toBe(4);
    }
  });

  test('ENABLE off in mid-transfer likewise', () => {
    const b = new RaidBench();
    b.enable(16);
    b.run(us(400));
    b.config(CONTROL, 0);
    const before = b.ram.slice();
    b.run(ms(5));
    same(b.ram, before);
    expect([b.code(), b.config(CAUSE) & ERROR]).toEqual([0, 0]);
  });
});

test('a snapshot in mid-transfer ends as the original does', () => {
  for (const part of [us(5), us(150), us(333), us(700), ms(1.5)]) {
    const a = new RaidBench();
    a.enable(8);
    a.command(0, 100, 60, DATA);
    a.run(part);
    const c = new RaidBench();
    c.load(a.save());
    for (const b of [a, c]) b.run(ms(3));
    expect([c.raid.save(), c.scheduler.save()]).toEqual([a.raid.save(), a.scheduler.save()]);
    same(c.ram, a.ram);
    expect(a.completed).toBe(1);
  }
});

test('random programs never throw, never run away, and a reset always helps', () => {
  const value = fc.oneof(
    fc.nat(0xffff_ffff), fc.nat(0xf_ffff), fc.nat(64), fc.constantFrom(MAIL, RING, BUFFER, 0xffff_ffc0, 0xd000_0000),
  );
  const step = fc.record({
    mail: fc.nat(7), command: fc.nat(0xff), what: value, register: fc.nat(0xff), width: fc.constantFrom(1, 2, 4),
    bits: value, control: fc.nat(3), ticks: fc.nat(2_000_000), submit: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      const b = new RaidBench();
      b.enable(4);
      for (const s of steps) {
        b.mail(4 * s.mail, s.what);
        b.writeMemory(RING + (s.command & ~3), s.bits);
        if (s.submit) b.command(b.completed, s.bits & 0xfff, s.what & 0xff, DATA, s.control);
        b.pci.write(b.plugged.devfn, s.register & ~(s.width - 1), s.bits, s.width as 1);
        b.config(CONTROL, s.control | IE_ALL);
        b.pci.write(b.plugged.devfn, 4, s.bits & 4, 2);
        const events = b.scheduler.executed;
        b.run(s.ticks);
        expect(b.scheduler.executed - events).toBeLessThan(50 + s.ticks / 300);
      }
      expect(b.raid.mismatch(b.raid.save())).toBe('');
      b.reset(b.raid);
      b.pci.write(b.plugged.devfn, 4, 4, 2);
      b.enable(0);
      b.command(0, 8, 8, DATA);
      b.run(ms(2));
      expect([b.code(), b.completed]).toEqual([0, 1]);
    }),
    { numRuns: 60, seed: 9 },
  );
});
