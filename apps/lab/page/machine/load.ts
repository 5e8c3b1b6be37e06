/** What parts and buses had to do until the moment: asked of the worker now and then. */
import type { Diagram } from '../../../../src/control/diagram/diagram.ts';
import { routeOf, targetOf, type Access } from '../../../../src/control/diagram/route.ts';
import { partOf } from '../../../../src/control/diagram/topology.ts';
import type { Traffic } from '../../../../src/control/diagram/traffic.ts';
import type { Ticks } from '../../../../src/sim/time.ts';
import type { Pane } from '../state/pane.ts';
import type { Moment } from '../state/moment.ts';

/** Wall time between two questions (ms). */
const PERIOD = 250;

/** Share of the time in which a transfer of an initiator was under way on a rail. */
export interface RailShare {
  readonly initiator: string;
  readonly share: number;
}

export class Load {
  /** By part: bytes that it moved or that were moved from or to it. */
  bytes: ReadonlyMap<string, number> = new Map();
  /** By rail; what waits for a bus counts, too, so that all of them can be more than 1. */
  rails: ReadonlyMap<string, readonly RailShare[]> = new Map();
  /** Processors that are halted. */
  halted: ReadonlySet<string> = new Set();
  /** Who made transfers. */
  initiators: readonly string[] = [];
  /** Counts changes of all these. */
  version = 0;
  private readonly pane: Pane;
  private readonly arrived: () => void;
  private readonly ways = new Map<string, readonly string[]>();
  private of = '';
  private waiting = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  /** Counts machines: one that was closed never answers. */
  private machine = 0;

  constructor(pane: Pane, arrived: () => void) {
    this.pane = pane;
    this.arrived = arrived;
  }

  clear(): void {
    this.end();
    this.machine++;
    this.ways.clear();
    this.forget('');
  }

  /** Nothing is asked any more, until something is followed again. */
  end(): void {
    clearTimeout(this.timer);
    this.waiting = false;
  }

  /** The moment is another one; `begin`: when the job began, or 0. */
  follow(diagram: Diagram, moment: Moment, begin: Ticks): void {
    const of = `${moment.record} ${moment.time}`, { machine } = this;
    if (of === this.of) return;
    // Nothing has happened yet: nobody needs be asked, and no answer that is on its way counts.
    if (moment.record === 0) return this.forget(of);
    if (this.waiting) return;
    this.of = of;
    this.waiting = true;
    void this.ask(diagram, moment, begin).finally(() => {
      if (machine !== this.machine) return;
      this.timer = setTimeout(() => {
        this.waiting = false;
        this.arrived();
      }, PERIOD);
    });
  }

  private forget(of: string): void {
    this.bytes = new Map();
    this.rails = new Map();
    this.halted = new Set();
    this.initiators = [];
    this.version++;
    this.of = of;
  }

  private async ask(diagram: Diagram, moment: Moment, begin: Ticks): Promise<void> {
    const { of, machine } = this;
    try {
      const { remote } = this.pane;
      // One that runs is ahead of its moment already, and looking back would hold it up.
      const runs = this.pane.status.peek()?.state === 'running';
      const [traffic, looked] = await Promise.all([
        remote.diagram.traffic(moment.record), runs ? null : remote.inspect.processor(moment.time, 0),
      ]);
      if (machine !== this.machine || this.of !== of) return;
      const processor = looked?.look.processor ?? null;
      this.halted = new Set(processor?.halted === true ? [processor.name] : []);
      this.sum(diagram, traffic, Math.max(1, moment.time - (moment.time > begin ? begin : 0)));
      this.version++;
      this.arrived();
    } catch {
      // The machine was closed meanwhile: the figures stay.
    }
  }

  private sum(diagram: Diagram, traffic: readonly Traffic[], elapsed: Ticks): void {
    const bytes = new Map<string, number>(), rails = new Map<string, RailShare[]>();
    for (const t of traffic) {
      // Data of both directions go the same way.
      const access = { ...t, address: 0, write: true };
      const from = partOf(diagram.board, t.initiator), to = targetOf(diagram, access);
      // What a program keeps in memory is not what the processor carries from place to place.
      const own = roleOf(diagram, from) === 'processor' && roleOf(diagram, to) === 'memory';
      for (const end of new Set(own ? [to] : [from, to]))
        if (end !== null) bytes.set(end, (bytes.get(end) ?? 0) + t.bytes);
      for (const rail of this.railsOf(diagram, access)) {
        const all = rails.get(rail) ?? [], before = all.find((s) => s.initiator === t.initiator);
        const share = (before?.share ?? 0) + t.ticks / elapsed;
        rails.set(rail, [...all.filter((s) => s !== before), { initiator: t.initiator, share }]);
      }
    }
    this.bytes = bytes;
    this.rails = rails;
    this.initiators = [...new Set(traffic.map((t) => t.initiator))];
  }

  /** Rails that the data of a pair go over. */
  private railsOf(diagram: Diagram, access: Access): readonly string[] {
    const key = `${access.initiator} ${access.target} ${access.space}`;
    let found = this.ways.get(key);
    if (found === undefined) {
      const through = routeOf(diagram, access).legs.filter((l) => l.kind === 'data').flatMap((l) => l.through);
      found = through.filter((name) => diagram.rails.some((r) => r.name === name));
      this.ways.set(key, found);
    }
    return found;
  }
}

function roleOf(diagram: Diagram, part: string | null): string | undefined {
  return diagram.parts.find((p) => p.name === part)?.role;
}
