import type { Counter } from '../../sim/counter.ts';

/** Cells of the frames of a network card. */
export interface FrameCells {
  received: number;
  dropped: number;
  sent: number;
}

/** The counters that every network card has. */
export function frameCounters(f: FrameCells, interrupts: () => number): Counter[] {
  return [
    {
      name: 'framesReceived', unit: '', doc: 'frames that a network card gave to software', value: () => f.received,
    },
    {
      name: 'framesDropped', unit: '', doc: 'frames for a network card that it had no room for',
      value: () => f.dropped,
    },
    { name: 'framesSent', unit: '', doc: 'frames that a network card sent', value: () => f.sent },
    { name: 'cardInterrupts', unit: '', doc: "rising edges of a network card's interrupt", value: interrupts },
  ];
}
