import { didYouMean } from '../sim/nearest.ts';
import type { TransactionRecord } from '../sim/trace.ts';
import { IrqProbe } from './device-bench.ts';
import { comesBefore, fits, lineOf, Recording, spanOf, type BenchRecord, type RecordPattern } from './recording.ts';

/** What a matcher gives to the test runner (Vitest and Jest agree on it). */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** Longest list that a failure prints, in lines. */
const SHOWN = 40;

function listed(records: readonly BenchRecord[]): string {
  if (records.length === 0) return '  (nothing)';
  const shown = records.slice(-SHOWN).map((r) => `  ${lineOf(r)}`);
  if (records.length > SHOWN) shown.unshift(`  … ${records.length - SHOWN} before`);
  return shown.join('\n');
}

function recordingOf(subject: unknown, matcher: string): Recording {
  if (subject instanceof Recording) return subject;
  throw new TypeError(`${matcher} looks at a recording: expect(bench.record()).${matcher}(…)`);
}

function counted(times: number | undefined, found: number): boolean {
  return times === undefined ? found > 0 : found === times;
}

function often(times: number): string {
  return times === 0 ? 'never' : times === 1 ? 'once' : `${times} times`;
}

/** A line of a wanted trace: text in which `*` stands for anything. */
function lineFits(line: string, wanted: string): boolean {
  const parts = wanted.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(line);
}

/** Whether the lines are the wanted ones in order; `...` stands for any number of lines. */
function traceFits(lines: readonly string[], wanted: readonly string[]): boolean {
  // reach[k]: the first k wanted lines fit what was looked at so far.
  let reach = wanted.map(() => false).concat(false);
  const spread = (): void => {
    wanted.forEach((w, k) => {
      if (w === '...' && reach[k]) reach[k + 1] = true;
    });
  };
  reach[0] = true;
  spread();
  for (const line of lines) {
    const next = reach.map(() => false);
    wanted.forEach((w, k) => {
      if (!reach[k]) return;
      if (w === '...') next[k] = true;
      else if (lineFits(line, w)) next[k + 1] = true;
    });
    reach = next;
    spread();
  }
  return reach[wanted.length];
}

/** The fields of a transaction's record. */
const FIELDS: Readonly<Record<keyof TransactionRecord, true>> = {
  kind: true, id: true, parent: true, space: true, initiator: true, target: true, address: true, size: true,
  write: true, value: true, secure: true, privileged: true, memoryType: true, start: true, end: true, status: true,
  pc: true,
};

/** A misspelt field would fit nothing, and `.not` would pass. */
function checkFields(pattern: RecordPattern): void {
  for (const name of Object.keys(pattern))
    if (!Object.hasOwn(FIELDS, name))
      throw new TypeError(`there is no '${name}' in a transaction${didYouMean(name, Object.keys(FIELDS))}`);
}

/** The matchers; `vitest.ts` gives them to Vitest and their types to `expect`. */
export const MATCHERS = {
  /** A recording holds a transaction whose fields are these; with `times`, exactly so many. */
  toHaveTransaction(subject: unknown, pattern: RecordPattern, times?: number): MatcherResult {
    checkFields(pattern);
    const transactions = recordingOf(subject, 'toHaveTransaction').all({ kind: 'transaction' });
    const found = transactions.filter((r) => fits(r, pattern)).length;
    return {
      pass: counted(times, found),
      message: () =>
        `${found} transaction${found === 1 ? '' : 's'} like ${JSON.stringify(pattern)}` +
        `${times === undefined ? '' : `, not ${times}`}, of:\n${listed(transactions)}`,
    };
  },

  /** The line of a probe has risen; with `times`, exactly so often. */
  toHaveRaisedIrq(subject: unknown, times?: number): MatcherResult {
    if (!(subject instanceof IrqProbe))
      throw new TypeError('toHaveRaisedIrq looks at a probe: expect(bench.probe(line)).toHaveRaisedIrq()');
    return {
      pass: counted(times, subject.rising),
      message: () =>
        `${subject.name === '' ? 'the line' : subject.name} rose ${often(subject.rising)}` +
        `${times === undefined ? '' : `, not ${often(times)}`} and is ${subject.level ? 'high' : 'low'}`,
    };
  },

  /** A record had ended when the other one began; of one time, the cause comes first. */
  toComeBefore(subject: unknown, later: BenchRecord): MatcherResult {
    const a = spanOf(subject as BenchRecord), b = spanOf(later);
    return {
      pass: comesBefore(subject as BenchRecord, later),
      message: () =>
        `${lineOf(subject as BenchRecord)} (${a.start} to ${a.end} ticks)\n` +
        `${lineOf(later)} (${b.start} to ${b.end} ticks)`,
    };
  },

  /**
   * The recording is these lines, in order, as `lineOf` writes them: `*` stands for anything in a
   * line, a line `...` for any number of lines.
   */
  toMatchTrace(subject: unknown, text: string): MatcherResult {
    const recording = recordingOf(subject, 'toMatchTrace');
    const wanted = text.split('\n').map((line) => line.trim()).filter((line) => line !== '');
    return {
      pass: traceFits(recording.records.map(lineOf), wanted),
      message: () => `wanted:\n${wanted.map((w) => `  ${w}`).join('\n')}\nrecorded:\n${listed(recording.records)}`,
    };
  },
} as const;
