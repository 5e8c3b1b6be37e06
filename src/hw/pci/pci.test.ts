import { describe, expect, test } from 'vitest';
import { BM_BASE, IDE_DEVFN, IdeBench } from '../../../test/benches/ide-bench.ts';
import { IrqProbe } from '../../testing/device-bench.ts';
import { reg, regs, rw } from '../../reg/layout.ts';
import type { Simulation } from '../../sim/component.ts';
import { Piix3Isa } from './piix3/piix3-isa.ts';
import { OrGate } from '../../irq/line.ts';
import { PciFunction } from './pci-function.ts';
import {
  capabilityPointerRow, commandRow, identityRows, interruptRows, ioBar, memoryBar, statusRow, subsystemRows,
  timerRows,
} from './spec.ts';

/** A function with everything: a memory and an I/O range, INTA#, a DMA port. */
class Sample extends PciFunction {
  readonly inta = this.intxOut(1);
  readonly mem = this.dmaPort('mem', { burst: 64, buffer: 64 });
  readonly end: number[] = [];
  readonly done = this.completion(this.mem, 'done', (status) => void this.end.push(status));
  readonly file = this.regs('file', regs(32, { A: reg(0, { V: rw(31, 0) }), B: reg(0x1ffc, { V: rw(31, 0) }) }), {});
  readonly ports = this.regs('ports', regs(8, { X: reg(0, { V: rw(7, 0) }) }), {});
  readonly config = this.configSpace(
    regs(8, {
      ...identityRows({ vendor: 0x1234, device: 0x5678, revision: 9, classCode: 0xff0000 }),
      COMMAND: commandRow(),
      STATUS: statusRow({ capabilities: true }),
      ...timerRows(),
      BAR0: memoryBar(0x10, 0x2000),
      BAR1: ioBar(0x14, 8),
      ...subsystemRows(1, 2), ...capabilityPointerRow(0x40), ...interruptRows(1),
    }),
    {},
  );
  constructor(name: string, sim: Simulation) {
    super(name, sim);
    this.bar('BAR0', this.file);
    this.bar('BAR1', this.ports);
  }
  protected override outputs(): void {
    this.inta.set(this.ports.r.X.V !== 0 && !this.intxDisabled);
  }
}

function withSample(): { b: IdeBench; f: Sample } {
  const b = new IdeBench();
  const f = new Sample('sample', b);
  b.bridge.pci.slot(3, 0, f);
  f.mem.bind(b.bridge.pci.upstream(f));
  b.reset(f);
  return { b, f };
}
const DEVFN = 3 << 3;

describe('configuration mechanism #1 (PCI 2.2 §3.2.2.3.2)', () => {
  test('finds the functions; an empty slot reads as ones', () => {
    const { b } = withSample();
    expect(b.pci.scan().map((f) => [f.devfn, f.id])).toEqual([[0, 0x12378086], [DEVFN, 0x56781234]]);
    expect(b.pci.read(IDE_DEVFN, 0)).toBe(0x70108086); // its device has no function 0 here
    expect(b.pci.read(31 << 3, 0)).toBe(0xffffffff);
  });

  test('bytes, words and doublewords of a register', () => {
    const { b } = withSample();
    expect(b.pci.read(DEVFN, 2, 2)).toBe(0x5678);
    expect([0, 1, 2, 3].map((k) => b.pci.read(DEVFN, k, 1))).toEqual([0x34, 0x12, 0x78, 0x56]);
    b.pci.write(DEVFN, 0x3c, 11, 1);
    expect(b.pci.read(DEVFN, 0x3c)).toBe(0x0000010b);
  });

  test('0CF8h answers doublewords only: bytes pass it by', () => {
    const { b } = withSample();
    b.outl(0xcf8, 0x80000000);
    b.outb(0xcf8, 0x12);
    b.outw(0xcf8, 0x1234);
    b.outb(0xcfb, 0);
    expect(b.inl(0xcf8)).toBe(0x80000000);
    expect(b.inb(0xcf8)).toBe(0xff);
  });

  test('with the enable bit clear 0CFCh is nobody\'s', () => {
    const { b } = withSample();
    b.outl(0xcf8, 0);
    expect(b.inl(0xcfc)).toBe(0xffffffff);
    b.outl(0xcfc, 0x1234);
    expect(b.pci.read(0, 0)).toBe(0x12378086);
  });

  test('another bus number reads as ones', () => {
    const { b } = withSample();
    b.outl(0xcf8, 0x80010000);
    expect(b.inl(0xcfc)).toBe(0xffffffff);
  });

  test('a configuration access is a transaction of its own in the trace', () => {
    const { b } = withSample();
    const { records } = b.record();
    b.pci.read(DEVFN, 0);
    expect(records.map((r) => (r.kind === 'transaction' ? [r.space, r.target, r.address] : []))).toEqual([
      ['io', 'pci0.ports', 0xcf8], ['io', 'pci0.ports', 0xcfc], ['pci-config', 'sample.config', 0x1800],
    ]);
  });
});

describe('base address registers (PCI 2.2 §6.2.5.1)', () => {
  test('sizing', () => {
    const { b } = withSample();
    expect(b.pci.barSize(DEVFN, 0x10)).toBe(0x2000);
    expect(b.pci.barSize(DEVFN, 0x14)).toBe(8);
    expect(b.pci.barSize(DEVFN, 0x18)).toBe(0);
    expect(b.pci.barSize(IDE_DEVFN, 0x20)).toBe(16);
    expect(b.pci.read(IDE_DEVFN, 0x20)).toBe(BM_BASE | 1);
  });

  test('ranges follow the registers and the enable bits', () => {
    const { b, f } = withSample();
    const read = (a: number) => b.memory.read(a, 4, b.tx);
    f.file.r.A.V = 0xcafe;
    b.pci.write(DEVFN, 0x10, 0xd0000000);
    expect(read(0xd0000000)).toBe(0xffffffff);
    b.pci.write(DEVFN, 4, 2, 2);
    expect(read(0xd0000000)).toBe(0xcafe);
    b.pci.write(DEVFN, 0x10, 0xd0100000);
    expect(read(0xd0000000)).toBe(0xffffffff);
    expect(read(0xd0100000)).toBe(0xcafe);
    b.pci.write(DEVFN, 0x14, 0x2000);
    b.outb(0x2000, 7);
    expect(f.ports.r.X.V).toBe(0);
    b.pci.write(DEVFN, 4, 3, 2);
    b.outb(0x2000, 7);
    expect(f.ports.r.X.V).toBe(7);
  });

  test('over RAM, RAM wins; at 0 and past the end nothing is decoded', () => {
    const { b, f } = withSample();
    f.file.r.A.V = 0xcafe;
    f.file.r.B.V = 0xbabe;
    b.pci.write(DEVFN, 4, 3, 2);
    b.pci.write(DEVFN, 0x10, 0x100000);
    expect(b.memory.read(0x100000, 4, b.tx)).toBe(0);
    b.pci.write(DEVFN, 0x10, 0xffffe000);
    expect(b.memory.read(0xfffffffc, 4, b.tx)).toBe(0xbabe);
    b.pci.write(DEVFN, 0x14, 0);
    expect(b.inb(0)).toBe(0xff);
    b.pci.write(DEVFN, 0x14, 0xfff8);
    b.outb(0xfff8, 1);
    expect(f.ports.r.X.V).toBe(1);
  });

  test('reset takes the ranges away, a restore brings them back', () => {
    const { b } = withSample();
    expect(b.inb(BM_BASE + 2)).toBe(0);
    const saved = b.save();
    b.reset(b.ide);
    expect(b.inb(BM_BASE + 2)).toBe(0xff);
    expect(b.inb(0x1f7)).toBe(0xff);
    b.load(saved);
    expect(b.inb(BM_BASE + 2)).toBe(0);
    expect(b.inb(0x1f7)).toBe(0x50);
  });
});

describe('status bits (PCI 2.2 §6.2.3)', () => {
  test('master abort is recorded and cleared by writing 1', () => {
    const { b, f } = withSample();
    const { end, done } = f;
    f.mem.read(0xe0000000, 4, done);
    b.run(100_000);
    expect(end).toEqual([2]); // Bus Master Enable is off: no bus cycle
    b.pci.write(DEVFN, 4, 4, 2);
    f.mem.read(0, 0, done);
    b.run(100);
    expect(end).toEqual([2, 2]); // refused: none either
    expect(b.pci.read(DEVFN, 6, 2)).toBe(0x0290);
    f.mem.read(0xe0000000, 4, done);
    b.run(100_000);
    expect(end).toEqual([2, 2, 1]);
    expect(b.pci.read(DEVFN, 6, 2)).toBe(0x2290);
    b.pci.write(DEVFN, 4, 0x20000000 | 4);
    expect(b.pci.read(DEVFN, 4)).toBe(0x02900004);
  });

  test('DMA into one\'s own registers is refused, once, and noted', () => {
    const { b, f } = withSample();
    b.pci.write(DEVFN, 0x10, 0xd0000000);
    b.pci.write(DEVFN, 4, 7, 2);
    const end: number[] = [];
    f.mem.write(0xd0000000, 64, f.mem.completion('t', (s) => end.push(s)));
    b.run(1_000_000);
    expect(end).toEqual([2]);
    expect(b.trace.noteCount('sample.file', 'reentrant')).toBeGreaterThan(0);
    expect(f.file.r.A.V).toBe(0);
  });
});

describe('ISA bridge (82371SB, function 0)', () => {
  const bridge = () => {
    const { b, f } = withSample();
    const resets: boolean[] = [];
    const isa = new Piix3Isa('isa', b, { onReset: (hard) => resets.push(hard) });
    b.bridge.pci.slot(1, 0, isa);
    b.bridge.ports.behind = isa.resetControl;
    for (let input = 0; input < 4; input++) {
      const gate = new OrGate(`pirq${input}`);
      gate.out.connect(isa.pirq, input);
      for (const { device, pci } of b.bridge.pci.slots)
        for (const [pin, line] of pci.intx) if (b.bridge.pci.router(device, pin) === input) gate.add(line);
    }
    b.reset(isa);
    return { b, f, isa, resets };
  };

  test('is function 0 of a device with several', () => {
    const { b } = bridge();
    expect(b.pci.scan().map((f) => [f.devfn, f.id, f.classCode])).toEqual([
      [0, 0x12378086, 0x060000], [8, 0x70008086, 0x060100], [9, 0x70108086, 0x010180], [DEVFN, 0x56781234, 0xff0000],
    ]);
    expect(b.pci.read(8, 0x60)).toBe(0x80808080);
  });

  test('INTA# of device 3 is PIRQC#; PIRQRCC routes it, INTx Disable silences it', () => {
    const { b, f, isa } = bridge();
    const irq11 = new IrqProbe(isa.irq.get(11));
    b.pci.write(DEVFN, 0x14, 0x2000);
    b.pci.write(DEVFN, 4, 1, 2);
    b.outb(0x2000, 1);
    expect(f.inta.level).toBe(true);
    expect(irq11.level).toBe(false);
    b.pci.write(8, 0x62, 11, 1);
    expect(irq11.level).toBe(true);
    b.pci.write(8, 0x62, 0x8b, 1);
    expect(irq11.level).toBe(false);
    b.pci.write(8, 0x62, 11, 1);
    b.pci.write(DEVFN, 4, 0x401, 2);
    expect(irq11.level).toBe(false);
  });

  test('0CF9h resets on the rising edge of RCPU', () => {
    const { b, resets } = bridge();
    b.outb(0xcf9, 2);
    expect(resets).toEqual([]);
    b.outb(0xcf9, 6);
    b.outb(0xcf9, 6);
    expect(resets).toEqual([true]);
    b.outb(0xcf9, 0);
    b.outb(0xcf9, 4);
    expect(resets).toEqual([true, false]);
    expect(b.inb(0xcf9)).toBe(4);
    expect(b.inb(0xcf8)).toBe(0xff);
  });
});

test('a slot is taken once', () => {
  const b = new IdeBench();
  expect(() => b.bridge.pci.slot(1, 1, new Sample('s', b))).toThrow('1.1');
  expect(() => b.bridge.pci.slot(32, 0, new Sample('t', b))).toThrow('32.0');
});

describe('the bus is shared in time', () => {
  test('a register access waits for a burst of a bus master', () => {
    const b = new IdeBench();
    b.bridge.pci.bus.take(b.scheduler.now, 64);
    b.inl(0xcf8);
    expect(b.tx.ticks).toBe((25 + 10) * 90);
  });
});
