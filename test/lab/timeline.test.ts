/** The timeline: lanes over time, by pointer and by keys. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing, openLab, type Lab } from './lab-bench.ts';

const DMA = '#e=paths&m=device-dma&p.bytes=64KiB&p.sweep=off';

describe.skipIf(missing !== '')(`the timeline${missing}`, () => {
  let lab: Lab;
  beforeAll(async () => { lab = await openLab(); });
  afterAll(() => lab?.close());

  const said = (page: Page): Promise<string> => page.locator('.timeline-line').innerText();
  const lane = (page: Page, key: string): ReturnType<Page['locator']> => page.locator(`[data-lane="${key}"]`);
  /** Presses keys in the timeline. */
  const press = async (page: Page, ...keys: string[]): Promise<void> => {
    await page.locator('.timeline-body').focus();
    for (const key of keys) await page.keyboard.press(key);
  };

  test('lanes of who moves data, of lines and handlers; what is quiet is one line', async () => {
    const page = await lab.open(DMA);
    for (const key of ['initiator:cpu0', 'initiator:paths.dma', 'request:paths.dma', 'handler:cpu0', 'target:ram'])
      await lane(page, key).waitFor({ state: 'attached' });
    const quiet = page.getByRole('button', { name: /quiet lanes/ });
    expect(await quiet.innerText()).toMatch(/^\d+ quiet lanes …$/);
    await quiet.click();
    await lane(page, 'initiator:ide.primary').waitFor({ state: 'attached' });
    await page.context().close();
  });

  test('by keys: a request is selected, its cause and back, and a span is measured', async () => {
    const page = await lab.open(DMA);
    await lane(page, 'request:paths.dma').waitFor();
    await page.getByRole('button', { name: 'show the whole run' }).click();
    const chosen = page.locator('.lane-name.chosen');
    await press(page, 'ArrowDown');
    while (await chosen.getAttribute('data-lane') !== 'request:paths.dma') await press(page, 'ArrowDown');
    await press(page, 'Enter');
    await page.locator('.timeline-line', { hasText: 'paths.dma' }).waitFor();
    const request = await said(page);
    expect(request).toMatch(/record \d+: .*paths\.dma.*, caused by/);
    await press(page, 'm', 'c');
    await page.locator('.timeline-line', { hasText: 'measured' }).waitFor();
    await press(page, 'm');
    expect(await said(page)).toMatch(/measured: [\d,.]+ (ns|µs) = .*processor.*pci.*clocks/);
    await press(page, 'e');
    await page.keyboard.press('Escape');
    await page.context().close();
  });

  test('a click on a lane selects what is there, in the list, too', async () => {
    const page = await lab.open(DMA);
    const row = lane(page, 'initiator:paths.dma');
    await row.waitFor();
    const at = await row.boundingBox(), paper = await page.locator('.timeline-paper canvas').boundingBox();
    if (at === null || paper === null) throw new Error('not to be seen');
    await page.mouse.click(paper.x + paper.width * 0.08, at.y + at.height / 2);
    await page.locator('.timeline-line', { hasText: 'transaction' }).waitFor();
    await page.getByRole('button', { name: 'list' }).click();
    await page.locator('.timeline-list tr[aria-selected="true"]').waitFor();
    expect(await page.locator('.timeline-list tr[aria-selected="true"]').innerText()).toContain('paths.dma');
    await page.context().close();
  });

  test('nothing was written to the console', () => {
    expect(lab.complaints).toEqual([]);
  });
});
