/**
 * `npm run bench:lab`: the lab in Debian's chromium beside the same machines in Node: speed of the
 * front with its trace kept, frames meanwhile, the tenth run beside the first, first load. Nothing
 * here is asserted.
 */
import { gzipSync } from 'node:zlib';
import { comes, openLab } from '../test/lab/lab-bench.ts';
import { jobFromTexts } from '../src/control/experiments/form.ts';
import { findExperiment } from '../src/control/experiments/index.ts';
import type { Experiment, Kit } from '../src/control/experiments/experiment.ts';
import { Explorer } from '../src/control/explore/explorer.ts';
import { guestImage } from '../apps/cli/package-info.ts';
import { sha256 } from '../apps/cli/experiment-job.ts';
import type { MachinePlan } from '../apps/lab/protocol/machine.ts';

const RUNS = 10;
const PLANS: readonly MachinePlan[] = [
  { experiment: 'disk-read', method: 'pio-irq', guest: 'bare', texts: { bytes: '4MiB' } },
  { experiment: 'disk-read', method: 'dma', guest: 'bare', texts: { bytes: '16MiB' } },
  {
    experiment: 'paths', method: 'mmio-uc', guest: 'bare',
    texts: { bytes: '1MiB', direction: 'to-card', sweep: 'off' },
  },
  { experiment: 'two-jobs', method: 'dma', guest: 'bare', texts: {} },
];

/** What the page measures of one run. */
interface PageRun {
  readonly milliseconds: number;
  readonly records: number;
  /** Between two frames, in their order (ms). */
  readonly gaps: readonly number[];
}

const kit: Kit = { guestImage, linux: null, disk: null, sha256 };
const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[list.length >> 1] as number;

function inNode(plan: MachinePlan): number {
  const e = findExperiment(plan.experiment) as Experiment;
  const job = jobFromTexts(e, { guest: plan.guest, methods: [plan.method], texts: plan.texts }, kit);
  const explorer = Explorer.trial(e, job, plan.method, kit);
  const begun = performance.now();
  while (!explorer.over) explorer.advance(Infinity);
  return performance.now() - begun;
}

/** Runs in the page; text, since it is of another world. */
const IN_PAGE = `async (plan) => {
  const { openMachines, panes } = globalThis.northbridge;
  await openMachines([plan]);
  const gaps = [];
  let before = 0, going = true;
  const frame = (now) => {
    if (before > 0) gaps.push(now - before);
    before = now;
    if (going) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const begun = performance.now();
  await panes[0].remote.machine.run(Infinity);
  const milliseconds = performance.now() - begun;
  going = false;
  const { last } = await panes[0].remote.machine.status();
  return { milliseconds, records: last, gaps };
}`;

const lab = await openLab();
const page = await lab.open('#view=workbench');
await comes(page, 'globalThis.northbridge !== undefined');
const files = new Map<string, number>();
const first = await lab.browser.newContext({ serviceWorkers: 'block' });
const fresh = await first.newPage();
fresh.on('response', (response) => {
  const took = (body: Buffer): void => void files.set(new URL(response.url()).pathname, gzipSync(body).length);
  response.body().then(took, () => {});
});
const opened = performance.now();
await fresh.goto(lab.url);
await comes(fresh, 'globalThis.northbridge?.panes[0].status.value?.last > 0');
const seconds = (performance.now() - opened) / 1000;
await fresh.waitForLoadState('networkidle');
console.log(`first load: ${[...files.values()].reduce((a, b) => a + b, 0)} bytes compressed, ` +
  `machines run ${seconds.toFixed(2)} s after opening`);
await first.close();

for (const plan of PLANS) {
  const node: number[] = [], browser: PageRun[] = [];
  for (let n = 0; n < RUNS; n++) {
    node.push(inNode(plan));
    browser.push(await page.evaluate(`(${IN_PAGE})(${JSON.stringify(plan)})`) as PageRun);
  }
  const times = browser.map((r) => r.milliseconds), gaps = browser.flatMap((r) => r.gaps);
  console.log(
    `${plan.experiment} ${plan.method}: Node ${median(node).toFixed(0)} ms, page ${median(times).toFixed(0)} ms ` +
      `(${(median(node) / median(times)).toFixed(2)} of Node's speed), ${browser[0]?.records} records; ` +
      `first run ${times[0]?.toFixed(0)} ms, tenth ${times.at(-1)?.toFixed(0)} ms; ` +
      `frames: median ${median(gaps).toFixed(1)} ms, longest ${Math.max(...gaps).toFixed(0)} ms, ` +
      `${gaps.filter((g) => g > 50).length} of ${gaps.length} over 50 ms; workers left ${page.workers().length}`,
  );
}
await lab.close();
