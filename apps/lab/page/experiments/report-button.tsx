import { useEffect, useMemo } from 'preact/hooks';
import type { RunRequest } from '../../protocol/experiments.ts';
import { FileJob } from './file-job.ts';

/** The result as one page of HTML: the job is run once more for it. */
export function ReportButton({ request, name }: { request: RunRequest; name: string }) {
  const job = useMemo(() => new FileJob('report'), []);
  // What is asked for by then is another page.
  useEffect(() => () => job.stop(), [request]);
  const write = (): void =>
    void job.run((w, told) => w.experiments.page(request, told), `${name}.html`, 'text/html');
  return (
    <>
      {job.progress.value === ''
        ? <button onClick={write} title="runs all methods again and traces pieces of them">Report (HTML)</button>
        : <button onClick={() => job.stop()}>Report: {job.progress.value}. Cancel</button>}
      {job.failure.value !== '' && (
        <p role="alert" class="status failed">There is no report: {job.failure.value}</p>
      )}
    </>
  );
}
