import { TICKS_PER_SECOND } from '../../../sim/time.ts';
import type { PathsJob } from './experiment.ts';
import { CARD_BYTES, SWEEP_SIZES } from './block.ts';

/** PCI clocks of an access of a doubleword: 11, and as many for what polling takes. */
const ACCESS_CLOCKS = 22;
/** Instructions before the first mark, and of a transfer with its interrupt; generous. */
const STARTING = 200_000, TRANSFER = 2000;
/** Accesses to chips of the ISA bus before the first mark and after the last, and of a transfer. */
const ISA_STARTING = 4000, ISA_TRANSFER = 20;

/**
 * Simulated seconds after which a run is given up: several times what the slowest way takes with
 * these clocks, so that only a guest that hangs ever comes to it.
 */
export function limitOf({ values, boardOptions }: PathsJob): number {
  const option = (name: string): number => Number(boardOptions[name]);
  const { bytes, width, burst, sweep } = values;
  const swept = sweep ? SWEEP_SIZES.reduce((sum, n) => sum + n, 0) : 0;
  const accesses = (2 * (bytes + swept)) / Math.min(Number(width) / 8, burst, 4);
  const transfers = 2 * (Math.ceil(bytes / CARD_BYTES) + (sweep ? SWEEP_SIZES.length : 0));
  const pci = option('pciClockPeriod') / TICKS_PER_SECOND;
  const instruction = option('cyclesPerInstruction') / option('processorClock');
  const isa = (option('isaCycle') + option('isaRecovery') / 2) * option('isaDivisor') * pci;
  const entry = option('interruptEntry') / option('processorClock');
  const access = 2 * ACCESS_CLOCKS * pci + (2 * option('memoryLatency')) / TICKS_PER_SECOND + 4 * instruction;
  return 10 + 2 * (accesses * access + transfers * (entry + TRANSFER * instruction + ISA_TRANSFER * isa) +
    STARTING * instruction + ISA_STARTING * isa);
}
