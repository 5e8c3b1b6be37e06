/** One parameter over several values: each by each method, in the experiments' workers. */
import { proxy } from 'comlink';
import { signal } from '@preact/signals';
import type { PointRecord } from '../../../../src/control/sweep/sweep.ts';
import type { RunRequest, SweepAxis } from '../../protocol/experiments.ts';
import { clerk } from '../state/desk.ts';
import { Desks, places } from './desks.ts';

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
  const left = axis.values.flatMap((value) => request.methods.map((method) => ({ value: value.text, method })))
    .map((p, index) => ({ ...p, index }));
  const wanted = (): boolean => mine === turn;
  const lane = async (place: number): Promise<void> => {
    const point = wanted() ? left.shift() : undefined;
    if (point === undefined) return;
    const record = await runPoint(request, name, point, place);
    if (!wanted()) return;
    const now = shownSweep.value as ShownSweep;
    shownSweep.value = { ...now, points: [...now.points, record].sort((a, b) => a.index - b.index) };
    await lane(place);
  };
  await Promise.all(Array.from({ length: Math.min(places(), left.length) }, (_, place) => lane(place)));
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
  place: number,
): Promise<PointRecord> {
  const point = { index, method, values: { [name]: value } };
  const nobody = proxy(() => {}), one = { ...request, methods: [method], texts: { ...request.texts, [name]: value } };
  try {
    const { problem } = await desks.at(place).ask((w) => w.experiments.check(one));
    if (problem !== null)
      return { ...point, mode: null, matches: null, state: 'refused', error: problem.message, measures: {} };
    const { mode, matches, measures } = await desks.at(place).ask((w) => w.experiments.run(one, method, nobody));
    return { ...point, mode, matches, state: 'done', error: '', measures };
  } catch (error) {
    return { ...point, mode: null, matches: null, state: 'failed', error: messageOf(error), measures: {} };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
