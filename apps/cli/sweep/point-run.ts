import { findExperiment } from '../../../src/control/experiments/index.ts';
import type { Experiment, Kit } from '../../../src/control/experiments/experiment.ts';
import { runMethod } from '../../../src/control/experiments/runner.ts';
import { TrialRun } from '../../../src/control/experiments/trial-run.ts';
import { GuestFailure } from '../../../src/control/failure.ts';
import type { Point, PointRecord } from '../../../src/control/sweep/sweep.ts';
import type { EngineKind } from '../../../src/jit/engine-kind.ts';
import type { Component } from '../../../src/sim/component.ts';
import { askedJob, linuxFor, settled, type AskedJob, type JobOptions } from '../experiment-job.ts';
import { FileDisk } from '../hosts/disk.ts';
import { InputError } from '../input-error.ts';
import { loadRefusal } from '../input-files.ts';

/** What a point needs beside its own values: the same for all points of a sweep. Plain data. */
export interface PointSetting {
  readonly experiment: string;
  /** The options of the command line that are no axis. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly engine: EngineKind;
}

type Linux = Awaited<ReturnType<typeof linuxFor>>;
/** By experiment: a guest's files are read once for all points of a thread. */
const linux = new Map<string, Promise<Linux>>();

/** Runs a point to its end. What is wrong with it is in the record. */
export async function runPoint(setting: PointSetting, point: Point): Promise<PointRecord> {
  const ended = (state: PointRecord['state'], error: string): PointRecord =>
    ({ ...point, mode: null, matches: null, state, error: oneLine(error), measures: {} });
  const e = findExperiment(setting.experiment);
  if (e === null) return ended('failed', `there is no experiment ${setting.experiment}`);
  try {
    return await measured(e, setting, point);
  } catch (error) {
    if (error instanceof GuestFailure) return ended('failed', error.message);
    const told = loadRefusal(error, 'choose fewer bytes');
    if (told instanceof InputError) return ended('refused', told.message);
    return ended('failed', error instanceof Error ? error.stack ?? error.message : String(error));
  }
}

async function measured(e: Experiment, { options, engine }: PointSetting, point: Point): Promise<PointRecord> {
  const { method, values } = point;
  const asked = askedJob(e, { ...options, ...values, methods: method } as JobOptions);
  try {
    return await ran(e, asked, options, engine, point);
  } finally {
    // A sweep has many points: each would keep the image open.
    if (asked.kit.disk instanceof FileDisk) asked.kit.disk.close();
  }
}

async function ran(
  e: Experiment, asked: AskedJob, options: PointSetting['options'], engine: EngineKind, point: Point,
): Promise<PointRecord> {
  let job = settled(e, asked), kit: Kit = asked.kit;
  if (job.guest === 'debian') {
    if (!linux.has(e.name)) linux.set(e.name, linuxFor(e, { ...options, quiet: true } as JobOptions));
    const { kit: files, kernelEntry } = await (linux.get(e.name) as Promise<Linux>);
    kit = { ...kit, ...files };
    job = { ...job, boardOptions: { ...job.boardOptions, kernelEntry } };
  }
  const steps = runMethod(e, job, point.method, kit, { engine });
  for (;;) {
    const step = steps.next();
    if (step.done !== true) continue;
    const { mode, matches, measures } = step.value;
    return { ...point, mode, matches, state: 'done', error: '', measures };
  }
}

/** The parts of the machine that a point of a bare guest had. */
export function pointParts(e: Experiment, options: JobOptions, { method, values }: Point): readonly Component[] {
  const asked = askedJob(e, { ...options, ...values, methods: method } as JobOptions);
  try {
    return new TrialRun(e, settled(e, asked), method, asked.kit, {}).machine.board.components;
  } finally {
    if (asked.kit.disk instanceof FileDisk) asked.kit.disk.close();
  }
}

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, ' | ');
