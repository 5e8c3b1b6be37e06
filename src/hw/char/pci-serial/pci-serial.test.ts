import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ms } from '../../../sim/time.ts';
import { DeviceBench } from '../../../testing/device-bench.ts';
import { PciBench } from '../../../testing/pci-bench.ts';
import { describeContract } from '../../../testing/vitest.ts';
import { PciSerial } from './pci-serial.ts';

describeContract('PciSerial', () => new PciSerial('serial', new DeviceBench(), { cable: 'null-modem' }));

function plugged(cable: 'null-modem' | 'none' = 'null-modem') {
  const bench = new PciBench();
  const { device, at, intx, devfn } = bench.plug((sim) => new PciSerial('serial', sim, { cable }));
  const ports = at['BAR0'], memory = at['BAR1'];
  /** A register of port 0, by I/O, and of port 1, by memory. */
  const read = [(r: number) => bench.inb(ports + r), (r: number) => bench.readMemory(memory + r, 1)] as const;
  const write = [
    (r: number, v: number) => bench.outb(ports + r, v), (r: number, v: number) => bench.writeMemory(memory + r, v, 1),
  ] as const;
  /** 115200 baud, 8N1, FIFOs, the gate open. */
  const open = (n: 0 | 1, ier: number): void => {
    for (const [r, v] of [[3, 0x83], [0, 1], [1, 0], [3, 3], [2, 1], [4, 0x0b], [1, ier]]) write[n](r, v);
  };
  return { bench, device, devfn, irq: intx.get(1)!, read, write, open, memory };
}

test('identification: 1407:0100, a serial controller with 16550s; I/O of 8 bytes, memory of 16', () => {
  const { bench, devfn } = plugged();
  expect([bench.pci.read(devfn, 0), bench.pci.read(devfn, 8)]).toEqual([0x01001407, 0x07000200]);
  expect([bench.pci.barSize(devfn, 0x10), bench.pci.barSize(devfn, 0x14)]).toEqual([8, 16]);
});

describe('the same rows by ports and by memory', () => {
  test.each([0, 1] as const)('port %i: scratch, divisor latch, IIR with FIFOs', (n) => {
    const { read, write } = plugged();
    write[n](7, 0x5a);
    write[n](3, 0x83);
    write[n](0, 0x34);
    expect([read[n](7), read[n](0)]).toEqual([0x5a, 0x34]);
    write[n](3, 3);
    write[n](2, 1);
    expect(read[n](2)).toBe(0xc1);
  });

  test('behind the eight registers there is nothing', () => {
    const { bench, memory } = plugged();
    expect(bench.readMemory(memory + 8, 4)).toBe(0xffffffff);
  });
});

test.each([0, 1] as const)('what port %i sends arrives at the other one, which asks by INTA#', (n) => {
  const { bench, irq, read, write, open } = plugged();
  const other = (1 - n) as 0 | 1;
  open(n, 0);
  open(other, 1);
  for (const c of 'Hello') write[n](0, c.charCodeAt(0));
  expect(irq.level).toBe(false);
  bench.run(ms(1));
  expect(irq.level).toBe(true);
  expect(read[other](2) & 0x0e).toBe(0x04);
  expect(String.fromCharCode(...Array.from('Hello', () => read[other](0)))).toBe('Hello');
  expect(irq.level).toBe(false);
});

test('INTA# is the OR of both, and the command register\'s bit 10 holds it back', () => {
  const { bench, irq, read, open, devfn } = plugged();
  open(0, 2);
  open(1, 2);
  expect(irq.level).toBe(true);
  read[0](2);
  expect(irq.level).toBe(true);
  bench.pci.write(devfn, 4, 0x403, 2);
  expect(irq.level).toBe(false);
  bench.pci.write(devfn, 4, 0x003, 2);
  expect(irq.level).toBe(true);
  read[1](2);
  expect(irq.level).toBe(false);
});

test('without a cable nothing arrives', () => {
  const { bench, read, write, open } = plugged('none');
  open(0, 0);
  open(1, 0);
  write[0](0, 0x41);
  bench.run(ms(1));
  expect([read[1](5) & 1, read[0](6) & 0xf0]).toEqual([0, 0]);
});

test('anything that software may write: no throw, bounded events', () => {
  const step = fc.record({
    n: fc.constantFrom(0 as const, 1 as const), r: fc.nat(7), v: fc.nat(255), time: fc.nat(300_000),
    write: fc.boolean(),
  });
  fc.assert(fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
    const { bench, device, read, write } = plugged();
    for (const s of steps) {
      if (s.write) write[s.n](s.r, s.v);
      else read[s.n](s.r);
      bench.run(s.time);
    }
    expect(bench.scheduler.executed).toBeLessThan(5000);
    expect(device.mismatch(device.save())).toBe('');
  }), { numRuns: 80, seed: 16550 });
});
