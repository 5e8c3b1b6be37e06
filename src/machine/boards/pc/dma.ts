import { I8237Pair } from '../../../hw/dma/i8237/pair.ts';
import { CONTROLLER_PORTS } from '../../../hw/dma/i8237/spec.ts';
import { Transaction } from '../../../mem/transaction.ts';
import { count } from '../../../sim/parameter.ts';
import type { Board } from '../../board.ts';
import type { Backbone, PcValues } from './backbone.ts';

/** Rows of the board's options for its DMA controllers. */
export const DMA_OPTIONS = {
  dmaClockDivisor: count(1, {
    doc: 'ISA clocks in a clock of the DMA controllers; 2 in an IBM PC/AT', minimum: 1, maximum: 64,
    source: 'calibration A7: 9 clocks of the bus clock a cycle (Ampro ReadyBoard 700, p. 67)',
  }),
  dmaWaitStates: count(1, {
    doc: 'DMA: wait states of each cycle, in its clocks', maximum: 32,
    source: 'calibration A7: 5 clocks for the 4 states S1 to S4',
  }),
  dmaAcquire: count(5, {
    doc: 'DMA: half clocks from a request to its first cycle', source: 'calibration A7: 2.5 clocks', maximum: 200,
  }),
  dmaRelease: count(3, {
    doc: 'DMA: half clocks until the bus is free again', source: 'calibration A7: 1.5 clocks', maximum: 200,
  }),
} as const;

/**
 * The DMA controllers of a PC. Their cycles keep both buses from others: the south bridge asks for
 * PCI (PHOLD#) before it gives ISA to DMA, and there is no passive release.
 */
export function dmaControllers(b: Board, o: PcValues, { memory, io, isaBus, pciBus }: Backbone): I8237Pair {
  const dma = b.add(new I8237Pair('dma', b, {
    memory, clock: b.clock(isaBus.clock.divide(o.dmaClockDivisor, 'dma')), waitStates: o.dmaWaitStates,
    acquire: o.dmaAcquire, release: o.dmaRelease, buses: [isaBus, pciBus],
  }));
  b.map(io, 0x00, CONTROLLER_PORTS, dma.first, { bus: isaBus });
  b.map(io, 0xc0, CONTROLLER_PORTS, dma.second, { bus: isaBus });
  // Port 80h is the POST latch, 92h is itself; what is left of 90h-9Fh are the same registers
  // again (290550 §IORT, DMAAC).
  b.map(io, 0x81, 15, dma.pages, { bus: isaBus, offset: 1 });
  b.map(io, 0x90, 2, dma.pages, { bus: isaBus });
  b.map(io, 0x93, 13, dma.pages, { bus: isaBus, offset: 3 });
  return dma;
}

/** Firmware's part: the first controller is cascaded into channel 4, all others stay masked. */
export function setUpDma(dma: I8237Pair): void {
  const tx = new Transaction('firmware');
  dma.second.write(0x16, 1, 0xc0, tx);
  dma.second.write(0x14, 1, 0x00, tx);
}
