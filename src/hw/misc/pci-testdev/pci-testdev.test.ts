import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PciBench } from '../../../testing/pci-bench.ts';
import { describeContract } from '../../../testing/vitest.ts';
import { PciTestDevice } from './pci-testdev.ts';

describeContract('pci-testdev', () => new PciTestDevice('test', new PciBench()), {
  except: {
    'memory.TEST': 'starts a test', 'ports.TEST': 'starts a test', 'memory.TARGET': 'counts', 'ports.TARGET': 'counts',
  },
});

/** A range as the driver of a unit test sees it (pci-testdev.rst). */
interface Range {
  read(offset: number, size?: 1 | 2 | 4): number;
  write(offset: number, value: number, size?: 1 | 2 | 4): void;
}

function ranges(): { bench: PciBench; memory: Range; ports: Range; device: PciTestDevice; devfn: number } {
  const bench = new PciBench();
  const { at, device, devfn } = bench.plug((sim) => new PciTestDevice('test', sim));
  const [memory, ports] = [at['BAR0'], at['BAR1']];
  return {
    bench, device, devfn,
    memory: {
      read: (offset, size = 4) => bench.readMemory(memory + offset, size),
      write: (offset, value, size = 1) => bench.writeMemory(memory + offset, value, size),
    },
    ports: {
      read: (offset, size = 4) =>
        size === 1 ? bench.inb(ports + offset) : size === 2 ? bench.inw(ports + offset) : bench.inl(ports + offset),
      write: (offset, value, size = 1) => {
        if (size === 1) bench.outb(ports + offset, value);
        else if (size === 2) bench.outw(ports + offset, value);
        else bench.outl(ports + offset, value);
      },
    },
  };
}

const TEST = 0, WIDTH = 1, OFFSET = 4, DATA = 8, COUNT = 12, NAME = 16;

function nameOf(range: Range): string {
  const bytes = Array.from({ length: 24 }, (_, k) => range.read(NAME + k, 1));
  return String.fromCharCode(...bytes.slice(0, bytes.indexOf(0)));
}

describe('pci-testdev (pci-testdev.rst)', () => {
  test.each([['memory', 'mmio-no-eventfd', 2048], ['ports', 'portio-no-eventfd', 131]] as const)(
    'by %s: the header tells what to write, and counts it', (which, name, offset) => {
      const range = ranges()[which];
      expect([range.read(WIDTH, 1), range.read(OFFSET)]).toEqual([0, 0]);
      range.write(TEST, 0);
      expect([range.read(WIDTH, 1), range.read(OFFSET), range.read(DATA)]).toEqual([1, offset, 0xfa]);
      expect(nameOf(range)).toBe(name);
      for (let k = 0; k < 5; k++) range.write(range.read(OFFSET), range.read(DATA, 1));
      range.write(offset, 0xce);
      range.write(offset - 1, 0xfa);
      expect(range.read(COUNT)).toBe(5);
      range.write(TEST, 0);
      expect(range.read(COUNT)).toBe(0);
    },
  );

  test('a test that is not there has no width; the scan ends', () => {
    const { memory } = ranges();
    for (const number of [1, 2, 3, 255]) {
      memory.write(TEST, 0);
      memory.write(TEST, number);
      expect(memory.read(WIDTH, 1)).toBe(0);
    }
  });

  test('of a wider access each byte counts by itself', () => {
    const { memory } = ranges();
    memory.write(TEST, 0);
    memory.write(2048, 0x112233fa, 4);
    memory.write(2046, 0xfafa, 2);
    expect(memory.read(COUNT)).toBe(1);
  });

  test('random accesses never throw; its state is declared', () => {
    const step = fc.record({
      ports: fc.boolean(), offset: fc.oneof(fc.nat(0xff), fc.constantFrom(0, 131, 2048)),
      value: fc.oneof(fc.nat(0xffffffff), fc.constantFrom(0, 0xfa)), size: fc.constantFrom(1, 2, 4),
    });
    fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const { memory, ports, device } = ranges();
      for (const s of steps) {
        const range = s.ports ? ports : memory, size = s.size as 1 | 2 | 4;
        const offset = (s.ports ? s.offset & 0xff : s.offset) & ~(size - 1);
        range.write(offset, s.value, size);
        range.read(offset, size);
      }
      expect(device.mismatch(device.save())).toBe('');
    }), { numRuns: 100, seed: 12 });
  });
});
