import { I8237Pair } from '../../../hw/dma/i8237/pair.ts';
import { CONTROLLER_PORTS } from '../../../hw/dma/i8237/spec.ts';
import { PatternSource } from '../../../hw/dma/pattern-source/pattern-source.ts';
import { PATTERN_PORTS } from '../../../hw/dma/pattern-source/spec.ts';
import { Refresh } from '../../../hw/dma/refresh/refresh.ts';
import type { IrqLine } from '../../../irq/line.ts';
import { Transaction } from '../../../mem/transaction.ts';
import { choice, count, duration, flag } from '../../../sim/parameter.ts';
import { ms, ns, us } from '../../../sim/time.ts';
import type { Board } from '../../board.ts';
import { LoadError } from '../../loader/load-error.ts';
import type { X86Processor } from '../../x86-processor.ts';
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
  dmaHold: choice(['pci', 'processor'], 'pci', {
    doc: 'What ISA DMA and refresh take: PCI and ISA, or the whole bus of the processor (HOLD/HLDA), as in an AT',
    source: 'unverified: a PIIX4 asks for PCI by PHOLD# (82371AB data sheet, §8.4); 290550 and 290549 (PIIX3, 440FX) ' +
      'were not at hand',
  }),
  patternSource: flag(false, {
    doc: 'A card that gives bytes: ports 300h, IRQ 10, DMA channel 3', source: 'a choice',
  }),
  refreshInterval: duration(0, {
    doc: 'Time from one refresh cycle on the bus to the next; 0: none',
    source: 'calibration A7: 15 us in an XT and an AT; a 440FX refreshes its memory itself', maximum: ms(1),
  }),
  refreshCycle: duration(ns(750), {
    doc: 'What a refresh cycle takes of the bus', source: 'calibration A7: an AT loses 5 %; an XT 838ns',
    minimum: ns(1), maximum: us(10),
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
  // DEVIATES: port 80h is the POST latch. 92h is itself; what is left of 90h-9Fh are the same
  // registers again (290550 §IORT, DMAAC).
  b.map(io, 0x81, 15, dma.pages, { bus: isaBus, offset: 1 });
  b.map(io, 0x90, 2, dma.pages, { bus: isaBus });
  b.map(io, 0x93, 13, dma.pages, { bus: isaBus, offset: 3 });
  if (o.refreshInterval > 0 && o.refreshInterval <= 2 * o.refreshCycle)
    throw new LoadError('refreshInterval', -1, 'it is to be more than twice refreshCycle, or nobody else has the bus');
  if (o.refreshInterval > 0)
    b.add(new Refresh('refresh', b, {
      interval: o.refreshInterval, cycle: o.refreshCycle, buses: [isaBus, pciBus],
    }));
  return dma;
}

/** The pattern source, if there is to be one; its interrupt line. */
export function patternSource(
  b: Board, o: PcValues, { io, isaBus }: Backbone, dma: I8237Pair,
): [number, IrqLine][] {
  if (!o.patternSource) return [];
  const source = b.add(new PatternSource('source', b));
  b.map(io, 0x300, PATTERN_PORTS, source.ports, { bus: isaBus });
  b.isaDma(source.dma, dma.channel(3));
  return [[10, source.irq]];
}

/** With `dmaHold=processor` DMA and refresh take the processor's bus. */
export function holdProcessor(b: Board, o: PcValues, dma: I8237Pair, cpu: X86Processor): void {
  const parts = [dma, ...b.components.filter((c) => c instanceof Refresh)];
  if (o.dmaHold !== 'processor') return;
  for (const part of parts) {
    part.holds(cpu);
    b.relate('holds', part.name, cpu.name);
  }
}

/** Firmware's part: the first controller is cascaded into channel 4, all others stay masked. */
export function setUpDma(dma: I8237Pair): void {
  const tx = new Transaction('firmware');
  dma.second.write(0x16, 1, 0xc0, tx);
  dma.second.write(0x14, 1, 0x00, tx);
}
