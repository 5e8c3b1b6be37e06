import { busyShare } from '../counters.ts';
import type { Measure } from './experiment.ts';

/** A measure that is a counter of the machine. */
export function counted(key: string, label: string, options: Partial<Pick<Measure, 'unit' | 'better'>> = {}): Measure {
  return { key, label, unit: '', better: 'less', ...options, of: (run) => run.counters[key] ?? 0 };
}

/** A measure that the trial found out. */
export function found(
  key: string, label: string, options: Partial<Pick<Measure, 'unit' | 'better' | 'digits'>> = {},
): Measure {
  return { key, label, unit: '', better: '', ...options, of: (run) => run.found[key] ?? null };
}

/** Simulated time between the marks. */
export const SECONDS: Measure = {
  key: 'seconds', label: 'simulated time', unit: 's', better: 'less', of: (run) => run.seconds,
};
export const BYTES_PER_SECOND: Measure = {
  key: 'bytesPerSecond', label: 'throughput', unit: 'B/s', better: 'more', of: (run) => run.bytes / run.seconds,
};
/** Throughput where bytes may be lost: of what came, as `found[key]` counts it. */
export function arrivedPerSecond(key: string): Measure {
  return { ...BYTES_PER_SECOND, of: (run) => Number(run.found[key] ?? run.bytes) / run.seconds };
}
/** Share of the time in which the processor was not halted. */
export const CPU_BUSY: Measure = {
  key: 'cpuBusy', label: 'processor busy', unit: 'share', better: 'less', of: (run) => busyShare(run.counters),
};
export const INSTRUCTIONS = counted('instructions', 'instructions');
export const CPU_PORT_ACCESSES = counted('cpuPortAccesses', 'port accesses by the processor');
export const DATA_PORT_ACCESSES = counted('dataPortAccesses', '  of these to the data port');
export const CPU_MMIO_ACCESSES = counted('cpuMmioAccesses', 'MMIO accesses by the processor');
export const DEVICE_BYTES = counted('deviceBytes', 'bytes moved by devices', { better: '' });
export const DEVICE_TRANSFERS = counted('deviceTransfers', 'transfers by devices', { better: '' });
export const INTERRUPTS = counted('interrupts', 'interrupts');
/** Of what arrived. */
export const SHA256 = found('sha256', 'SHA-256 of what arrived', { unit: 'digest' });

/** What every experiment with one processor, one disk and a bus master can say. */
export const COMMON: readonly Measure[] = [
  SECONDS, BYTES_PER_SECOND, CPU_BUSY, INSTRUCTIONS, CPU_PORT_ACCESSES, DATA_PORT_ACCESSES, CPU_MMIO_ACCESSES,
  DEVICE_BYTES, DEVICE_TRANSFERS, INTERRUPTS, SHA256,
];
