import { proxy, releaseProxy, wrap } from 'comlink';
import type { MethodRun, RunReport, RunRequest } from '../../protocol/experiments.ts';
import type { LabWorker } from '../../protocol/worker.ts';

/**
 * Runs all methods of a request, one after the other, in a worker that is ended afterwards. For
 * what the page asks by itself; what the reader runs is in `experiments/`.
 * @throws Error with one clear line
 */
export async function runReport(request: RunRequest): Promise<RunReport> {
  const worker = new Worker(new URL(WORKER_FILE, document.baseURI), { type: 'module', name: 'experiment' });
  const remote = wrap<LabWorker>(worker);
  try {
    const runs: MethodRun[] = [];
    for (const method of request.methods)
      runs.push(await remote.experiments.run(request, method, proxy(() => {})));
    return await remote.experiments.report(request, runs);
  } finally {
    remote[releaseProxy]();
    worker.terminate();
  }
}

/** The text of a cell of a report, `–` if there is none. */
export function cellText({ report }: RunReport, measure: string, method: string): string {
  const column = report.methods.indexOf(method);
  return report.rows.find((row) => row.key === measure)?.cells[column]?.text ?? '–';
}

/** The number of a cell of a report, NaN if there is none. */
export function cellNumber({ report }: RunReport, measure: string, method: string): number {
  const column = report.methods.indexOf(method);
  const value = report.rows.find((row) => row.key === measure)?.cells[column]?.value;
  return typeof value === 'number' ? value : NaN;
}
