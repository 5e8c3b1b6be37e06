import { beforeEach, describe, expect, test } from 'vitest';
import { ms } from '../sim/time.ts';
import { TerminalFlow } from './terminal-flow.ts';

const LCR = 0x3fb, IER = 0x3f9, MCR = 0x3fc, LSR = 0x3fd;
let ports: Map<number, number>;
let machine: { sim: { scheduler: { now: number } }; serialPending: number; peek(s: string, port: number): number };
let flow: TerminalFlow;

beforeEach(() => {
  ports = new Map([[LCR, 3]]);
  machine = { sim: { scheduler: { now: 0 } }, serialPending: 0, peek: (_space, port) => ports.get(port) ?? 0 };
  flow = new TerminalFlow(machine);
});

/** Whether a character would be sent, at once and after the port has been so for 20 ms. */
function ready(): [boolean, boolean] {
  const now = flow.look(true);
  machine.sim.scheduler.now += ms(20);
  return [now, flow.look(true)];
}

describe('who listens', () => {
  test.each([
    ['a port that nobody has programmed', { [LCR]: 0 }, [false, false]],
    ['a divisor that is being written', { [LCR]: 0x83, [MCR]: 2 }, [false, false]],
    ['RTS', { [MCR]: 2 }, [true, true]],
    ['the receiver interrupt without RTS', { [MCR]: 9, [IER]: 1 }, [true, true]],
    ['no modem line at all', {}, [false, true]],
    ['OUT2 alone', { [MCR]: 8 }, [false, true]],
    ['DTR without RTS: a driver that waits, as Linux before its port is opened', { [MCR]: 1 }, [false, false]],
    ['loopback', { [MCR]: 0x12 }, [false, false]],
    ['a character that has not been taken', { [MCR]: 2, [LSR]: 1 }, [false, false]],
  ] as [string, Record<number, number>, boolean[]][])('%s', (_name, registers, expected) => {
    for (const [port, value] of Object.entries(registers)) ports.set(Number(port), value);
    expect(ready()).toEqual(expected);
  });

  test('never while a character is on the line', () => {
    ports.set(MCR, 2);
    machine.serialPending = 1;
    expect(ready()).toEqual([false, false]);
  });

  test('a driver that turns on DTR soon after the format is not taken for one of three wires', () => {
    flow.look(false);
    machine.sim.scheduler.now += ms(5);
    ports.set(MCR, 1);
    expect(ready()).toEqual([false, false]);
  });
});

describe('when it looks', () => {
  test('at multiples of 5 ms, or 0.1 ms after a character', () => {
    expect(flow.nextLook).toBe(0);
    ports.set(MCR, 2);
    machine.sim.scheduler.now = ms(7);
    expect([flow.look(false), flow.nextLook]).toEqual([false, ms(10)]);
    machine.sim.scheduler.now = ms(10) + 3;
    expect([flow.look(true), flow.nextLook]).toEqual([true, ms(10.1) + 3]);
    machine.sim.scheduler.now = ms(15);
    expect([flow.look(false), flow.nextLook]).toEqual([false, ms(20)]);
  });

  test('what it knows goes with a snapshot; what is no time is refused', () => {
    machine.sim.scheduler.now = ms(6);
    flow.look(true);
    const saved = flow.save();
    const other = new TerminalFlow(machine);
    expect(other.mismatch(saved)).toBe('');
    other.load(saved);
    expect(other.save()).toEqual(saved);
    machine.sim.scheduler.now = ms(16);
    expect([flow.look(true), other.look(true), new TerminalFlow(machine).look(true)]).toEqual([true, true, false]);
    for (const wrong of [{}, { next: 0 }, { next: -1, threeWiresSince: -1 }, { next: 0.5, threeWiresSince: 0 }])
      expect(other.mismatch({ flow: wrong as Record<string, number> })).not.toBe('');
    expect(other.mismatch({})).not.toBe('');
    // A look that lies far ahead would let nobody type.
    other.load({ flow: { next: 2 ** 50, threeWiresSince: 2 ** 50 } });
    expect(other.nextLook).toBe(ms(21));
  });
});
