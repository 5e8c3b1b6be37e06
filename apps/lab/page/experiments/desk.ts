/** Workers that run experiments: made when they are needed, ended by whoever gives up. */
import { proxy, releaseProxy, wrap, type Remote } from 'comlink';
import type { LabWorker } from '../../protocol/worker.ts';
import type { ExperimentsApi } from '../../protocol/experiments.ts';

/** At most so many methods run at a time; machines that are open have workers of their own. */
const MOST = 2;

interface Desk {
  readonly worker: Worker;
  readonly remote: Remote<LabWorker>;
}

const desks: Desk[] = [];

/** How many methods may run at a time. */
export function places(): number {
  return Math.max(1, Math.min(MOST, navigator.hardwareConcurrency - 1));
}

/** What can be asked of the worker of a place, from 0 on. */
export function experimentsAt(place: number): Remote<ExperimentsApi> {
  desks[place] ??= open();
  return desks[place].remote.experiments;
}

/** Ends the workers from a place on, whatever they do: what was asked of them is never answered. */
export function endDesks(from = 0): void {
  for (const desk of desks.splice(from)) {
    desk.remote[releaseProxy]();
    desk.worker.terminate();
  }
}

function open(): Desk {
  const worker = new Worker(new URL(WORKER_FILE, document.baseURI), { type: 'module', name: 'experiment' });
  return { worker, remote: wrap<LabWorker>(worker) };
}

/** A function of the page that a worker calls. */
export const told = proxy;
