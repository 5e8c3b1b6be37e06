/** From a lesson to the machine. */
import { methodsOf, type Prediction } from '../../protocol/lessons.ts';
import { addressFrom } from '../address/address.ts';
import { show } from '../address/link.ts';
import { planOf } from '../experiments/opening.ts';
import { side } from '../shell/side.ts';
import { openMachines, view } from '../state/actions.ts';
import { pace } from '../state/workbench.ts';

/** Opens the machines of a prediction; they are shown where their job begins. */
export async function showPrediction(p: Prediction): Promise<void> {
  const of = { experiment: p.experiment, guest: 'bare', texts: p.texts } as const;
  view.value = 'workbench';
  await openMachines(methodsOf(p).map((method) => planOf(of, method)), Infinity);
}

/** Opens what a link of the text names: an address of the lab, as it stands behind its `#`. */
export async function showAddress(text: string): Promise<void> {
  // The lesson stays beside it, and the reader's pace.
  await show({ ...addressFrom(text), pace: pace.value, side: side.value });
}
