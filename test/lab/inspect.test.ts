/** The inspector: what is selected is shown in words and by field, at the moment; nothing disturbs. */
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing, openLab, type Lab } from './lab-bench.ts';

/** What the page offers to scripts, as they see it. */
// oxlint-disable-next-line no-explicit-any
type Any = any;
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

  test('the keyboard goes from page to page of memory, and not beyond its end', async () => {
    await tab('Memory');
    await view().getByRole('combobox', { name: 'address space' }).selectOption('memory');
    await view().getByRole('textbox', { name: 'address' }).fill('0x1000f8');
    await page.keyboard.press('Enter');
    await view().locator('td[aria-selected=true]').focus();
    await page.keyboard.press('ArrowDown');
    await view().getByRole('heading', { name: 'memory 0x100100' }).waitFor();
    await page.locator('td[aria-selected=true]:focus').waitFor();
    await page.keyboard.press('ArrowUp');
    await page.locator('td[aria-selected=true]:focus').waitFor();
    await view().getByRole('heading', { name: 'memory 0x1000f8' }).waitFor();
    await view().getByRole('textbox', { name: 'address' }).fill('0xfffffff8');
    await page.keyboard.press('Enter');
    await view().getByRole('heading', { name: 'memory 0xfffffff8' }).waitFor();
    expect(await view().getByRole('button', { name: 'next page' }).isDisabled()).toBe(true);
    await view().locator('td[aria-selected=true]').focus();
    await page.keyboard.press('PageDown');
    await view().getByRole('heading', { name: 'memory 0xffffffff' }).waitFor();
  });

  test('who wrote a byte last: the answer leads to the record of the write', async () => {
    const other = await lab.open('#view=workbench&e=paths&m=device-dma&p.bytes=64KiB&p.direction=from-card&p.sweep=off');
    const inspector = other.getByRole('region', { name: 'inspector' });
    await inspector.getByRole('button', { name: 'com1', exact: true }).waitFor();
    // The first burst that the card writes to memory; the moment is the end of the run.
    const write = await other.evaluate(async () => {
      const { panes: [{ remote }], moments: [moment] } = (globalThis as unknown as { northbridge: Any }).northbridge;
      await remote.machine.run(Infinity);
      const { now, last } = await remote.machine.status();
      moment.value = { time: now, record: 0, beat: 0 };
      for (let from = 1; from <= last; from += 4096)
        for (const r of await remote.trace.records(from, 4096))
          if (r.kind === 'transaction' && r.write && r.space === 'memory' && r.initiator.startsWith('paths'))
            return { id: r.id, address: r.address, initiator: r.initiator };
      throw new Error('no burst to memory was recorded');
    });
    await inspector.getByRole('tab', { name: 'Memory' }).click();
    await inspector.getByRole('textbox', { name: 'address' }).fill(`${write.address + 1}`);
    await other.keyboard.press('Enter');
    await inspector.getByText(`memory 0x${(write.address + 1).toString(16)}`).waitFor();
    await inspector.getByRole('button', { name: 'Who wrote this byte last?' }).click();
    const answer = inspector.locator('.byte [role=status] p', { hasText: 'It was 0x00 and became' });
    expect(await answer.innerText()).toMatch(`${write.initiator}, 64 bytes from 0x${write.address.toString(16)} on`);
    await answer.getByRole('button').click();
    await inspector.getByRole('heading', { name: `transaction #${write.id}` }).waitFor();
    expect(await inspector.locator('.sentence').innerText()).toMatch(new RegExp(`^${write.initiator} writes`));
    await other.context().close();
  });

  test('where no machine is open each panel says so, with the way on', async () => {
    const other = await lab.open('#view=workbench');
    await other.getByText('No machine is open: choose a question above').waitFor();
    await other.getByText('No machine is open: choose an experiment above').waitFor();
    expect(await other.getByText('is being built').count()).toBe(0);
    await other.getByRole('tab', { name: 'Your own' }).click();
    await other.getByRole('tab', { name: 'Terminal' }).click();
    await other.getByText('No machine is open: run one').waitFor();
    await other.context().close();
  });

  test('nobody complained', () => expect(lab.complaints).toEqual([]));
});
