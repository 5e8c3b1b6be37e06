import { diskJob } from '../disk/linux-disk.ts';
import type { Kit, Software } from '../experiment.ts';

/** What reads the disk meanwhile. */
export const KEY_ECHO_METHODS = ['idle', 'pio', 'dma'] as const;
export type KeyEchoMethod = (typeof KEY_ECHO_METHODS)[number];

/** guest/linux/key-echo on the console, beside a reader of the disk past the page cache. */
export function keyEchoJob(kit: Kit, method: KeyEchoMethod, keys: number): Software {
  const reads = method !== 'idle';
  return diskJob(kit, `
driver ${method === 'pio' ? 'dma=0' : ''}
echo "nb: mode $(mode)"
wait_for /dev/tty1
${reads ? `
( while true; do dd if=/dev/sda of=/dev/null bs=128k iflag=direct 2> /dev/null; done ) &
reader=$!
sleep 0.1` : ''}
drain
key-echo $keys /dev/tty1 > /tmp/said 2> /tmp/why || fail "key-echo: $(cat /tmp/why)"
${reads ? 'kill $reader' : ''}
copy said /tmp/said
`, { programs: ['key-echo'], parameters: { keys } });
}
