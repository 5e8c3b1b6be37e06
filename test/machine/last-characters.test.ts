import { expect, test } from 'vitest';
import { Session } from '../../src/control/session.ts';
import { PcMachine } from '../../src/machine/pc-machine.ts';
import { seconds } from '../../src/sim/time.ts';
import { printing } from '../cli/kernels.ts';

const TEXT = 'the last two characters were lost: ok';

test('what is in the transmitter when the processor halts for ever arrives before run() returns', () => {
  const text: string[] = [];
  const machine = new PcMachine({
    ramBytes: 2 ** 24,
    disk: null,
    ide: 'piix3',
    onSerial: (byte) => text.push(String.fromCharCode(byte)),
    onPost: () => {},
  });
  machine.loadLinux({ kernel: printing(TEXT), append: '' });
  const session = new Session(machine);
  expect(session.run(seconds(1))).toBe('halted');
  expect(text.join('')).toBe(TEXT);
  // The processor's own figures end where it stopped.
  expect(machine.counters().haltedTicks).toBe(0);
  expect(machine.counters().ticks).toBeLessThan(machine.sim.scheduler.now);
  // A processor that is run again has not gone back in time.
  expect(machine.run(seconds(2))).toBe('halted');
  expect(machine.counters().ticks).toBeGreaterThanOrEqual(machine.sim.scheduler.now);
});
