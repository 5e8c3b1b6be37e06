import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing, openLab, type Lab } from './lab-bench.ts';

/** As much of the page's globals as is looked at. */
interface Front {
  readonly document: { readonly activeElement: { readonly textContent: string } };
}

describe.skipIf(missing !== '')(`lessons${missing}`, () => {
  let lab: Lab;
  beforeAll(async () => { lab = await openLab('/course/'); });
  afterAll(async () => { await lab.close(); });

  test('predict, run, compare, by keyboard alone; the page opens when all is guessed', async () => {
    const page = await lab.open('#view=workbench&side=lesson');
    await page.getByRole('link', { name: 'What is the difference between DMA and memory-mapped I/O?' }).focus();
    await page.keyboard.press('Enter');
    const first = page.locator('.ask').first();
    await first.waitFor();
    // No figure before the guess.
    expect(await first.getByRole('status').textContent()).toBe('');
    expect(await page.locator('.lesson .page').count()).toBe(0);
    expect(await first.getByRole('button').isDisabled()).toBe(true);
    await first.getByRole('radio').first().focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await first.getByText('You say: They are equal.').waitFor();
    const verdict = first.getByText(/^Right: they are equal\. throughput: port-pio 13\.1 MB\/s, mmio-uc 13\.1 MB\/s\./);
    await verdict.waitFor();

    const second = page.locator('.ask').nth(1);
    await second.getByRole('textbox').focus();
    await page.keyboard.type('50');
    await page.keyboard.press('Enter');
    await second.getByText(/^Too high by a factor of [\d.]+: it is [\d.]+ %\./).waitFor();
    expect(await page.locator('.lesson .page').count()).toBe(0);
    // The keyboard is still at the question, and a reload takes nothing back.
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => (globalThis as unknown as Front).document.activeElement.textContent))
      .toBe('Show it');
    await page.reload();
    await verdict.waitFor();
    await second.getByText(/^Too high/).waitFor();
    await page.getByRole('button', { name: 'Open it now' }).click();
    await page.locator('.lesson .page').getByText('Five ways, both directions').waitFor();
    expect(lab.complaints).toEqual([]);
    await page.context().close();
  });

  test('a machine of the question is opened where its job begins', async () => {
    const page = await lab.open('#view=workbench&side=lesson/programmed-io');
    const ask = page.locator('.ask').nth(1);
    await ask.getByRole('textbox').fill('99');
    await ask.getByRole('button', { name: 'Commit and run it' }).click();
    await ask.getByText(/^Right: it is 99/).waitFor();
    await ask.getByRole('button', { name: 'Show it' }).click();
    await page.waitForURL(/pio-irq/);
    await page.getByRole('tab', { name: 'Lessons' }).waitFor();
    expect(lab.complaints).toEqual([]);
    await page.context().close();
  });

  test('a link of the text opens machines; one to the glossary stays in the panel, and there is a way back', async () => {
    const page = await lab.open('#view=workbench&side=lesson/bus-masters');
    await page.getByRole('button', { name: 'Open it now' }).click();
    await page.getByRole('link', { name: 'See it in the lab' }).click();
    await page.waitForURL(/e=disk-read&m=dma&p\.bytes=8KiB&t=[1-9]\d*\.\d+\.0/);
    await page.getByRole('heading', { name: 'Bus masters: the device moves the data itself' }).waitFor();
    await page.goto(`${page.url().split('#')[0]}#view=workbench&side=lesson/engine`);
    await page.locator('a[data-lesson=adr-0003-time]').first().click();
    await page.getByRole('heading', { name: /^0003/ }).waitFor();
    await page.getByRole('button', { name: 'Back', exact: true }).click();
    await page.locator('a[data-lesson=adr-0003-time]').first().waitFor();
    expect(await page.getByRole('button', { name: 'Back', exact: true }).count()).toBe(0);
    expect(lab.complaints).toEqual([]);
    await page.context().close();
  });

  test('links between pages stay in the panel; a page that is not there says so, and there is a way on', async () => {
    const page = await lab.open('#view=workbench&side=lesson/ports-and-memory');
    await page.locator('.lesson a[data-lesson]').first().click();
    await page.waitForURL((url) => !url.hash.includes('ports-and-memory'));
    await page.getByRole('button', { name: 'All lessons' }).click();
    await page.locator('.lessons li').first().waitFor();
    expect(lab.complaints).toEqual([]);
    await page.context().close();
    const other = await lab.open('#view=workbench&side=lesson/no-such-page');
    await other.getByRole('alert').getByText('could not be loaded').waitFor();
    await other.getByRole('button', { name: 'All lessons' }).click();
    await other.locator('.lessons li').first().waitFor();
    // The browser itself tells of the file.
    expect(lab.complaints.every((c) => c.includes('404'))).toBe(true);
  });
});
