/** Experiments that are run: method by method, at most two at a time, in workers of their own. */
import { proxy } from 'comlink';
import { signal } from '@preact/signals';
import type { MethodRun, RunProgress, RunReport, RunRequest } from '../../protocol/experiments.ts';
import type { Desk } from '../state/desk.ts';
import { messageOf } from '../state/message-of.ts';
import { Desks } from './desks.ts';

/** A result as far as it came. */
export interface Shown {
  readonly request: RunRequest;
  readonly state: 'running' | 'done' | 'cancelled' | 'failed';
  /** By method, of those that are under way. */
  readonly progress: Readonly<Record<string, RunProgress>>;
  /** In the order of the request's methods. */
  readonly runs: readonly MethodRun[];
  readonly report: RunReport | null;
  /** Why a method has no run, by method. */
  readonly failures: Readonly<Record<string, string>>;
  /** Why there is no result at all, or ''. */
  readonly failure: string;
}

/** What the figures show; null: nothing was run yet. */
export const shownResult = signal<Shown | null>(null);

const desks = new Desks('experiment');
let turn = 0;

/** Runs a request in place of one that is running. */
export async function run(request: RunRequest): Promise<void> {
  const mine = ++turn;
  desks.end();
  shownResult.value = {
    request, state: 'running', progress: {}, runs: [], report: null, failures: {}, failure: '',
  };
  const wanted = (): boolean => mine === turn;
  const change = (part: Partial<Shown>): void => {
    if (wanted() && shownResult.value !== null) shownResult.value = { ...shownResult.value, ...part };
  };
  try {
    await desks.each(request.methods, wanted, (method, desk) => runOne(request, method, desk, change, wanted));
    change({ state: 'done', progress: {} });
  } catch (error) {
    change({ state: 'failed', failure: messageOf(error), progress: {} });
  }
  if (wanted()) desks.end();
}

/** Gives up; what was measured stays. */
export function cancel(): void {
  turn++;
  desks.end();
  const now = shownResult.value;
  if (now !== null) shownResult.value = { ...now, state: 'cancelled', progress: {} };
}

async function runOne(
  request: RunRequest, method: string, desk: Desk, change: (part: Partial<Shown>) => void, wanted: () => boolean,
): Promise<void> {
  const without = (): Record<string, RunProgress> => {
    const { [method]: _, ...rest } = shownResult.value?.progress ?? {};
    return rest;
  };
  change({ progress: { ...without(), [method]: { method, phase: 'preparing', seconds: 0, instructions: 0 } } });
  const listen = proxy((progress: RunProgress) => {
    if (shownResult.value?.progress[method] !== undefined) change({ progress: { ...without(), [method]: progress } });
  });
  let one: MethodRun;
  try {
    one = await desk.ask((w) => w.experiments.run(request, method, listen));
  } catch (error) {
    change({ failures: { ...shownResult.value?.failures, [method]: messageOf(error) }, progress: without() });
    return;
  }
  if (!wanted()) return;
  const runs = [...shownResult.value?.runs ?? [], one]
    .sort((a, b) => request.methods.indexOf(a.method) - request.methods.indexOf(b.method));
  change({ runs, progress: without() });
  const report = await desk.ask((w) => w.experiments.report(request, runs));
  // A later one may have been told before.
  if (shownResult.value?.runs === runs) change({ report });
}
