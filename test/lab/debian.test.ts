/** Debian's kernel in the lab: it boots to a shell in the page's terminal and answers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KERNEL_OPTIONS, NoDebianGuestError, prepareDebianGuest } from '../../apps/cli/guests/debian/index.ts';
import { missing, openLab, type Lab } from './lab-bench.ts';

/** As in test/guest/debian.test.ts. */
const withDebian = process.env['CI'] !== undefined || process.env['NORTHBRIDGE_TEST_DEBIAN'] === '1';
const why = missing !== '' ? missing : withDebian ? '' : ' (skipped: set NORTHBRIDGE_TEST_DEBIAN=1)';

describe.skipIf(why !== '')(`Debian in the lab${why}`, () => {
  let lab: Lab;
  beforeAll(async () => { lab = await openLab(); });
  afterAll(() => lab?.close());

  test('boots to its shell, which answers what is typed', async (context) => {
    const prepared = await prepareDebianGuest().catch((error: unknown) => {
      if (error instanceof NoDebianGuestError) return null;
      throw error;
    });
    if (prepared === null) return context.skip("Debian's packages cannot be had");
    const page = await lab.open('#view=workbench&side=own');
    await page.getByLabel('files', { exact: true })
      .setInputFiles([prepared.kernel, prepared.vmlinux as string, prepared.initrd]);
    await page.getByLabel('Command line').fill(`${KERNEL_OPTIONS} console=ttyS0,115200 rdinit=/bin/sh`);
    await page.getByRole('region', { name: 'your own software' }).getByRole('button', { name: 'Run' }).click();
    await page.getByRole('tab', { name: 'Terminal' }).click();
    const screen = page.locator('.xterm-rows');
    await screen.getByText('# ').last().waitFor();
    await page.locator('.own-terminal').click();
    await page.keyboard.type('echo $((6*7))\n');
    await screen.getByText(/^42\s*$/).waitFor();
  });

  test('nothing was written to the console', () => {
    expect(lab.complaints).toEqual([]);
  });
});
