import { jobFromTexts } from '../../../src/control/experiments/form.ts';
import { Explorer } from '../../../src/control/explore/explorer.ts';
import { describeBoard } from '../../../src/machine/describe.ts';
import { TICKS_PER_SECOND, ms, us, type Ticks } from '../../../src/sim/time.ts';
import type { MachineApi, MachinePlan, MachineSheet, MachineStatus } from '../protocol/machine.ts';
import { breath } from './breath.ts';
import { known } from './experiments-host.ts';
import { browserKit } from './kit.ts';
import { inWords, ownSubject } from './own-subject.ts';
import { Pace } from './pace.ts';
import { TerminalHost } from './terminal-host.ts';

/** Wall time between two looks at what else there is to do, and between two reports (ms). */
const BREATH = 8, REPORT = 33;
/** Simulated time of a step: short enough that a step takes less than a breath. */
const STEP = ms(0.2);
/** The same where a moment must not be passed by much. */
const FINE_STEP = us(2);
/** Bytes of records in memory, from which on the oldest go. */
const TRACE_LIMIT = 256e6;

/** The machine of this worker. */
export class MachineHost implements MachineApi {
  /** Its COM1. */
  readonly terminal = new TerminalHost();
  private explorer: Explorer | null = null;
  private pace = new Pace(false);
  private told: (status: MachineStatus) => void = () => {};
  private wanted = 0;
  /** The run that is under way; null: it stands. */
  private going: Promise<void> | null = null;
  private failure = '';

  async open(plan: MachinePlan, told: (status: MachineStatus) => void): Promise<MachineSheet> {
    await this.pause();
    this.told = told;
    this.failure = '';
    this.terminal.clear();
    const { explorer, title } = await this.explorerOf(plan);
    this.explorer = explorer;
    const { machine } = explorer;
    return {
      title, method: plan.method, board: describeBoard(machine), ticksPerSecond: TICKS_PER_SECOND,
      screen: machine.video !== null, keyboard: machine.keyboard !== null, mouse: machine.mouse !== null,
    };
  }

  async run(until: Ticks): Promise<void> {
    this.wanted = until;
    await this.going;
    // Somebody else may have wished for something else meanwhile.
    if (this.wanted === until) await this.go(STEP, () => false);
  }

  async runToMark(name: string): Promise<Ticks> {
    const explorer = this.machine;
    const found = (): Ticks | undefined => explorer.marks.find((m) => m.name === name)?.at.ticks;
    await this.pause();
    this.wanted = Infinity;
    await this.go(FINE_STEP, () => found() !== undefined);
    return found() ?? explorer.now;
  }

  async pause(): Promise<void> {
    this.wanted = 0;
    await this.going;
  }

  async status(): Promise<MachineStatus> {
    return this.statusNow();
  }

  private async explorerOf(plan: MachinePlan): Promise<{ explorer: Explorer; title: string }> {
    const heard = (byte: number): void => this.terminal.heard(byte);
    this.pace = new Pace(plan.own !== undefined);
    if (plan.own !== undefined) {
      try {
        const subject = await ownSubject(plan, plan.own, heard);
        const explorer = new Explorer(subject, { record: plan.own.record, limit: TRACE_LIMIT });
        this.terminal.typist = (bytes) => explorer.input(bytes);
        return { explorer, title: plan.own.kernel?.name ?? plan.own.guest };
      } catch (error) {
        throw new Error(inWords(error), { cause: error });
      }
    }
    const e = known(plan.experiment);
    const job = jobFromTexts(e, { guest: plan.guest, methods: [plan.method], texts: plan.texts }, browserKit);
    const bench = { heard, processorRam: plan.memory === true };
    const explorer = Explorer.trial(e, job, plan.method, browserKit, bench, { limit: TRACE_LIMIT });
    return { explorer, title: e.title(job, browserKit) };
  }

  /** @throws Error if none is open */
  get machine(): Explorer {
    if (this.explorer === null) throw new Error('no machine is open');
    return this.explorer;
  }

  /** Its front runs on at present. */
  get running(): boolean {
    return this.going !== null;
  }

  /** Runs until what is wanted, the end or `done`; one that is under way is gone on with. */
  private go(step: Ticks, done: () => boolean): Promise<void> {
    return (this.going ??= this.loop(this.machine, step, done).catch((error: unknown) => {
      this.failure = inWords(error);
    }).then(() => {
      this.going = null;
      this.told(this.statusNow());
    }));
  }

  private async loop(explorer: Explorer, step: Ticks, done: () => boolean): Promise<void> {
    const goesOn = (): boolean =>
      explorer.now < this.wanted && !explorer.over && !done() && explorer === this.explorer && this.failure === '';
    let reported = performance.now();
    this.pace.begin(explorer.now);
    while (goesOn()) {
      const begun = performance.now();
      while (performance.now() - begun < BREATH && goesOn())
        explorer.advance(Math.min(this.wanted, explorer.now + step));
      const at = performance.now();
      if (at - reported >= REPORT) {
        reported = at;
        this.told(this.statusNow());
      }
      const ahead = this.pace.ahead(explorer.now);
      await (ahead > 0 ? new Promise((resolve) => { setTimeout(resolve, ahead); }) : breath());
    }
  }

  /**
   * Runs on for a breath, for whoever waits for something that will be recorded; false: nothing
   * more will be.
   */
  async further(): Promise<boolean> {
    const { machine: explorer } = this;
    if (explorer.over || !explorer.store.recording || this.failure !== '') return false;
    const begun = performance.now();
    try {
      while (performance.now() - begun < BREATH && !explorer.over) explorer.advance(explorer.now + STEP);
    } catch (error) {
      this.failure = inWords(error);
    }
    this.report();
    await breath();
    return true;
  }

  /** Tells how things are, beside the regular reports. */
  report(): void {
    this.told(this.statusNow());
  }

  private statusNow(): MachineStatus {
    const { machine, store, marks, now, phase, over } = this.machine, sums = store.sums();
    const failure = this.failure || this.machine.failure;
    return {
      state: failure !== '' ? 'failed' : over ? 'over' : this.going !== null ? 'running' : 'paused',
      phase, now, counters: machine.counters(), first: store.first, last: store.last,
      traceBytes: sums.bytes + sums.indexBytes, recording: sums.recording, traceLimit: TRACE_LIMIT,
      failure, marks: marks.map((m) => ({ name: m.name, at: m.at.ticks })),
      notes: machine.sim.trace.noteTotals.map((n) => ({ ...n })),
    };
  }
}
