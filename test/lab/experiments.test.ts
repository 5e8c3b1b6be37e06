/** Experiments in the page: what they find is what the command line finds. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXPERIMENTS } from '../../src/control/experiments/index.ts';
import { TraceReader } from '../../src/control/trace/reader.ts';
import { PROGRAM } from '../cli/northbridge.ts';
import { missing, openLab, type Lab } from './lab-bench.ts';

const inNode = promisify(execFile), ROOMY = { maxBuffer: 2 ** 26 };

describe.skipIf(missing !== '')(`experiments in the lab${missing}`, () => {
  let lab: Lab, page: Page;
  beforeAll(async () => {
    lab = await openLab();
    page = await lab.open('#view=workbench');
  });
  afterAll(() => lab?.close());

  const button = (name: string): ReturnType<Page['locator']> => page.getByRole('button', { name, exact: true });
  const choose = async (question: string): Promise<void> => {
    await page.getByText('All questions', { exact: true }).click();
    await button(question).click();
  };
  const downloaded = async (name: string): Promise<string> => {
    const [file] = await Promise.all([page.waitForEvent('download'), button(name).click()]);
    return readFileSync(await file.path(), 'utf8');
  };

  // Debian's kernel is run from the command line.
  const here = EXPERIMENTS.filter((e) => e.variants.some((v) => v.guest === 'bare'));
  test.each(here.map((e) => [e.name, e.question] as const))(
    '%s gives the figures of the command line to the last digit', async (name, question) => {
      const printed = inNode(process.execPath, [PROGRAM, 'compare', name, '--json', '--no-wall', '--quiet'], ROOMY);
      await choose(question);
      await button('Run').click();
      await page.locator('.heading', { hasText: new RegExp(`^${name}: `) }).waitFor();
      const json = await downloaded('Download JSON');
      const { stdout } = await printed;
      expect(json).toBe(stdout);
      const { judgement } = JSON.parse(stdout) as { judgement: { sentence: string } };
      expect(await page.locator('.sentence').textContent()).toBe(judgement.sentence);
    });

  test('what only Debian\'s kernel does is told with the command that does it', async () => {
    await choose('Is virtual memory a cache of the disk, and what does DMA have to do with it?');
    await page.locator('.problem', { hasText: 'npx northbridge compare paging' }).waitFor();
    expect(await button('Run').isDisabled()).toBe(true);
  });

  test('a value that a parameter does not take is told beside it, and nothing runs', async () => {
    await choose('What does it cost to read a disk by programmed I/O, and what by DMA?');
    await page.getByText('Parameters', { exact: true }).click();
    await page.getByLabel('bytes', { exact: true }).fill('12x');
    await page.getByText("bytes '12x' is no size; write 512, 64KiB or 16MiB").first().waitFor();
    expect(await button('Run').isDisabled()).toBe(true);
    await page.getByLabel('bytes', { exact: true }).fill('64KiB');
    await page.getByText('npx northbridge compare disk-read --bytes 64KiB').waitFor();
    await page.keyboard.press('Escape');
    await button('bytes 64KiB: back to 16MiB').waitFor();
    await button('Run').click();
    await page.locator('.heading', { hasText: 'disk-read: 64KiB ' }).waitFor();
  });

  test('the form of a page that was opened by a link has the link\'s parameters', async () => {
    const page = await lab.open('#e=disk-read&m=dma&p.bytes=64KiB');
    await page.getByRole('button', { name: 'bytes 64KiB: back to 16MiB', exact: true }).waitFor();
    await page.context().close();
  });

  test('a pinned result stands beside the next one', async () => {
    await button('Pin').click();
    await button('--interrupt-entry 4000').click();
    await button('Run').click();
    const table = page.getByRole('region', { name: 'two results side by side' });
    await table.getByText('× 1.').first().waitFor();
    expect(await table.locator('tr', { hasText: 'simulated time' }).count()).toBe(3);
  });

  test('the job is recorded as a trace file with a run for each method', async () => {
    const [file] = await Promise.all([page.waitForEvent('download'), button('Record a trace').click()]);
    const runs: string[] = [], reader = new TraceReader({ run: (name) => void runs.push(name) });
    reader.push(readFileSync(await file.path()));
    expect(reader.finish()).toBe(true);
    expect(file.suggestedFilename()).toBe('northbridge-disk-read-bare.trace');
    expect(runs).toEqual(['pio-polled', 'pio-irq', 'dma']);
    expect(reader.records).toBeGreaterThan(10_000);
  });

  test('a sweep gives the points of the command line', async () => {
    await choose('How does a device know that a value has changed?');
    await page.getByText('Sweep one parameter').click();
    await page.getByLabel('values', { exact: true }).fill('2,3,4');
    await button('Sweep').click();
    await page.getByText('6 of 6 points').waitFor();
    const csv = await downloaded('Download the points as CSV');
    const { stdout } = await inNode(
      process.execPath, [PROGRAM, 'sweep', 'register-effects', '--param', 'slot=2,3,4', '--csv', '-', '--quiet'], ROOMY);
    expect(csv).toBe(stdout);
  });

  test('a run that is cancelled keeps what was measured, and the next one is whole', async () => {
    await choose('What is the difference between DMA and memory-mapped I/O?');
    await button('Run').click();
    await button('Cancel').click();
    await page.getByText(/^Cancelled after \d of 5 methods/).waitFor();
    await choose('How does a device know that a value has changed?');
    await button('Run').click();
    await page.locator('.heading', { hasText: 'register-effects: ' }).waitFor();
  });

  test('a second click on Run runs anew; a run beside it leaves sweep and recording alone', async () => {
    await choose('What does it cost to read a disk by programmed I/O, and what by DMA?');
    await page.getByText('Parameters', { exact: true }).click();
    await page.getByLabel('bytes', { exact: true }).fill('64KiB');
    await page.keyboard.press('Escape');
    // A test before may have opened it.
    if (!await page.getByLabel('values', { exact: true }).isVisible()) await page.getByText('Sweep one parameter').click();
    await page.getByLabel('values', { exact: true }).fill('512..1MiB+512');
    await button('Sweep').click();
    await page.getByText('and a page takes 500').waitFor();
    await page.getByLabel('values', { exact: true }).fill('512,1KiB,2KiB,4KiB');
    await button('Run').dblclick();
    await page.locator('.heading', { hasText: 'disk-read: 64KiB ' }).waitFor();
    const file = page.waitForEvent('download');
    await button('Record a trace').click();
    await button('Sweep').click();
    await button('bytes 64KiB: back to 16MiB').click();
    await button('Run').click();
    await button('Cancel').click();
    await page.getByText(/^Cancelled after \d of 3 methods/).waitFor();
    await page.getByText('12 of 12 points').waitFor();
    expect((await file).suggestedFilename()).toBe('northbridge-disk-read-bare.trace');
  });

  test('a recording can be given up', async () => {
    await choose('How does a device know that a value has changed?');
    await button('Run').click();
    await page.locator('.heading', { hasText: 'register-effects: ' }).waitFor();
    await button('Record a trace').click();
    await page.getByRole('button', { name: 'Stop recording' }).click();
    await button('Record a trace').waitFor();
    expect(await page.getByText('There is no trace').count()).toBe(0);
  });

  test('a worker that cannot be had is told, and the next try finds it', async () => {
    const other = await lab.open('#view=workbench', { serviceWorkers: 'block' });
    await other.getByText('All questions', { exact: true }).waitFor();
    await other.route(/\/worker-/, (route) => route.abort());
    await other.reload();
    await other.getByText('The experiments cannot be had: its worker failed').waitFor();
    await other.unroute(/\/worker-/);
    await other.getByRole('button', { name: 'Again' }).click();
    await other.getByText('All questions', { exact: true }).waitFor();
    await other.context().close();
    // What the browser and playwright say of what was blocked here is no complaint of the page's.
    const blocked = /net::ERR_FAILED|blocked by Playwright/;
    lab.complaints.splice(0, Infinity, ...lab.complaints.filter((c) => !blocked.test(c)));
  });

  test('a method is opened in the machine', async () => {
    await button('open memory in the machine').click();
    await page.waitForURL(/e=register-effects&m=memory/);
    await page.locator('section[aria-label="machine A"]').waitFor();
  });

  test('nothing was written to the console', () => {
    expect(lab.complaints).toEqual([]);
  });
});
