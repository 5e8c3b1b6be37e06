/** Debian's own drivers read a CD-ROM drive: libata, sr_mod, isofs. Runs where debian.test.ts runs. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { POST } from '../../src/control/guests/status.ts';
import { MemoryDisk } from '../benches/ide-bench.ts';
import { isoImage } from '../benches/iso-image.ts';
import { DEBIAN_WANTED, linuxKit, runJob } from '../benches/linux-bench.ts';

/** Not whole sectors. */
const FILE = Uint8Array.from({ length: 300_001 }, (_, n) => (n * 0x9e3779b1) >>> 24);
const IMAGE = isoImage({ 'DATA.BIN': FILE });

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function disc(): MemoryDisk {
  const disk = Object.assign(new MemoryDisk(IMAGE.length / 512, true), { medium: 'cd' as const });
  disk.bytes.set(IMAGE);
  return disk;
}

describe.skipIf(!DEBIAN_WANTED)('Debian reads a CD', async () => {
  const kit = DEBIAN_WANTED ? await linuxKit() : null;

  test.each([
    ['by DMA', 'libata', 'XFER_MW_DMA_2', true], ['by PIO', 'libata dma=0', 'XFER_PIO_4', false],
  ] as const)('%s', (_way, libata, mode, moved) => {
    if (kit === null) return;
    const counted = new Map<number, number>();
    const { lines } = runJob(kit, {
      modules: [libata, 'ata_piix', 'sr_mod', 'isofs'],
      script: `
wait_for /dev/sr0 300
mkdir /tmp/cd
measure_begin
mount -t iso9660 -o ro /dev/sr0 /tmp/cd || fail "the disc is not mounted"
sha256sum < /tmp/cd/data.bin > /tmp/file
sha256sum < /dev/sr0 > /tmp/disc
measure_end
section names ls /tmp/cd
copy file /tmp/file
copy disc /tmp/disc
copy mode /sys/class/ata_device/dev2.0/xfer_mode
`,
    }, { disks: [null, null, disc()] }, 'jit', null, (code, machine) => {
      counted.set(code, Number(machine.counters()['deviceBytes'] ?? NaN));
    });
    expect(lines.section('names')).toEqual(['data.bin']);
    expect(lines.section('file')?.[0]).toBe(`${sha256(FILE)}  -`);
    expect(lines.section('disc')?.[0]).toBe(`${sha256(IMAGE)}  -`);
    expect(lines.section('mode')).toEqual([mode]);
    const bytes = (counted.get(POST.end) ?? NaN) - (counted.get(POST.begin) ?? NaN);
    // What the file system has read is in the disc's page cache, or is read again.
    if (moved) expect(bytes).toBeGreaterThanOrEqual(IMAGE.length);
    else expect(bytes).toBe(0);
  });
});
