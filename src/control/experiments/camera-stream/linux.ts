import type { EndedTrial, Kit, Software } from '../experiment.ts';
import { linuxJob } from '../linux/job.ts';

const MiB = 2 ** 20;
/** What Linux keeps for itself, at least: it unpacks an initramfs there. */
export const LINUX_MEMORY = 128 * MiB;

/** Where the camera is: pci 3. */
const FUNCTION = '/sys/bus/pci/devices/0000:00:03.0';

/**
 * camera-stream under Debian: the same program, its registers mapped from sysfs, interrupts by
 * uio_pci_generic, ring and buffers in memory that the kernel was kept from, so that a program may
 * map it and knows where it is (Linux, Documentation/driver-api/uio-howto.rst, "Generic PCI UIO
 * driver"; admin-guide/kernel-parameters.txt, memmap=).
 * @param memory physical address of the `bytes` reserved for the camera
 */
export function cameraByUio(kit: Kit, block: Uint8Array, memory: number, bytes: number): Software {
  return linuxJob(kit, {
    modules: ['uio_pci_generic'], programs: ['camera'], files: { block },
    append: `memmap=${bytes / MiB}M$0x${memory.toString(16)}`,
    parameters: { device: FUNCTION, bytes },
    script: `
echo 4e42 0003 > /sys/bus/pci/drivers/uio_pci_generic/new_id || fail "the camera got no UIO driver"
wait_for /dev/uio0
drain
camera /block $device /dev/uio0 $bytes 2> /tmp/why || fail "camera: $(cat /tmp/why)"
section block xxd -p /block
`,
  });
}

/** The parameter block as the program left it. @throws GuestFailure if it did not come */
export function blockOf({ lines, failure }: EndedTrial): Uint8Array {
  const digits = (lines.section('block') ?? []).join('');
  if (digits === '' || !/^([0-9a-f]{2})+$/.test(digits)) throw failure('the guest did not say what it found');
  return Uint8Array.from({ length: digits.length / 2 }, (_, n) => parseInt(digits.slice(2 * n, 2 * n + 2), 16));
}
