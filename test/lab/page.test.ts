/** The lab as a page: it opens from any path, isolated or not, without a network, by an address. */
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing, openLab, type Lab } from './lab-bench.ts';

const machine = (page: Page): Promise<void> => page.locator('section[aria-label="machine A"]').waitFor();
const MiB = 2 ** 20;

describe.skipIf(missing !== '')(`the lab${missing}`, () => {
  let lab: Lab;
  beforeAll(async () => { lab = await openLab(); });
  afterAll(() => lab?.close());

  test('opens with a question and two machines; the first load is below 1.5 MB compressed', async () => {
    const context = await lab.browser.newContext({ serviceWorkers: 'block' });
    const page = await context.newPage();
    let bytes = 0;
    page.on('response', (response) => {
      void response.body().then((body) => { bytes += gzipSync(body).length; }, () => {});
    });
    await page.goto(lab.url);
    await machine(page);
    await page.locator('section[aria-label="machine B"]').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toContain('DMA and memory-mapped I/O');
    await page.waitForLoadState('networkidle');
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(1.5 * MiB);
    await context.close();
  });

  test('under a path of somebody else\'s, in an isolated page', async () => {
    const other = await openLab('/courses/io/lab/', {
      'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp',
    });
    try {
      const page = await other.open();
      await machine(page);
      expect(await page.evaluate('crossOriginIsolated')).toBe(true);
      expect(other.complaints).toEqual([]);
    } finally {
      await other.close();
    }
  });

  test('without a network, once it was there', async () => {
    const page = await lab.open();
    await page.evaluate('navigator.serviceWorker.ready.then(() => true)');
    await page.reload();
    await page.context().setOffline(true);
    await page.reload();
    await machine(page);
    await page.context().close();
  });

  test.each([
    ['e=paths&m=mmio-uc&t=soon', "'soon' is no moment"],
    ['e=paths', 'it names no experiment and method'],
    ['%E0%A4%A', "nobody knows"],
  ])('an address that cannot be read (#%s) is told, and the page lives on', async (hash, why) => {
    const page = await lab.open(`#${hash}`);
    await page.getByRole('alert').filter({ hasText: why }).waitFor();
    await machine(page);
    await page.context().close();
  });

  test('an address of an experiment that is not there is told', async () => {
    const page = await lab.open('#e=perpetual-motion&m=dma');
    await page.getByText("there is no experiment 'perpetual-motion'").first().waitFor();
    await page.context().close();
  });

  test('ten pairs of machines later there are as many workers as after the first, and the page has not grown', async () => {
    const page = await lab.open('#view=workbench');
    const session = await page.context().newCDPSession(page);
    const open = `(async () => {
      const { openMachines, panes } = globalThis.northbridge;
      const texts = { bytes: '4KiB', direction: 'to-card', sweep: 'off' };
      const plan = (method) => ({ experiment: 'paths', method, guest: 'bare', texts });
      await openMachines([plan('mmio-uc'), plan('device-dma')]);
      await Promise.all(panes.map((pane) => pane.remote.machine.run(Infinity)));
      const all = await Promise.all(panes.map((pane) => pane.remote.machine.status()));
      return all.map((status) => status.state);
    })()`;
    const heap = async (): Promise<number> => {
      await session.send('HeapProfiler.collectGarbage');
      return (await session.send('Runtime.getHeapUsage')).usedSize;
    };
    expect(await page.evaluate(open)).toEqual(['over', 'over']);
    const before = await heap(), there = page.workers().length;
    for (let n = 0; n < 10; n++) expect(await page.evaluate(open)).toEqual(['over', 'over']);
    expect(page.workers().length).toBe(there);
    expect(await heap() - before).toBeLessThan(4 * MiB);
    await page.evaluate('globalThis.northbridge.panes.forEach((pane) => pane.close())');
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 100))');
    expect(page.workers().length).toBe(there - 2);
    await page.goto('about:blank');
    expect(page.workers()).toEqual([]);
    await page.context().close();
  });

  test('a machine that is told many things at once does the last; of a guest that fails it tells why', async () => {
    const page = await lab.open('#view=workbench');
    const states = await page.evaluate(`(async () => {
      const { openMachines, panes: [pane] } = globalThis.northbridge;
      const open = (texts) => openMachines([{ experiment: 'disk-read', method: 'pio-irq', guest: 'bare', texts }]);
      const status = () => pane.remote.machine.status(), run = (until) => pane.remote.machine.run(until);
      await open({ bytes: '4MiB' });
      const both = [pane.remote.machine.runToMark('end'), run(Infinity)];
      await pane.remote.machine.pause();
      await Promise.all(both);
      const paused = await status(), { now } = paused;
      await Promise.all([run(now + 3e6), run(now + 6e6), pane.remote.explore.checksum(now / 2)]);
      const further = await status();
      await open({ bytes: '64KiB', fault: 'irq-lost,rate=1' });
      await run(Infinity);
      const failed = await status(), record = await pane.remote.trace.record(failed.last);
      return [paused.state, further.state, further.now - now >= 6e6, failed.state, failed.failure, record.id > 0];
    })()`);
    expect(states).toEqual(['paused', 'paused', true, 'failed', expect.stringMatching(/^pio-irq: /), true]);
    await page.context().close();
  });

  test('nothing was written to the console', () => {
    expect(lab.complaints).toEqual([]);
  });
});
