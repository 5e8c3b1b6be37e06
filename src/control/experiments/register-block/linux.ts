import { crc32 } from '../../../bits/crc32.ts';
import { fillPayload } from '../../../hw/net/payload.ts';
import type { Kit, Software } from '../experiment.ts';
import { linuxJob } from '../linux/job.ts';

/** Seed of the payloads that guest/linux/udp sends. */
const SEED = 0x4e42;

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

/** CRC-32 of what must come back, made here. */
export function echoCrc(bytes: number, size: number): string {
  let crc = 0;
  for (let at = 0, n = 0; at < bytes; at += size, n++) {
    const payload = new Uint8Array(Math.min(size, bytes - at));
    fillPayload(payload, 0, payload.length, SEED, n);
    crc = crc32(payload, crc);
  }
  return crc.toString(16).padStart(8, '0');
}
