import type { ProxyMarked } from 'comlink';
import type { ExploreApi } from './explore.ts';
import type { DiagramApi } from './diagram.ts';
import type { InspectApi } from './inspect.ts';
import type { ExperimentsApi } from './experiments.ts';
import type { MachineApi } from './machine.ts';
import type { TraceApi } from './trace.ts';
import type { ScreenApi } from './screen.ts';
import type { OwnApi, TerminalApi } from './own.ts';

/** Its members are called over there, not cloned. */
export type There<T> = T & ProxyMarked;

/** What a worker offers to the page: one machine, and what can be asked of it. */
export interface LabWorker {
  /** Answers at once, if the worker is not busy. */
  alive(): Promise<true>;
  readonly machine: There<MachineApi>;
  readonly trace: There<TraceApi>;
  readonly explore: There<ExploreApi>;
  readonly inspect: There<InspectApi>;
  readonly diagram: There<DiagramApi>;
  readonly experiments: There<ExperimentsApi>;
  readonly own: There<OwnApi>;
  readonly screen: There<ScreenApi>;
  readonly terminal: There<TerminalApi>;
}

/** The same as the worker has it. */
export type Plain<T> = { [K in keyof T]: T[K] extends There<infer U> ? U : T[K] };
