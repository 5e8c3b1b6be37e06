/** A machine's monitor in the lab, and its keyboard. */
import { decode } from 'fast-png';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { STANDARD_MODES } from '../../src/hw/display/vga/standard-modes.ts';
import { comes, missing, openLab, type Lab } from './lab-bench.ts';
import { elf, given, out } from './own-programs.ts';

/** Waits for KeyA in scan code set 2 (no firmware has asked for translation), exits with it. */
const EXITS_WITH_KEY = [
  // L: in al, 64h; test al, 1; jz L; in al, 60h; cmp al, 1Ch; jne L; out F4h, al; hlt
  0xe4, 0x64, 0xa8, 0x01, 0x74, 0xfa, 0xe4, 0x60, 0x3c, 0x1c, 0x75, 0xf4, 0xe6, 0xf4, 0xf4,
];
const word = (port: number, value: number): number[] => [
  0x66, 0xba, port & 255, port >> 8, 0x66, 0xb8, value & 255, value >> 8, 0x66, 0xef,
];
/** 640 × 480 × 32 by the DISPI registers, 16384 red pixels by the bank at A0000h. */
const REDS = elf(
  ...[[4, 0], [1, 640], [2, 480], [3, 32], [4, 0x41]]
    .flatMap(([index, value]) => [...word(0x1ce, index!), ...word(0x1cf, value!)]),
  // mov edi, A0000h; mov ecx, 4000h; mov eax, FF0000h; rep stosd
  0xbf, 0, 0, 0x0a, 0, 0xb9, 0, 0x40, 0, 0, 0xb8, 0, 0, 0xff, 0, 0xf3, 0xab,
  ...EXITS_WITH_KEY,
);
/** Text mode 3 with a word in the first line. */
function says(text: string): Buffer {
  const mode = STANDARD_MODES[3];
  const indexed = (port: number, values: readonly number[]): number[] =>
    values.flatMap((value, index) => [...out(port, index), ...out(port + 1, value)]);
  return elf(
    ...out(0x3c2, mode.misc), ...indexed(0x3c4, mode.sequencer), ...out(0x3d4, 0x11), ...out(0x3d5, 0),
    ...indexed(0x3d4, mode.crtc), ...indexed(0x3ce, mode.graphics),
    // mov dx, 3DAh; in al, dx: the next write to 3C0h is an index
    0x66, 0xba, 0xda, 0x03, 0xec,
    ...mode.attribute.flatMap((value, index) => [...out(0x3c0, index), ...out(0x3c0, value)]), ...out(0x3c0, 0x20),
    // mov edi, B8000h + 2n; mov ax, character and attribute; stosw
    ...[...text].flatMap((c, n) => [0xbf, 2 * n, 0x80, 0x0b, 0, 0x66, 0xb8, c.charCodeAt(0), 0x07, 0x66, 0xab]),
    ...EXITS_WITH_KEY,
  );
}

/** Waits until the 8042 takes a byte, gives it one. */
const controller = (port: number, value: number): number[] =>
  // W: in al, 64h; test al, 2; jnz W; mov al, value; out port, al
  [0xe4, 0x64, 0xa8, 0x02, 0x75, 0xfa, 0xb0, value, 0xe6, port];
/** Has the mouse report after its self-test, exits with a packet's first byte: left button down. */
const EXITS_WITH_BUTTON = elf(
  ...controller(0x64, 0xa8),
  // L: in al, 64h; test al, 1; jz L; in al, 60h; test al, al; jnz L: 0 is the identifier after the self-test
  0xe4, 0x64, 0xa8, 0x01, 0x74, 0xfa, 0xe4, 0x60, 0x84, 0xc0, 0x75, 0xf4,
  ...controller(0x64, 0xd4), ...controller(0x60, 0xf4),
  // M: in al, 64h; test al, 1; jz M; in al, 60h; cmp al, 9; jne M; out F4h, al; hlt
  0xe4, 0x64, 0xa8, 0x01, 0x74, 0xfa, 0xe4, 0x60, 0x3c, 0x09, 0x75, 0xf4, 0xe6, 0xf4, 0xf4,
);

describe.skipIf(missing !== '')(`the screen${missing}`, () => {
  let lab: Lab, page: Page;
  beforeAll(async () => { lab = await openLab(); });
  afterAll(() => lab?.close());
  beforeEach(async () => {
    page = await lab.open('#view=workbench&side=own');
  });
  afterEach(() => page.context().close());

  const screen = () => page.getByRole('region', { name: 'screen' });
  const tab = (name: string) => page.getByRole('tab', { name, exact: true });
  const run = async (program: Buffer): Promise<void> => {
    await page.getByLabel('files', { exact: true }).setInputFiles(given('shows.elf', program));
    await page.getByLabel(/Display card/).check();
    await page.getByLabel(/Record every transfer/).uncheck();
    await page.getByRole('region', { name: 'your own software' }).getByRole('button', { name: 'Run' }).click();
    await tab('Screen').click();
  };
  /** Colour of the picture as the page shows it, in parts of its width and height. */
  const colour = async (across: number, down: number): Promise<number[]> => {
    const { data, width, height, channels } = decode(await screen().locator('canvas').screenshot());
    const at = channels * (Math.floor(down * height) * width + Math.floor(across * width));
    return [...data.subarray(at, at + 3)];
  };

  test('what the beam has drawn is on the page; keys go to the machine until Escape is pressed twice', async () => {
    await run(REDS);
    await screen().getByRole('img', { name: /640 × 480/ }).waitFor();
    while (String(await colour(0.5, 0.02)) !== '255,0,0') await page.waitForTimeout(50);
    expect(await colour(0.5, 0.2)).toEqual([0, 0, 0]);
    await screen().getByRole('button', { name: 'Use its keyboard' }).click();
    await screen().getByText('Esc Esc gives the keyboard back').waitFor();
    // The keyboard's self-test takes 500 ms; what is pressed before is lost.
    await comes(page, 'northbridge.panes[0].status.value.now > 0.6 * 3e9');
    await page.keyboard.press('a');
    await tab('Your own').click();
    await page.getByText('it ended with 0x1c at the exit port').first().waitFor();
  });

  test('Escape twice, the button, or leaving give the keyboard back', async () => {
    await run(elf(0xeb, 0xfe));
    await screen().getByRole('img', { name: /720 × 400/ }).waitFor();
    const take = screen().getByRole('button', { name: 'Use its keyboard' });
    const give = screen().getByRole('button', { name: 'Give the keyboard back' });
    await take.click();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await page.locator('button:focus', { hasText: 'Use its keyboard' }).waitFor();
    await take.click();
    await give.click();
    await take.press('Enter');
    await give.waitFor();
    await tab('Screen').focus();
    await take.waitFor();
  });

  test('a click on the picture gives the mouse, too: moves, wheel and buttons; the way back is said', async () => {
    await page.evaluate(`(() => {
      const { prototype } = Worker, { postMessage } = prototype;
      globalThis.inputs = [];
      prototype.postMessage = function (message, ...rest) {
        if (message.path?.join('.') === 'screen.put') inputs.push(...message.argumentList[0].value);
        postMessage.call(this, message, ...rest);
      };
    })()`);
    await run(EXITS_WITH_BUTTON);
    const picture = screen().getByRole('img', { name: /720 × 400/ });
    await picture.click();
    await comes(page, 'document.pointerLockElement !== null');
    await screen().getByText('Esc frees the mouse').waitFor();
    await comes(page, 'northbridge.panes[0].status.value.now > 0.7 * 3e9');
    const { x, y } = (await picture.boundingBox())!;
    await page.mouse.move(x + 100, y + 60);
    await page.mouse.move(x + 130, y + 40);
    await comes(page, 'inputs.some((i) => i.kind === "move" && i.right !== 0 && i.up !== 0)');
    await page.mouse.wheel(0, 100);
    await comes(page, 'inputs.some((i) => i.kind === "move" && i.wheel === 1)');
    // Keys of the page and the browser that a page may have are the machine's.
    for (const code of ['Tab', 'F1', 'F5']) {
      await page.keyboard.press(code);
      await comes(page, `inputs.some((i) => i.code === "${code}" && !i.down)`);
    }
    // Escape twice, as for the keyboard: pointer and keys are the page's again.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await comes(page, 'document.pointerLockElement === null');
    await picture.click();
    await comes(page, 'document.pointerLockElement !== null');
    await page.mouse.down();
    await tab('Your own').focus();
    await comes(page, 'document.pointerLockElement === null');
    expect(await page.evaluate('inputs.at(-1)')).toEqual({ kind: 'buttons', down: 0 });
    await tab('Your own').press('Enter');
    await page.getByText('it ended with 0x9 at the exit port').first().waitFor();
  });

  test('a text mode is text on the page, and an earlier moment has its own picture', async () => {
    await run(says('Hello, beam'));
    await screen().getByText('Text on the screen').click();
    await screen().getByRole('log').getByText('Hello, beam').waitFor();
    const now = screen().getByLabel('as it is now, whichever moment is shown');
    expect(await now.isChecked()).toBe(true);
    await now.uncheck();
    await screen().getByRole('img', { name: /picture 0, .* at 0 s/ }).waitFor();
    expect(await screen().getByRole('log').innerText()).not.toContain('Hello');
    await now.check();
    await screen().getByRole('log').getByText('Hello, beam').waitFor();
  });

  test('a machine without a display card has no such tab', async () => {
    await page.getByLabel('files', { exact: true }).setInputFiles(given('waits.elf', elf(0xeb, 0xfe)));
    await page.getByRole('region', { name: 'your own software' }).getByRole('button', { name: 'Run' }).click();
    await page.getByText('running.').first().waitFor();
    expect(await tab('Screen').count()).toBe(0);
  });

  test('nothing was written to the console', () => {
    expect(lab.complaints).toEqual([]);
  });
});
