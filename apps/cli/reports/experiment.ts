import type { Judgement, Kit } from '../../../src/control/experiments/experiment.ts';
import { reportOf } from '../../../src/control/experiments/report.ts';
import type { ExperimentResult } from '../../../src/control/experiments/result.ts';
import { formatSeconds } from '../quantities.ts';
import { formatTable } from '../table.ts';

/** Which engine executed the guests, and how long it took: all that differs between two runs. */
export interface WallTime {
  readonly engine: string;
  /** By method. */
  readonly seconds: Readonly<Record<string, number>>;
  /** When the start was made, by method, where one was taken from the cache: ISO 8601. */
  readonly kept?: Readonly<Record<string, string>>;
}

/** What follows from the runs, the answer, and where to go on. */
function answer({ details = [], sentence, next }: Judgement): string {
  const lines = details.length === 0 ? '' : `\n${details.join('\n')}\n\n`;
  return `${lines}${sentence}\n${next === undefined ? '' : `\nNext: ${next}\n`}`;
}

/** The result for people: measures down, methods across; then the answer. */
export function experimentTable(result: ExperimentResult, kit: Kit, wall: WallTime | null): string {
  const { heading, methods, rows, check, judgement } = reportOf(result, kit);
  const table = formatTable([
    ['', ...methods],
    null,
    ...rows.map(({ label, cells }) => [label, ...cells.map((c) => c.text)]),
    ...(wall === null
      ? []
      : [[`wall time, ${wall.engine}`, ...methods.map((m) => formatSeconds(wall.seconds[m] ?? 0))]]),
    ...(wall?.kept === undefined
      ? []
      : [['boot from the cache, made', ...methods.map((m) => wall.kept?.[m]?.slice(0, 10) ?? '–')]]),
  ]);
  return `${heading}\n\n` +
    (methods.length === 0 ? '' : `${table}\n${check}\n${answer(judgement)}`);
}
