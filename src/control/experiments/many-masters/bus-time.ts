import type { BusTime } from '../../../hw/dma-port.ts';
import { I8237Pair } from '../../../hw/dma/i8237/pair.ts';
import { Device } from '../../../hw/device.ts';
import type { Machine } from '../../../machine/machine.ts';

export const MASTERS = ['disk', 'camera', 'raid', 'network', 'sound'] as const;
export type Master = (typeof MASTERS)[number];

/** The component whose ports are a master's. */
const COMPONENT: Readonly<Record<Master, string>> = {
  disk: 'ide', camera: 'camera', raid: 'raid', network: 'net', sound: 'dma',
};

/** What the bus has cost a master since reset, all its ports together, and its transactions. */
export interface MasterTime extends BusTime {
  readonly transactions: number;
  readonly bytes: number;
}

const NONE: MasterTime = { waited: 0, held: 0, worst: 0, transactions: 0, bytes: 0 };

/** By master. */
export function busTimes(machine: Machine): Readonly<Record<Master, MasterTime>> {
  const of = (name: string): MasterTime => {
    const component = machine.board.components.find((c) => c.name === name);
    if (component instanceof I8237Pair) {
      const counted = (what: string): number => component.counterRows.find((c) => c.name === what)?.value() ?? 0;
      return {
        ...component.busTime, transactions: counted('dmaChannelCycles'), bytes: counted('dmaChannelBytes'),
      };
    }
    if (!(component instanceof Device)) return NONE;
    return component.dmaPorts.map((p) => ({ ...p.busTime, ...p.counters })).reduce<MasterTime>((sum, p) => ({
      waited: sum.waited + p.waited, held: sum.held + p.held, worst: Math.max(sum.worst, p.worst),
      transactions: sum.transactions + p.bursts, bytes: sum.bytes + p.bytes,
    }), NONE);
  };
  return Object.fromEntries(MASTERS.map((m) => [m, of(COMPONENT[m])])) as Record<Master, MasterTime>;
}

/**
 * Between two times. The longest wait is that since reset: before, nobody was there to wait for.
 */
export function between(from: MasterTime, to: MasterTime): MasterTime {
  return {
    waited: to.waited - from.waited, held: to.held - from.held, worst: to.worst,
    transactions: to.transactions - from.transactions, bytes: to.bytes - from.bytes,
  };
}
