import { releaseProxy, wrap, type Remote } from 'comlink';
import type { LabWorker } from '../../protocol/worker.ts';

/** A worker of the lab, and what can be asked of it. */
export interface OpenWorker {
  readonly worker: Worker;
  readonly remote: Remote<LabWorker>;
}

/**
 * Begins a worker of the lab.
 * @param name for people who look at the browser's threads
 * @param failed called with why, in words, if its script fails
 */
export function openWorker(name: string, failed: (why: string) => void): OpenWorker {
  const worker = new Worker(new URL(WORKER_FILE, document.baseURI), { type: 'module', name });
  worker.addEventListener('error', (event) =>
    failed(`its worker failed: ${event.message || 'the browser gives no reason'}`));
  return { worker, remote: wrap<LabWorker>(worker) };
}

/** Ends it, whatever it does: what was asked of it is never answered. */
export function endWorker(open: OpenWorker | null): void {
  open?.remote[releaseProxy]();
  open?.worker.terminate();
}
