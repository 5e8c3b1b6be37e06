import { expect, test } from 'vitest';
import type { BlockBackend } from '../../src/host/block.ts';
import { houseCard } from '../../src/machine/cards.ts';
import type { BootDevice } from '../../src/machine/firmware/bios.ts';
import { PcMachine } from '../../src/machine/pc-machine.ts';
import { TICKS_PER_SECOND } from '../../src/sim/time.ts';
import { debianFile, seabios } from './debian-files.ts';

/** SeaBIOS polls: a slow processor polls less while a drive turns. */
const SLOW = 10e6;

async function machine(boot: BootDevice, drives: { disk?: BlockBackend; cd?: BlockBackend } = {}) {
  let log = '';
  const bios = await seabios([boot], (byte) => { log += String.fromCharCode(byte); });
  if (bios === null) return null;
  const m = new PcMachine({
    ramBytes: 32 * 2 ** 20, disk: drives.disk ?? null, cd: drives.cd ?? null, onSerial: () => {}, onPost: () => {},
    bios, devices: [houseCard('vga')], options: { processorClock: SLOW },
  });
  /** Runs until the screen has a text, at most so many simulated seconds. */
  const until = (text: string, seconds: number): string => {
    const end = m.sim.scheduler.now + seconds * TICKS_PER_SECOND;
    for (let screen = ''; ; ) {
      const reason = m.run(Math.min(end, m.sim.scheduler.now + TICKS_PER_SECOND / 10));
      screen = m.video?.text()?.join('\n') ?? '';
      if (screen.includes(text) || reason !== 'time' || m.sim.scheduler.now >= end) return screen;
    }
  };
  return { m, until, log: () => log };
}

function image(bytes: Uint8Array, name: string): BlockBackend {
  return {
    name, size: bytes.length, readOnly: true,
    read: (offset, buffer, at, length) => buffer.set(bytes.subarray(offset, offset + length), at),
    write: () => {}, flush: () => {},
  };
}

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

test("GRUB's rescue CD starts (El Torito, no emulation) and gives its prompt", async (context) => {
  const iso = await debianFile('grub-rescue-pc', 'usr/lib/grub-rescue/grub-rescue-cdrom.iso');
  const cd = iso === null ? null : { ...image(iso, 'grub-rescue-cdrom.iso'), medium: 'cd' as const };
  const pc = cd === null ? null : await machine('cd', { cd });
  if (pc === null) return context.skip();
  const screen = pc.until('GNU GRUB', 30);
  expect(screen).toContain('GNU GRUB');
});
