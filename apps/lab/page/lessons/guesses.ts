/** What the reader has committed to, and what the runs said. */
import { effect, signal } from '@preact/signals';
import { methodsOf, type Prediction } from '../../protocol/lessons.ts';
import type { RunReport } from '../../protocol/experiments.ts';
import { messageOf } from '../state/message-of.ts';
import { runReport } from '../state/run-report.ts';
import { judgeChoice, judgeNumber, type Verdict } from './judge.ts';

export interface Guess {
  /** A method, '' for equal; or a number. */
  readonly said: string | number;
  readonly verdict: Verdict | null;
  /** Why there is no run, or ''. */
  readonly failure: string;
}

/** Where the browser keeps them as long as the tab is open. */
const KEPT = 'northbridge guesses';

/** By lesson and number of the prediction: `rings 0`. Those that were answered survive a reload. */
export const guesses = signal<Readonly<Record<string, Guess>>>(keptGuesses());

effect(() => {
  const answered = Object.entries(guesses.value).filter(([, guess]) => guess.verdict !== null);
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(Object.fromEntries(answered)));
  } catch {
    // Not allowed here, as in a frame of somebody else's page: then they are gone with the page.
  }
});

function keptGuesses(): Record<string, Guess> {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(KEPT) ?? '{}');
    return kept !== null && typeof kept === 'object' && Object.values(kept).every(isGuess)
      ? kept as Record<string, Guess> : {};
  } catch {
    return {};
  }
}

function isGuess(value: unknown): boolean {
  const { said, verdict } = (value ?? {}) as Partial<Guess>;
  return ['string', 'number'].includes(typeof said) && typeof verdict?.sentence === 'string';
}

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
    put({ failure: messageOf(error) });
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
