import { proxy } from 'comlink';
import type { MethodRun, RunReport, RunRequest } from '../../protocol/experiments.ts';
import { Desk } from './desk.ts';

/**
 * Runs all methods of a request, one after the other, in a worker that is ended afterwards. For
 * what the page asks by itself; what the reader runs is in `experiments/`.
 * @throws Error with one clear line
 */
export async function runReport(request: RunRequest): Promise<RunReport> {
  const desk = new Desk('experiment');
  try {
    const runs: MethodRun[] = [];
    for (const method of request.methods)
      runs.push(await desk.ask((w) => w.experiments.run(request, method, proxy(() => {}))));
    return await desk.ask((w) => w.experiments.report(request, runs));
  } finally {
    desk.end();
  }
}
