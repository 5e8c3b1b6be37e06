import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NoDebianGuestError, prepareDebianGuest } from '../../apps/cli/guests/debian/index.ts';
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

const debian = process.env['CI'] !== undefined || process.env['NORTHBRIDGE_TEST_DEBIAN'] === '1';

// To "Linux version" the unpacker takes 2400 million instructions more.
test.skipIf(!debian)("GRUB reads Debian's kernel from ext2 and starts it: its unpacker speaks", async (context) => {
  const guest = await prepareDebianGuest().catch((error: unknown) => {
    if (error instanceof NoDebianGuestError) return null;
    throw error;
  });
  const bytes = guest === null ? null : await grubDisk({
    'boot/vmlinuz': readFileSync(guest.kernel),
    'boot/grub/grub.cfg':
      'set timeout=0\nmenuentry "Debian" {\n  linux /boot/vmlinuz console=ttyS0,115200 nokaslr\n}\n',
  });
  const disk = bytes === null ? null : image(bytes, 'disk');
  const pc = disk === null ? null : await machine('disk', { disk, mebibytes: 48, processorClock: 20e6 });
  if (pc === null) return context.skip();
  expect(pc.until('KASLR', 30)).toContain("KASLR disabled: 'nokaslr' on cmdline.");
});
