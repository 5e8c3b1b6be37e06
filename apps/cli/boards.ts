import { BOARDS } from '../../src/machine/boards/index.ts';
import { describeBoard, type BoardDescription } from '../../src/machine/describe.ts';
import { Machine } from '../../src/machine/machine.ts';
import type { BoardDefinition } from '../../src/machine/definition.ts';

export { BOARDS };

/** RAM of a machine that is only looked at. */
export const SHOWN_RAM = 16 * 2 ** 20;

/** A board as it is after reset, with nothing plugged in. */
export function shownBoard(definition: BoardDefinition): BoardDescription {
  return describeBoard(new Machine(definition, { options: { ram: SHOWN_RAM }, engine: 'interpreter' }));
}
