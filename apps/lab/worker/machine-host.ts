import { EXPERIMENTS } from '../../../src/control/experiments/index.ts';
import { jobFromTexts } from '../../../src/control/experiments/form.ts';
import { Explorer } from '../../../src/control/explore/explorer.ts';
import { describeBoard } from '../../../src/machine/describe.ts';
import { TICKS_PER_SECOND, toSeconds, ms, us, type Ticks } from '../../../src/sim/time.ts';
import type { MachineApi, MachinePlan, MachineSheet, MachineStatus } from '../protocol/machine.ts';
import { breath } from './breath.ts';
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
  private running = false;
  private speed = 0;
  private failure = '';

  async open(plan: MachinePlan, told: (status: MachineStatus) => void): Promise<MachineSheet> {
    await this.pause();
    this.told = told;
    this.failure = '';
    this.terminal.clear();
    const { explorer, title } = await this.explorerOf(plan);
    this.explorer = explorer;
    return { title, method: plan.method, board: describeBoard(explorer.machine), ticksPerSecond: TICKS_PER_SECOND };
  }

  async run(until: Ticks): Promise<void> {
    this.wanted = until;
    if (this.running) return;
    this.running = true;
    try {
      await this.loop(this.machine);
    } catch (error) {
      this.failure = inWords(error);
    }
    this.running = false;
    this.told(this.statusNow());
  }

  async runToMark(name: string): Promise<Ticks> {
    const { machine: explorer } = this;
    const found = (): Ticks | undefined => explorer.marks.find((m) => m.name === name)?.at.ticks;
    while (found() === undefined && !explorer.over) {
      const begun = performance.now();
      while (found() === undefined && !explorer.over && performance.now() - begun < BREATH)
        explorer.advance(explorer.now + FINE_STEP);
      await breath();
    }
    this.report();
    return found() ?? explorer.now;
  }

  async pause(): Promise<void> {
    this.wanted = 0;
    while (this.running) await breath();
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
    const e = EXPERIMENTS.find((x) => x.name === plan.experiment);
    if (e === undefined) throw new Error(`there is no experiment '${plan.experiment}'`);
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

  private async loop(explorer: Explorer): Promise<void> {
    let reported = performance.now(), reportedAt = explorer.now;
    this.pace.begin(explorer.now);
    while (explorer.now < this.wanted && !explorer.over) {
      const begun = performance.now();
      while (performance.now() - begun < BREATH && explorer.now < this.wanted && !explorer.over)
        explorer.advance(Math.min(this.wanted, explorer.now + STEP));
      const at = performance.now();
      if (at - reported >= REPORT) {
        this.speed = (toSeconds(explorer.now - reportedAt) * 1000) / (at - reported);
        reported = at;
        reportedAt = explorer.now;
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
    if (explorer.over || !explorer.store.recording) return false;
    const begun = performance.now();
    while (performance.now() - begun < BREATH && !explorer.over) explorer.advance(explorer.now + STEP);
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
    return {
      state: this.failure !== '' ? 'failed' : over ? 'over' : this.running ? 'running' : 'paused',
      phase, now, counters: machine.counters(), first: store.first, last: store.last,
      traceBytes: sums.bytes + sums.indexBytes, recording: sums.recording, traceLimit: TRACE_LIMIT,
      speed: this.speed, failure: this.failure, marks: marks.map((m) => ({ name: m.name, at: m.at.ticks })),
      notes: machine.sim.trace.noteTotals.map((n) => ({ ...n })),
    };
  }
}
