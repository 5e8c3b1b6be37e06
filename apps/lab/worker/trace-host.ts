import { transfer } from 'comlink';
import { writeRun } from '../../../src/control/export/formats.ts';
import type { Way } from '../../../src/control/trace/chain-walk.ts';
import type { Side } from '../../../src/control/trace/moment.ts';
import type { RecordBlock } from '../../../src/control/trace/reader.ts';
import type { RowWish } from '../../../src/control/trace/row-filter.ts';
import type { TraceStore } from '../../../src/control/trace/store.ts';
import { buffersOf } from '../../../src/control/trace/window.ts';
import { TICKS_PER_SECOND, type Ticks } from '../../../src/sim/time.ts';
import type { TraceApi } from '../protocol/trace.ts';
import { breathing } from './breath.ts';
import { FilePieces } from './file-pieces.ts';
import type { MachineHost } from './machine-host.ts';

/** What the run is called in a file. */
const RUN = 'lab';
/** Bytes that a file may have in a page. */
const MOST = 2 ** 30;
const TOO_LARGE =
  'the file is larger than 1 GiB; save the trace, and let northbridge trace FILE --to convert it';

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
  async kept(ids: readonly number[]): ReturnType<TraceApi['kept']> {
    return ids.flatMap((id) => this.store.record(id) ?? []);
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
    return this.store.tablesFrom(names, shapes);
  }
  async edge(lane: string, time: Ticks, side: Side): ReturnType<TraceApi['edge']> {
    return this.store.edge(lane, time, side);
  }
  async effects(id: number, most: number): ReturnType<TraceApi['effects']> {
    return this.store.effects(id, most);
  }
  async walk(id: number, way: Way): ReturnType<TraceApi['walk']> {
    return this.store.walk(id, way);
  }
  async path(id: number): ReturnType<TraceApi['path']> {
    return this.store.path(id);
  }
  async arm(wish: RowWish, before: number): Promise<void> {
    await this.host.pause();
    this.store.arm(wish, before);
  }
  async disarm(): Promise<void> {
    this.store.disarm();
  }
  async file(format: Parameters<TraceApi['file']>[0], told: (share: number) => void): Promise<Blob> {
    const { machine } = this.host.machine, { store } = this;
    const header = {
      ticksPerSecond: TICKS_PER_SECOND, board: machine.boardName, generator: 'northbridge lab', filter: '',
    };
    if (format === 'trace') return new Blob([...store.file(header, RUN)] as Uint8Array<ArrayBuffer>[]);
    const last = store.latest(), file = new FilePieces(MOST, TOO_LARGE), { records } = store.sums();
    const whole = records * (format === 'vcd' ? 2 : 1);
    let done = 0;
    const blocks = function* (): Generator<RecordBlock> {
      for (const block of store.each(last)) {
        done += block.count;
        yield block;
      }
    };
    const steps = writeRun(format, header, RUN, blocks, (piece) => file.add(piece));
    await breathing(steps, () => told(Math.min(1, done / whole)));
    return file.finish();
  }
}
