/** What runs in the browser: the page's script and, the same, a worker's. */
import { fileNames, runGuest, type GuestJob, type GuestReport } from './guest-run.ts';

/** A run, what the JIT compiled in it, its wall time in seconds; or what was thrown. */
export interface BrowserResult {
  report: GuestReport | null;
  functionsCompiled: number;
  seconds: number;
  error: string;
}

async function run(job: GuestJob): Promise<BrowserResult> {
  try {
    const names = fileNames(job);
    const files = {
      image: await load(names.image),
      vmlinux: await load(names.vmlinux),
      initrd: await load(names.initrd),
      append: new TextDecoder().decode(await load(names.append)),
    };
    const begun = performance.now();
    const { report, functionsCompiled } = runGuest(job, files);
    return { report, functionsCompiled, seconds: (performance.now() - begun) / 1000, error: '' };
  } catch (error) {
    return { report: null, functionsCompiled: 0, seconds: 0, error: String((error as Error).stack ?? error) };
  }
}

async function load(name: string | null): Promise<Uint8Array> {
  if (name === null) return new Uint8Array(0);
  const response = await fetch(`/guests/${name}`);
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The few things of a browser that are used here. */
interface Port {
  postMessage(message: unknown, transfer: readonly unknown[]): void;
  addEventListener(type: 'message' | 'error', listener: (event: { data?: unknown; message?: string }) => void): void;
}
const scope = globalThis as unknown as Port & {
  document?: unknown;
  Worker: new (url: string, options: { type: 'module' }) => Port;
  runInPage: (job: GuestJob) => Promise<BrowserResult>;
  runInWorker: (job: GuestJob) => Promise<BrowserResult>;
};

if (scope.document === undefined) {
  scope.addEventListener('message', (event) => {
    void run(event.data as GuestJob).then((result) => scope.postMessage(result, []));
  });
} else {
  scope.runInPage = run;
  scope.runInWorker = (job) => new Promise((resolve) => {
    const worker = new scope.Worker('/page.js', { type: 'module' });
    worker.addEventListener('message', (event) => resolve(event.data as BrowserResult));
    worker.addEventListener('error', (event) =>
      resolve({
        report: null, functionsCompiled: 0, seconds: 0,
        error: `the worker failed: ${event.message ?? 'no reason given'}`,
      }),
    );
    worker.postMessage(job, []);
  });
}
