/** Debian's own drivers on our network cards: ping, and UDP of which every byte is checked. */
import { describe, expect, test } from 'vitest';
import { RING_RECEIVE } from '../../src/control/experiments/ring-receive/experiment.ts';
import { jobOf } from '../../src/control/experiments/job.ts';
import type { RunResult } from '../../src/control/experiments/experiment.ts';
import { runMethod } from '../../src/control/experiments/runner.ts';
import { us } from '../../src/sim/time.ts';
import { houseCard } from '../../src/machine/cards.ts';
import { datagramsCrc } from '../../src/control/experiments/linux/datagrams.ts';
import { DEBIAN_WANTED, linuxKit, runJob } from '../benches/linux-bench.ts';

const BYTES = 2 ** 20, SIZE = 1472;

const CARDS = [['rtl8029', 'ne2k-pci'], ['rtl8139', '8139too'], ['e1000', 'e1000']] as const;

describe.skipIf(!DEBIAN_WANTED)('Debian on a network', async () => {
  const kit = DEBIAN_WANTED ? await linuxKit() : null;

  test.each(CARDS)('%s by %s: ping, and 1 MiB of UDP there and back', (card, module) => {
    if (kit === null) return;
    const { lines } = runJob(kit, {
      modules: [module], programs: ['udp'],
      parameters: { bytes: BYTES, size: SIZE },
      script: `
        nic=$(ls /sys/class/net | grep -v lo)
        ifconfig $nic 10.0.2.15 netmask 255.255.255.0 up || fail "no card came up"
        echo "nb: mac $(cat /sys/class/net/$nic/address)"
        echo "nb: ping $(ping -c 3 -i 0.1 -s 1000 10.0.2.2 | grep received)"
        measure_begin
        udp 10.0.2.2 echo $bytes $size 4 > /tmp/echo || fail "echo"
        measure_end
        measured
        copy echo /tmp/echo
        section send udp 10.0.2.2 send $bytes $size 16
        section receive udp 10.0.2.2 receive $bytes $size 1 2000000
      `,
    }, { devices: [houseCard(card, 'pci 4')] });
    const datagrams = Math.ceil(BYTES / SIZE);
    expect(lines.after('nb: mac ')).toBe('52:54:00:12:34:56');
    expect(lines.after('nb: ping ')).toBe('3 packets transmitted, 3 packets received, 0% packet loss');
    for (const mode of ['echo', 'send', 'receive'])
      expect(lines.section(mode)).toEqual([`${mode} ${datagrams} ${BYTES} 0 ${datagramsCrc(BYTES, SIZE)}`]);
  });

  test('ring-receive: faster than a processor can take, frames are lost and counted; what arrives is right', () => {
    if (kit === null) return;
    const wish = { guest: 'debian', values: { frames: 500, rate: '1000', interval: us(20) } } as const;
    const job = jobOf(RING_RECEIVE, { ...wish, boardOptions: { kernelEntry: 'vmlinux' }, methods: ['e1000-rings'] });
    const steps = runMethod(RING_RECEIVE as never, job as never, 'e1000-rings', kit, {});
    let run: RunResult | null = null;
    while (run === null) {
      const step = steps.next();
      if (step.done === true) run = step.value;
    }
    const { received, lost, cpuBusy } = run.measures;
    expect(run).toMatchObject({ matches: true, mode: 'e1000' });
    expect(Number(received) + Number(lost)).toBe(500);
    expect(Number(lost)).toBeGreaterThan(0);
    expect(Number(cpuBusy)).toBeGreaterThan(0.9);
  });
});
