/** A device of the user's own in the lab: it works, and whatever is wrong with it is told. */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ADDER } from '../../apps/lab/page/own/adder.ts';
import { missing, openLab, type Lab } from './lab-bench.ts';
import { given } from './own-programs.ts';

const ADDS = 'this.registers.r.SUM.VALUE += w.VALUE;';
const changed = (from: string, to: string): string => {
  expect(ADDER).toContain(from);
  return ADDER.replace(from, to);
};

describe.skipIf(missing !== '')(`a device of one's own${missing}`, () => {
  let lab: Lab, page: Page;
  beforeAll(async () => { lab = await openLab(); });
  afterAll(() => lab?.close());
  beforeEach(async () => { page = await lab.open('#view=workbench&side=own'); });
  afterEach(() => page.context().close());

  const panel = () => page.getByRole('region', { name: 'your own software' });
  const says = async (text: string | RegExp): Promise<void> => { await panel().getByText(text).first().waitFor(); };
  const tab = (name: string): Promise<void> => panel().getByRole('tab', { name }).click();
  const run = (): Promise<void> => panel().getByRole('button', { name: 'Run with own-device' }).click();
  /** Gives the panel the text of a device, as a file. */
  const write = async (source: string): Promise<void> => {
    await tab('Software');
    await panel().getByLabel('files', { exact: true }).setInputFiles(given('mine.ts', source));
    await panel().locator('.cm-content').waitFor();
  };
  /** The example in its place. */
  const works = async (): Promise<void> => {
    await write(ADDER);
    await run();
    await says('Done: its last POST code is DDh');
  };

  test('the example: our program finds it on the PCI bus and has it add', async () => {
    await tab('Device');
    await run();
    await says('Done: its last POST code is DDh');
    await tab('Terminal');
    await page.locator('.xterm-rows').getByText('pci 2.0 1234:0add').waitFor();
    await page.locator('.xterm-rows').getByText('sum=10').waitFor();
  });

  test('a program that does not find it says so', async () => {
    await write(changed('0x0add', '0x0bad'));
    await run();
    await says('Failed: its last POST code is EEh');
  });

  test.each([
    ['does not compile', changed('VALUE: ro(31, 0) },', 'VALUE: ro(31, 0 },'), /device 'mine\.ts': .*, line 8, column \d+/],
    ['imports what is not there', `import 'fs';\n${ADDER}`, "there is no module 'fs' here"],
    ['exports nothing', 'export const nothing = 1;\n', "device 'mine.ts': it has no default export"],
    ['throws when it is made', changed('    super(name, sim);', '    super(name, sim); throw new Error(\'no power\');'),
      /it could not be made: no power \(mine\.ts:23\)/],
    ['throws at an access', changed(ADDS, 'throw new Error(\'too much\');'),
      /device adder threw in its write of .* at 0x0: too much \(mine\.ts:19\)/],
  ])('one that %s is told with its place, its text is kept, and the page lives on', async (_, source, sentence) => {
    await write(source);
    await run();
    await says(sentence);
    expect(await panel().locator('.cm-content').innerText()).toContain(source.trimEnd().split('\n').at(-1));
    await works();
  });

  test.each([
    ['when it is made', changed('    super(name, sim);', '    super(name, sim); for (;;);')],
    ['at an access', changed(ADDS, 'for (;;);')],
  ])('one that never returns %s can be stopped, its text is kept, and the page lives on', async (_, source) => {
    await write(source);
    await run();
    await page.getByText('The machine does not answer').waitFor();
    await page.getByRole('button', { name: 'Stop it' }).click();
    await says('it was stopped, because it did not answer');
    expect(await panel().locator('.cm-content').innerText()).toContain('for (;;);');
    await works();
  });

  test('nothing was written to the console', () => {
    expect(lab.complaints).toEqual([]);
  });
});
