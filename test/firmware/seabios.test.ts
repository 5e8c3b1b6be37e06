import { expect, test } from 'vitest';
import { Session } from '../../src/control/session.ts';
import { decodeSnapshot } from '../../src/control/snapshot-format.ts';
import { TICKS_PER_SECOND } from '../../src/sim/time.ts';
import { image, machine } from './bios-machine.ts';
import { debianFile } from './debian-files.ts';
import { syslinuxFloppy } from './syslinux-floppy.ts';

test('SeaBIOS 1.16 sets the PC up and says on the screen that nothing boots', async (context) => {
  const pc = await machine('disk', { disk: image(new Uint8Array(2 ** 20), 'empty') });
  if (pc === null) return context.skip();
  const screen = pc.until('No bootable device.', 10);
  expect(screen).toMatch(/^SeaBIOS \(version /);
  expect(screen).toContain('Booting from Hard Disk...\nBoot failed: not a bootable disk');
  expect(screen).toContain('No bootable device.');
  expect(pc.log()).toContain('Found QEMU fw_cfg');
  expect(pc.log()).toMatch(/0: 0000000000000000 - 000000000009fc00 = 1 RAM/);
  // What it has set up: C0000h-DFFFFh and E0000h-FFFFFh from RAM, F0000h-FFFFFh read only.
  expect(pc.m.parts.bridge.config.r.PAM0.value).toBe(0x10);
  expect(pc.m.ram.subarray(0xc0000, 0xc0002)).toEqual(Uint8Array.of(0x55, 0xaa));
});

test('a state kept while SeaBIOS sets the PC up goes on in another PC as in the first', async (context) => {
  const make = () => machine('disk', { disk: image(new Uint8Array(2 ** 20), 'empty') });
  const [first, second] = [await make(), await make()];
  if (first === null || second === null) return context.skip();
  // The option ROM has run, and shadow RAM is being filled.
  first.until('SeaBIOS', 10);
  new Session(second.m).restore(decodeSnapshot(new Session(first.m).snapshot()));
  const end = first.m.sim.scheduler.now + TICKS_PER_SECOND / 5;
  const states = [first, second].map(({ m }) => {
    m.run(end);
    return new Session(m).snapshot();
  });
  expect(Buffer.from(states[1]).equals(states[0])).toBe(true);
  expect(second.until('No bootable device.', 10)).toContain('No bootable device.');
});

test("GRUB's rescue CD starts (El Torito, no emulation) and gives its prompt", async (context) => {
  const iso = await debianFile('grub-rescue-pc', 'usr/lib/grub-rescue/grub-rescue-cdrom.iso');
  const cd = iso === null ? null : { ...image(iso, 'grub-rescue-cdrom.iso'), medium: 'cd' as const };
  const pc = cd === null ? null : await machine('cd', { cd });
  if (pc === null) return context.skip();
  const screen = pc.until('GNU GRUB', 30);
  expect(screen).toContain('GNU GRUB');
});

test('syslinux starts from a floppy disk and waits at its prompt for a key', async (context) => {
  const bytes = await syslinuxFloppy('SAY Hello from a floppy\nPROMPT 1\nTIMEOUT 0\n');
  // The floppy's motor and its turning take most of the time: a slow processor waits more cheaply.
  const pc = bytes === null ? null
    : await machine('floppy', { floppy: image(bytes, 'floppy'), processorClock: 4e6 });
  if (pc === null) return context.skip();
  const screen = pc.until('boot:', 30);
  expect(screen).toMatch(/SYSLINUX 6\.\d+ CHS \d+/);
  expect(screen).toContain('Hello from a floppy\nboot:');
  // The BIOS has the keyboard: what is typed is echoed.
  const { m } = pc;
  const key = (code: string, down: boolean): void => {
    m.input({ kind: 'key', code, down });
    m.run(m.sim.scheduler.now + TICKS_PER_SECOND / 10);
  };
  for (const code of ['KeyA', 'KeyB']) for (const down of [true, false]) key(code, down);
  expect(pc.until('boot: ab', 2)).toContain('boot: ab');
  // Ctrl-Alt-Del is the BIOS's, too: the machine begins anew.
  const banners = (): number => pc.log().match(/^SeaBIOS \(version/gm)?.length ?? 0, before = banners();
  for (const code of ['ControlLeft', 'AltLeft', 'Delete']) key(code, true);
  for (let tenths = 0; banners() < 2 * before && tenths < 50; tenths++) key('Delete', false);
  expect(banners()).toBe(2 * before);
  expect(pc.m.video?.text()?.join('\n')).not.toContain('Hello from a floppy');
});
