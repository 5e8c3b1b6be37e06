import { methodsOf, type Prediction } from '../../protocol/lessons.ts';
import { openingTexts } from '../experiments/opening.ts';
import { openMachines, view } from '../state/actions.ts';
import { moments, panes } from '../state/workbench.ts';

/** Opens the machines of a prediction, at the moment at which its job begins. */
export async function showPrediction(p: Prediction): Promise<void> {
  const texts = { ...openingTexts(p.experiment), ...p.texts };
  view.value = 'workbench';
  const plans = methodsOf(p).slice(0, 2)
    .map((method) => ({ experiment: p.experiment, guest: 'bare' as const, method, texts }));
  await openMachines(plans);
  await Promise.all(plans.map(async (_, n) => {
    const pane = panes[n as 0 | 1];
    if (pane.failure.value !== '') return;
    const { machine } = pane.remote;
    await machine.run(Infinity);
    const begin = (await machine.status()).marks.find((m) => m.name === 'begin');
    if (begin !== undefined) moments[n as 0 | 1].value = { time: begin.at, record: 0, beat: 0 };
  }));
}
