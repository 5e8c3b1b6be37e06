import { MachinePanel } from '../machine/machine-panel.tsx';
import { openMachines, plans, view } from '../state/actions.ts';
import { Silence } from './silence.tsx';
import { panes } from '../state/workbench.ts';

/** A machine, or why there is none. */
export function MachinePlace({ pane }: { pane: 0 | 1 }) {
  const failure = panes[pane].failure.value;
  if (failure === '')
    return (
      <div class="machine-frame">
        <Silence pane={pane} />
        <MachinePanel pane={pane} />
      </div>
    );
  return (
    <section class="no-machine" aria-label={`machine ${pane === 0 ? 'A' : 'B'}`}>
      <p role="alert">There is no machine here: {failure}.</p>
      <p>
        {plans.value.length > 0 && (
          <button onClick={() => void openMachines(plans.value, Infinity)}>Try again</button>
        )}{' '}
        <button onClick={() => { view.value = 'minute'; }}>Back to the beginning</button>
      </p>
    </section>
  );
}
