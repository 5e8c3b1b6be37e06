/** Steps through a run, two machines at one moment, and addresses that are moments. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comes, missing, openLab, over, type Lab } from './lab-bench.ts';

const STEPS = 1000;
const JOB = 'p.bytes=8KiB&p.sweep=off';
const CALM = { reducedMotion: 'reduce' } as const;

interface Seen {
  readonly time: number;
  readonly record: number;
}

const moment = (page: Page, pane = 0): Promise<Seen> =>
  page.evaluate(`(({ time, record }) => ({ time, record }))(globalThis.northbridge.moments[${pane}].value)`);
/** When the measured part of a pane's run begins. */
const begin = (page: Page, pane = 0): Promise<number> =>
  page.evaluate(`globalThis.northbridge.panes[${pane}].status.value.marks.find((m) => m.name === 'begin').at`);
/** Presses a key many times, faster than any worker answers. */
const burst = (page: Page, key: string, count: number): Promise<void> => page.evaluate(`(() => {
  for (let n = 0; n < ${count}; n++)
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '${key}', bubbles: true, cancelable: true }));
})()`);
const comeTo = async (page: Page, record: number): Promise<void> => {
  await comes(page, `globalThis.northbridge.moments[0].value.record === ${record}`);
};
const checksum = async (page: Page): Promise<string> =>
  page.evaluate('globalThis.northbridge.panes[0].remote.explore.checksum(globalThis.northbridge.moments[0].value.time)');
/** A run that is over, shown where its job begins. */
async function ready(page: Page): Promise<void> {
  await over(page);
  await comes(page, 'globalThis.northbridge.moments[0].value.time > 0');
}

describe.skipIf(missing !== '')(`the transport${missing}`, () => {
  let lab: Lab;
  beforeAll(async () => { lab = await openLab(); });
  afterAll(() => lab?.close());

  test('a thousand steps on and a thousand back come to the same state; no press is lost', async () => {
    const page = await lab.open(`#e=paths&m=mmio-uc&${JOB}`, CALM);
    await ready(page);
    expect((await moment(page)).time).toBe(await begin(page));
    const next = (from: Seen, count: number): Promise<number[]> => page.evaluate(
      `globalThis.northbridge.panes[0].remote.explore.following('transaction', ${count}, ${JSON.stringify(from)})
        .then((records) => records.map((r) => r.id))`);
    const [first = 0] = await next(await moment(page), 1);
    await page.keyboard.press('ArrowRight');
    await comeTo(page, first);
    const here = await moment(page), state = await checksum(page);
    const on = await next(here, STEPS);
    expect(on.length).toBe(STEPS);
    await burst(page, 'ArrowRight', STEPS);
    await comeTo(page, on.at(-1) ?? 0);
    const far = await checksum(page);
    expect(far).not.toBe(state);
    await burst(page, 'ArrowLeft', STEPS);
    await comeTo(page, first);
    expect(await moment(page)).toEqual(here);
    expect(await checksum(page)).toBe(state);
    await page.context().close();
  });

  test('Home: to the mark begin, to the reset, and back', async () => {
    const page = await lab.open(`#e=paths&m=device-dma&${JOB}`, CALM);
    await ready(page);
    await page.keyboard.press('End');
    const began = await begin(page);
    for (const time of [began, 0, began]) {
      await page.keyboard.press('Home');
      await comes(page, `globalThis.northbridge.moments[0].value.time === ${time}`);
    }
    await page.context().close();
  });

  test('each beat of a burst is a step of its own, on and back', async () => {
    const page = await lab.open(`#e=paths&m=device-dma&${JOB}&pace=beat`, CALM);
    await ready(page);
    const found = await page.evaluate(`(async () => {
      const { panes: [pane], moments: [moment] } = globalThis.northbridge;
      const records = await pane.remote.explore.following('transaction', 200, moment.value);
      const at = records.findIndex((r) => r.initiator === 'paths.dma' && r.size === 64);
      moment.value = { time: records[at - 1].end, record: records[at - 1].id, beat: 99 };
      return { before: records[at - 1].id, burst: records[at].id };
    })()`) as { before: number; burst: number };
    const seen = async (key: string): Promise<string[]> => page.evaluate(`(async () => {
      const { moments: [moment] } = globalThis.northbridge, found = [];
      const place = () => moment.value.record + '.' + moment.value.beat;
      for (;;) {
        const before = place();
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '${key}', bubbles: true, cancelable: true }));
        while (place() === before) await new Promise(requestAnimationFrame);
        if (moment.value.record !== ${found.burst}) return found;
        found.push(moment.value.beat);
      }
    })()`);
    const beats = Array.from({ length: 16 }, (_, n) => n);
    expect(await seen('ArrowRight')).toEqual(beats);
    expect(await seen('ArrowLeft')).toEqual(beats.toReversed());
    await page.context().close();
  });

  test('two machines: the other one stands as long after its begin, with its record of that time', async () => {
    const page = await lab.open(`#e=paths&m=mmio-uc&${JOB}&b.m=device-dma`, CALM);
    await ready(page);
    await burst(page, 'ArrowRight', 40);
    await comes(page, `(async () => {
      const { panes, moments } = globalThis.northbridge;
      const begins = panes.map((p) => p.status.value.marks.find((m) => m.name === 'begin').at);
      const [a, b] = moments.map((m) => m.value);
      const there = Math.min(panes[1].status.value.now, begins[1] + a.time - begins[0]);
      return b.time === there && b.record === await panes[1].remote.trace.idAt(there + 1) - 1;
    })()`);
    await page.context().close();
  });

  test('two machines: the next interrupt is that of either; with a part selected, of its machine alone', async () => {
    const page = await lab.open(`#e=paths&m=mmio-uc&${JOB}&b.m=device-dma`, CALM);
    await ready(page);
    await comes(page, `globalThis.northbridge.panes.every((p) => p.status.value?.state === 'over')`);
    await page.keyboard.press(']');
    await page.locator('.moment', { hasText: /^B begin \+/ }).waitFor();
    await page.locator('section[aria-label="machine A"] [data-part="cpu0"]').click();
    await page.locator('.inspect-view h2', { hasText: 'A mmio-uc: cpu0' }).waitFor();
    expect(await page.locator('section[aria-label="machine B"] [data-part="cpu0"]').getAttribute('aria-pressed'))
      .toBe('false');
    await page.keyboard.press(']');
    await page.locator('.told', { hasText: 'no interrupt after this in A' }).waitFor();
    await page.context().close();
  });

  test('an address is its moment, also when it comes while others are followed', async () => {
    const page = await lab.open(`#e=paths&m=mmio-uc&${JOB}`, CALM);
    await ready(page);
    await burst(page, 'ArrowRight', 20);
    await comes(page, '/&t=\\d+\\.\\d+/.test(location.hash) && globalThis.northbridge.moments[0].value.record > 0');
    await page.evaluate(`(() => {
      location.hash = 'e=paths&m=device-dma&${JOB}&t=900000.0.0';
      setTimeout(() => { location.hash = 'e=paths&m=port-pio&${JOB}&t=300000.50.0&pace=beat'; }, 30);
    })()`);
    await comes(page, 'globalThis.northbridge.moments[0].value.record === 50');
    await over(page);
    const shown = await page.evaluate('globalThis.northbridge.panes[0].sheet.value.method');
    expect([shown, await moment(page)]).toEqual(['port-pio', { time: 300_000, record: 50 }]);
    // The address is still kept up to date.
    await page.keyboard.press('Home');
    await comes(page, '!location.hash.includes("t=300000.50.0")');
    await page.context().close();
  });

  test('Start, and the browser\'s Back: the machine is there again, at its moment', async () => {
    const page = await lab.open(`#e=paths&m=mmio-uc&${JOB}&t=3000000.90.0`, CALM);
    await comes(page, 'globalThis.northbridge.moments[0].value.record === 90');
    await page.getByRole('button', { name: 'Start' }).click();
    await comes(page, 'location.hash === "" && globalThis.northbridge.panes[0].status.value !== null');
    await page.goBack();
    await comes(page, 'globalThis.northbridge.moments[0].value.record === 90');
    expect(await page.locator('.workbench').count()).toBe(1);
    expect(await moment(page)).toEqual({ time: 3_000_000, record: 90 });
    await page.context().close();
  });

  test('nothing was written to the console', () => {
    expect(lab.complaints).toEqual([]);
  });
});
