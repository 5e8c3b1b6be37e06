/** Debian's consoles on the display card. Runs where debian.test.ts runs. */
import { describe, expect, test } from 'vitest';
import { POST } from '../../src/control/guests/status.ts';
import type { Picture } from '../../src/host/video.ts';
import { houseCard } from '../../src/machine/cards.ts';
import { DEBIAN_WANTED, linuxKit, runJob } from '../benches/linux-bench.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ ', WORDS = 'SPHINX OF BLACK QUARTZ JUDGE MY VOW';
const CELL = { width: 8, height: 16 } as const;
const DRAWN = 0xc0;

/** The dots of a character's cell, as a key. */
function cell({ rgba, width }: Picture, column: number, line: number): string {
  let dots = '';
  for (let y = 0; y < CELL.height; y++)
    for (let x = 0; x < CELL.width; x++) {
      const at = 4 * ((line * CELL.height + y) * width + column * CELL.width + x);
      dots += rgba[at] + rgba[at + 1] + rgba[at + 2] === 0 ? '.' : '#';
    }
  return dots;
}

describe.skipIf(!DEBIAN_WANTED)('Debian\'s consoles', async () => {
  const kit = DEBIAN_WANTED ? await linuxKit() : null;

  test('characters by vgacon; then pixels by the driver bochs, whose /dev/fb0 has the console', () => {
    if (kit === null) return;
    const modules = (kit.linuxModules?.inOrder(['bochs']) ?? []).map((m) => m.name);
    let text: readonly string[] | null = null, picture: Picture | null = null;
    const { lines } = runJob(kit, {
      append: 'vt.global_cursor_default=0', modulesToLoadLater: ['bochs'],
      parameters: { modules: modules.join(' '), alphabet: ALPHABET, words: WORDS },
      script: `
[ -e /dev/fb0 ] && fail "there is a frame buffer without a driver"
echo "vgacon was here" > /dev/tty1
measure_begin
for module in $modules; do insmod /modules/$module.ko || fail "insmod $module"; done
wait_for /dev/fb0
echo "$alphabet" > /dev/tty1
echo "$words" > /dev/tty1
# The driver copies what was drawn from RAM to the card a little later, and a frame is shown.
sleep 0.1
post '\\300'
measure_end
section fb cat /proc/fb /sys/class/graphics/fb0/virtual_size /sys/class/graphics/fb0/bits_per_pixel
`,
    }, { devices: [houseCard('vga', 'pci')] }, 'jit', null, (code, { video }) => {
      if (code === POST.begin) text = video?.text() ?? null;
      else if (code === DRAWN) picture = video?.picture() ?? null;
    });
    expect(text?.[0]).toBe('vgacon was here');
    expect(lines.section('fb')).toEqual(['0 bochs-drmdrmfb', '640,480', '32']);
    expect(picture).toMatchObject({ width: 640, height: 480 });
    const shown = picture as unknown as Picture;
    const letters = new Map([...ALPHABET].map((letter, n) => [cell(shown, n, 1), letter]));
    expect(letters.size).toBe(ALPHABET.length);
    const read = Array.from({ length: 80 }, (_, n) => letters.get(cell(shown, n, 2)) ?? '?').join('');
    expect(read.trimEnd()).toBe(WORDS);
  });
});
