import { computed } from '@preact/signals';
import { plans } from '../state/actions.ts';
import { panes } from '../state/workbench.ts';

/** The machine that is open, being built or failed has software or a device of the user's own. */
export const asked = computed(() => plans.value[0]?.own !== undefined);

/** How the machine with the user's software is, or what came of it: a sentence. */
export function Outcome() {
  const [pane] = panes, status = pane.status.value;
  const failure = pane.failure.value !== '' ? pane.failure.value : status?.failure ?? '';
  if (failure !== '') return <p role="alert" class="own-wrong">{sentence(failure)}</p>;
  if (status === null) return <p role="status" class="own-hint">The machine is being built…</p>;
  if (status.state !== 'over') return <p role="status" class="own-hint">{sentence(status.phase)}</p>;
  const good = !/^Failed|triple fault/.test(status.phase);
  return <p role="status" class={good ? 'own-good' : 'own-wrong'}>{status.phase}</p>;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
