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

  test('edges between panels are moved by arrow keys, and say where they are', async () => {
    const page = await lab.open('#e=paths&m=mmio-uc&p.bytes=1KiB&p.sweep=off', { reducedMotion: 'reduce' });
    for (const [name, key, panel, side] of [
      ['height of the timeline', 'ArrowUp', '.timeline-place', 'clientHeight'],
      ['height of the figures', 'ArrowUp', '.figures-place', 'clientHeight'],
      ['width of the panel at the side', 'ArrowLeft', '.side', 'clientWidth'],
    ] as const) {
      const edge = page.getByRole('separator', { name }), size = `document.querySelector('${panel}').${side}`;
      const said = `Number(document.querySelector('[aria-label="${name}"]').ariaValueNow) === ${size}`;
      await edge.focus();
      await comes(page, said);
      const before = await page.evaluate(size) as number;
      await page.keyboard.press(key);
      await comes(page, `${size} > ${before} && ${said}`);
    }
    expect(await page.evaluate('document.documentElement.scrollHeight <= innerHeight')).toBe(true);
    await page.context().close();
  });

  test('nothing was written to the console', () => {
    expect(lab.complaints).toEqual([]);
  });
});
