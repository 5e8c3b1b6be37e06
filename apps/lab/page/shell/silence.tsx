import { panes } from '../state/workbench.ts';

/** Says of a machine whose worker does not answer, and offers to end it. */
export function Silence({ pane }: { pane: 0 | 1 }) {
  const machine = panes[pane];
  if (!machine.silent.value) return null;
  return (
    <p role="alert" class="silence">
      The machine does not answer: a device or a program may be in a loop that never ends.{' '}
      <button onClick={() => machine.end('it was stopped, because it did not answer')}>Stop it</button>
    </p>
  );
}
