import type { Kit, Software } from '../experiment.ts';
import { linuxJob } from '../linux/job.ts';

/** Debian with Realtek's card: its driver by ports or by memory, datagrams to the peer and back. */
export function echoBy8139too(kit: Kit, ports: boolean, bytes: number, size: number): Software {
  return linuxJob(kit, {
    modules: [`8139too use_io=${ports ? 1 : 0}`], programs: ['udp'], parameters: { bytes, size },
    script: `
ifconfig eth0 10.0.2.15 netmask 255.255.255.0 up || fail "no card came up"
ping -c 1 10.0.2.2 > /tmp/ping || fail "the peer does not answer"
measure_begin
udp 10.0.2.2 echo $bytes $size 4 > /tmp/echo || fail "echo"
measure_end
measured
copy echo /tmp/echo
`,
  });
}
