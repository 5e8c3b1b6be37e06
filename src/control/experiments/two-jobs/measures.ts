import type { Measure } from '../experiment.ts';
import {
  BYTES_PER_SECOND, counted, CPU_BUSY, CPU_PORT_ACCESSES, DEVICE_BYTES, found, INSTRUCTIONS, INTERRUPTS, SECONDS,
  SHA256,
} from '../measures.ts';

/** The rows of the table: the two jobs, each beside the other and alone, then what it took. */
export const TWO_JOBS_MEASURES: readonly Measure[] = [
  SECONDS,
  BYTES_PER_SECOND,
  found('rateAlone', '  alone', { unit: 'B/s', better: 'more' }),
  found('transferShare', '  share that is left of it', { unit: 'share', better: 'more' }),
  found('workRate', 'second job: units a second', { better: 'more' }),
  found('workRateAlone', '  alone', { better: 'more' }),
  found('workShare', '  share that is left of it', { unit: 'share', better: 'more' }),
  found('lost', 'time that the second job lost', { unit: 's', better: 'less' }),
  {
    key: 'held', label: 'DMA had the bus of the running processor', unit: 'share', better: 'less',
    of: (run) => (run.counters['heldTicks'] ?? 0) / run.counters.ticks,
  },
  CPU_BUSY, INSTRUCTIONS, CPU_PORT_ACCESSES, DEVICE_BYTES,
  counted('dmaChannelBytes', 'bytes moved by the 8237', { better: '' }),
  INTERRUPTS,
  SHA256,
];
