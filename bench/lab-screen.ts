/**
 * `npm run bench:lab-screen`: pictures of 640 × 480 in 32 bits that the guest of experiment
 * frame-buffer draws, and that the canvas of the lab's screen panel shows, in a second of wall time.
 * In Debian's chromium, with the panel open and closed, with and without a record of every transfer.
 * Nothing here is asserted.
 */
import type { Page } from 'playwright-core';
import { comes, openLab } from '../test/lab/lab-bench.ts';
import type { MachinePlan } from '../apps/lab/protocol/machine.ts';

const PIXELS = 640 * 480;
/** What is measured, after as long to warm up (ms). */
const SPAN = Number(process.argv[2] ?? 5) * 1000;
const METHODS = ['linear-uc', 'linear-wc', 'ram-copy', 'ram-dma'];
const CASES: readonly (readonly [words: string, panel: boolean, record: boolean])[] = [
  ['panel open', true, false], ['panel closed', false, false], ['panel open, recording', true, true],
];

function planOf(method: string): MachinePlan {
  const texts = { pictures: '1000000', depth: '32' };
  return { experiment: 'frame-buffer', method, guest: 'bare', texts };
}

/** Counts what is painted on canvases, and the time that the page's thread is busy with it. */
const COUNT = `(() => {
  const { prototype } = CanvasRenderingContext2D, { putImageData } = prototype;
  globalThis.painted = { pictures: 0, milliseconds: 0 };
  prototype.putImageData = function (...given) {
    const begun = performance.now();
    putImageData.apply(this, given);
    painted.pictures++;
    painted.milliseconds += performance.now() - begun;
  };
})()`;

/** What was done in the page meanwhile; text, since it is of another world. */
const MEASURED = `async (milliseconds) => {
  const { remote } = globalThis.northbridge.panes[0], gaps = [];
  let before = performance.now(), going = true;
  const frame = (now) => {
    gaps.push(now - before);
    before = now;
    if (going) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  const read = async () => ({ ...await remote.machine.status(), painted: { ...painted }, at: performance.now() });
  const from = await read();
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  going = false;
  const to = await read(), seconds = (to.at - from.at) / 1000;
  return {
    seconds, simulated: (to.now - from.now) / 3e9, state: to.state,
    counters: Object.fromEntries(Object.keys(to.counters).map((k) => [k, to.counters[k] - (from.counters[k] ?? 0)])),
    shown: to.painted.pictures - from.painted.pictures,
    painting: to.painted.milliseconds - from.painted.milliseconds, frames: gaps.length,
  };
}`;

interface Measured {
  readonly seconds: number;
  readonly simulated: number;
  readonly state: string;
  readonly counters: Readonly<Record<string, number>>;
  readonly shown: number;
  readonly painting: number;
  readonly frames: number;
}

async function measure(page: Page, method: string, panel: boolean, record: boolean): Promise<Measured> {
  const plan = JSON.stringify(planOf(method));
  await page.evaluate(`(async () => {
    const { openMachines, panes } = globalThis.northbridge;
    await openMachines([${plan}]);
    await panes[0].remote.explore.record(${record});
    void panes[0].remote.machine.run(Infinity);
  })()`);
  await page.getByRole('tab', { name: panel ? 'Screen' : 'Inspect', exact: true }).click();
  await comes(page, 'northbridge.panes[0].status.value?.phase === "drawing"');
  await page.waitForTimeout(SPAN);
  // The mark takes the moment with it, and the screen with the moment.
  if (panel) await page.getByLabel('as it is now, whichever moment is shown').setChecked(true);
  return await page.evaluate(`(${MEASURED})(${SPAN})`) as Measured;
}

const lab = await openLab();
const page = await lab.open('#view=workbench');
await comes(page, 'globalThis.northbridge !== undefined');
await page.evaluate(COUNT);
for (const method of METHODS)
  for (const [words, panel, record] of CASES) {
    const m = await measure(page, method, panel, record), { seconds, counters, simulated, shown, painting, frames } = m;
    const drawn = (counters['cpuMmioAccesses'] ?? 0) / PIXELS, moved = (counters['pciBytes'] ?? 0) / PIXELS / 4;
    const pictures = method === 'ram-dma' ? moved : drawn, rate = (n: number): string => (n / seconds).toFixed(1);
    console.log(
      `${method}, ${words}: ${rate(pictures)} pictures a second drawn, ${rate(shown)} shown, ` +
        `${(painting / shown || 0).toFixed(2)} ms to put one on the canvas; ${rate(frames)} frames of the page; ` +
        `${(simulated / seconds).toFixed(3)} s simulated a second (${m.state})`,
    );
  }
await lab.close();
