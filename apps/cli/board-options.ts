import type { Parameter } from '../../src/sim/parameter.ts';
import { choice } from '../../src/sim/parameter.ts';

/** Options of each board, as rows: they become options of the commands that build it. */
export const BOARD_OPTIONS: Readonly<Record<string, Readonly<Record<string, Parameter>>>> = {
  pc: {
    ide: choice(['piix3', 'piix4'], 'piix3', { doc: 'IDE controller: piix3 or piix4' }),
  },
};
