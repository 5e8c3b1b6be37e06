import { describe, expect, test } from 'vitest';
import { Component } from '../sim/component.ts';
import { Board } from './board.ts';
import { difference, machineCounters } from './counters.ts';

class Lamp extends Component {
  readonly flashes = this.counter('flashes', '', 'times that it lit up');
  watts = 0;

  constructor(name: string, board: Board) {
    super(name, board);
    this.counter('energy', 'J', 'used', () => this.watts * 2);
  }
}

describe('counters that components declare', () => {
  const board = new Board('test');
  const lamps = [board.add(new Lamp('left', board)), board.add(new Lamp('right', board))] as const;

  test('a machine adds up those of one name; what every board counts is there, and 0', () => {
    lamps[0].flashes.value += 2;
    lamps[1].flashes.value += 3;
    lamps[1].watts = 4;
    expect(machineCounters(board.components, 7)).toMatchObject({ ticks: 7, flashes: 5, energy: 8, deviceBytes: 0 });
  });

  test('the difference of two readings covers all names', () => {
    const before = machineCounters(board.components, 10);
    lamps[0].flashes.value += 10;
    const d = difference(machineCounters(board.components, 25), before);
    expect(d).toMatchObject({ ticks: 15, flashes: 10, energy: 0 });
  });

  test('a counter is state: saved, restored, 0 after reset; a name is declared once', () => {
    const saved = lamps[0].save();
    lamps[0].resetEnter();
    expect(lamps[0].flashes.value).toBe(0);
    lamps[0].load(saved);
    expect(lamps[0].flashes.value).toBe(12);
    expect(() => new (class extends Lamp {
      readonly again = this.counter('flashes', '', '');
    })('third', board)).toThrow("third counts flashes twice");
  });
});
