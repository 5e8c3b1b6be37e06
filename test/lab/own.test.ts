/** Software of the user's own in the lab: files, what is said of them, what comes of them. */
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { missing, openLab, over, type Lab } from './lab-bench.ts';
import { elf, exits, given, marks, readsWhenTyped, type GivenFile } from './own-programs.ts';

const image = (name: string): Uint8Array => readFileSync(new URL(`../../guest/images/${name}`, import.meta.url));

describe.skipIf(missing !== '')(`software of one's own${missing}`, () => {
  let lab: Lab, page: Page;
  beforeAll(async () => { lab = await openLab(); });
  afterAll(() => lab?.close());
  beforeEach(async () => {
    page = await lab.open('#view=workbench&side=own');
  });
  afterEach(() => page.context().close());

  const choose = (...files: GivenFile[]): Promise<void> => page.getByLabel('files', { exact: true }).setInputFiles(files);
  const run = async (): Promise<void> => { await panel().getByRole('button', { name: 'Run' }).click(); };
  const panel = () => page.getByRole('region', { name: 'your own software' });
  const says = async (text: string | RegExp): Promise<void> => { await panel().getByText(text).first().waitFor(); };

  test.each([
    ['nothing', given('empty.elf', ''), "'empty.elf' is empty."],
    ['a text', given('notes.txt', 'Buy milk.\n'), "'notes.txt' is a text; what a machine can use is"],
    ['a cut ELF file', given('cut.elf', exits(0).subarray(0, 60)), "'cut.elf' cannot be used: ELF"],
    ['an ELF file for 64 bits', given('a.out', Buffer.concat([Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]),
      Buffer.alloc(100)])), "'a.out' cannot be used: ELF"],
    ['a damaged kernel', given('vmlinuz', brokenKernel()), "'vmlinuz' cannot be used: bzImage"],
    ['bytes of no kind', given('odd.bin', Buffer.from([0, 1, 2, 3, 4])), 'it has 5 bytes'],
    ['a disk of QEMU', given('disk.qcow2', Buffer.from([0x51, 0x46, 0x49, 0xfb, 0, 0])), 'qemu-img convert'],
  ])('%s: a sentence, and the page lives on', async (_, file, sentence) => {
    await choose(file);
    await says(sentence);
    await choose(given('ends.elf', exits(0x10)));
    await run();
    await says('Passed: it wrote 0x10 to the exit port.');
  });

  test('a program that fails says how', async () => {
    await choose(given('fails.elf', exits(3)));
    await run();
    await says('Failed: it ended with 0x3 at the exit port');
    await choose(given('halts.elf', elf(0xfa, 0xf4)));
    await run();
    await says('Failed: it halted with interrupts off');
  });

  test('a program that does not fit says so, and another runs in its place', async () => {
    const high = exits(0x10);
    for (const at of [52 + 8, 52 + 12]) high.writeUInt32LE(0x3f00_0000, at);
    high.writeUInt32LE(0x3f00_0000, 24);
    await choose(given('high.elf', high));
    await run();
    await says('give the machine more memory');
    await choose(given('ends.elf', exits(0x10)));
    await run();
    await says('Passed');
  });

  test('a program of ours says on the terminal what it found', async () => {
    await choose(given('cpu-loop.elf', image('cpu-loop.elf')));
    await page.getByLabel('Command line').fill('kind=registers iterations=1000');
    await run();
    await says('Done: its last POST code is DDh');
    await page.getByRole('tab', { name: 'Terminal' }).click();
    await page.locator('.xterm-rows').getByText('kind=registers').waitFor();
  });

  test('files are dropped anywhere', async () => {
    await page.getByRole('tab', { name: 'Inspect' }).click();
    const bytes = [...exits(0x10)];
    const transfer = await page.evaluateHandle((b) => {
      type Transfer = new () => { items: { add(f: File): void } };
      const { DataTransfer: Transfer } = globalThis as unknown as { DataTransfer: Transfer };
      const t = new Transfer();
      t.items.add(new File([Uint8Array.from(b)], 'dropped.elf'));
      return t;
    }, bytes);
    await page.locator('body').dispatchEvent('drop', { dataTransfer: transfer });
    await says('dropped.elf');
    await run();
    await says('Passed');
  });

  test('a disk is read from its file; one that is too large is refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'northbridge-own-'));
    try {
      const small = join(folder, 'disk.img'), large = join(folder, 'large.img');
      const contents = Buffer.from(Uint8Array.from({ length: 1 << 20 }, (_, n) => n * 7 + (n >> 8)));
      writeFileSync(small, contents);
      writeFileSync(large, '');
      truncateSync(large, 3 * 2 ** 40);
      const files = page.getByLabel('files', { exact: true });
      await files.setInputFiles(large);
      await says("'large.img' has 3.0 TiB; a disk has at most 2 TiB");
      await files.setInputFiles(small);
      await choose(given('disk-read.elf', image('disk-read.elf')));
      await page.getByLabel('Command line').fill('method=dma');
      await run();
      await says('Done: its last POST code is DDh');
      await panel().getByRole('tab', { name: 'Terminal' }).click();
      await page.locator('.xterm-rows').getByText('status=01').waitFor();
      const said = (await page.locator('.xterm-rows').innerText()).replace(/\n/g, '');
      const [, bytes, digest] = /bytes=(\d+).*sha256=([0-9a-f]{16})/.exec(said) ?? [];
      expect(createHash('sha256').update(contents.subarray(0, Number(bytes))).digest('hex').slice(0, 16)).toBe(digest);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('a CD image is a disc in a drive of its own', async () => {
    const iso = Buffer.alloc(20 * 2048);
    iso.write('\x01CD001', 16 * 2048, 'latin1');
    await choose(given('none.iso', Buffer.alloc(20 * 2048)));
    await says("'none.iso' has no ISO 9660 volume descriptor at sector 16");
    await choose(given('disc.iso', iso));
    await panel().getByRole('button', { name: 'take CD away' }).waitFor();
    // L: mov dx, 177h; in al, dx; test al, 80h; jnz L; mov dx, 175h; in al, dx; out F4h, al; hlt
    await choose(given('signature.elf', elf(
      0x66, 0xba, 0x77, 0x01, 0xec, 0xa8, 0x80, 0x75, 0xf7, 0x66, 0xba, 0x75, 0x01, 0xec, 0xe6, 0xf4, 0xf4,
    )));
    await run();
    // A packet device says 14h EBh (ATA/ATAPI-4, 9.1).
    await says('it ended with 0xeb at the exit port');
  });

  test('a disk whose file vanishes while it is used: a sentence, and the page lives on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'northbridge-own-')), disk = join(folder, 'disk.img');
    try {
      writeFileSync(disk, Buffer.alloc(1 << 20));
      await page.getByLabel('files', { exact: true }).setInputFiles(disk);
      await choose(given('reads.elf', readsWhenTyped()));
      await page.getByLabel('Record every transfer').uncheck();
      await run();
      await says('running.');
      rmSync(disk);
      await panel().getByRole('tab', { name: 'Terminal' }).click();
      await page.locator('.xterm-rows').waitFor();
      await page.locator('.own-terminal').click();
      await page.keyboard.type('x');
      await panel().getByRole('tab', { name: 'Software' }).click();
      await says("'disk.img' cannot be read any more: it was changed, moved or deleted");
      await panel().getByRole('button', { name: 'take Disk away' }).click();
      await choose(given('ends.elf', exits(0x10)));
      await run();
      await says('Passed');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('two runs in a row: one machine, and it comes to its end', async () => {
    await choose(given('ends.elf', exits(0x10)));
    await run();
    await says('Passed');
    const there = page.workers().length;
    await panel().getByRole('button', { name: 'Run' }).dblclick();
    await over(page);
    await says('Passed');
    expect(page.workers().length).toBe(there);
  });

  test('the terminal is no trap for the keyboard, and says all again when it is opened anew', async () => {
    await choose(given('cpu-loop.elf', image('cpu-loop.elf')));
    await page.getByLabel('Command line').fill('kind=registers iterations=1000');
    await run();
    await says('Done: its last POST code is DDh');
    for (let n = 0; n < 3; n++) {
      await panel().getByRole('tab', { name: 'Terminal' }).click();
      await page.locator('.xterm-rows').getByText('kind=registers').waitFor();
      await panel().getByRole('tab', { name: 'Software' }).click();
    }
    await panel().getByRole('tab', { name: 'Software' }).press('ArrowRight');
    await page.locator('.xterm-rows').getByText('kind=registers').waitFor();
    await page.locator('.own-terminal').click();
    await page.locator('.own-terminal textarea:focus').waitFor();
    await page.keyboard.press('Tab');
    await page.locator('.own-terminal textarea:focus').waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.locator('[role=tab]:focus', { hasText: 'Terminal' }).or(page.locator('[role=tabpanel]:focus')).waitFor();
  });

  test('options of the machine and cards: what is wrong is told, what is right is built', async () => {
    await choose(given('own-device.elf', image('own-device.elf')));
    await page.getByText('The machine:').click();
    await page.getByRole('textbox', { name: 'processor-clock' }).fill('fast');
    await run();
    await says('processorClock: ');
    await page.getByRole('textbox', { name: 'processor-clock' }).fill('100MHz');
    await page.getByText('Cards', { exact: true }).click();
    await page.getByRole('button', { name: 'Add a card' }).click();
    await page.getByLabel('slot of card 1').fill('5');
    await run();
    await says('Failed: its last POST code is EEh');
    await panel().getByRole('tab', { name: 'Terminal' }).click();
    await page.locator('.xterm-rows').getByText('pci 5.0 4e42:0001').waitFor();
  });

  test('POST codes are marks', async () => {
    await choose(given('marks.elf', marks()));
    await run();
    await says('Passed');
    await page.getByRole('region', { name: 'timeline' }).getByRole('button', { name: 'list' }).click();
    for (const code of ['11', '22', '33']) await page.getByText(`post-${code}`).first().waitFor();
  });

  test('nothing was written to the console', () => {
    expect(lab.complaints).toEqual([]);
  });
});

/** A bzImage whose file ends in the middle. */
function brokenKernel(): Buffer {
  const kernel = Buffer.alloc(0x1000);
  kernel[0x1f1] = 1;
  kernel.writeUInt16LE(0xaa55, 0x1fe);
  kernel[0x201] = 0x66;
  kernel.write('HdrS', 0x202, 'latin1');
  kernel.writeUInt16LE(0x20f, 0x206);
  kernel[0x211] = 1;
  kernel.writeUInt32LE(0x10_0000, 0x1f4);
  return kernel;
}
