import type { Measure } from '../experiment.ts';
import { CPU_BUSY, CPU_MMIO_ACCESSES, counted, DEVICE_TRANSFERS, found, INTERRUPTS, SECONDS } from '../measures.ts';
import { MASTERS, type Master } from './bus-time.ts';

const NAMES: Readonly<Record<Master, string>> = {
  disk: 'disk (IDE)', camera: 'camera', raid: 'raid', network: 'network card', sound: 'sound (8237A)',
};

/** Four rows a master, what was lost, and the whole. */
export const MEASURES: readonly Measure[] = [
  ...MASTERS.flatMap((m) => [
    found(`${m}Rate`, `${NAMES[m]}: bytes a second`, { unit: 'B/s', better: 'more' }),
    found(`${m}Share`, '  share of the bus', { unit: 'share' }),
    found(`${m}Wait`, '  mean wait for it', { unit: 's', better: 'less' }),
    found(`${m}Worst`, '  longest wait', { unit: 's', better: 'less' }),
  ]),
  found('busShare', 'all masters: share of the bus', { unit: 'share' }),
  found('cameraLost', 'lines that the camera lost', { better: 'less' }),
  found('cameraMissed', 'frames that it missed', { better: 'less' }),
  found('netMissed', 'frames that the network card missed', { better: 'less' }),
  counted('soundUnderruns', 'samples that came late'),
  SECONDS, CPU_BUSY, CPU_MMIO_ACCESSES, DEVICE_TRANSFERS, INTERRUPTS,
];
