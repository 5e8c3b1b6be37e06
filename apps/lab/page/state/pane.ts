import { proxy, type Remote } from 'comlink';
import { signal } from '@preact/signals';
import type { MachinePlan, MachineSheet, MachineStatus } from '../../protocol/machine.ts';
import type { LabWorker } from '../../protocol/worker.ts';
import type { Ticks } from '../../../../src/sim/time.ts';
import { endWorker, openWorker, type OpenWorker } from './lab-worker.ts';
import { messageOf } from './message-of.ts';

/** A worker is asked whether it is there so often, and is called silent after so long (ms). */
const ASK = 1000, PATIENCE = 3000;

/** A machine on the page: its worker, and what it last told of itself. */
export class Pane {
  readonly sheet = signal<MachineSheet | null>(null);
  readonly status = signal<MachineStatus | null>(null);
  /** One line: why there is no machine, or why it stands. */
  readonly failure = signal('');
  /** The worker has not answered for a while: it is busy with something that may never end. */
  readonly silent = signal(false);
  private there: OpenWorker | null = null;
  private asking = 0;
  /** Tells all that wait for this worker that it is gone: a call to it would never settle. */
  private leave = new AbortController();

  /** What can be asked of the worker. @throws Error if no machine is open */
  get remote(): Remote<LabWorker> {
    if (this.there === null) throw new Error('no machine is open');
    return this.there.remote;
  }

  /** When the measured part of the run begins: its mark `begin`; null: not yet. */
  get begin(): Ticks | null {
    return this.status.value?.marks.find((m) => m.name === 'begin')?.at ?? null;
  }

  /** Opens a machine in a worker of its own; one that was open is closed. */
  async open(plan: MachinePlan): Promise<void> {
    this.close();
    this.failure.value = '';
    this.leave = new AbortController();
    const there: OpenWorker = openWorker('machine', (why) => {
      if (mine()) this.end(why);
    });
    const { remote } = there, mine = (): boolean => this.there === there;
    this.there = there;
    this.watch(there);
    try {
      const told = proxy((status: MachineStatus) => { if (mine()) this.status.value = status; });
      const sheet = await this.settled(remote.machine.open(plan, told));
      if (sheet === undefined || !mine()) return;
      const status = await this.settled(remote.machine.status());
      if (status === undefined || !mine()) return;
      this.status.value = status;
      this.sheet.value = sheet;
    } catch (error) {
      if (mine()) this.end(messageOf(error));
    }
  }

  /**
   * The answer to a question to this worker; undefined once the worker was ended, which a call
   * alone would not notice. @throws Error what the worker throws
   */
  settled<T>(question: Promise<T>): Promise<T | undefined> {
    const { signal: gone } = this.leave;
    if (gone.aborted) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      const left = (): void => resolve(undefined);
      gone.addEventListener('abort', left, { once: true });
      question.then(resolve, (error: unknown) => { (gone.aborted ? left : reject)(error as Error); })
        .finally(() => gone.removeEventListener('abort', left));
    });
  }

  /** Ends the worker and says why. */
  end(why: string): void {
    this.close();
    this.failure.value = why;
  }

  /** Ends the worker, whatever it does. */
  close(): void {
    clearInterval(this.asking);
    this.leave.abort();
    endWorker(this.there);
    this.there = null;
    this.silent.value = false;
    this.sheet.value = null;
    this.status.value = null;
  }

  /** Asks the worker again and again; what it answers does not matter. */
  private watch(there: OpenWorker): void {
    let asked = 0;
    this.asking = window.setInterval(() => {
      if (asked !== 0) {
        this.silent.value = performance.now() - asked > PATIENCE;
        return;
      }
      asked = performance.now();
      void there.remote.alive().then(() => {
        asked = 0;
        if (this.there === there) this.silent.value = false;
      });
    }, ASK);
  }
}
