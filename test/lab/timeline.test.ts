/** The timeline: lanes over time, by pointer and by keys. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing, openLab, over, type Lab } from './lab-bench.ts';

const DMA = '#e=paths&m=device-dma&p.bytes=64KiB&p.sweep=off';

/** Steps that a walk has at most: longer ones go around in circles. */
const WALK = 1000;

/** What a read of 4 KiB by DMA comes to, in this order, and how often: 64 bursts of 64 bytes. */
const STATIONS: readonly (readonly [RegExp, number])[] = [
  [/cpu0 writes 1 byte to ide\.busmaster, BMICP = 0x09/, 1],
  [/ide\.primary asks to read 8 bytes/, 1], [/ide\.primary reads 8 bytes from ram/, 1],
  [/ide\.primary asks to write 64 bytes/, 64], [/ide\.primary writes 64 bytes to ram/, 64],
  [/ide\.primary has moved 64 bytes/, 64], [/ide\.irq14 goes high/, 1],
  [/cpu0 asks which interrupt/, 1], [/cpu0 enters the handler/, 1], [/cpu0 returns from the handler/, 1],
];

interface Station {
  readonly record: number;
  readonly selected: number;
  /** In ticks; `from` and `to`: what the timeline shows. */
  readonly time: number;
  readonly from: number;
  readonly to: number;
  /** What is said of it, without its cause. */
  readonly text: string;
}

/** Presses a key as often as it leads somewhere, `most` times at most; where it was from the beginning on. */
function walk(page: Page, key: string, most: number): Promise<Station[]> {
  return page.evaluate(`(async () => {
    const { moments: [moment], selection } = globalThis.northbridge, found = [];
    const body = document.querySelector('.timeline-body'), line = document.querySelector('.timeline-line');
    const units = { s: 1, ms: 1e-3, µs: 1e-6, ns: 1e-9 };
    const ticks = (text) => {
      const [number, unit] = text.split(' ');
      return Number(number.replaceAll(',', '')) * units[unit] * 3e9;
    };
    const come = async (id) => {
      const said = id.toLocaleString('en') + ':';
      while (!line.textContent.split(', caused by')[0].includes(said)) await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
      const [, from, to] = /from (.*?) to (.*?):/.exec(document.querySelector('.timeline-paper canvas').ariaLabel);
      found.push({
        record: id, selected: selection.value.id, time: moment.value.time, from: ticks(from), to: ticks(to),
        text: line.textContent.split(', caused by')[0],
      });
    };
    await come(moment.value.record);
    while (found.length < ${most}) {
      const before = moment.value.record;
      body.dispatchEvent(new KeyboardEvent('keydown', { key: '${key}', bubbles: true, cancelable: true }));
      while (moment.value.record === before && !line.textContent.includes('piece of work ${key === '.' ? 'ends' : 'begins'} here'))
        await new Promise(requestAnimationFrame);
      if (moment.value.record === before) break;
      await come(moment.value.record);
    }
    return found;
  })()`);
}

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
    await page.getByRole('button', { name: 'fit the whole run' }).click();
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
    // The second key comes while what the first selects is being found.
    await press(page, 'Enter', 'c');
    await line(/transaction [\d,]+: cpu0 writes .* to ide\.busmaster/);
    await press(page, 'c');
    await line('Nothing that was recorded led to this.');
    await press(page, 'e');
    await line(/record [\d,]+: ide\.primary asks to read 8 bytes/);
    await press(page, '.');
    await line(/transaction [\d,]+: ide\.primary reads 8 bytes/);
    await press(page, ',');
    await line(/record [\d,]+: ide\.primary asks to read 8 bytes/);
    await page.context().close();
  });

  test('a DMA read, key by key: from the start of the bus master to the return of the handler, and back', async () => {
    const page = await lab.open('#e=disk-read&m=dma&p.bytes=4KiB', { reducedMotion: 'reduce' });
    await lane(page, 'request:ide.primary').waitFor();
    await over(page);
    await lane(page, 'request:ide.primary').click();
    await press(page, 'Enter');
    await page.locator('.timeline-line', { hasText: /record [\d,]+: ide\.primary asks to read 8 bytes/ }).waitFor();
    await press(page, 'c');
    // The line's own sentence: that of the request names the same access as its cause.
    await page.locator('.timeline-line', { hasText: /transaction [\d,]+: cpu0 writes .* to ide\.busmaster/ }).waitFor();
    // So near that the chain does not fit: the timeline has to follow.
    await press(page, ...Array<string>(12).fill('+'));
    const there = await walk(page, '.', WALK);
    const said = there.map((s) => s.text);
    for (const [what, count] of STATIONS)
      expect(said.filter((text) => what.test(text)).length, String(what)).toBe(count);
    // In this order.
    const places = STATIONS.map(([what]) => said.findIndex((text) => what.test(text)));
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(said.at(-1)).toMatch(/cpu0 returns/);
    for (const { selected, record, time, from, to } of there) {
      expect(selected).toBe(record);
      expect(time).toBeGreaterThanOrEqual(from);
      expect(time).toBeLessThanOrEqual(to);
    }
    const back = await walk(page, ',', WALK);
    expect(back.map((s) => s.record)).toEqual(there.map((s) => s.record).toReversed());
    expect(back.at(-1)).toEqual({ ...there[0], from: back.at(-1)?.from, to: back.at(-1)?.to });
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
