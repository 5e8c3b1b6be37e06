import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ms, ns } from '../../../sim/time.ts';
import { PciBench } from '../../../testing/pci-bench.ts';
import { describeContract } from '../../../testing/vitest.ts';
import { EduDevice } from './edu.ts';
import { EDU_REGISTERS } from './spec.ts';

describeContract('edu', () => new EduDevice('edu', new PciBench()), {
  except: {
    'registers.LIVENESS': 'reads the inverse', 'registers.FACTORIAL': 'the factorial takes its place',
    'registers.DMA_COMMAND': 'RUN clears itself', 'registers.IRQ_STATUS': 'raise and acknowledge change it',
  },
});

const REG = Object.fromEntries(
  Object.entries(EDU_REGISTERS.registers).map(([name, r]) => [name, r.offset]),
) as Record<keyof typeof EDU_REGISTERS.registers, number>;
const COMPUTING = 1, IRQFACT = 0x80, RUN = 1, TO_MEMORY = 2, IRQ = 4, BUFFER = 0x40000;
const RMA = 0x2000;

class EduBench extends PciBench {
  readonly plugged;
  constructor(options: ConstructorParameters<typeof EduDevice>[2] = {}) {
    super();
    this.plugged = this.plug((sim) => new EduDevice('edu', sim, options));
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
  start(source: number, destination: number, count: number, command: number): void {
    this.set('DMA_SOURCE', source);
    this.set('DMA_DESTINATION', destination);
    this.set('DMA_COUNT', count);
    this.set('DMA_COMMAND', command | RUN);
  }
  transfer(source: number, destination: number, count: number, command: number): void {
    this.start(source, destination, count, command);
    expect(this.until(() => (this.get('DMA_COMMAND') & RUN) === 0, ms(1))).toBe(true);
  }
  save() {
    const parts = [this.bridge, this.plugged.device].map((c) => c.save());
    return { scheduler: this.scheduler.save(), parts, ram: this.ram.slice(), bus: this.bridge.pci.bus.busyUntil };
  }
  load(saved: ReturnType<EduBench['save']>): void {
    const parts = [this.bridge, this.plugged.device];
    this.scheduler.load(saved.scheduler);
    parts.forEach((c, n) => c.load(saved.parts[n]));
    this.ram.set(saved.ram);
    this.bridge.pci.bus.busyUntil = saved.bus;
    parts.forEach((c) => c.restored());
  }
}

describe('registers (edu.rst, "MMIO area spec")', () => {
  test('identification and liveness', () => {
    const b = new EduBench();
    expect(b.get('ID')).toBe(0x010000ed);
    b.set('LIVENESS', 0x12345678);
    expect(b.get('LIVENESS')).toBe(0xedcba987);
  });

  test('only accesses of 4 bytes are taken', () => {
    const b = new EduBench(), bar = b.plugged.at['BAR0'];
    b.set('LIVENESS', 0);
    b.writeMemory(bar + REG.LIVENESS, 0x55, 1);
    b.writeMemory(bar + REG.LIVENESS, 0x5555, 2);
    expect(b.get('LIVENESS')).toBe(0xffffffff);
    expect([b.readMemory(bar, 1), b.readMemory(bar, 2), b.readMemory(bar + 0x40)]).toEqual([0xff, 0xffff, 0xffffffff]);
  });

  test.each([[0, 1], [1, 1], [5, 120], [12, 479001600], [13, 1932053504], [33, 2147483648], [34, 0], [1e6, 0]])(
    '%i! is %i modulo 2^32, when COMPUTING is clear', (n, value) => {
      const b = new EduBench();
      b.set('FACTORIAL', n);
      expect(b.get('STATUS') & COMPUTING).toBe(1);
      expect(b.until(() => (b.get('STATUS') & COMPUTING) === 0, ms(50))).toBe(true);
      expect(b.get('FACTORIAL')).toBe(value);
      expect(b.irq.level).toBe(false);
    },
  );

  test('takes its time; a write meanwhile is lost; IRQFACT interrupts with 1', () => {
    const b = new EduBench({ multiplication: ns(1000) });
    b.set('STATUS', IRQFACT);
    b.set('FACTORIAL', 10);
    b.run(ns(9000));
    b.set('FACTORIAL', 3);
    expect(b.irq.level).toBe(false);
    b.run(ns(2000));
    expect([b.get('FACTORIAL'), b.get('IRQ_STATUS'), b.irq.level]).toEqual([3628800, 1, true]);
  });

  test('raise sets bits, acknowledge clears them; INTA# while any is set ("IRQ controller")', () => {
    const b = new EduBench();
    b.set('IRQ_RAISE', 0x80000001);
    b.set('IRQ_RAISE', 0x10);
    expect([b.get('IRQ_STATUS'), b.irq.level]).toEqual([0x80000011, true]);
    b.set('IRQ_ACKNOWLEDGE', 0x80000001);
    expect([b.get('IRQ_STATUS'), b.irq.level]).toEqual([0x10, true]);
    b.set('IRQ_ACKNOWLEDGE', 0x10);
    expect([b.get('IRQ_STATUS'), b.irq.level]).toEqual([0, false]);
  });
});

describe('DMA (edu.rst, "DMA controller")', () => {
  test('the example: 100 bytes into the buffer and out again', () => {
    const b = new EduBench();
    const data = Array.from({ length: 100 }, (_, k) => (k * 7 + 1) & 0xff);
    b.ram.set(data, 0x1000);
    b.transfer(0x1000, BUFFER, 100, 0);
    b.transfer(BUFFER, 0x1000 + 100, 100, TO_MEMORY);
    expect([...b.ram.subarray(0x1064, 0x10c8)]).toEqual(data);
    expect(b.irq.level).toBe(false);
    b.transfer(BUFFER + 10, 0x2000, 4, TO_MEMORY | IRQ);
    expect([...b.ram.subarray(0x2000, 0x2004)]).toEqual(data.slice(10, 14));
    expect([b.get('IRQ_STATUS'), b.irq.level]).toEqual([0x100, true]);
  });

  test('takes the time of its bytes, and its registers keep still meanwhile', () => {
    const b = new EduBench();
    const time = (bytes: number): number => {
      const from = b.scheduler.now;
      b.start(0, BUFFER, bytes, 0);
      b.set('DMA_COUNT', 1);
      b.set('DMA_COMMAND', TO_MEMORY | RUN);
      expect(b.get('DMA_COMMAND')).toBe(RUN);
      b.until(() => (b.plugged.device.registers.r.DMA_COMMAND.RUN) === 0, ms(1));
      expect(b.get('DMA_COUNT')).toBe(bytes);
      return b.scheduler.now - from;
    };
    expect(time(4096)).toBeGreaterThan(15 * time(64));
  });

  test('a command without RUN is not taken; a count of 0 ends at once', () => {
    const b = new EduBench();
    b.set('DMA_COMMAND', IRQ);
    expect(b.get('DMA_COMMAND')).toBe(0);
    b.start(0, BUFFER, 0, IRQ);
    expect([b.get('DMA_COMMAND'), b.get('IRQ_STATUS')]).toEqual([IRQ, 0x100]);
  });

  test.each([
    [0x3ffff, 2], [0x40fff, 2], [0, 4], [0x41000, 1], [0x40000, 4097], [0xffffffff, 0xffffffff], [0x40000, 0xffffffff],
  ])('a range outside of the buffer moves nothing and ends: %i, %i bytes', (inside, count) => {
    const b = new EduBench(), recording = b.record();
    b.transfer(inside, 0x1000, count, TO_MEMORY | IRQ);
    b.transfer(0x1000, inside, count, IRQ);
    expect(recording.all({ initiator: 'edu.dma' })).toEqual([]);
    expect(b.get('IRQ_STATUS')).toBe(0x100);
  });

  test('28 address bits: the others are not there; dmaBits=32 has them', () => {
    const b = new EduBench();
    b.ram.set([1, 2, 3, 4], 0x1000);
    b.transfer(0xf0001000, BUFFER, 4, 0);
    b.transfer(BUFFER, 0x2000, 4, TO_MEMORY);
    expect([...b.ram.subarray(0x2000, 0x2004)]).toEqual([1, 2, 3, 4]);
    const wide = new EduBench({ dmaBits: 32 });
    wide.transfer(0xf0001000, BUFFER, 4, 0);
    expect(wide.pci.read(wide.plugged.devfn, 6, 2) & RMA).toBe(RMA);
    wide.transfer(0xfffffffe, BUFFER, 4, 0);
  });

  test('into its own registers: a target abort, no access within an access', () => {
    const b = new EduBench({ dmaBits: 32 });
    b.transfer(BUFFER, b.plugged.at['BAR0'] + REG.IRQ_RAISE, 4, TO_MEMORY);
    expect(b.pci.read(b.plugged.devfn, 6, 2) & 0x1000).toBe(0x1000);
    expect(b.get('IRQ_STATUS')).toBe(0);
  });

  test('without Bus Master Enable nothing moves, and RUN clears (PCI 2.2 §6.2.2)', () => {
    const b = new EduBench();
    b.pci.write(b.plugged.devfn, 4, 2, 2);
    b.ram.fill(9, 0, 4);
    b.transfer(BUFFER, 0, 4, TO_MEMORY | IRQ);
    expect([b.ram[0], b.get('IRQ_STATUS')]).toEqual([9, 0x100]);
  });

  test.each(['Bus Master Enable off', 'a reset'])('%s in mid-transfer: no late write (PCI 2.2 §6.2.2)', (what) => {
    const b = new EduBench();
    b.start(BUFFER, 0x1000, 4096, TO_MEMORY | IRQ);
    b.ram.fill(9, 0x1000, 0x2000);
    b.run(ns(5000));
    expect([b.ram[0x1000], b.ram[0x1fff]]).toEqual([0, 9]);
    if (what === 'a reset') b.reset(b.plugged.device);
    else b.pci.write(b.plugged.devfn, 4, 2, 2);
    const before = b.ram.slice();
    b.run(ms(1));
    expect(Buffer.compare(b.ram, before)).toBe(0);
    expect([b.plugged.device.registers.r.DMA_COMMAND.RUN, b.irq.level]).toEqual([0, what !== 'a reset']);
  });

  test('the buffer stays whole if a transfer into it is broken off', () => {
    const b = new EduBench();
    b.ram.fill(7, 0x1000, 0x2000);
    b.start(0x1000, BUFFER, 4096, 0);
    b.run(ns(5000));
    b.pci.write(b.plugged.devfn, 4, 2, 2);
    b.run(ms(1));
    b.pci.write(b.plugged.devfn, 4, 6, 2);
    b.transfer(BUFFER, 0x3000, 4096, TO_MEMORY);
    expect(b.ram.slice(0x3000, 0x4000).every((v) => v === 0)).toBe(true);
  });

  test('a snapshot in mid-transfer ends as the original does', () => {
    const b = new EduBench();
    b.ram.set(Array.from({ length: 4096 }, (_, k) => k & 0xff));
    b.set('FACTORIAL', 1000);
    b.start(0, BUFFER, 4096, IRQ);
    b.run(ns(5000));
    const copy = new EduBench();
    copy.load(b.save());
    for (const each of [b, copy]) {
      each.run(ms(1));
      each.transfer(BUFFER, 0x8000, 4096, TO_MEMORY);
    }
    expect(copy.save().parts).toEqual(b.save().parts);
    expect(copy.get('IRQ_STATUS')).toBe(0x100);
    expect(Buffer.compare(copy.ram, b.ram)).toBe(0);
  });
});

test('random programs never throw, never run away, and a reset always helps', () => {
  const address = fc.oneof(
    fc.nat(0xffffffff), fc.constantFrom(0, BUFFER, BUFFER + 4095, 0xe0000000, 0xe0000060, 0xe0000098, 0xfffffffc),
  );
  const step = fc.record({
    register: fc.oneof(fc.nat(0x9f), fc.constantFrom(...Object.values(REG))), width: fc.constantFrom(1, 2, 4),
    value: fc.oneof(address, fc.nat(4200), fc.nat(7)), command: fc.nat(7), ticks: fc.nat(100_000),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.constantFrom(12, 28, 32), (steps, dmaBits) => {
      const b = new EduBench({ dmaBits });
      for (const s of steps) {
        const at = b.plugged.at['BAR0'] + (s.register & ~(s.width - 1));
        b.writeMemory(at, s.value, s.width as 1);
        b.readMemory(at, s.width as 1);
        if (s.command !== 7) b.pci.write(b.plugged.devfn, 4, s.command | 2, 1);
        const events = b.scheduler.executed;
        b.run(s.ticks);
        expect(b.scheduler.executed - events).toBeLessThan(20 + s.ticks / 90);
      }
      expect(b.plugged.device.mismatch(b.plugged.device.save())).toBe('');
      b.reset(b.plugged.device);
      b.pci.write(b.plugged.devfn, 0x10, b.plugged.at['BAR0']);
      b.pci.write(b.plugged.devfn, 4, 6, 2);
      b.transfer(0, BUFFER, 64, IRQ);
      expect(b.get('IRQ_STATUS')).toBe(0x100);
    }),
    { numRuns: 60, seed: 11 },
  );
});
