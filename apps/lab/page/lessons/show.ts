/** From a lesson to the machine. */
import type { MachinePlan } from '../../protocol/machine.ts';
import { methodsOf, type Prediction } from '../../protocol/lessons.ts';
import { addressFrom } from '../address/address.ts';
import { openingTexts } from '../experiments/opening.ts';
import { openMachines, view } from '../state/actions.ts';
import { moments, panes, selection, type Moment } from '../state/workbench.ts';

/** Opens the machines of a prediction, at the moment at which its job begins. */
export async function showPrediction(p: Prediction): Promise<void> {
  const texts = { ...openingTexts(p.experiment), ...p.texts };
  await showPlans(methodsOf(p).slice(0, 2).map((method) =>
    ({ experiment: p.experiment, guest: 'bare' as const, method, texts })), []);
}

/** Opens what a link of the text names: an address of the lab, as it stands behind its `#`. */
export async function showAddress(text: string): Promise<void> {
  const asked = addressFrom(text);
  await showPlans(asked.plans, asked.moments);
  selection.value = asked.selection;
}

/** Where no moment is given it is the mark `begin`. */
async function showPlans(plans: readonly MachinePlan[], wanted: readonly Moment[]): Promise<void> {
  view.value = 'workbench';
  await openMachines(plans);
  await Promise.all(plans.map(async (_, n) => {
    const pane = panes[n as 0 | 1], sheet = pane.sheet.value, moment = moments[n as 0 | 1], given = wanted[n];
    if (pane.failure.value !== '') return;
    const { machine } = pane.remote, before = moment.value;
    await machine.run(Infinity);
    const begin = (await machine.status()).marks.find((m) => m.name === 'begin');
    // Who has gone elsewhere in the meantime is not fetched back.
    if (pane.sheet.value !== sheet || moment.value !== before) return;
    if (given !== undefined && (given.time > 0 || given.record > 0)) moment.value = given;
    else if (begin !== undefined) moment.value = { time: begin.at, record: 0, beat: 0 };
  }));
}
