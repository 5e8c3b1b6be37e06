import type {
  Experiment, JobOf, Judgement, Kit, Measure, MeasuredValue, RunResult,
} from '../../../src/control/experiments/experiment.ts';
import { SHA256 } from '../../../src/control/experiments/measures.ts';
import { judgementOf, type ExperimentResult } from '../../../src/control/experiments/result.ts';
import { findBoard } from '../../../src/machine/boards/index.ts';
import type { Parameter } from '../../../src/sim/parameter.ts';
import { LINUX_OPTIONS } from '../board-options.ts';
import { flagOf } from '../parameter-options.ts';
import { formatCount, formatRate, formatSeconds, formatShare } from '../quantities.ts';
import { formatTable } from '../table.ts';

/** Which engine executed the guests, and how long it took: all that differs between two runs. */
export interface WallTime {
  readonly engine: string;
  /** By method. */
  readonly seconds: Readonly<Record<string, number>>;
  /** When the start was made, by method, where one was taken from the cache: ISO 8601. */
  readonly kept?: Readonly<Record<string, string>>;
}

/** Beside a digest of less, or of something else, than the whole that was sent. */
const NOT_ALL = '≠';

/** What is counted of a run that is not the whole although it is right: `156 lost`. */
function missing({ checks }: Experiment, run: RunResult): string[] {
  return Object.entries(checks?.part?.counts ?? {})
    .filter(([key]) => Number(run.measures[key] ?? 0) > 0)
    .map(([key, word]) => `${formatCount(Number(run.measures[key]))} ${word}`);
}

/** What stands beside a digest: of a run that is right, whether it is that of all that was sent. */
function digestMark(result: ExperimentResult, { key }: Measure, value: string, run: RunResult): string {
  if (!run.matches) return '✗';
  const reference = key === SHA256.key ? judgementOf(result).reference : '';
  const whole = reference === '' ? missing(result.experiment, run).length === 0 : value === reference;
  return whole ? '✓' : NOT_ALL;
}

function cell(result: ExperimentResult, measure: Measure, run: RunResult): string {
  const value: MeasuredValue = run.measures[measure.key] ?? null;
  if (value === null) return '–';
  if (measure.unit === 'digest') {
    const text = String(value);
    return `${text.slice(0, 6)}…${text.slice(-4)} ${digestMark(result, measure, text, run)}`;
  }
  if (typeof value === 'string') return value;
  switch (measure.unit) {
    case 's': return formatSeconds(value);
    case 'B/s': return formatRate(value);
    case 'share': return formatShare(value);
    default: return measure.digits === undefined ? formatCount(value) : value.toFixed(measure.digits);
  }
}

/** What follows from the runs, the answer, and where to go on. */
function answer({ details = [], sentence, next }: Judgement): string {
  const lines = details.length === 0 ? '' : `\n${details.join('\n')}\n\n`;
  return `${lines}${sentence}\n${next === undefined ? '' : `\nNext: ${next}\n`}`;
}

/** The board's options that were given and are not as by default: ` (processor-clock 100MHz)`. */
function otherOptions({ board, boardOptions, given, texts }: JobOf): string {
  const rows = Object.entries(findBoard(board)?.options as Readonly<Record<string, Parameter>> ?? {});
  const other = rows
    .filter(([name, row]) => given.has(name) &&
      // Where Linux is entered has another default here than on the board: where that is possible.
      (LINUX_OPTIONS.includes(name) || row.format(boardOptions[name]) !== row.format(row.default)))
    .map(([name]) => `${flagOf(name)} ${texts[name]}`);
  return other.length === 0 ? '' : ` (${other.join(', ')})`;
}

/** Whether what arrived is right, what of it did not arrive, and the digest of the whole. */
function verdictLine({ experiment, runs }: ExperimentResult, reference: string): string {
  const checks: NonNullable<Experiment['checks']> =
    experiment.checks ?? { right: 'the bytes are right', wrong: 'the bytes are wrong' };
  const whole = reference === '' ? '' : `: ${reference}`;
  if (!runs.every((r) => r.matches)) return `✗ ${checks.wrong}${whole}`;
  const parts = runs.map((r) => [r.method, missing(experiment, r)] as const).filter(([, words]) => words.length > 0);
  if (checks.part === undefined || parts.length === 0) return `✓ ${checks.right}${whole}`;
  return `✓ ${checks.part.right}; ${NOT_ALL} ${parts.map(([m, words]) => `${m}: ${words.join(', ')}`).join('; ')}` +
    (reference === '' ? '' : `; the whole is ${reference}`);
}

/** The result for people: measures down, methods across; then the answer. */
export function experimentTable(result: ExperimentResult, kit: Kit, wall: WallTime | null): string {
  const { experiment, job, runs } = result;
  const judgement = judgementOf(result);
  const row = (name: string, of: (r: RunResult) => string): string[] => [name, ...runs.map(of)];
  const table = formatTable([
    row('', (r) => r.method),
    null,
    ...(experiment.modeLabel === undefined ? [] : [row(experiment.modeLabel, (r) => r.mode ?? 'the guest\'s own')]),
    ...experiment.measures.map((m) => row(m.labels?.[job.guest] ?? m.label, (r) => cell(result, m, r))),
    ...(wall === null
      ? []
      : [row(`wall time, ${wall.engine}`, (r) => formatSeconds(wall.seconds[r.method] ?? 0))]),
    ...(wall?.kept === undefined
      ? []
      : [row('boot from the cache, made', (r) => wall.kept?.[r.method]?.slice(0, 10) ?? '–')]),
  ]);
  return (
    `${experiment.name}: ${experiment.title(job, kit)}, ` +
    `board ${job.board}${otherOptions(job)}, guest ${job.guest}\n\n` +
    (runs.length === 0
      ? ''
      : `${table}\n${verdictLine(result, judgement.reference)}\n${answer(judgement)}`)
  );
}
