/** No serious fault of accessibility in any view, light and dark, wide and narrow. */
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing, openLab, type Lab } from './lab-bench.ts';

const AXE = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const PHONE = { width: 390, height: 844 };
const MACHINE = 'e=paths&m=mmio-uc&p.bytes=1KiB&p.sweep=off&b.m=device-dma';

/** What axe-core calls serious or critical, each with where it was found. */
async function faults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate('axe.run()') as {
    violations: { id: string; impact: string; help: string; nodes: { target: string[]; failureSummary: string }[] }[];
  };
  return found.violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .flatMap((v) => v.nodes.map((n) => `${v.id}: ${v.help}: ${n.target.join(' ')}: ${n.failureSummary}`));
}

describe.skipIf(missing !== '')(`accessibility${missing}`, () => {
  let lab: Lab;
  beforeAll(async () => { lab = await openLab(); });
  afterAll(() => lab?.close());

  test.each([
    ['the first minute', '', 'section[aria-label="machine B"]'],
    ['the workbench', `#${MACHINE}`, '.workbench'],
    ['lessons', `#${MACHINE}&side=lesson`, '.workbench'],
    ['a lesson', `#${MACHINE}&side=lesson/dma-and-mmio`, '.workbench'],
    ['one\'s own software', `#${MACHINE}&side=own`, '.workbench'],
    ['a machine in another page', `#view=embedded&${MACHINE}`, '.embedded'],
  ])('%s', async (_name, hash, ready) => {
    const page = await lab.open(hash, { reducedMotion: 'reduce' });
    await page.locator(ready).waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await faults(page)).toEqual([]);
    }
    await page.setViewportSize(PHONE);
    expect(await faults(page)).toEqual([]);
    // Nothing is wider than the screen.
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PHONE.width);
    await page.context().close();
  });
});
