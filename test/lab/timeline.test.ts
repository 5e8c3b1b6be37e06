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
    await lane(page, 'handler:cpu0').click();
    await press(page, 'ArrowUp');
    await page.locator('.lane-name.chosen[data-lane="request:paths.dma"]').waitFor();
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

  test('the chain of causes is walked by single keys, and back', async () => {
    const page = await lab.open('#e=disk-read&m=dma&p.bytes=4KiB');
    await lane(page, 'request:ide.primary').waitFor();
    const line = (text: string | RegExp): Promise<void> => page.locator('.timeline-line', { hasText: text }).waitFor();
    await lane(page, 'request:ide.primary').click();
    await press(page, 'Enter');
    await line(/ide\.primary asks for/);
    await press(page, 'c');
    await line(/transaction [\d,]+: cpu0 writes .* to ide\.busmaster/);
    await press(page, 'c');
    await line('Nothing that was recorded led to this.');
    await press(page, 'e');
    await line(/record [\d,]+: ide\.primary asks for/);
    await press(page, '.');
    await line(/transaction [\d,]+: ide\.primary reads 8 bytes/);
    await press(page, ',');
    await line(/record [\d,]+: ide\.primary asks for/);
    await page.context().close();
  });

  test('two machines: one above the other, or in one row each', async () => {
    const page = await lab.open(`${DMA}&b.m=mmio-uc`);
    await page.locator('.lane-heading', { hasText: 'B mmio-uc' }).waitFor();
    await lane(page, 'initiator:cpu0').nth(1).waitFor();
    await page.getByRole('button', { name: 'overlay' }).click();
    await lane(page, 'initiator:cpu0').locator('.both').waitFor();
    expect(await lane(page, 'initiator:cpu0').count()).toBe(1);
    await page.context().close();
  });

  test('waves: address, data and direction of each bus, as wide as it is', async () => {
    const page = await lab.open(`${DMA}&t=900000.0.0`);
    await lane(page, 'request:paths.dma').waitFor();
    await page.getByRole('button', { name: 'waves' }).click();
    const name = (what: string): Promise<void> => page.locator('.wave-names li', { hasText: what }).waitFor();
    await name('address [31:0]');
    await name('data [31:0]');
    await name('paths.INTA#');
    await page.context().close();
  });

  test('nothing was written to the console', () => {
    expect(lab.complaints).toEqual([]);
  });
});
