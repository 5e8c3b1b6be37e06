import type { Machine } from '../../machine/machine.ts';
import { DiskOverlay } from '../disk-overlay.ts';
import type { Experiment, JobOf, Kit, Trial } from '../experiments/experiment.ts';
import { disksOf, overlaysOf } from '../experiments/trial-disks.ts';
import { machineFor, TrialRun, type Bench } from '../experiments/trial-run.ts';
import { POST } from '../guests/status.ts';
import type { Front, Subject, Twin } from './subject.ts';

/** One method of an experiment. */
export class TrialSubject implements Subject {
  private readonly experiment: Experiment;
  private readonly job: JobOf;
  private readonly method: string;
  private readonly kit: Kit;
  private readonly bench: Bench;

  /** @param bench without `starts`: what is looked at runs from its reset */
  constructor(e: Experiment, job: JobOf, method: string, kit: Kit, bench: Omit<Bench, 'starts'> = {}) {
    this.experiment = e;
    this.job = job;
    this.method = method;
    this.kit = kit;
    this.bench = bench;
  }

  front(): Front {
    return this.running(this.bench);
  }

  scout(): Front {
    const { heard: _, audio: _sound, frames: _wires, processorRam: _ram, ...quiet } = this.bench;
    return this.running(quiet);
  }

  twin(): Twin {
    const trial = this.experiment.prepare(this.job, this.method, this.kit);
    const measuring = { inside: false };
    const machine: Machine = machineFor(silent(trial), this.job, this.bench, {
      onPost: (code) => {
        if (code === POST.done || code === POST.fail) machine.stop();
        if (code === POST.end && measuring.inside) trial.measured?.(machine);
        if (code === POST.begin || code === POST.end) measuring.inside = code === POST.begin;
        trial.posted?.(code, machine);
      },
      transmit: () => {}, audio: null, frames: null,
    });
    return {
      machine, ...keptOf(trial, measuring),
      boot: () => {
        machine.boot(trial.software.boot);
        trial.attach?.(machine);
      },
    };
  }

  private running(bench: Bench): Front {
    const run = new TrialRun(this.experiment, this.job, this.method, this.kit, bench);
    const { machine, session, trial } = run;
    return {
      machine, session, ...keptOf(trial, { get inside() { return run.inside; }, set inside(_) {} }),
      get phase() {
        return run.phase;
      },
      get over() {
        return run.over;
      },
      get failed() {
        return run.failed;
      },
      boot: () => run.boot(), step: (until) => run.step(until), result: () => run.result(),
    };
  }
}

/** Whether the measured part is going on: `Trial.measured` is called at its end, and may write. */
interface Measuring {
  inside: boolean;
}

/** What a trial's machine has outside of itself. */
function keptOf(trial: Trial, measuring: Measuring): Pick<Twin, 'attachments' | 'resumable'> {
  const written = disksOf(trial.machine)
    .some((disk) => disk !== null && !(disk instanceof DiskOverlay) && !disk.readOnly);
  const { posted, remembers, tally } = trial;
  return {
    attachments: {
      ...overlaysOf(trial.machine), ...(remembers === undefined ? {} : { remembers }),
      measuring: {
        save: () => ({ measuring: { inside: measuring.inside } }),
        mismatch: (saved) => (typeof saved['measuring']?.['inside'] === 'boolean' ? '' : 'not whether it is measured'),
        load: (saved) => { measuring.inside = saved['measuring']['inside'] === true; },
      },
    },
    // What was counted is in no state.
    resumable: !written && tally === undefined && (posted === undefined || remembers !== undefined),
  };
}

/** Its sound is heard from the front. */
function silent(trial: Trial): Trial['machine'] {
  const { audio: _, ...rest } = trial.machine;
  return rest;
}
