import type { FinishedRun, Measure } from '../experiment.ts';
import {
  counted, CPU_BUSY, CPU_MMIO_ACCESSES, CPU_PORT_ACCESSES, DEVICE_BYTES, DEVICE_TRANSFERS, found, INSTRUCTIONS,
  INTERRUPTS, SECONDS, BYTES_PER_SECOND,
} from '../measures.ts';

/** Payload that the processor itself loaded and stored. */
function throughProcessor(run: FinishedRun): number {
  return run.found['mover'] === 'processor' ? run.bytes : 0;
}

/** The rows of the table, from the two axes to the checks. */
export const PATHS_MEASURES: readonly Measure[] = [
  found('mover', 'who moves the data', { unit: 'word' }),
  found('registers', 'registers are reached by', { unit: 'word' }),
  found('rateTo', 'to the card: throughput', { unit: 'B/s', better: 'more' }),
  found('busyTo', '  processor busy', { unit: 'share', better: 'less' }),
  found('rateFrom', 'from the card: throughput', { unit: 'B/s', better: 'more' }),
  found('busyFrom', '  processor busy', { unit: 'share', better: 'less' }),
  { key: 'dataBytes', label: 'bytes of data', unit: 'B', better: '', of: (run) => run.bytes },
  {
    key: 'processorDataBytes', label: '  of these through the processor', unit: 'B', better: 'less',
    of: throughProcessor,
  },
  {
    key: 'busCrossings', label: '  times each crosses the bus', unit: '', better: 'less',
    of: (run) => (throughProcessor(run) + (run.counters['deviceBytes'] ?? 0)) / run.bytes,
  },
  counted('controlBytes', 'bytes of control', { unit: 'B' }),
  counted('controlAccesses', '  in register accesses'),
  {
    key: 'transactions', label: 'bus transactions, control and data', unit: '', better: 'less',
    of: (run) => (run.counters['cardTransactions'] ?? 0) + (run.counters['deviceTransfers'] ?? 0),
  },
  INTERRUPTS,
  found('polls', 'reads of a status while waiting', { better: 'less' }),
  SECONDS, BYTES_PER_SECOND, CPU_BUSY, INSTRUCTIONS, CPU_PORT_ACCESSES, CPU_MMIO_ACCESSES, DEVICE_BYTES,
  DEVICE_TRANSFERS,
  found('sha256To', 'SHA-256 of what the card got', { unit: 'digest' }),
  found('sha256From', 'SHA-256 of what came back', { unit: 'digest' }),
];
