import { useSignal } from '@preact/signals';
import { proxy, releaseProxy, wrap } from 'comlink';
import { useEffect, useRef } from 'preact/hooks';
import { formatSeconds } from '../../../../src/control/quantities.ts';
import type { RunRequest } from '../../protocol/experiments.ts';
import type { LabWorker } from '../../protocol/worker.ts';
import { download } from './download.ts';

/** The result as one page of HTML: the job is run once more for it, in a worker of its own. */
export function ReportButton({ request, name }: { request: RunRequest; name: string }) {
  const now = useSignal(''), failure = useSignal(''), end = useRef(() => {});
  // What is asked for by then is another page.
  useEffect(() => () => end.current(), [request]);
  const write = async (): Promise<void> => {
    const worker = new Worker(new URL(WORKER_FILE, document.baseURI), { type: 'module', name: 'report' });
    const remote = wrap<LabWorker>(worker);
    let mine = true;
    end.current = () => {
      if (!mine) return;
      mine = false;
      now.value = '';
      remote[releaseProxy]();
      worker.terminate();
    };
    failure.value = '';
    now.value = 'starting';
    worker.addEventListener('error', () => {
      if (mine) failure.value = 'the simulator could not be loaded';
      end.current();
    });
    try {
      const page = await remote.experiments.page(request, proxy(({ method, seconds }) => {
        if (mine) now.value = `${method}, ${formatSeconds(seconds)}`;
      }));
      if (mine) download(`${name}.html`, page, 'text/html');
    } catch (error) {
      if (mine) failure.value = error instanceof Error ? error.message : String(error);
    }
    end.current();
  };
  return (
    <>
      {now.value === ''
        ? <button onClick={write} title="runs all methods again and traces pieces of them">Report (HTML)</button>
        : <button onClick={() => end.current()}>Report: {now.value}. Cancel</button>}
      {failure.value !== '' && <p role="alert" class="status failed">There is no report: {failure.value}</p>}
    </>
  );
}
