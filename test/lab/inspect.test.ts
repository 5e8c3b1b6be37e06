/** The inspector: what is selected is shown in words and by field, at the moment; nothing disturbs. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing, openLab, type Lab } from './lab-bench.ts';

const AT = '#view=workbench&e=paths&m=port-pio&p.bytes=4KiB&p.sweep=off';

describe.skipIf(missing !== '')(`the lab's inspector${missing}`, () => {
  let lab: Lab, page: Page;
  beforeAll(async () => {
    lab = await openLab('/under/a/path/');
    page = await lab.open(AT);
  });
  afterAll(() => lab?.close());

  const view = () => page.getByRole('tabpanel', { name: /Selected|Processor|Memory|Map|Notes/ });
  const tab = (name: string) => page.getByRole('tab', { name: new RegExp(`^${name}`) }).click();

  test('lists the parts; a part shows its registers by field, with their documentation', async () => {
    await view().getByRole('button', { name: 'com1', exact: true }).click();
    await view().getByRole('heading', { name: 'com1' }).waitFor();
    const line = view().getByRole('button', { name: 'LSR', exact: true });
    await line.focus();
    await page.keyboard.press('Enter');
    const fields = view().getByRole('table', { name: 'Fields of LSR' });
    await fields.waitFor();
    expect(await fields.innerText()).toContain('THRE');
    expect(await fields.innerText()).toContain('read only');
    // The receiver buffer is emptied by a read: a look is none.
    expect(await view().innerText()).toContain('⊘');
  });

  test('memory by the keyboard: an address, the cursor, what stands there', async () => {
    await tab('Memory');
    await view().getByRole('textbox', { name: 'address' }).fill('0x100000');
    await page.keyboard.press('Enter');
    const cell = view().locator('td[aria-selected=true]');
    await cell.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await view().getByRole('heading', { name: 'memory 0x100009' }).waitFor();
    await view().getByText('which belongs to').waitFor();
    await view().getByRole('button', { name: 'Who wrote this byte last?' }).click();
    await view().getByText('Nobody since the software was loaded.').waitFor();
    await view().getByRole('textbox', { name: 'address' }).fill('nowhere');
    await page.keyboard.press('Enter');
    expect(await view().getByRole('alert').innerText()).toContain("'nowhere' is no address");
    await view().getByRole('combobox', { name: 'address space' }).selectOption('io');
    await view().getByRole('textbox', { name: 'address' }).fill('3f8h');
    await view().getByRole('textbox', { name: 'address' }).press('Enter');
    await view().getByText(/RBR/).waitFor();
  });

  test('the processor: registers, flags by bit, code by a library that comes when it is wanted', async () => {
    await tab('Processor');
    await view().getByRole('heading', { name: 'cpu0' }).waitFor();
    await view().getByRole('table', { name: /^Code/ }).waitFor();
    expect(await view().locator('tr[aria-current=step]').innerText()).toMatch(/[0-9a-f]{8}\s+[a-z]+/);
    expect(await view().innerText()).toContain('EFLAGS');
    await view().getByText('Translate an address').click();
    await view().getByRole('textbox', { name: 'linear address' }).fill('0x100123');
    await page.keyboard.press('Enter');
    await view().getByText('paging is off').waitFor();
  });

  test('the map says who decodes what; notes say that there are none', async () => {
    await tab('Map');
    await view().getByRole('table', { name: 'io, 16 address bits' }).waitFor();
    await view().getByRole('button', { name: 'io at 0x01f0' }).click();
    await view().getByRole('heading', { name: 'io 0x1f0' }).waitFor();
    await tab('Notes');
    await view().getByText('Nothing to note so far').waitFor();
  });

  test('a record in words, with links to what caused it', async () => {
    await page.goto(`${lab.url}${AT}&t=3000000.500.0&sel=record.500`);
    await page.reload();
    await view().getByRole('heading', { name: /#500/ }).waitFor();
    expect(await view().locator('.sentence').innerText()).toMatch(/^cpu0 (reads|writes) .* paths\.registers/);
    await view().getByRole('heading', { name: 'Caused by' }).waitFor();
  });

  test('nobody complained', () => expect(lab.complaints).toEqual([]));
});
