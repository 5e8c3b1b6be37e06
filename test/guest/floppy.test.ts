/**
 * Debian's unmodified floppy driver on the 82077AA: reads, writes and formats, with DMA and with
 * its own programmed I/O. Runs where test/guest/debian.test.ts runs.
 */
import { describe, expect, test } from 'vitest';
import { DiskOverlay } from '../../src/control/disk-overlay.ts';
import { generatedDisk, pseudoRandomImage } from '../../src/control/image-disk.ts';
import { DEBIAN_WANTED, linuxKit, runJob } from '../benches/linux-bench.ts';

const BYTES = 1_474_560, TRACK = 18 * 512;

describe.skipIf(!DEBIAN_WANTED)('Debian\'s floppy driver', async () => {
  const kit = DEBIAN_WANTED ? await linuxKit() : null;

  test.each([['DMA', 'floppy'], ['its own programmed I/O', 'floppy floppy=nodma']])('with %s', (_how, driver) => {
    if (kit === null) return;
    const disk = new DiskOverlay(generatedDisk(BYTES));
    const data = pseudoRandomImage(3 * TRACK, 77);
    const { lines, run } = runJob(kit, {
      modules: [driver],
      programs: ['fdformat'],
      files: { 'new.data': data },
      script: `
        wait_for /dev/fd0
        measure_begin
        dd if=/dev/fd0 of=/tmp/old bs=512 count=36 status=none || fail "read"
        dd if=/new.data of=/dev/fd0 bs=9216 seek=2 conv=fsync status=none || fail "write"
        measure_end
        section format fdformat /dev/fd0 2
        # Closed and opened again: the driver looks at the disk, not into its cache.
        echo 3 > /proc/sys/vm/drop_caches
        dd if=/dev/fd0 of=/tmp/formatted bs=512 count=36 status=none || fail "read what was formatted"
        set -- $(sha256sum /tmp/old)
        echo "nb: old $1"
        set -- $(sha256sum /tmp/formatted)
        echo "nb: formatted $1"
        dmesg | sed -n '/FDC/p' > /tmp/fdc
        copy messages /tmp/fdc
      `,
    }, { floppies: [disk] });
    const digest = (bytes: Uint8Array): string => {
      const hash = kit.sha256();
      hash.update(bytes);
      return hash.digest();
    };
    expect(run.matches).toBe(true);
    expect(lines.section('messages')?.join('\n')).toContain('FDC 0 is a post-1991 82077');
    expect(lines.after('nb: old ')).toBe(digest(pseudoRandomImage(BYTES).subarray(0, 2 * TRACK)));
    const written = new Uint8Array(data.length);
    disk.read(2 * TRACK, written, 0, written.length);
    expect(Buffer.compare(written, data)).toBe(0);
    expect(lines.section('format')).toEqual(['2 tracks']);
    expect(lines.after('nb: formatted ')).toBe(digest(new Uint8Array(2 * TRACK).fill(0xf6)));
  });
});
