/** The experiments' Debian variants: the unmodified floppy driver, with DMA and without. */
import type { Kit, Software } from '../experiment.ts';
import { linuxJob } from '../linux/job.ts';

export const LINUX_METHODS = ['floppy', 'floppy-nodma'] as const;

const SECTOR = 512;

/** The driver and its parameter: `nodma` makes it move each byte itself (Linux floppy.rst). */
function driver(method: string): string {
  return method === 'floppy-nodma' ? 'floppy floppy=nodma' : 'floppy';
}

/** Reads `bytes` from the first floppy drive, and says their digest. */
export function linuxRead(kit: Kit, method: string, bytes: number): Software {
  return linuxJob(kit, {
    modules: [driver(method)],
    parameters: { sectors: bytes / SECTOR },
    script: `
      wait_for /dev/fd0
      measure_begin
      dd if=/dev/fd0 of=/tmp/data bs=512 count=$sectors status=none || fail "dd"
      measure_end
      set -- $(sha256sum /tmp/data)
      echo "nb: sha256 $1"
      measured
    `,
  });
}

/** Writes data to the first floppy drive. */
export function linuxWrite(kit: Kit, method: string, data: Uint8Array): Software {
  return linuxJob(kit, {
    modules: [driver(method)],
    files: { 'tmp.data': data },
    script: `
      wait_for /dev/fd0
      measure_begin
      dd if=/tmp.data of=/dev/fd0 bs=512 conv=fsync status=none || fail "dd"
      measure_end
      measured
    `,
  });
}
