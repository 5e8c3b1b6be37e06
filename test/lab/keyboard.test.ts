/** The lab with the keyboard alone: from the first minute to a measured table and into a machine. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { comes, missing, openLab, type Lab } from './lab-bench.ts';

/** More stops than any view has. */
const MOST_STOPS = 200;

/** What has the focus, as a screen reader would say it. */
const focused = (page: Page): Promise<string> => page.evaluate(`(() => {
  const e = document.activeElement;
  return e === null ? '' : (e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent ?? '').trim();
})()`);

/** Goes on with Tab until something with this name has the focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const seen: string[] = [];
  for (let n = 0; n < MOST_STOPS; n++) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (typeof name === 'string' ? now === name : name.test(now)) return;
    seen.push(now);
  }
  throw new Error(`Tab does not come to ${String(name)}: ${seen.join(' | ')}`);
}

describe.skipIf(missing !== '')(`by keyboard alone${missing}`, () => {
  let lab: Lab;
  beforeAll(async () => { lab = await openLab(); });
  afterAll(() => lab?.close());

  test('predict, open the machine, step, run the experiment, read its table', async () => {
    const page = await lab.open('', { reducedMotion: 'reduce' });
    await tabTo(page, 'Now the processor');
    await page.keyboard.press('Enter');
    await page.getByText(/one word by the processor took .* by DMA/).waitFor();
    await tabTo(page, 'Open the machine');
    await page.keyboard.press('Enter');
    await page.locator('.workbench').waitFor();
    await page.keyboard.press('Home');
    const before = await page.evaluate('globalThis.northbridge.moments[0].value.time') as number;
    await page.keyboard.press('ArrowRight');
    await comes(page, `globalThis.northbridge.moments[0].value.time > ${before}`);
    await tabTo(page, 'Run');
    await page.keyboard.press('Enter');
    await page.getByRole('rowheader', { name: 'simulated time' }).waitFor();
    await page.context().close();
  });

  test('every stop of the workbench has a name, and the way leads around', async () => {
    const page = await lab.open('#e=paths&m=mmio-uc&p.bytes=1KiB&p.sweep=off&b.m=device-dma', { reducedMotion: 'reduce' });
    await page.locator('.workbench').waitFor();
    const names: string[] = [];
    for (let n = 0; n < MOST_STOPS; n++) {
      await page.keyboard.press('Tab');
      if (await page.evaluate('document.activeElement === document.body')) break;
      names.push(await focused(page));
    }
    expect(names.length).toBeGreaterThan(10);
    expect(names.length).toBeLessThan(MOST_STOPS);
    expect(names.filter((name) => name === '')).toEqual([]);
    await page.context().close();
  });

  test('nothing was written to the console', () => {
    expect(lab.complaints).toEqual([]);
  });
});
