import { diskJob } from '../disk/linux-disk.ts';
import type { Kit, Software } from '../experiment.ts';

/** The mark of guest/linux/paging when the disk is at rest, beside the usual ones. */
export const QUIET = 0xb2;

/** What guest/linux/paging is to do. */
export interface PagingWork {
  readonly processes: number;
  /** Pages of each. */
  readonly pages: number;
  readonly rounds: number;
  /** Every which page a round changes; 0: none. */
  readonly change: number;
  readonly order: 'forward' | 'random';
}

/** What is counted by the kernel, in the order of /proc/vmstat (mm/vmstat.c). */
export const KERNEL_COUNTS = [
  'pgpgin', 'pgpgout', 'pswpin', 'pswpout', 'pgfault', 'pgmajfault', 'pgscan_kswapd', 'pgscan_direct',
  'pgsteal_kswapd', 'pgsteal_direct', 'swap_ra', 'swap_ra_hit',
] as const;

/**
 * Processes with more memory than there is, and the disk as the place of what does not fit. All
 * numbers of processes up to the wanted one are run; the last is measured.
 * @param parameters of libata
 */
export function pagingBySwap(kit: Kit, work: PagingWork, parameters: string): Software {
  const { processes, pages, rounds, change, order } = work;
  return diskJob(kit, `
driver ${parameters}
echo "nb: mode $(mode)"
busybox mkswap /dev/sda > /dev/null || fail "mkswap"
busybox swapon /dev/sda || fail "swapon"
grep -E '^(MemTotal|MemFree|MemAvailable|SwapTotal)' /proc/meminfo | sed 's/^/nb: /'
n=1
while [ $n -le $processes ]; do
  marks=0
  [ $n -eq $processes ] && marks=1
  paging $n $pages $rounds $change $order $marks > /tmp/paged 2> /tmp/why || fail "paging: $(cat /tmp/why)"
  grep '^nb: [a-z]* [0-9]' /tmp/paged
  n=$((n + 1))
done
grep -E '^(nb: (begin|end) |(${KERNEL_COUNTS.join('|')}) )' /tmp/paged
`, { programs: ['paging'], parameters: { processes, pages, rounds, change, order } });
}
