import { expect, test } from 'vitest';
import { EXITING, multibootElf } from '../../test/cli/kernels.ts';
import { Processor } from '../cpu/processor.ts';
import { Transaction } from '../mem/transaction.ts';
import { seconds } from '../sim/time.ts';
import { PcMachine } from './pc-machine.ts';
import type { MachineState } from './snapshot.ts';

const MiB = 2 ** 20;
/** Where nothing of the snapshot is. */
const ADDRESS = 9 * MiB + 12;
const PROGRAM = { kind: 'program', image: multibootElf(EXITING('x', 1)), commandLine: '' } as const;

function pc(ramBytes = 16 * MiB): PcMachine {
  return new PcMachine({ ramBytes, disk: null, onSerial: () => {}, onPost: () => {} });
}

/** What a load leaves at an address, with the rest of the machine as it was saved. */
function loaded(machine: PcMachine, state: MachineState): number {
  machine.load(state);
  expect(machine.save()).toEqual(state);
  return machine.ram[ADDRESS];
}

test('firmware writes below 1 MiB only: a load into a fresh machine looks at no more', () => {
  for (const ramBytes of [4 * MiB, 16 * MiB, 65 * MiB])
    expect(Buffer.from(pc(ramBytes).ram.subarray(MiB)).equals(Buffer.alloc(ramBytes - MiB))).toBe(true);
});

test('whoever wrote to RAM before a load, none of it is left', () => {
  const state = pc().save();
  const write = (way: (machine: PcMachine) => void): PcMachine => {
    const machine = pc();
    way(machine);
    return machine;
  };
  const ways: Record<string, (machine: PcMachine) => void> = {
    nobody: () => {},
    'whoever has its RAM': (m) => { m.ram[ADDRESS] = 1; },
    'whoever has its parts': (m) => { m.parts.ram[ADDRESS] = 1; },
    'a bus': (m) => {
      m.board.spaces.find((s) => s.name === 'memory')?.write(ADDRESS, 1, 1, new Transaction('t'));
    },
    'a load': (m) => {
      const other = pc();
      other.ram[ADDRESS] = 1;
      m.load(other.save());
    },
    software: (m) => {
      m.boot(PROGRAM);
      m.run(seconds(1));
    },
    'a processor that is run by itself': (m) => {
      const cpu = m.board.components.find((c) => c instanceof Processor) as Processor;
      cpu.step(1);
    },
  };
  for (const [who, way] of Object.entries(ways)) expect([who, loaded(write(way), state)]).toEqual([who, 0]);
});
