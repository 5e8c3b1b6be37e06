/** The drawing of the machine in the lab: what is drawn stands in data attributes, too. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing, openLab, type Lab } from './lab-bench.ts';

const BURST = '#view=workbench&e=paths&m=device-dma&p.bytes=1KiB&p.sweep=off&pace=beat';

describe.skipIf(missing !== '')(`the machine drawn in the lab${missing}`, () => {
  let lab: Lab;
  beforeAll(async () => { lab = await openLab(); });
  afterAll(() => lab?.close());

  const panel = (page: Page) => page.locator('section.machine').first();
  const drawn = async (page: Page): Promise<{ record: string; beat: string; route: string }> => {
    const of = async (name: string): Promise<string> => (await panel(page).getAttribute(`data-${name}`)) ?? '';
    return { record: await of('record'), beat: await of('beat'), route: await of('route') };
  };
  /** Steps on by the keyboard until something else is drawn. */
  const step = async (page: Page): Promise<Awaited<ReturnType<typeof drawn>>> => {
    await press(page, 'ArrowRight');
    return drawn(page);
  };
  const press = async (page: Page, key: string): Promise<void> => {
    const before = await drawn(page);
    await page.keyboard.press(key);
    const here = `section.machine[data-record="${before.record}"][data-beat="${before.beat}"]`;
    await page.locator(here).waitFor({ state: 'detached' });
  };

  test('at the slowest pace each of the 16 beats of a 64-byte PCI burst is a frame of its own', async () => {
    const page = await lab.open(BURST);
    await page.getByText('finished').first().waitFor();
    // The parts that take part are known when they are there to be chosen.
    await page.getByRole('button', { name: /^paths/ }).first().waitFor();
    await press(page, 'End');
    await press(page, 'Home');
    let now = await step(page);
    for (let n = 0; n < 60 && !now.beat.endsWith('/16'); n++) now = await step(page);
    const record = now.record, beats = [now.beat];
    while (beats.length < 16) {
      now = await step(page);
      expect(now.record).toBe(record);
      beats.push(now.beat);
    }
    expect(beats).toEqual(Array.from({ length: 16 }, (_, n) => `${n + 1}/16`));
    expect(now.route).toBe('address paths pci pci0 processor ram; data ram processor pci0 pci paths');
    expect((await step(page)).record).not.toBe(record);
    expect(lab.complaints).toEqual([]);
    await page.context().close();
  });

  test('parts are reached and chosen by keyboard', async () => {
    const page = await lab.open(BURST);
    const processor = page.locator('section.machine [data-part="cpu0"]');
    await processor.focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('section.machine [data-part="ram"]:focus').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('section.machine [data-part="ram"][aria-pressed="true"]').waitFor();
    expect(lab.complaints).toEqual([]);
    await page.context().close();
  });
});
