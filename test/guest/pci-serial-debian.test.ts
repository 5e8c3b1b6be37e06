/** Debian's own 8250_pci finds both ports of the PCI serial card. Runs where debian.test.ts runs. */
import { describe, expect, test } from 'vitest';
import { houseCard } from '../../src/machine/cards.ts';
import { DEBIAN_WANTED, linuxKit, runJob } from '../benches/linux-bench.ts';

describe.skipIf(!DEBIAN_WANTED)('the PCI serial card by Debian', async () => {
  const kit = DEBIAN_WANTED ? await linuxKit() : null;

  test('one port by I/O, one by memory; a line goes from one to the other and back', () => {
    if (kit === null) return;
    const { lines } = runJob(kit, {
      script: `
        wait_for /dev/ttyS3
        for port in /dev/ttyS2 /dev/ttyS3; do stty -F $port 115200 raw -echo || fail "stty $port"; done
        measure_begin
        head -n 1 /dev/ttyS3 > /tmp/there &
        usleep 20000
        echo 'a line by ports' > /dev/ttyS2
        wait
        head -n 1 /dev/ttyS2 > /tmp/back &
        usleep 20000
        echo 'a line by memory' > /dev/ttyS3
        wait
        measure_end
        copy there /tmp/there
        copy back /tmp/back
        copy ports /proc/tty/driver/serial
      `,
    }, { devices: [houseCard('pci-serial', 'pci 3')] });
    expect([lines.section('there'), lines.section('back')]).toEqual([['a line by ports'], ['a line by memory']]);
    const ports = lines.section('ports') ?? [];
    expect(ports.find((l) => l.startsWith('2:'))).toMatch(/uart:16550A port:/);
    expect(ports.find((l) => l.startsWith('3:'))).toMatch(/uart:16550A mmio:/);
  });
});
