import { expect, test } from 'vitest';
import { image, machine } from './bios-machine.ts';
import { debianFile } from './debian-files.ts';
import { grubDisk } from './grub-disk.ts';

const MENU = `set timeout=1
menuentry "Test of the memory" {
  linux /boot/memtest console=ttyS0,115200
}
`;

test('GRUB gives its menu from a hard disk and starts memtest86+, which finds no error', async (context) => {
  const memtest = await debianFile('memtest86+', 'boot/memtest86+ia32.bin');
  const bytes = memtest === null ? null
    : await grubDisk({ 'boot/memtest': memtest, 'boot/grub/grub.cfg': MENU });
  const disk = bytes === null ? null : image(bytes, 'disk');
  const pc = disk === null ? null : await machine('disk', { disk, mebibytes: 8, processorClock: 20e6 });
  if (pc === null) return context.skip();
  const menu = pc.until('Test of the memory', 20);
  expect(menu).toContain('GNU GRUB');
  expect(menu).toContain('Test of the memory');
  // Tests 0 and 3 (walking addresses, moving inversions) over all of the memory are done.
  const screen = pc.until('Test #4', 40);
  expect(screen).toMatch(/Memtest86\+ v[\d.]+/);
  expect(screen).toContain('Memory  :    8MB');
  expect(screen).toContain('Test #4');
  expect(screen).toMatch(/Pass: {2}0 +Errors: 0/);
});
