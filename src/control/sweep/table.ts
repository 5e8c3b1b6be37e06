import { csvLine } from '../export/csv.ts';
import type { JobOf, Measure, RunResult } from '../experiments/experiment.ts';
import { SWEEP_SCHEMA, type PointRecord, type Shard, type Sweep } from './sweep.ts';

/** The columns before those of the measures, the axes apart. */
const BEFORE = ['point'], AFTER = ['method', 'guest', 'board', 'mode', 'matches', 'state', 'error'];

/**
 * Points of a sweep as CSV (RFC 4180, lines end in LF). Columns: the point, the axes, method and
 * outcome, the measures by their keys. Values of axes that are sizes, times and frequencies stand
 * in the program's unit, so that a plot has numbers: bytes, seconds, Hz.
 * @param number an axis's value as a number or word, from its text
 */
export function sweepTable(
  sweep: Sweep, measures: readonly Measure[], records: readonly PointRecord[],
  number: (axis: string, text: string) => string,
): string {
  const head = csvLine([...BEFORE, ...sweep.axes.map((a) => a.name), ...AFTER, ...measures.map((m) => m.key)]);
  return head + records.map((r) => csvLine([
    String(r.index), ...sweep.axes.map((a) => number(a.name, r.values[a.name] ?? '')),
    r.method, sweep.guest, sweep.board, r.mode ?? '', r.matches === null ? '' : String(r.matches), r.state, r.error,
    ...measures.map((m) => String(r.measures[m.key] ?? '')),
  ])).join('');
}

/** The runs of one job as a table: that of a sweep with no axis. */
export function runsTable(measures: readonly Measure[], job: JobOf, runs: readonly RunResult[]): string {
  const sweep: Sweep = {
    experiment: '', board: job.board, guest: job.guest, methods: runs.map((r) => r.method), axes: [], fixed: {},
  };
  const records = runs.map(({ method, mode, matches, measures: values }, index): PointRecord => ({
    index, method, values: {}, mode, matches, state: 'done', error: '', measures: values,
  }));
  return sweepTable(sweep, measures, records, String);
}

/** The sweep with its points as one object, keys always in this order. */
export function sweepJson(sweep: Sweep, shard: Shard, records: readonly PointRecord[]): Record<string, unknown> {
  return {
    schema: SWEEP_SCHEMA, ...sweep, shard: `${shard.part}/${shard.of}`,
    points: records.map(({ index, values, method, mode, matches, state, error, measures }) => ({
      point: index, ...values, method, mode, matches, state, ...(error === '' ? {} : { error }), ...measures,
    })),
  };
}
