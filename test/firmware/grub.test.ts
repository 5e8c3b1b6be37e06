import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NoDebianGuestError, prepareDebianGuest } from '../../apps/cli/guests/debian/index.ts';
import { TICKS_PER_SECOND } from '../../src/sim/time.ts';
import { image, machine } from './bios-machine.ts';
import { debianFile } from './debian-files.ts';
import { grubCd } from './grub-cd.ts';
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

test('GRUB gives its menu from a CD; the entry that a key chooses is run', async (context) => {
  const bytes = await grubCd(`set timeout=30
menuentry "The first entry" {
  echo "no key came"
  sleep 100
}
menuentry "The second entry" {
  echo "chosen by a key"
  sleep 100
}
`);
  const cd = bytes === null ? null : { ...image(bytes, 'cd'), medium: 'cd' as const };
  const pc = cd === null ? null : await machine('cd', { cd });
  if (pc === null) return context.skip();
  const menu = pc.until('The second entry', 20);
  expect(menu).toContain('GNU GRUB');
  expect(menu).toContain('The first entry');
  for (const code of ['ArrowDown', 'Enter']) {
    for (const down of [true, false]) {
      pc.m.input({ kind: 'key', code, down });
      pc.m.run(pc.m.sim.scheduler.now + TICKS_PER_SECOND / 10);
    }
  }
  expect(pc.until('chosen by a key', 5)).toContain('chosen by a key');
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
