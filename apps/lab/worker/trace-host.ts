import { transfer } from 'comlink';
import type { TraceStore } from '../../../src/control/trace/store.ts';
import { buffersOf } from '../../../src/control/trace/window.ts';
import type { Ticks } from '../../../src/sim/time.ts';
import type { TraceApi } from '../protocol/trace.ts';
import type { MachineHost } from './machine-host.ts';

/** The trace of this worker's machine. */
export class TraceHost implements TraceApi {
  private readonly host: MachineHost;

  constructor(host: MachineHost) {
    this.host = host;
  }

  private get store(): TraceStore {
    return this.host.machine.store;
  }

  async record(id: number): ReturnType<TraceApi['record']> {
    return this.store.record(id);
  }
  async records(from: number, count: number): ReturnType<TraceApi['records']> {
    return this.store.records(from, count);
  }
  async idAt(time: Ticks): Promise<number> {
    return this.store.idAt(time);
  }
  async sums(): ReturnType<TraceApi['sums']> {
    return this.store.sums();
  }
  async gaps(): ReturnType<TraceApi['gaps']> {
    return this.store.gaps();
  }
  async lanes(): ReturnType<TraceApi['lanes']> {
    return this.store.lanes();
  }
  async window(query: Parameters<TraceApi['window']>[0]): ReturnType<TraceApi['window']> {
    const window = this.store.window(query);
    return transfer(window, buffersOf(window) as ArrayBuffer[]);
  }
  async tables(names: number, shapes: number): ReturnType<TraceApi['tables']> {
    return this.store.tables(names, shapes);
  }
}
