import type { Experiment } from '../../../src/control/experiments/experiment.ts';
import { EXPERIMENT_BOARD, fieldWord, jobRows } from '../../../src/control/experiments/form.ts';
import { axisValues, type Axis } from '../../../src/control/sweep/axis.ts';
import { MOST_POINTS, pointCount, type Shard, type Sweep } from '../../../src/control/sweep/sweep.ts';
import { optionWord } from '../../../src/machine/option-words.ts';
import { ParameterError, type Parameter } from '../../../src/sim/parameter.ts';
import { askedJob, type JobOptions } from '../experiment-job.ts';
import { InputError } from '../input-error.ts';
import { knownWord } from '../suggest.ts';

/** All rows that can be an axis, by name. */
export function axisRows(e: Experiment): Readonly<Record<string, Parameter>> {
  const { own, board } = jobRows(e);
  return { ...board, ...own };
}

/**
 * A sweep from the options of its command.
 * @param params `bytes=512..16MiB*2`, one for each `--param`
 * @throws InputError
 */
export function plannedSweep(e: Experiment, options: JobOptions, params: readonly string[]): Sweep {
  const rows = axisRows(e);
  const axes = params.map((text) => axisOf(rows, text));
  for (const [i, { name }] of axes.entries()) {
    if (axes.findIndex((a) => a.name === name) !== i)
      throw new InputError(`--param ${fieldWord(name)} is given twice; write all of its values in one`);
    if ((options as Record<string, unknown>)[name] !== undefined)
      throw new InputError(`--param ${fieldWord(name)} and --${fieldWord(name)} say the same; give one`);
  }
  const { job } = askedJob(e, options);
  const fixed = Object.fromEntries(
    [...job.given].sort().map((name) => [name, (rows[name] as Parameter).format(valueOf(job, name))]),
  );
  const sweep = { experiment: e.name, board: EXPERIMENT_BOARD, guest: job.guest, methods: job.methods, axes, fixed };
  const count = pointCount(sweep);
  if (count > MOST_POINTS) throw new InputError(`the sweep has ${count} points; the limit is ${MOST_POINTS}`);
  return sweep;
}

function valueOf(job: ReturnType<typeof askedJob>['job'], name: string): unknown {
  const values = job.values as Readonly<Record<string, unknown>>;
  return name in values ? values[name] : job.boardOptions[name];
}

function axisOf(rows: Readonly<Record<string, Parameter>>, text: string): Axis {
  const at = text.indexOf('=');
  if (at <= 0) throw new InputError(`--param '${text}' is no axis; write NAME=a,b,c or NAME=512..16MiB*2`);
  const word = text.slice(0, at).trim(), names = Object.keys(rows);
  const name = names.find((n) => n === word || optionWord(n) === word || fieldWord(n) === word) ??
    knownWord(word, names.map(fieldWord), 'parameter');
  try {
    return { name, values: axisValues(rows[name] as Parameter, text.slice(at + 1)) };
  } catch (error) {
    if (error instanceof ParameterError) throw new InputError(`--param ${word}: ${error.message}`);
    throw error;
  }
}

/** `2/3`: the second of three parts. @throws InputError */
export function shardOf(text: string | undefined): Shard {
  if (text === undefined) return { part: 1, of: 1 };
  const m = /^(\d{1,6})\/(\d{1,6})$/.exec(text.trim());
  const part = Number(m?.[1]), of = Number(m?.[2]);
  if (m === null || part < 1 || part > of)
    throw new InputError(`--shard '${text}' is no part; write 1/3, 2/3 or 3/3 for three machines`);
  return { part, of };
}
