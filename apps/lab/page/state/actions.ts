/** What happens to the whole page at once. */
import { signal } from '@preact/signals';
import type { MachinePlan } from '../../protocol/machine.ts';
import type { Ticks } from '../../../../src/sim/time.ts';
import type { View } from './moment.ts';
import { moments, panes, playing, selection, shown, START } from './workbench.ts';

export const view = signal<View>('minute');

/** The machines that are open, as they were asked for: what a link has to say of them. */
export const plans = signal<readonly MachinePlan[]>([]);

/** Counts openings: of several that are asked for at once the last one holds. */
let openings = 0;

/**
 * Opens one machine or two in place of those that are open, at their reset. Fails in words on the
 * panes, never with an exception. Settles also where its machines are replaced or ended meanwhile.
 * @param until how far they run at once, in ticks; Infinity: to their end; left out: not at all
 * @returns whether these are the machines that are there now
 */
export async function openMachines(wanted: readonly MachinePlan[], until?: Ticks): Promise<boolean> {
  const mine = ++openings;
  const asked = wanted.slice(0, 2);
  plans.value = asked;
  playing.value = false;
  selection.value = { kind: 'none' };
  for (const m of moments) m.value = START;
  shown.value = asked.length > 1 ? 2 : 1;
  panes.forEach((pane, n) => { if (n >= asked.length) pane.close(); });
  await Promise.all(asked.map(async (plan, n) => {
    const pane = panes[n as 0 | 1];
    await pane.open(plan);
    if (mine === openings && until !== undefined && pane.sheet.peek() !== null)
      void pane.settled(pane.remote.machine.run(until));
  }));
  return mine === openings;
}
