import { expect, test } from 'vitest';
import { Transaction } from '../../src/mem/transaction.ts';
import { Session } from '../../src/control/session.ts';
import { PcMachine } from '../../src/machine/pc-machine.ts';
import { ms, seconds } from '../../src/sim/time.ts';
import { HALTED, printing } from '../cli/kernels.ts';

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

test('a run ends at its time, with what is still in the transmitter pending, and the next one goes on', () => {
  const text: string[] = [];
  const machine = new PcMachine({
    ramBytes: 2 ** 24, disk: null, ide: 'piix3', onPost: () => {},
    onSerial: (byte) => text.push(String.fromCharCode(byte)),
  });
  machine.loadLinux({ kernel: HALTED, append: '' });
  const { io } = machine.parts.spaces, tx = new Transaction('test');
  // Divisor 4096 is 28 baud: a character takes 355 ms.
  for (const [port, value] of [[0x3fb, 0x83], [0x3f8, 0], [0x3f9, 0x10], [0x3fb, 3], [0x3f8, 0x78]] as const)
    io.write(port, 1, value, tx);
  const { scheduler } = machine.sim;
  expect([machine.run(ms(1)), scheduler.now <= ms(1), machine.outputPending, text]).toEqual(['halted', true, true, []]);
  expect([machine.run(ms(100)), scheduler.now <= ms(100), machine.outputPending]).toEqual(['halted', true, true]);
  expect([machine.run(seconds(1)), machine.outputPending, text]).toEqual(['halted', false, ['x']]);
});
