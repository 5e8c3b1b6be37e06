import type { Kit, Software } from '../experiment.ts';
import { linuxJob } from '../linux/job.ts';
import type { DeviceMmapMethod } from './methods.ts';

/** Where the card is (pci 3) in sysfs. */
export const FUNCTION = '/sys/bus/pci/devices/0000:00:03.0';
/** Linear address at which the program maps; nothing else of it is there. */
export const MAPPED_AT = 0x5000_0000;

/** The guest program's word for a method, and the file that it opens; '' for ports. */
export const PROGRAM: Readonly<Record<DeviceMmapMethod, { readonly word: string; readonly file: string }>> = {
  'ports': { word: 'ports', file: '' },
  'read-write': { word: 'read-write', file: `${FUNCTION}/resource1` },
  'mmap': { word: 'mmap', file: `${FUNCTION}/resource0` },
  'mmap-memory': { word: 'mmap-memory', file: `${FUNCTION}/resource2` },
  'mmap-wc': { word: 'mmap-memory', file: `${FUNCTION}/resource2` },
};

/**
 * Debian with the card `paths` and no driver for it: what a user's program reaches through the PCI
 * core's files (Linux, Documentation/PCI/sysfs-pci.rst). On processors of family 6 below model 15
 * Linux leaves the PAT alone (arch/x86/kernel/cpu/intel.c, early_init_intel), so there is no
 * resource2_wc and write combining comes from an MTRR (Documentation/arch/x86/mtrr.rst).
 */
export function deviceMmapJob(kit: Kit, method: DeviceMmapMethod, words: number): Software {
  const { word, file } = PROGRAM[method];
  return linuxJob(kit, {
    programs: ['device-mmap'], parameters: { card: FUNCTION, words, at: MAPPED_AT, place: file },
    script: `
echo 1 > $card/enable || fail "the card cannot be switched on"
set -- $(sed -n 2p $card/resource)
port=$1
set -- $(sed -n 3p $card/resource)
buffer=$1
${method === 'mmap-wc' ? 'echo "base=$buffer size=0x10000 type=write-combining" > /proc/mtrr || fail "no MTRR"' : ''}
[ -n "$place" ] || place=$port
drain
device-mmap ${word} $place $words $at > /tmp/said 2> /tmp/why || fail "device-mmap: $(cat /tmp/why)"
copy said /tmp/said
section mtrr cat /proc/mtrr
section files ls $card
`,
  });
}
