import { releaseProxy, wrap, type Remote } from 'comlink';
import type { LabWorker } from '../../protocol/worker.ts';

/**
 * A worker without a machine on the page, which does a piece of work or answers questions. Whatever
 * becomes of it, who asks is answered: with an error, if it ends before.
 */
export class Desk {
  private readonly name: string;
  private worker: Worker | null = null;
  private remote: Remote<LabWorker> | null = null;
  private readonly waiting = new Set<(error: Error) => void>();

  /** It begins with the first question. @param name for people who look at the browser's threads */
  constructor(name: string) {
    this.name = name;
  }

  /** @throws Error what the worker throws; if it fails or is ended before it has answered */
  async ask<T>(question: (worker: Remote<LabWorker>) => Promise<T>): Promise<T> {
    const remote = this.remote ?? this.open();
    return new Promise<T>((resolve, reject) => {
      this.waiting.add(reject);
      void question(remote).then(resolve, reject).finally(() => this.waiting.delete(reject));
    });
  }

  /** Ends the worker, whatever it does; the next question is for a new one. */
  end(why = 'it was given up'): void {
    this.remote?.[releaseProxy]();
    this.worker?.terminate();
    this.remote = null;
    this.worker = null;
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const reject of waiting) reject(new Error(why));
  }

  private open(): Remote<LabWorker> {
    const worker = new Worker(new URL(WORKER_FILE, document.baseURI), { type: 'module', name: this.name });
    worker.addEventListener('error', (event) => {
      if (worker === this.worker) this.end(`its worker failed: ${event.message || 'the browser gives no reason'}`);
    });
    this.worker = worker;
    this.remote = wrap<LabWorker>(worker);
    return this.remote;
  }
}

/** Answers questions of forms: what experiments there are, whether a job can be, what files are. */
export const clerk = new Desk('clerk');
