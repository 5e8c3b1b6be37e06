import { Scout } from '../../../src/control/diagram/scout.ts';
import { TrafficSums, type Traffic } from '../../../src/control/diagram/traffic.ts';
import type { Explorer } from '../../../src/control/explore/explorer.ts';
import type { DiagramApi } from '../protocol/diagram.ts';
import { breath } from './breath.ts';
import type { MachineHost } from './machine-host.ts';

/** Wall time between two looks at what else there is to do (ms). */
const BREATH = 8;
/** Records that are taken at once from before this listened. */
const LATE = 4096;

/** What is drawn of the machine of this worker beside single records. */
export class DiagramHost implements DiagramApi {
  private readonly host: MachineHost;
  private of: Explorer | null = null;
  private sums: TrafficSums | null = null;

  constructor(host: MachineHost) {
    this.host = host;
  }

  async cast(): Promise<string[] | null> {
    const explorer = this.host.machine;
    this.listen();
    const scout = new Scout(explorer.subject);
    while (!scout.over && explorer === this.host.machine) {
      const begun = performance.now();
      while (!scout.over && performance.now() - begun < BREATH) scout.step();
      await breath();
    }
    return scout.cast();
  }

  async traffic(id: number): Promise<Traffic[]> {
    const { store } = this.host.machine;
    return this.listen().upTo(id, (from, count) => store.records(from, count));
  }

  /** The sums of the machine that is open, with all that was recorded so far. */
  private listen(): TrafficSums {
    const explorer = this.host.machine;
    if (this.sums !== null && this.of === explorer) return this.sums;
    const { store, machine } = explorer, { trace } = machine.sim;
    const sums = new TrafficSums(trace);
    trace.flush();
    for (let from = store.first; from > 0 && from <= store.last;) {
      const some = store.records(from, LATE);
      if (some.length === 0) break;
      sums.take(some);
      from = (some.at(-1)?.id ?? from) + 1;
    }
    explorer.follow(sums);
    this.of = explorer;
    this.sums = sums;
    return sums;
  }
}
