/** The experiments by what they are about: the first row of capabilities that each shows. */
import type { ExperimentSheet } from '../../../../src/control/experiments/sheet.ts';

const TITLES: Readonly<Record<string, string>> = {
  R1: 'Registers, memory and DMA', R2: 'Ports and memory addresses', R3: 'Programmed I/O, polling, interrupts',
  R8: 'A DMA controller beside the processor', R9: 'Devices that master the bus', R10: 'Rings of buffers',
};
const OTHERS = 'Others';

/** Groups in the order of their first experiment. */
export function groupsOf(sheets: readonly ExperimentSheet[]): (readonly [string, readonly ExperimentSheet[]])[] {
  const groups = new Map<string, ExperimentSheet[]>();
  for (const s of sheets) {
    const title = TITLES[s.shows[0] ?? ''] ?? OTHERS;
    groups.set(title, [...groups.get(title) ?? [], s]);
  }
  return [...groups];
}
