/**
 * A job for Debian's kernel, to its end: modules, a program of ours, what it says. Runs where
 * test/guest/debian.test.ts runs.
 */
import { describe, expect, test } from 'vitest';
import { houseCard } from '../../src/machine/cards.ts';
import { DEBIAN_WANTED, linuxKit, runJob } from '../benches/linux-bench.ts';

describe.skipIf(!DEBIAN_WANTED)('a job for Debian', async () => {
  const kit = DEBIAN_WANTED ? await linuxKit() : null;

  test('loads modules with their parameters, runs a program of ours and ends', () => {
    if (kit === null) return;
    const { lines } = runJob(kit, {
      modules: ['uio_pci_generic', 'pktgen pg_count_d=7'],
      programs: ['registers'],
      parameters: { card: '0000:00:03.0', word: "it's" },
      script: `
        echo "nb: word $word"
        measure_begin
        registers /sys/bus/pci/devices/$card/resource0 0x0 > /tmp/read || fail "registers"
        measure_end
        section edu registers /sys/bus/pci/devices/0000:00:04.0/resource0 0x0 0x4=0x1234 0x4 0x8=10 0x20 0x8
        measured
        copy read /tmp/read
        section modules lsmod
      `,
    }, { devices: [houseCard('paths', 'pci 3'), houseCard('edu', 'pci 4')] });
    expect(lines.after('nb: word ')).toBe("it's");
    // The card's identification, read through /sys.
    expect(lines.section('read')).toEqual(['00000000 5041544e']);
    // Identification, liveness, status, 10! (QEMU docs/specs/edu.rst).
    expect(lines.section('edu')).toEqual([
      '00000000 010000ed', '00000004 ffffedcb', expect.stringMatching(/^00000020 0000000[01]$/), '00000008 00375f00',
    ]);
    expect(lines.section('modules')?.map((l) => l.split(' ')[0])).toEqual([
      'Module', 'pktgen', 'uio_pci_generic', 'uio',
    ]);
    expect(lines.section('stat-after')?.[0]).toMatch(/^cpu +\d+/);
  });

  test('that fails says why', () => {
    if (kit === null) return;
    expect(() => runJob(kit, { script: 'wait_for /dev/nothing 2' })).toThrow('the guest failed: no /dev/nothing');
  });
});
