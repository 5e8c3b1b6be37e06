/** What a processor's port to the bus is made of, and whom it asks. */
import type { EngineMemory } from '../ir/engine-memory.ts';
import type { MissSites } from '../ir/miss-sites.ts';
import type { AddressSpace } from '../mem/address-space.ts';
import type { WriteCombiningOptions } from '../mem/write-combining.ts';
import type { Simulation } from '../sim/component.ts';
import type { ProcessorCounters } from '../arch/isa.ts';
import type { Cells, LiveCells } from '../sim/state.ts';
import type { ProcessorTime } from './processor-time.ts';

/** What the port asks about decoded code: the core answers. */
export interface DecodedCode {
  /** PC of the instruction that the µop at IR address `ip` belongs to, and of the one after it. */
  pcAt(ip: number): number;
  pcAfter(ip: number): number;
  /** Is told of µops that were not let pass by the TLB. */
  readonly misses: MissSites;
  /** RAM is about to be written; returns whether decoded code was retired by it. */
  written(host: number, length: number): boolean;
  /** Jump targets found by virtual address are void, by regime. */
  flushJumps(regimes: number): void;
  /** The memory map has changed, as the core sees it. */
  mapChanged(): void;
}

/** What a port is made of. */
export interface PortOptions {
  readonly name: string;
  readonly sim: Simulation;
  readonly memory: AddressSpace;
  readonly io: AddressSpace;
  readonly engine: EngineMemory;
  readonly time: ProcessorTime;
  readonly counters: ProcessorCounters;
  readonly writeCombining: WriteCombiningOptions;
  /** Cycles that it takes to enter an interrupt's handler, at least 1. */
  readonly interruptCycles: number;
  /** Declares state of the processor. */
  declare<T extends Cells>(group: string, initial: T): LiveCells<T>;
}
