/** A job that is run once more for a file; the page goes on meanwhile. */
import { proxy, type Remote } from 'comlink';
import { signal } from '@preact/signals';
import { formatSeconds } from '../../../../src/control/quantities.ts';
import type { RunProgress } from '../../protocol/experiments.ts';
import type { LabWorker } from '../../protocol/worker.ts';
import { Desk } from '../state/desk.ts';
import { messageOf } from '../state/message-of.ts';
import { download } from './download.ts';

/** Runs the job and gives the file's contents. */
type Make = (worker: Remote<LabWorker>, told: (progress: RunProgress) => void) => Promise<string | Blob>;

/** Makes a file in a worker of its own. */
export class FileJob {
  /** How far it is, in words; '' while nothing is made. */
  readonly progress = signal('');
  /** Why there is no file, or ''. */
  readonly failure = signal('');
  private readonly desk: Desk;
  private turn = 0;

  /** @param name for people who look at the browser's threads */
  constructor(name: string) {
    this.desk = new Desk(name);
  }

  /** Makes a file and hands it to the user. */
  async run(make: Make, name: string, type: string): Promise<void> {
    const mine = ++this.turn;
    this.failure.value = '';
    this.progress.value = 'starting';
    const told = proxy(({ method, seconds }: RunProgress) => {
      if (mine === this.turn) this.progress.value = `${method}, ${formatSeconds(seconds)}`;
    });
    try {
      const file = await this.desk.ask((w) => make(w, told));
      if (mine === this.turn) download(name, file, type);
    } catch (error) {
      if (mine === this.turn) this.failure.value = messageOf(error);
    }
    if (mine === this.turn) this.stop();
  }

  /** Gives up: there is no file. */
  stop(): void {
    this.turn++;
    this.desk.end();
    this.progress.value = '';
  }
}
