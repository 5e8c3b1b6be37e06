import { expect, test } from 'vitest';
import { PcMachine, type PcMachineOptions } from '../../src/machine/pc-machine.ts';
import { seconds } from '../../src/sim/time.ts';
import { EXITING, multibootElf } from '../cli/kernels.ts';

const text: string[] = [];
function pc(more: Partial<PcMachineOptions> = {}): PcMachine {
  text.length = 0;
  return new PcMachine({
    ramBytes: 2 ** 24,
    disk: null,
    ide: 'piix3',
    onSerial: (byte) => text.push(String.fromCharCode(byte)),
    onPost: () => {},
    ...more,
  });
}

test('a program that writes to the exit port ends the run, and its last characters arrive', () => {
  const machine = pc({ exitPort: true });
  machine.boot({ kind: 'program', image: multibootElf(EXITING('bye', 0x10)), commandLine: 'test' });
  expect(machine.run(seconds(1))).toBe('exit');
  expect(machine.exitValue).toBe(0x10);
  expect(text.join('')).toBe('bye');
});

test('without the port the write is lost, and the program goes on', () => {
  const machine = pc();
  machine.boot({ kind: 'program', image: multibootElf(EXITING('bye', 0x10)), commandLine: 'test' });
  expect(machine.run(seconds(1))).toBe('halted');
});

test('a machine that forgives is another machine for a snapshot', () => {
  const configs = [pc(), pc({ exitPort: true }), pc({ forgive: ['ata-data-before-drq'] })].map((m) => m.config);
  expect(new Set(configs).size).toBe(3);
});
