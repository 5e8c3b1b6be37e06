import { writeSync } from 'node:fs';
import { Session } from 'node:inspector';
import { parentPort, workerData } from 'node:worker_threads';
import { CELL, type Watched } from './heartbeat.ts';

/**
 * The thread of `Watchdog`. Looks are counted rather than wall time, so that a process that was
 * stopped and goes on is not taken for a stuck one.
 */
const LOOK_MS = 250;
/** After this the process is killed: the main thread did not even take an interrupt. */
const LAST_RESORT_MS = 3000;

const { cells, patienceSeconds, status } = workerData as Watched;
const heartbeat = new Int32Array(cells);
const names: string[] = [];
parentPort?.on('message', (name: string) => names.push(name));

let steps = -1;
let looks = 0;
const timer = setInterval(() => {
  const now = Atomics.load(heartbeat, CELL.STEPS), device = Atomics.load(heartbeat, CELL.DEVICE);
  looks = now === steps && device > 0 ? looks + 1 : 0;
  steps = now;
  const patience = patienceSeconds * Atomics.load(heartbeat, CELL.TIMES);
  if (looks * LOOK_MS < patience * 1000) return;
  clearInterval(timer);
  const name = names[device - 1] ?? 'of the run';
  Atomics.store(heartbeat, CELL.ENDED, 1);
  writeSync(2, `northbridge: device ${name} did not return for ${patience} s; the run is ended\n`);
  end();
}, LOOK_MS);

/**
 * The inspector interrupts what the main thread runs, and its exit handlers still set the terminal
 * back.
 */
function end(): void {
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), LAST_RESORT_MS);
  const session = new Session();
  session.connectToMainThread();
  const expression = `process.exitCode = ${status}; setImmediate(() => process.exit(${status})); 0`;
  session.post('Runtime.evaluate', { expression }, () => {
    session.post('Runtime.terminateExecution', () => session.disconnect());
  });
}
