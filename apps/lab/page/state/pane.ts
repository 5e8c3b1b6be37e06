import { proxy, releaseProxy, wrap, type Remote } from 'comlink';
import { signal } from '@preact/signals';
import type { MachinePlan, MachineSheet, MachineStatus } from '../../protocol/machine.ts';
import type { LabWorker } from '../../protocol/worker.ts';

/** A machine on the page: its worker, and what it last told of itself. */
export class Pane {
  readonly sheet = signal<MachineSheet | null>(null);
  readonly status = signal<MachineStatus | null>(null);
  /** One line: why there is no machine, or why it stands. */
  readonly failure = signal('');
  private worker: Worker | null = null;
  private proxy: Remote<LabWorker> | null = null;

  /** What can be asked of the worker. @throws Error if no machine is open */
  get remote(): Remote<LabWorker> {
    if (this.proxy === null) throw new Error('no machine is open');
    return this.proxy;
  }

  /** Opens a machine in a worker of its own; one that was open is closed. */
  async open(plan: MachinePlan): Promise<void> {
    this.close();
    this.failure.value = '';
    this.worker = new Worker(new URL(WORKER_FILE, document.baseURI), { type: 'module', name: 'machine' });
    const remote = wrap<LabWorker>(this.worker);
    this.proxy = remote;
    try {
      const told = proxy((status: MachineStatus) => {
        if (this.proxy === remote) this.status.value = status;
      });
      this.sheet.value = await remote.machine.open(plan, told);
      this.status.value = await remote.machine.status();
    } catch (error) {
      this.failure.value = error instanceof Error ? error.message : String(error);
    }
  }

  /** Ends the worker, whatever it does. */
  close(): void {
    this.proxy?.[releaseProxy]();
    this.worker?.terminate();
    this.proxy = null;
    this.worker = null;
    this.sheet.value = null;
    this.status.value = null;
  }
}
