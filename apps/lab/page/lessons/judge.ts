/** How a guess compares with what was measured. */
import type { ExperimentReport } from '../../../../src/control/experiments/report.ts';
import type { ChoicePrediction, NumberPrediction } from '../../protocol/lessons.ts';
import { cellNumber, cellText } from '../state/report-cells.ts';

/** Values closer than this share are equal. */
const EQUAL = 0.01;
/** A guess that close is right. */
const CLOSE = 0.1;

/** What the runs say to a guess. */
export interface Verdict {
  readonly right: boolean;
  /** One sentence with the figure. */
  readonly sentence: string;
}

/** @param guess a method; '': they are equal */
export function judgeChoice(p: ChoicePrediction, guess: string, report: ExperimentReport): Verdict {
  const row = report.rows.find((r) => r.key === p.measure);
  const found = p.choices.filter((c) => c.method !== '').map(({ method }) => ({
    method, text: cellText({ report }, p.measure, method), value: cellNumber({ report }, p.measure, method),
  }));
  if (row === undefined || found.some((f) => Number.isNaN(f.value)))
    return { right: false, sentence: 'The runs do not answer it.' };
  const by = row.better === 'less' ? 1 : -1;
  const [best, next] = found.toSorted((a, b) => by * (a.value - b.value));
  if (best === undefined || next === undefined) return { right: false, sentence: 'The runs do not answer it.' };
  const equal = Math.abs(best.value - next.value) <= EQUAL * Math.max(Math.abs(best.value), Math.abs(next.value));
  const answer = equal && p.choices.some((c) => c.method === '') ? '' : best.method;
  const figures = found.map((f) => `${f.method} ${f.text}`).join(', ');
  const right = guess === answer;
  const what = answer === '' ? 'they are equal' : `it is ${answer}`;
  return { right, sentence: `${right ? 'Right' : 'No'}: ${what}. ${row.label.trim()}: ${figures}.` };
}

export function judgeNumber(p: NumberPrediction, guess: number, report: ExperimentReport): Verdict {
  const valueOf = (method: string): number => cellNumber({ report }, p.measure, method);
  const value = (valueOf(p.of) * (p.scale ?? 1)) / (p.over === undefined ? 1 : valueOf(p.over));
  if (!Number.isFinite(value)) return { right: false, sentence: 'The runs do not answer it.' };
  const it = `it is ${numberText(value)} ${p.unit}`.trim();
  if (Math.abs(guess - value) <= CLOSE * Math.abs(value)) return { right: true, sentence: `Right: ${it}.` };
  if (value === 0 || guess <= 0) return { right: false, sentence: `No: ${it}.` };
  const [word, ratio] = guess > value ? ['high', guess / value] : ['low', value / guess];
  const by = ratio < 2
    ? `${Math.round(100 * Math.abs(guess / value - 1))} %`
    : `a factor of ${numberText(Number(ratio.toPrecision(2)))}`;
  return { right: false, sentence: `Too ${word} by ${by}: ${it}.` };
}

/** Three digits, as a reader writes it. */
export function numberText(value: number): string {
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
