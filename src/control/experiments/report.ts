/** What an experiment found, as texts for people: terminal, page and report show the same. */
import { findBoard } from '../../machine/boards/index.ts';
import type { Parameter } from '../../sim/parameter.ts';
import { formatCount, formatDecimal, formatRate, formatSeconds, formatShare } from '../quantities.ts';
import type { Experiment, JobOf, Judgement, Kit, Measure, MeasuredValue, RunResult } from './experiment.ts';
import { fieldWord, LINUX_OPTIONS } from './form.ts';
import { SHA256 } from './measures.ts';
import { judgementOf, type ExperimentResult } from './result.ts';

/** A method's value of a row. */
export interface ReportCell {
  readonly text: string;
  readonly value: MeasuredValue;
  /** No other method's value is better, and one is worse. */
  readonly best: boolean;
}

/** A row of the table: a measure, with a cell for each run. */
export interface ReportRow {
  /** The measure's key; `mode`: what the run's mode was. */
  readonly key: string;
  /** An indent says that it is a part of the row above. */
  readonly label: string;
  readonly unit: Measure['unit'];
  readonly better: Measure['better'];
  readonly cells: readonly ReportCell[];
}

/** A result as texts. Plain data. */
export interface ExperimentReport {
  /** What was done, where: the table's head. */
  readonly heading: string;
  /** The columns. */
  readonly methods: readonly string[];
  readonly rows: readonly ReportRow[];
  /** Whether what arrived is right: `✓ the bytes are right: …`. */
  readonly check: string;
  readonly judgement: Judgement;
}

/** Beside a digest of less, or of something else, than the whole that was sent. */
const NOT_ALL = '≠';

/** The result as texts, as far as it came. */
export function reportOf(result: ExperimentResult, kit: Kit): ExperimentReport {
  const { experiment, runs } = result, judgement = judgementOf(result);
  const mode: ReportRow[] = experiment.modeLabel === undefined ? [] : [{
    key: 'mode', label: experiment.modeLabel, unit: 'word', better: '',
    cells: runs.map(({ mode: value }) => ({ text: value ?? 'the guest\'s own', value, best: false })),
  }];
  return {
    heading: headingOf(result, kit), methods: runs.map((r) => r.method),
    rows: [...mode, ...experiment.measures.map((m) => rowOf(result, judgement, m))],
    check: checkLine(result, judgement.reference), judgement,
  };
}

/** What is done, where: `paths: 4 MiB …, board pc, guest bare`. */
export function headingOf({ experiment, job }: Pick<ExperimentResult, 'experiment' | 'job'>, kit: Kit): string {
  return `${experiment.name}: ${experiment.title(job, kit)}, ` +
    `board ${job.board}${otherOptions(job)}, guest ${job.guest}`;
}

function rowOf(result: ExperimentResult, judgement: Judgement, measure: Measure): ReportRow {
  const { key, unit, better } = measure, values = result.runs.map((r) => r.measures[key] ?? null);
  const numbers = values.filter((v) => typeof v === 'number');
  const best = better === '' || new Set(numbers).size < 2
    ? null
    : better === 'less' ? Math.min(...numbers) : Math.max(...numbers);
  return {
    key, unit, better, label: measure.labels?.[result.job.guest] ?? measure.label,
    cells: result.runs.map((run, n) => ({
      text: cell(result, judgement, measure, run), value: values[n] ?? null, best: best !== null && values[n] === best,
    })),
  };
}

/** What is counted of a run that is not the whole although it is right: `156 lost`. */
function missing({ checks }: Experiment, run: RunResult): string[] {
  return Object.entries(checks?.part?.counts ?? {})
    .filter(([key]) => Number(run.measures[key] ?? 0) > 0)
    .map(([key, word]) => `${formatCount(Number(run.measures[key]))} ${word}`);
}

/** What stands beside a digest: of a run that is right, whether it is that of all that was sent. */
function digestMark(
  result: ExperimentResult, judgement: Judgement, { key }: Measure, value: string, run: RunResult,
): string {
  if (!run.matches) return '✗';
  const reference = key === SHA256.key ? judgement.reference : '';
  const whole = reference === '' ? missing(result.experiment, run).length === 0 : value === reference;
  return whole ? '✓' : NOT_ALL;
}

function cell(result: ExperimentResult, judgement: Judgement, measure: Measure, run: RunResult): string {
  const value: MeasuredValue = run.measures[measure.key] ?? null;
  if (value === null) return '–';
  if (measure.unit === 'digest') {
    const text = String(value);
    return `${text.slice(0, 6)}…${text.slice(-4)} ${digestMark(result, judgement, measure, text, run)}`;
  }
  if (typeof value === 'string') return value;
  switch (measure.unit) {
    case 's': return formatSeconds(value);
    case 'B/s': return formatRate(value);
    case 'share': return formatShare(value);
    default: return measure.digits === undefined ? formatCount(value) : formatDecimal(value, measure.digits);
  }
}

/** The board's options that were given and are not as by default: ` (processor-clock 100MHz)`. */
function otherOptions({ board, boardOptions, given, texts }: JobOf): string {
  const rows = Object.entries(findBoard(board)?.options as Readonly<Record<string, Parameter>> ?? {});
  const other = rows
    .filter(([name, row]) => given.has(name) &&
      // Where Linux is entered has another default here than on the board: where that is possible.
      (LINUX_OPTIONS.includes(name) || row.format(boardOptions[name]) !== row.format(row.default)))
    .map(([name]) => `${fieldWord(name)} ${texts[name]}`);
  return other.length === 0 ? '' : ` (${other.join(', ')})`;
}

/** Whether what arrived is right, what of it did not arrive, and the digest of the whole. */
function checkLine({ experiment, runs }: ExperimentResult, reference: string): string {
  const checks: NonNullable<Experiment['checks']> =
    experiment.checks ?? { right: 'the bytes are right', wrong: 'the bytes are wrong' };
  const whole = reference === '' ? '' : `: ${reference}`;
  if (!runs.every((r) => r.matches)) return `✗ ${checks.wrong}${whole}`;
  const parts = runs.map((r) => [r.method, missing(experiment, r)] as const).filter(([, words]) => words.length > 0);
  if (checks.part === undefined || parts.length === 0) return `✓ ${checks.right}${whole}`;
  return `✓ ${checks.part.right}; ${NOT_ALL} ${parts.map(([m, words]) => `${m}: ${words.join(', ')}`).join('; ')}` +
    (reference === '' ? '' : `; the whole is ${reference}`);
}
