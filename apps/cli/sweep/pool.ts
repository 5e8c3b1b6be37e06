import { Worker } from 'node:worker_threads';
import type { Point, PointRecord } from '../../../src/control/sweep/sweep.ts';
import type { PointSetting } from './point-run.ts';

interface Task {
  readonly setting: PointSetting;
  readonly point: Point;
  readonly done: (record: PointRecord) => void;
}

/**
 * Threads that run points: as many at a time as there are threads, in the order in which they were
 * given. A thread that dies takes its point's run with it and no other: the record says so.
 */
export class PointPool {
  private readonly waiting: Task[] = [];
  private readonly idle: Worker[] = [];
  private readonly busy = new Map<Worker, Task>();
  private readonly most: number;
  private closed = false;

  /** @param threads how many points run at a time */
  constructor(threads: number) {
    this.most = threads;
  }

  /** Runs a point when a thread is free. Never rejects; never ends after `close`. */
  run(setting: PointSetting, point: Point): Promise<PointRecord> {
    return new Promise((done) => {
      this.waiting.push({ setting, point, done });
      this.next();
    });
  }

  /** Ends all threads at once; what they were doing is lost. */
  async close(): Promise<void> {
    this.closed = true;
    this.waiting.length = 0;
    await Promise.all([...this.idle, ...this.busy.keys()].map((w) => w.terminate()));
  }

  private next(): void {
    if (this.closed || this.waiting.length === 0) return;
    const worker = this.idle.pop() ?? (this.busy.size < this.most ? this.start() : null);
    if (worker === null) return;
    const task = this.waiting.shift() as Task;
    this.busy.set(worker, task);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
    worker.postMessage({ setting: task.setting, point: task.point });
  }

  private start(): Worker {
    const worker = new Worker(new URL('./thread.js', import.meta.url));
    worker.on('message', (record: PointRecord) => {
      const task = this.busy.get(worker);
      this.busy.delete(worker);
      this.idle.push(worker);
      task?.done(record);
      this.next();
    });
    let why = '';
    worker.on('error', (error) => { why = error instanceof Error ? error.message : String(error); });
    worker.on('exit', (code) => this.died(worker, why === '' ? `exit status ${code}` : why));
    return worker;
  }

  private died(worker: Worker, why: string): void {
    const task = this.busy.get(worker);
    this.busy.delete(worker);
    const at = this.idle.indexOf(worker);
    if (at >= 0) this.idle.splice(at, 1);
    if (this.closed) return;
    task?.done({
      ...task.point, mode: null, matches: null, state: 'failed', error: `the thread ended: ${why}`, measures: {},
    });
    this.next();
  }
}
