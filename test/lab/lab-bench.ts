/** The lab, built and served as a static site, in Debian's chromium. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { bundle } from '../../apps/lab/site/bundle.ts';
import { serveFolder } from '../../apps/lab/site/serve.ts';
import { launch } from '../browser/chromium.ts';

export { missing } from '../browser/chromium.ts';

/** What has not come by then never comes (ms): half of what the runner gives a test. */
const NEVER = 900_000;

/**
 * Waits until an expression is true in the page. What playwright has for it is evaluated by the page
 * itself, whose policy does not allow that.
 * @throws Error after a time in which it would have come
 */
export async function comes(page: Page, expression: string): Promise<void> {
  const begun = performance.now();
  while (await page.evaluate(expression) !== true) {
    if (performance.now() - begun > NEVER) throw new Error(`never came: ${expression}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits until the machines of a page, of which there is one at least, have come to their end. */
export function over(page: Page): Promise<void> {
  return comes(page, `(({ panes }) => panes[0].status.value !== null &&
    panes.every((p) => p.status.value === null || p.status.value.state === 'over'))(globalThis.northbridge)`);
}

/** A lab that is open in a browser. */
export interface Lab {
  readonly url: string;
  readonly browser: Browser;
  /** What a page wrote to its console, and errors that nobody caught: should stay empty. */
  readonly complaints: string[];
  /** A new page at `path` behind the lab's address, e.g. `#e=paths`. */
  open(path?: string, options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

/**
 * Builds, serves and launches.
 * @param prefix path under which it stands
 * @param headers of every answer, e.g. to isolate the page
 */
export async function openLab(prefix = '/', headers: Readonly<Record<string, string>> = {}): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), 'northbridge-lab-'));
  await bundle(folder);
  const served = await serveFolder(folder, 0, prefix, headers);
  const browser = await launch();
  const complaints: string[] = [];
  return {
    url: served.url, browser, complaints,
    open: async (path = '', options = {}) => {
      const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
      const page = await context.newPage();
      // Only against what never comes: a busy machine is no failure.
      page.setDefaultTimeout(NEVER);
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('console', (message) => {
        if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
      });
      await page.goto(served.url + path);
      return page;
    },
    close: async () => {
      await browser.close();
      await served.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
