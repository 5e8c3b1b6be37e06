import { describe, expect, test } from 'vitest';
import { HALTED } from '../../../test/cli/kernels.ts';
import { readMsr, value } from '../../arch/x86/msr.ts';
import { STATUS, Transaction } from '../../mem/transaction.ts';
import { ns } from '../../sim/time.ts';
import { PcMachine } from '../pc-machine.ts';

const RAM = 4 * 2 ** 20;

function board() {
  return new PcMachine({
    ramBytes: RAM, disk: null, ide: 'piix3', onSerial: () => {}, onPost: () => {},
  }).parts;
}

describe('memory types are write-back where RAM is, and nowhere else (SDM vol. 3A, 11.11)', () => {
  test.each([4, 8, 80, 96, 127, 128, 255, 682, 1023, 1024])('%i MiB', (mib) => {
    const machine = new PcMachine({
      ramBytes: mib * 2 ** 20, disk: null, ide: 'piix3', onSerial: () => {}, onPost: () => {},
    });
    machine.loadLinux({ kernel: HALTED, append: '' });
    const { x86 } = machine.parts.processors[0].architecture;
    const msr = (number: number): number => (readMsr(x86, number), value.low);
    const ranges = Array.from({ length: 8 }, (_, i) => [msr(0x200 + 2 * i), msr(0x201 + 2 * i)] as const)
      .filter(([, mask]) => (mask & 0x800) !== 0);
    const type = (address: number): number => {
      const types = ranges.filter(([base, mask]) => ((address ^ base) & mask & ~0xfff) === 0).map(([base]) => base & 7);
      return types.length === 0 ? msr(0x2ff) & 7 : Math.min(...types);
    };
    const end = mib * 2 ** 20;
    for (const [base, mask] of ranges) expect(base & ~mask & ~0xfff).toBe(0);
    for (let address = 0; address < end; address += 2 ** 20) expect(type(address)).toBe(6);
    for (let address = end; address < 2 ** 32; address += 2 ** 24) expect(type(address)).toBe(0);
  });
});

describe('what nothing on the board decodes takes its cycle all the same', () => {
  const tx = new Transaction('test');
  /** PCI until the south bridge claims the access, then 9.5 ISA clocks a byte. */
  const isa = (bytes: number) => 7 * ns(30) + bytes * 9.5 * ns(120);

  test.each([1, 2, 4])('%i bytes of I/O: subtractive decode, one ISA cycle a byte', (size) => {
    const { spaces } = board();
    expect(spaces.io.read(0x500, size, tx)).toBe(2 ** (8 * size) - 1);
    expect([tx.ticks, tx.status]).toEqual([isa(size), STATUS.DECODE_ERROR]);
    spaces.io.write(0x500, size, 0, tx);
    expect([tx.ticks, tx.status]).toEqual([2 * isa(size), STATUS.DECODE_ERROR]);
  });

  test('memory below 16 MiB goes to ISA, above it a master abort ends the cycle on PCI', () => {
    const { spaces } = board();
    spaces.memory.read(0xb8000, 1, tx);
    expect([tx.ticks, tx.status]).toEqual([isa(1), STATUS.DECODE_ERROR]);
    spaces.memory.read(0xfec00000, 4, tx);
    expect([tx.ticks, tx.status]).toEqual([10 * ns(30), STATUS.DECODE_ERROR]);
  });

  test('RAM, a chip on ISA and a look by a debugger are as before', () => {
    const { spaces } = board();
    spaces.memory.read(0x1000, 4, tx);
    expect([tx.ticks, tx.status]).toEqual([0, STATUS.OK]);
    spaces.io.read(0x3fd, 1, tx);
    expect([tx.ticks, tx.status]).toEqual([9.5 * ns(120), STATUS.OK]);
    const look = new Transaction('debugger');
    look.debug = true;
    spaces.io.read(0x500, 1, look);
    expect(look.ticks).toBe(0);
  });
});
