import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { northbridge, scratch } from '../cli/northbridge.ts';
import { missing, openLab, type Lab } from './lab-bench.ts';

describe.skipIf(missing !== '')(`what can be taken along${missing}`, () => {
  const files = scratch();
  let lab: Lab;
  beforeAll(async () => { lab = await openLab('/course/'); });
  afterAll(async () => {
    await lab.close();
    files.remove();
  });

  /** Presses a button and keeps what it gives. */
  async function saved(page: Page, button: RegExp, name: string): Promise<Buffer> {
    const coming = page.waitForEvent('download');
    await page.getByRole('button', { name: button }).click();
    const file = await coming;
    await file.saveAs(files.path(name));
    expect(file.suggestedFilename()).toMatch(/^northbridge-/);
    return readFileSync(files.path(name));
  }

  test('a recording, as the command line makes it of the trace', async () => {
    const page = await lab.open('#e=disk-read&m=dma&p.bytes=8KiB');
    const box = page.locator('details.save');
    await box.locator('summary').click();
    await page.locator('.save button:enabled').first().waitFor();
    await page.keyboard.press('End');
    await saved(page, /^Trace /, 'lab.trace');
    for (const [button, to] of [[/^Perfetto /, 'perfetto'], [/^Waves /, 'vcd'], [/^CSV /, 'csv']] as const) {
      const bytes = await saved(page, button, `lab.${to}`);
      const made = northbridge(['trace', 'lab.trace', '--to', to, '--out', `cli.${to}`], { cwd: files.folder });
      expect(made).toMatchObject({ status: 0, stderr: '' });
      expect(bytes.equals(readFileSync(files.path(`cli.${to}`))), to).toBe(true);
    }
    await box.getByText(/^Saved: [\d.]+ MB\.$/).waitFor();
    await box.locator('summary').focus();
    await page.keyboard.press('Escape');
    expect(await box.getAttribute('open')).toBe(null);
    expect(lab.complaints).toEqual([]);
    await page.context().close();
  });

  test('a result as a page of HTML, as compare --report writes it', async () => {
    const page = await lab.open('#e=paths&m=port-pio&p.bytes=4KiB&view=workbench');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const html = await saved(page, /^Report \(HTML\)$/, 'lab.html');
    const command = /<pre>northbridge (compare paths [^<]*)<\/pre>/.exec(html.toString())?.[1] ?? '';
    const made = northbridge([...command.split(' '), '--report', 'cli.html'], { cwd: files.folder });
    expect(made).toMatchObject({ status: 0 });
    const cli = readFileSync(files.path('cli.html')), at = cli.findIndex((byte, n) => html[n] !== byte);
    // Not as a whole: that would be told at length.
    expect(html.subarray(at - 40, at + 80).toString()).toBe(cli.subarray(at - 40, at + 80).toString());
    expect(html.equals(cli)).toBe(true);
    expect(html.toString().match(/<figure class="plot"/g)?.length).toBe(2);
    expect(lab.complaints).toEqual([]);
    await page.context().close();
  });
});
