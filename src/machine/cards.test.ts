import { expect, test } from 'vitest';
import { us } from '../sim/time.ts';
import { CARD_NAMES, houseCard } from './cards.ts';
import { PcMachine, type PcMachineOptions } from './pc-machine.ts';
import type { UserDevice } from './user-devices.ts';

const MiB = 2 ** 20;

function machineWith(devices: readonly UserDevice[], more: Partial<PcMachineOptions> = {}): PcMachine {
  return new PcMachine({ ramBytes: 4 * MiB, disk: null, onSerial: () => {}, onPost: () => {}, devices, ...more });
}

test('every card of the house goes into a slot by its name', () => {
  const { devices } = machineWith(CARD_NAMES.map((name) => houseCard(name)));
  expect(devices.map((d) => d.component.name)).toEqual(CARD_NAMES);
});

test('a card brings its private parts with it; its options are part of the configuration', () => {
  const card = houseCard('rtl8029', 'pci 3', { far: 'source', mac: 7 });
  const { board, config } = machineWith([card]);
  expect(board.components.map((c) => c.name).slice(-3)).toEqual(['rtl8029', 'rtl8029-wire', 'rtl8029-source']);
  expect(config).toContain('"far":"source"');
  expect(() => machineWith([houseCard('paths', 'pci 4', {}, 'rtl8029-wire'), card]))
    .not.toThrow(/two components/);
  expect(() => machineWith([card, houseCard('paths', 'pci 2', {}, 'rtl8029-wire')]))
    .toThrow('the board has a component rtl8029-wire already');
});

test('an option that a card has not, or refuses, is said', () => {
  expect(() => houseCard('rtl8029', 'pci', { colour: 1 })).toThrow("there is no parameter 'colour'");
  expect(() => houseCard('rtl8029', 'pci', { rate: '100' })).toThrow("rate: '100' is none of 10");
  expect(() => houseCard('rtl8030')).toThrow('the house has no card rtl8030');
});

test('whoever looks at wires sees each frame with its wire and times; two cards are two networks', () => {
  const seen: [string, number][] = [];
  const source = { far: 'source', delay: us(10), frames: 2, size: 60, interval: us(100) };
  const cards = ['a', 'b'].map((name) => houseCard('rtl8029', 'pci', source, name));
  const machine = machineWith(cards, {
    frames: { frame: (wire, frame, start, end) => void seen.push([`${wire} ${frame.length}`, (end - start) / 3]) },
  });
  machine.sim.scheduler.runUntil(us(300));
  const one = 800 * 72 + 1000;
  expect(seen).toEqual([['a-wire 60', one], ['b-wire 60', one], ['a-wire 60', one], ['b-wire 60', one]]);
});
