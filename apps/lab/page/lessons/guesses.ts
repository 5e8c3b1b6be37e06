/** What the reader has committed to, and what the runs said. */
import { signal } from '@preact/signals';
import { methodsOf, type Prediction } from '../../protocol/lessons.ts';
import type { RunReport } from '../../protocol/experiments.ts';
import { runReport } from '../state/run-report.ts';
import { judgeChoice, judgeNumber, type Verdict } from './judge.ts';

export interface Guess {
  /** A method, '' for equal; or a number. */
  readonly said: string | number;
  readonly verdict: Verdict | null;
  /** Why there is no run, or ''. */
  readonly failure: string;
}

/** By lesson and number of the prediction: `rings 0`. */
export const guesses = signal<Readonly<Record<string, Guess>>>({});

/** Commits to a guess: from here on it stands, and the runs are made. */
export async function commit(key: string, p: Prediction, said: string | number): Promise<void> {
  const put = (part: Partial<Guess>): void => {
    guesses.value = { ...guesses.value, [key]: { said, verdict: null, failure: '', ...part } };
  };
  put({});
  let result: RunReport;
  try {
    result = await runReport({ experiment: p.experiment, guest: 'bare', methods: methodsOf(p), texts: p.texts });
  } catch (error) {
    put({ failure: error instanceof Error ? error.message : String(error) });
    return;
  }
  put({
    verdict: 'choices' in p ? judgeChoice(p, String(said), result.report) : judgeNumber(p, Number(said), result.report),
  });
}

/** As if it had not been asked. */
export function forget(key: string): void {
  const { [key]: _, ...rest } = guesses.value;
  guesses.value = rest;
}
