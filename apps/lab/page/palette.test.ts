import { describe, expect, test } from 'vitest';
import { findBoard } from '../../../src/machine/boards/index.ts';
import { houseCard } from '../../../src/machine/cards.ts';
import type { BoardDefinition } from '../../../src/machine/definition.ts';
import { describeBoard, type BoardDescription } from '../../../src/machine/describe.ts';
import { Machine } from '../../../src/machine/machine.ts';
import { CARRIER_STYLES, initiatorStyle } from './palette.ts';

function boardWith(...kinds: string[]): BoardDescription {
  return describeBoard(new Machine(findBoard('pc') as BoardDefinition, {
    options: { ram: 2 ** 22 }, devices: kinds.map((kind, n) => houseCard(kind, `pci ${n + 2}`)),
  }));
}

describe('colour and shape say who began a transfer', () => {
  test('the only device that moves data looks as devices do in tables, on whatever board', () => {
    expect(initiatorStyle('ide.primary', boardWith())).toBe(CARRIER_STYLES.device);
    expect(initiatorStyle('ide.secondary', boardWith())).toBe(CARRIER_STYLES.device);
    expect(initiatorStyle('paths.dma', boardWith('paths'))).toBe(CARRIER_STYLES.device);
    expect(initiatorStyle('cpu0', boardWith('paths'))).toBe(CARRIER_STYLES.processor);
  });

  test('channels of a DMA controller, which are on no board, look like nobody else', () => {
    const board = boardWith('paths');
    expect(initiatorStyle('dma.2', board)).toBe(CARRIER_STYLES['DMA controller']);
    const others = board.initiators.map((i) => initiatorStyle(i.name, board));
    for (const other of others) {
      expect(other.shape).not.toBe(CARRIER_STYLES['DMA controller'].shape);
      expect(other.light).not.toBe(CARRIER_STYLES['DMA controller'].light);
    }
    expect(new Set(others.map((s) => s.shape)).size).toBe(new Set(board.initiators.map((i) => i.component)).size);
  });
});
