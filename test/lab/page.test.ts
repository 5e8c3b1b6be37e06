/** The lab as a page: it opens, from any path, isolated or not. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing, openLab, type Lab } from './lab-bench.ts';

describe.skipIf(missing !== '')(`the lab${missing}`, () => {
  let lab: Lab;
  beforeAll(async () => { lab = await openLab(); });
  afterAll(() => lab?.close());

  test('opens with a machine', async () => {
    const page = await lab.open();
    await page.locator('section[aria-label="machine A"]').waitFor();
    await page.context().close();
  });

  test('nothing was written to the console', () => {
    expect(lab.complaints).toEqual([]);
  });
});
