/** Jobs with the IDE disk for the prepared Linux guest. */
import type { Kit, Software } from '../experiment.ts';
import { linuxJob, type LinuxJob } from '../linux/job.ts';

/** At most so much is read to find out whether DMA can be trusted (bytes). */
export const TRUST_BYTES = 2 ** 20;

/**
 * What the scripts share. `driver PARAMETERS` loads libata with them and the driver of the PIIX;
 * `no_driver` takes both away. libata's parameter `dma` cannot be written while it is loaded (mode
 * 0444 in /sys/module/libata/parameters; drivers/ata/libata-core.c), and for ATA disks it has no
 * HDIO_SET_DMA: so the way to switch is to load it anew.
 */
export const DISK_FUNCTIONS = `
driver() {
  insmod /modules/libata.ko $* && insmod /modules/ata_piix.ko || fail "insmod ata_piix"
  wait_for /sys/class/ata_device/dev1.0/xfer_mode 3000
  wait_for /dev/sda 3000
}
no_driver() { rmmod ata_piix && rmmod libata || fail "rmmod ata_piix"; }
mode() { cat /sys/class/ata_device/dev1.0/xfer_mode; }
sum() { dd if=/dev/sda bs=128k count=$check iflag=direct,count_bytes 2> /dev/null | sha256sum | cut -c 1-64; }
told() {
  echo "nb: begin dmesg"
  dmesg | grep -E '\\] (ata|libata|scsi|sd )' | tail -n 60
  echo "nb: end dmesg"
}
`;

/** sd_mod asks for these by name, so nothing else brings them. */
export const DISK_MODULES = ['crct10dif-generic', 'crc64-rocksoft-generic', 'sd-mod'];

/** A job whose script may call `driver`, `no_driver` and `mode`. */
export function diskJob(
  kit: Kit, script: string, more: Omit<LinuxJob, 'script' | 'modules' | 'modulesToLoadLater'>,
): Software {
  return linuxJob(kit, {
    ...more, modules: DISK_MODULES, modulesToLoadLater: ['ata-piix'], script: DISK_FUNCTIONS + script,
  });
}

/**
 * Reads as hdparm's users did it: by PIO at first, which is slow and safe; then DMA is switched on
 * and a part is read twice by it; only if both readings are as by PIO is it used.
 */
export function pioThenDma(kit: Kit, bytes: number, force: string): Software {
  return diskJob(kit, `
driver dma=0
echo "nb: mode-first $(mode)"
by_pio=$(sum)
[ "$(sum)" = "$by_pio" ] || fail "two readings by PIO differ"
no_driver
driver ${force}
echo "nb: mode-tried $(mode)"
once=$(sum)
again=$(sum)
if [ "$once" = "$by_pio" ] && [ "$again" = "$by_pio" ]; then
  echo "nb: trusted yes"
else
  echo "nb: trusted no"
  no_driver
  driver dma=0
fi
echo "nb: mode $(mode)"
measure_begin
dd if=/dev/sda of=/tmp/read bs=128k count=$bytes iflag=direct,count_bytes 2> /tmp/dd
code=$?
measure_end
copy dd /tmp/dd
[ $code -eq 0 ] || { told; fail "dd ended with $code"; }
echo "nb: sha256 $(sha256sum /tmp/read | cut -c 1-64)"
measured
told
`, { parameters: { bytes, check: Math.min(bytes, TRUST_BYTES) } });
}

/** Writes `data` to the disk's beginning, past the page cache, and flushes. */
export function linuxDiskWrite(kit: Kit, data: Uint8Array, parameters: string): Software {
  return diskJob(kit, `
driver ${parameters}
echo "nb: mode $(mode)"
measure_begin
dd if=/data of=/dev/sda bs=128k oflag=direct conv=fsync 2> /tmp/dd
code=$?
measure_end
copy dd /tmp/dd
[ $code -eq 0 ] || { told; fail "dd ended with $code"; }
measured
told
`, { parameters: { bytes: data.length, check: 0 }, files: { data } });
}

/** What Linux said of the speed of its disk: the lines of its log, without their times. */
export function speedLimits(dmesg: readonly string[]): string[] {
  return dmesg.filter((line) => line.includes('limiting speed')).map((line) => line.replace(/^.*?\] /, '').trim());
}
