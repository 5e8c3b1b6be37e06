/** Every kind of transfer that an experiment makes with a guest of ours, as a small job. */
import type { Experiment, JobOf, Trial } from '../../../src/control/experiments/experiment.ts';
import { EXPERIMENTS, findExperiment } from '../../../src/control/experiments/index.ts';
import { jobOf, type JobWish } from '../../../src/control/experiments/job.ts';
import { overlaysOf } from '../../../src/control/experiments/trial-disks.ts';
import { machineFor } from '../../../src/control/experiments/trial-run.ts';
import { POST } from '../../../src/control/guests/status.ts';
import { Session, type Attachment } from '../../../src/control/session.ts';
import { stateChecksum } from '../../../src/control/state-checksum.ts';
import type { EngineKind } from '../../../src/jit/engine-kind.ts';
import { ms } from '../../../src/sim/time.ts';
import { TEST_KIT } from '../../benches/experiment-bench.ts';

/** A method of an experiment, with what makes its job small. Plain data. */
export interface Case {
  readonly experiment: string;
  readonly method: string;
  readonly wish: JobWish;
}

const KiB = 1024;
/** What makes jobs small, by experiment; those that are short anyway have nothing here. */
const SMALL: Readonly<Record<string, JobWish['values']>> = {
  paths: { bytes: 16 * KiB, sweep: false },
  'ring-receive': { frames: 40 },
  'register-block': { frames: 20 },
  'disk-read': { bytes: 64 * KiB }, 'disk-write': { bytes: 64 * KiB },
  'floppy-read': { bytes: 4 * KiB }, 'floppy-write': { bytes: 4 * KiB },
  'two-jobs': { bytes: 16 * KiB },
  'camera-stream': { frames: 12 },
  'sound-play': { bytes: 2 * KiB },
  'raid-read': { stripes: 16 },
};
/** Methods that need another board option than the default. */
const BOARD: Readonly<Record<string, JobWish['boardOptions']>> = {
  udma0: { ide: 'piix4' }, udma1: { ide: 'piix4' }, udma2: { ide: 'piix4' },
};

export const CASES: readonly Case[] = EXPERIMENTS.flatMap((e) =>
  e.variants.filter((v) => v.guest === 'bare').map(({ method }) => ({
    experiment: e.name, method,
    wish: { values: SMALL[e.name] ?? {}, boardOptions: BOARD[method] ?? {}, methods: [method] },
  })));

/** A machine for a case, loaded, with its session. */
export class CaseRun {
  readonly session: Session;
  /** Times of the marks, as far as they have come. */
  begin = -1;
  end = -1;
  private readonly trial: Trial;
  private readonly machine: ReturnType<typeof machineFor>;
  private readonly attachments: Record<string, Attachment>;

  constructor({ experiment, method, wish }: Case, engine: EngineKind) {
    const e = findExperiment(experiment) as Experiment;
    const asked = jobOf(e, wish);
    const job: JobOf = { ...asked, values: e.settle?.(asked, TEST_KIT) ?? asked.values };
    this.trial = e.prepare(job, method, TEST_KIT);
    this.attachments = overlaysOf(this.trial.machine);
    this.machine = machineFor(this.trial.machine, job, { engine }, {
      onPost: (code) => this.posted(code), transmit: () => {}, audio: null, frames: null,
    });
    this.session = new Session(this.machine, { attachments: this.attachments });
  }

  /** Loads the guest. */
  boot(): void {
    this.machine.boot(this.trial.software.boot);
    this.trial.attach?.(this.machine);
  }

  /** Takes the place of `boot`. */
  restore(file: Uint8Array): void {
    this.trial.attach?.(this.machine);
    this.session.restore(file);
  }

  /** Runs until the end mark; returns why it stopped. */
  toTheEnd(): string {
    const limit = Math.floor(this.trial.limit * ms(1000));
    let reason = 'time';
    while (this.end < 0 && reason === 'time' && this.session.now < limit)
      reason = this.session.run(this.session.now + ms(10));
    return reason;
  }

  /** What the machine is now, disks included, in one number. */
  checksum(): string {
    return stateChecksum(this.machine, this.attachments);
  }

  private posted(code: number): void {
    const now = this.machine.board.scheduler.now;
    if (code === POST.begin && this.begin < 0) this.begin = now;
    if (code === POST.end) this.end = now;
    this.trial.posted?.(code, this.machine);
  }
}
