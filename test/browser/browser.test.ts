/**
 * The library in a real browser: the same bundle that anybody's page would load, in Debian's
 * chromium, in the page and in a worker. Every run must give what the same run in Node gives, to
 * the last bit of the machine's state.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ENGINE_KINDS, POST, pseudoRandomImage, type EngineKind } from '../../src/index.ts';
import { launch, missing } from './chromium.ts';
import { DISK_BYTES, fileNames, READ_BYTES, runGuest, type GuestJob, type GuestReport } from './guest-run.ts';
import type { BrowserResult } from './page.ts';
import { openSite, type Site } from './site.ts';
import { NoDebianGuestError, prepareDebianGuest } from '../../apps/cli/guests/debian/index.ts';

/** As in test/guest/debian.test.ts. */
const withDebian = process.env['CI'] !== undefined || process.env['NORTHBRIDGE_TEST_DEBIAN'] === '1';
const GUESTS = ['cpu-loop', 'pio-polled', 'pio-irq', 'dma'] as const;

const guests = new Map<string, Uint8Array>(
  ['cpu-loop.elf', 'disk-read.elf'].map((n) => [n, readFileSync(new URL(`../../guest/images/${n}`, import.meta.url))]),
);

function inNode(job: GuestJob): GuestReport {
  const names = fileNames(job);
  const file = (name: string | null): Uint8Array => (name === null ? new Uint8Array(0) : guests.get(name)!);
  return runGuest(job, {
    image: file(names.image),
    vmlinux: file(names.vmlinux),
    initrd: file(names.initrd),
    append: Buffer.from(file(names.append)).toString(),
  }).report;
}

test('the library\'s bundle for browsers holds files of src/ only', async () => {
  const site = await openSite(guests);
  try {
    expect(site.libraryFiles.length).toBeGreaterThan(100);
    expect(site.libraryFiles.filter((f) => !f.startsWith('src/'))).toEqual([]);
  } finally {
    await site.close();
  }
});

describe.skipIf(missing !== '')(`in chromium${missing}`, () => {
  let site: Site, browser: Browser, page: Page;
  const complaints: string[] = [];
  /** By the interpreter in Node. */
  const expected = new Map<string, GuestReport>();

  beforeAll(async () => {
    site = await openSite(guests);
    browser = await launch();
    page = await browser.newPage();
    // A busy machine is no failure; what never ends is the runner's business.
    page.setDefaultTimeout(0);
    page.on('pageerror', (error) => complaints.push(String(error)));
    page.on('console', (message) => complaints.push(message.text()));
    await page.goto(site.url);
    await page.waitForFunction('globalThis.runInPage !== undefined');
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });

  const inBrowser = async (where: 'runInPage' | 'runInWorker', job: GuestJob): Promise<GuestReport> => {
    const result = await page.evaluate(`${where}(${JSON.stringify(job)})`) as BrowserResult;
    if (result.report === null) throw new Error(result.error);
    if (job.engine === 'jit') expect(result.functionsCompiled).toBeGreaterThan(0);
    else expect(result.functionsCompiled).toBe(0);
    return result.report;
  };

  test.each(ENGINE_KINDS.flatMap((engine) => GUESTS.map((guest): [EngineKind, GuestJob['guest']] => [engine, guest])))(
    '%s, %s: state, serial line and counters as in Node',
    async (engine, guest) => {
      const job: GuestJob = { guest, engine, hotThreshold: 0, trace: guest === 'dma', restore: false };
      let wanted = expected.get(guest);
      if (wanted === undefined) expected.set(guest, (wanted = inNode({ ...job, engine: 'interpreter' })));
      expect(wanted).toMatchObject({
        stopped: 'stopped',
        posts: [POST.begin, POST.end, POST.done],
        answer: { status: 1 },
      });
      if (guest !== 'cpu-loop')
        expect(wanted.answer).toMatchObject({
          sha256: createHash('sha256').update(pseudoRandomImage(DISK_BYTES).subarray(0, READ_BYTES)).digest('hex'),
        });
      expect(wanted.serial).toContain(guest === 'cpu-loop' ? 'checksum=' : 'sha256=');
      expect(await inBrowser('runInPage', job)).toEqual(wanted);
    },
  );

  test.each(ENGINE_KINDS)(
    '%s, compiling at once where it compiles: a snapshot and a restore on the way, in a worker',
    async (engine) => {
      const job: GuestJob = { guest: 'pio-irq', engine, hotThreshold: 1, trace: false, restore: true };
      const report = await inBrowser('runInWorker', job);
      expect(report).toEqual(inNode({ ...job, engine: 'interpreter' }));
    },
  );

  test.skipIf(!withDebian)(
    `jit, Debian's kernel: as by the interpreter in ` +
      `Node${withDebian ? '' : ' (skipped: set NORTHBRIDGE_TEST_DEBIAN=1)'}`,
    async (context) => {
      try {
        const prepared = await prepareDebianGuest();
        guests
          .set('debian/kernel', readFileSync(prepared.kernel))
          .set('debian/vmlinux', readFileSync(prepared.vmlinux as string))
          .set('debian/initrd', readFileSync(prepared.initrd))
          .set('debian/append', Buffer.from(prepared.append));
      } catch (error) {
        if (error instanceof NoDebianGuestError) return context.skip(error.message);
        throw error;
      }
      const job: GuestJob = { guest: 'debian', engine: 'jit', hotThreshold: 0, trace: false, restore: false };
      const running = inBrowser('runInWorker', job);
      // The browser has begun before this process is busy.
      await setTimeout(100);
      const wanted = inNode({ ...job, engine: 'interpreter' });
      expect(wanted.serial).toContain('Linux version 6.1');
      expect(await running).toEqual(wanted);
    },
  );

  test('nothing was written to the console', () => {
    expect(complaints).toEqual([]);
  });
});
