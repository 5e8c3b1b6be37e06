/** One parameter over several values: each by each method, in the experiments' workers. */
import { proxy } from 'comlink';
import { signal } from '@preact/signals';
import type { PointRecord } from '../../../../src/control/sweep/sweep.ts';
import type { RunRequest, SweepAxis } from '../../protocol/experiments.ts';
import { clerk, type Desk } from '../state/desk.ts';
import { messageOf } from '../state/message-of.ts';
import { Desks } from './desks.ts';

/** A sweep as far as it came. */
export interface ShownSweep {
  readonly request: RunRequest;
  readonly axis: SweepAxis;
  readonly state: 'running' | 'done' | 'cancelled';
  /** In the order of their indices. */
  readonly points: readonly PointRecord[];
}

export const shownSweep = signal<ShownSweep | null>(null);
/** Why no sweep could begin, or ''. */
export const sweepFailure = signal('');

/** Points that a page draws without delay; there is no such limit on the command line. */
const MOST_POINTS = 500;
const desks = new Desks('sweep');
let turn = 0;

/** How many points a sweep has. */
export function pointsOf({ request, axis }: ShownSweep): number {
  return request.methods.length * axis.values.length;
}

/** Runs a request for each value of a parameter; values as a user writes them: `512..16MiB*2`. */
export async function runSweep(request: RunRequest, name: string, text: string): Promise<void> {
  const mine = ++turn;
  sweepFailure.value = '';
  let axis: SweepAxis;
  try {
    axis = await clerk.ask((w) => w.experiments.axis(request, name, text));
  } catch (error) {
    if (mine === turn) sweepFailure.value = messageOf(error);
    return;
  }
  if (mine !== turn) return;
  const count = request.methods.length * axis.values.length;
  if (count > MOST_POINTS) {
    sweepFailure.value = `these are ${count} points, and a page takes ${MOST_POINTS}; the command line takes more: ` +
      `npx ${axis.command}`;
    return;
  }
  shownSweep.value = { request, axis, state: 'running', points: [] };
  const all = axis.values.flatMap((value) => request.methods.map((method) => ({ value: value.text, method })))
    .map((p, index) => ({ ...p, index }));
  const wanted = (): boolean => mine === turn;
  await desks.each(all, wanted, async (point, desk) => {
    const record = await runPoint(request, name, point, desk);
    if (!wanted()) return;
    const now = shownSweep.value as ShownSweep;
    shownSweep.value = { ...now, points: [...now.points, record].sort((a, b) => a.index - b.index) };
  });
  if (!wanted()) return;
  shownSweep.value = { ...shownSweep.value as ShownSweep, state: 'done' };
  desks.end();
}

/** Gives up; the points that are there stay. */
export function cancelSweep(): void {
  turn++;
  desks.end();
  if (shownSweep.value !== null) shownSweep.value = { ...shownSweep.value, state: 'cancelled' };
}

async function runPoint(
  request: RunRequest, name: string, { index, method, value }: { index: number; method: string; value: string },
  desk: Desk,
): Promise<PointRecord> {
  const point = { index, method, values: { [name]: value } };
  const nobody = proxy(() => {}), one = { ...request, methods: [method], texts: { ...request.texts, [name]: value } };
  try {
    const { problem } = await desk.ask((w) => w.experiments.check(one));
    if (problem !== null)
      return { ...point, mode: null, matches: null, state: 'refused', error: problem.message, measures: {} };
    const { mode, matches, measures } = await desk.ask((w) => w.experiments.run(one, method, nobody));
    return { ...point, mode, matches, state: 'done', error: '', measures };
  } catch (error) {
    return { ...point, mode: null, matches: null, state: 'failed', error: messageOf(error), measures: {} };
  }
}
