import { stateChecksum } from '../../../src/control/state-checksum.ts';
import type { Place } from '../../../src/control/explore/steps.ts';
import type { ExploreApi, From } from '../protocol/explore.ts';
import { breath } from './breath.ts';
import type { MachineHost } from './machine-host.ts';

/** Steps through the run of this worker's machine. */
export class ExploreHost implements ExploreApi {
  private readonly host: MachineHost;
  /** Where the last step came to: the next one mostly goes on from there. */
  private last: Place | null = null;
  /** Counts up with every search for a writer. */
  private searches = 0;

  constructor(host: MachineHost) {
    this.host = host;
  }

  async record(on: boolean): Promise<void> {
    this.host.machine.setRecording(on);
    this.host.report();
  }

  async checksum(time: number): Promise<string> {
    const { machine: explorer } = this.host;
    return stateChecksum(explorer.past({ ticks: time }), explorer.pastAttachments);
  }

  async step(...[kind, count, from]: Parameters<ExploreApi['step']>): Promise<Place> {
    return (this.last = this.host.machine.step(kind, count, this.placeOf(from, kind === 'instruction')));
  }

  async following(...[kind, count, from]: Parameters<ExploreApi['following']>): ReturnType<ExploreApi['following']> {
    const place = this.placeOf(from, false), { host } = this, explorer = host.machine;
    for (;;) {
      const found = explorer.following(kind, count, place);
      if (found.length > 0 || count < 0 || explorer !== host.machine || !(await host.further())) return found;
    }
  }

  async lastWriter(...[bytes, ticks]: Parameters<ExploreApi['lastWriter']>): ReturnType<ExploreApi['lastWriter']> {
    const mine = ++this.searches;
    const search = this.host.machine.lastWriter(bytes, { ticks });
    for (;;) {
      const step = search.next();
      if (step.done === true) return step.value;
      await breath();
      if (mine !== this.searches) return null;
    }
  }

  private placeOf({ time, record }: From, exact: boolean): Place {
    if (this.last?.ticks === time && this.last.record === record) return this.last;
    if (exact) return { ...this.host.machine.place({ ticks: time }), record };
    return { ticks: time, instructions: 0, record };
  }
}
