import { Worker } from 'node:worker_threads';
import type { HookWatch } from '../../../src/machine/device-boundary.ts';
import { CELL, type Watched } from './heartbeat.ts';

/** Loading a file translates it and what it imports: so many times the patience for a hook. */
const LOADING = 10;
/** What the user gave cannot be used. */
const STATUS = 2;

/**
 * Watches devices from outside: a thread of its own sees when the main thread stays in one hook of
 * a device, says which, and ends the process with status 2. Only runs that attach such devices have
 * it.
 */
export class Watchdog implements HookWatch {
  private readonly shared = new SharedArrayBuffer(4 * Object.keys(CELL).length);
  private readonly heartbeat = new Int32Array(this.shared);
  private readonly worker: Worker;
  private readonly names: string[] = [];
  private readonly stack: number[] = [];

  constructor(patienceSeconds: number) {
    const workerData: Watched = { cells: this.shared, patienceSeconds, status: STATUS };
    this.worker = new Worker(new URL('./stuck.js', import.meta.url), { workerData });
    Atomics.store(this.heartbeat, CELL.TIMES, 1);
    this.worker.unref();
  }

  /** A file is being loaded, which takes longer than a hook. */
  load(file: string): void {
    Atomics.store(this.heartbeat, CELL.TIMES, LOADING);
    this.enter(file);
  }

  loaded(): void {
    this.leave();
    Atomics.store(this.heartbeat, CELL.TIMES, 1);
  }

  enter(device: string): void {
    let number = this.names.indexOf(device) + 1;
    if (number === 0) {
      number = this.names.push(device);
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
      this.worker.postMessage(device);
    }
    this.stack.push(number);
    this.step(number);
  }

  leave(): void {
    this.stack.pop();
    this.step(this.stack.at(-1) ?? 0);
  }

  /** The device at work, or the file that is being loaded; null: none, or its end was told. */
  get atWork(): string | null {
    const number = this.stack.at(-1);
    return number === undefined || Atomics.load(this.heartbeat, CELL.ENDED) === 1 ? null : this.names[number - 1];
  }

  private step(number: number): void {
    Atomics.store(this.heartbeat, CELL.DEVICE, number);
    Atomics.add(this.heartbeat, CELL.STEPS, 1);
  }
}
