/**
 * The worked example's card, found by Debian's kernel on the PCI bus. Needs Debian's kernel, so it
 * runs where `debian.test.ts` does.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { writeCpio } from '../../src/control/experiments/linux/cpio.ts';
import { KERNEL_OPTIONS, NoDebianGuestError, prepareDebianGuest } from '../../apps/cli/guests/debian/index.ts';
import { PcMachine } from '../../src/machine/pc-machine.ts';
import type { DeviceMaker } from '../../src/machine/user-devices.ts';
import { ms, seconds } from '../../src/sim/time.ts';

const wanted = process.env['CI'] !== undefined || process.env['NORTHBRIDGE_TEST_DEBIAN'] === '1';
const EXAMPLE = fileURLToPath(new URL('../../examples/copy-engine/device.ts', import.meta.url));
const MiB = 2 ** 20;

/** Tells what the kernel knows of the card, in two halves. */
const INIT = `#!/bin/sh
export PATH=/bin
mount -t sysfs sysfs /sys
card=/sys/bus/pci/devices/0000:00:03.0
echo "nb: card $(cat $card/vendor) $(cat $card/device) $(cat $card/class)"
sleep 0.1
echo "nb: irq $(cat $card/irq)"
echo "nb: range $(grep -m 1 . $card/resource)"
echo "nb: done"
poweroff -f
`;

/** The guest's initramfs with another /init: of archives in a row, the last one wins. */
function withInit(initrd: Uint8Array): Uint8Array {
  const own = writeCpio([{ path: 'init', kind: 'file', mode: 0o755, bytes: new TextEncoder().encode(INIT) }]);
  const at = Math.ceil(initrd.length / 512) * 512;
  const both = new Uint8Array(at + own.length);
  both.set(initrd);
  both.set(own, at);
  return both;
}

class Guest {
  text = '';
  readonly machine: PcMachine;

  constructor(use: DeviceMaker) {
    this.machine = new PcMachine({
      ramBytes: 256 * MiB, disk: null, ide: 'piix3', options: { kernelEntry: 'vmlinux' },
      devices: [{ use, at: 'pci 3.0', name: 'copy', options: { buffer: 4096 } }],
      onPost: () => {},
      onSerial: (byte) => { this.text += String.fromCharCode(byte); },
    });
  }

  /** Runs until the console shows a text or the machine stops; whether it showed it. */
  until(text: string): boolean {
    const limit = seconds(60);
    while (!this.text.includes(text) && this.machine.sim.scheduler.now < limit)
      if (this.machine.run(this.machine.sim.scheduler.now + ms(10)) !== 'time') break;
    return this.text.includes(text);
  }
}

test.skipIf(!wanted)('Debian finds the card with its range and interrupt, also after save and restore', async (context) => {
  const prepared = await prepareDebianGuest().catch((error: unknown) => {
    if (error instanceof NoDebianGuestError) return null;
    throw error;
  });
  if (prepared === null) return context.skip("Debian's packages cannot be had");
  const { default: use } = (await import(EXAMPLE)) as { default: DeviceMaker };
  const first = new Guest(use);
  first.machine.loadLinux({
    kernel: readFileSync(prepared.kernel), vmlinux: readFileSync(prepared.vmlinux as string),
    initrd: withInit(readFileSync(prepared.initrd)), append: KERNEL_OPTIONS,
  });
  expect(first.until('nb: card 0x1234 0xc0e1 0x088000'), first.text.slice(-2000)).toBe(true);

  const second = new Guest(use);
  second.machine.load(first.machine.save());
  expect(second.until('nb: done'), second.text.slice(-2000)).toBe(true);
  const irq = Number(/nb: irq (\d+)/.exec(second.text)![1]);
  expect([3, 4, 5, 6, 7, 9, 10, 11, 12]).toContain(irq);
  const [base, end] = /nb: range (0x\w+) (0x\w+)/.exec(second.text)!.slice(1).map(Number);
  expect([base >= 256 * MiB, end - base]).toEqual([true, 0xfff]);
});
