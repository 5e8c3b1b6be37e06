/** Experiments in the page: what they find is what the command line finds. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EXPERIMENTS } from '../../src/control/experiments/index.ts';
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

  test.each(EXPERIMENTS.map((e) => [e.name, e.question] as const))(
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
});
