import type { Remote } from 'comlink';
import type { LabWorker } from '../../protocol/worker.ts';
import { endWorker, openWorker, type OpenWorker } from './lab-worker.ts';

/**
 * A worker without a machine on the page, which does a piece of work or answers questions. Whatever
 * becomes of it, who asks is answered: with an error, if it ends before.
 */
export class Desk {
  private readonly name: string;
  private open: OpenWorker | null = null;
  private readonly waiting = new Set<(error: Error) => void>();

  /** It begins with the first question. @param name for people who look at the browser's threads */
  constructor(name: string) {
    this.name = name;
  }

  /** @throws Error what the worker throws; if it fails or is ended before it has answered */
  async ask<T>(question: (worker: Remote<LabWorker>) => Promise<T>): Promise<T> {
    const { remote } = (this.open ??= this.begin());
    return new Promise<T>((resolve, reject) => {
      this.waiting.add(reject);
      void question(remote).then(resolve, reject).finally(() => this.waiting.delete(reject));
    });
  }

  /** Ends the worker, whatever it does; the next question is for a new one. */
  end(why = 'it was given up'): void {
    endWorker(this.open);
    this.open = null;
    const waiting = [...this.waiting];
    this.waiting.clear();
    for (const reject of waiting) reject(new Error(why));
  }

  private begin(): OpenWorker {
    const mine: OpenWorker = openWorker(this.name, (why) => {
      if (mine === this.open) this.end(why);
    });
    return mine;
  }
}

/** Answers questions of forms: what experiments there are, whether a job can be, what files are. */
export const clerk = new Desk('clerk');
