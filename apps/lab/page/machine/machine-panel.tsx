import { panes } from '../state/workbench.ts';

/** The machine of a pane as a block diagram with the datum on its way. */
export function MachinePanel({ pane }: { pane: 0 | 1 }) {
  const status = panes[pane].status.value;
  return (
    <section aria-label={`machine ${pane === 0 ? 'A' : 'B'}`} class="machine">
      {panes[pane].sheet.value?.method} {status?.phase}
    </section>
  );
}
