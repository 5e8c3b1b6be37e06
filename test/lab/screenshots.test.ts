/**
 * The pictures in README and book: each view comes to what it shows. With
 * NORTHBRIDGE_WRITE_PICTURES=1 they are written anew.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing, openLab, over, type Lab } from './lab-bench.ts';

const WRITE = process.env['NORTHBRIDGE_WRITE_PICTURES'] === '1';
const MACHINES = 'e=disk-read&m=pio-irq&mem=1&p.bytes=4KiB&b.m=dma';
/** From the mark `begin` to the first words from the disk. */
const BEATS = 60;
/** A picture that says something is larger, and one that belongs in a repository smaller. */
const LEAST = 10_000, MOST = 250_000;

interface View {
  readonly name: string;
  readonly hash: string;
  readonly width: number;
  readonly height: number;
  readonly dark?: true;
  /** Comes to what the picture shows. */
  come(page: Page): Promise<void>;
}

const VIEWS: readonly View[] = [
  {
    name: 'lab-first-minute', hash: '', width: 1200, height: 860,
    come: async (page) => {
      await page.locator('section[aria-label^="machine A"]').getByText(/writes 4 bytes to paths\.buffer/).first().waitFor();
    },
  },
  {
    name: 'lab-workbench', hash: `#${MACHINES}&pace=beat`, width: 1400, height: 900,
    come: async (page) => {
      await over(page);
      for (let n = 0; n < BEATS; n++) await page.keyboard.press('ArrowRight');
    },
  },
  {
    name: 'lab-dark', hash: `#${MACHINES}&side=lesson/dma-and-mmio`, width: 1400, height: 900, dark: true,
    come: over,
  },
  { name: 'lab-phone', hash: `#${MACHINES}`, width: 390, height: 844, come: over },
];

const file = (name: string): URL => new URL(`../../docs/images/${name}.png`, import.meta.url);

describe.skipIf(missing !== '')(`pictures${missing}`, () => {
  let lab: Lab;
  beforeAll(async () => { lab = await openLab(); });
  afterAll(() => lab?.close());

  test.each(VIEWS)('$name', async (view) => {
    const page = await lab.open(view.hash, {
      viewport: { width: view.width, height: view.height }, colorScheme: view.dark === true ? 'dark' : 'light',
    });
    await page.locator('section[aria-label="machine A"]').waitFor();
    await view.come(page);
    const picture = await page.screenshot();
    expect(picture.length).toBeGreaterThan(LEAST);
    expect(picture.length).toBeLessThan(MOST);
    if (WRITE) writeFileSync(file(view.name), picture);
    await page.context().close();
  });
});

test('every picture that a page names is there, and small', () => {
  for (const page of ['README.md', 'docs/book/lab.md']) {
    const text = readFileSync(new URL(`../../${page}`, import.meta.url), 'utf8');
    const named = [...text.matchAll(/!\[[^\]]*\]\((?:\.\.\/|docs\/)images\/([a-z-]+)\.png\)/g)].map((m) => String(m[1]));
    expect(named.length).toBeGreaterThan(0);
    for (const name of named) {
      expect(existsSync(file(name)), name).toBe(true);
      expect(readFileSync(file(name)).length).toBeLessThan(MOST);
    }
  }
});
