import type { InputPin, IrqLine } from '../../irq/line.ts';
import type { Guard } from '../../mem/transaction.ts';
import type { DmaPath } from '../dma-path.ts';

/**
 * What DACK# selects in a DMA cycle of the ISA bus. No I/O address stands on the bus (AEN is high):
 * the device answers because it is acknowledged, and its byte travels between it and memory without
 * going through the controller (8237A §DMA Operation). `terminal`: TC is high in this cycle.
 */
export interface DackTarget {
  readonly name: string;
  /** The device's guard against re-entry. */
  readonly guard: Guard;
  /** IOR#: the device drives `size` (1 or 2) bytes; the cycle writes memory. */
  dackRead(size: number, terminal: boolean): number;
  /** IOW#: the device takes `size` bytes; the cycle reads memory. */
  dackWrite(size: number, value: number, terminal: boolean): void;
  /** Neither strobe: a verify cycle. */
  dackVerify(terminal: boolean): void;
}

/** A device's end of a DREQ/DACK# pair. The request is a level that `outputs` computes. */
export interface DmaRequester {
  readonly dreq: IrqLine;
  readonly dack: DackTarget;
}

/** The controller's end of a pair. */
export interface DmaChannel {
  /** `dma.2`, for the board's graph. */
  readonly name: string;
  readonly dreq: InputPin;
  /** Says whom DACK# selects. One device a channel. */
  acknowledges(target: DackTarget): void;
  /** The faulty path to memory of its cycles, each of which asks it; null: it is sound. */
  through?(path: DmaPath | null): void;
}
