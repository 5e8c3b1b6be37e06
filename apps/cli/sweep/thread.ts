/** A thread that runs points of sweeps, one after the other: what `PointPool` starts. */
import { parentPort } from 'node:worker_threads';
import type { Point } from '../../../src/control/sweep/sweep.ts';
import { runPoint, type PointSetting } from './point-run.ts';

parentPort?.on('message', async ({ setting, point }: { setting: PointSetting; point: Point }) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, no window
  parentPort?.postMessage(await runPoint(setting, point));
});
