import type { Parameter } from '../../sim/parameter.ts';
import type { Experiment, JobOf, Judgement, RunResult } from './experiment.ts';

/** Version of the JSON that experiments print. */
export const RESULT_SCHEMA = 'northbridge-experiment/1';

/** What an experiment gave, as far as it came. */
export interface ExperimentResult {
  readonly experiment: Experiment;
  readonly job: JobOf;
  readonly runs: readonly RunResult[];
}

/** The experiment's answer from the runs that were made. */
export function judgementOf({ experiment, job, runs }: ExperimentResult): Judgement {
  const verdict = runs.some((r) => !r.matches)
    ? 'wrong-data'
    : runs.length < job.methods.length ? 'incomplete' : 'right';
  return { verdict, ...experiment.judge(runs, job) };
}

/** A value as JSON has it: what is counted in a unit of the program's own is written out. */
function jsonValue(row: Parameter | undefined, value: unknown): unknown {
  return row?.kind === 'duration' ? row.format(value) : value;
}

/**
 * The result as one JSON object, keys always in this order. Board options that the experiment
 * decides by itself are left out. Wall time is not in it: two results of
 * the same job are equal.
 * @param boardOptions the rows of the board's options
 */
export function resultJson(
  result: ExperimentResult, boardOptions: Readonly<Record<string, Parameter>>,
): Record<string, unknown> {
  const { experiment, job, runs } = result;
  const values = job.values as Readonly<Record<string, unknown>>;
  const rows: Readonly<Record<string, Parameter>> = { ...experiment.parameters, ...boardOptions };
  const parameters = Object.fromEntries(
    Object.entries({ ...values, ...job.boardOptions })
      .filter(([name]) => job.given.has(name) || !(experiment.decides ?? []).includes(name))
      .map(([name, value]) => [name, jsonValue(rows[name], value)]),
  );
  return {
    schema: RESULT_SCHEMA, experiment: experiment.name, board: job.board, parameters,
    runs: runs.map((r) => ({
      method: r.method, guest: r.guest, board: r.board, mode: r.mode, matches: r.matches, ...r.measures,
      ...(r.series === undefined ? {} : { series: r.series }),
    })),
    judgement: judgementOf(result),
  };
}
