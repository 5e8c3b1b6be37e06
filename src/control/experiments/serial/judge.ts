import { formatCount, formatSeconds, formatShare } from '../../quantities.ts';
import type { Judgement, RunResult } from '../experiment.ts';
import { BITS, lineOf, MOST_BAUD, type SerialJob } from './serial-job.ts';

const of = (run: RunResult, key: string): number => Number(run.measures[key]);

/** What a character costs by polling and by interrupts, and where each stops keeping up. */
export interface SerialCrossover {
  /** Time of a character on the line (s). */
  readonly character: number;
  /** Busy time of the processor for a character by an interrupt each (s). */
  readonly interrupt: number;
  /** Time that polling needs for a character that is there (s). */
  readonly poll: number;
  /** Interrupt entry in cycles with which interrupts take the whole processor at this rate. */
  readonly entry: number;
}

/**
 * The crossover, from the runs `polled` and `irq`; null if one is missing. A poll is an access
 * whether it finds a character or not, and so is the character: polling was busy all the time, so
 * that time divided by the accesses is what one takes.
 */
export function serialCrossover(runs: readonly RunResult[], job: SerialJob): SerialCrossover | null {
  const polled = runs.find((r) => r.method === 'polled'), irq = runs.find((r) => r.method === 'irq');
  if (polled === undefined || irq === undefined) return null;
  const clock = Number(job.boardOptions['processorClock']);
  const character = BITS / lineOf(job).baud, { characters } = job.values;
  // Of those that were lost it had no work.
  const interrupt = (of(irq, 'busyPerCharacter') * characters) / Math.max(1, characters - of(irq, 'lost'));
  const poll = 2 * of(polled, 'seconds') / of(polled, 'cpuPortAccesses');
  const entry = Number(job.boardOptions['interruptEntry']) + (character - interrupt) * clock;
  return { character, interrupt, poll, entry: Math.max(0, Math.round(entry)) };
}

type Direction = 'receive' | 'send';
/** What happens to the line where the processor does not keep up. */
const CONSEQUENCE: Readonly<Record<Direction, string>> = {
  receive: ' and characters are lost', send: ' and the line waits',
};

const baud = (character: number): string => `${formatCount(Math.round(BITS / character / 1000))} kbaud`;

/** The answer of both experiments, as far as the runs give one. */
export function judgeSerial(
  runs: readonly RunResult[], job: SerialJob, direction: Direction,
): Omit<Judgement, 'verdict'> {
  const wrong = runs.filter((r) => !r.matches).map((r) => r.method);
  const sentence = wrong.length > 0
    ? `The characters that arrived by ${wrong.join(', ')} are wrong, or none did.`
    : [shares(runs, job), crossover(runs, job, direction), losses(runs)].filter((s) => s !== '').join('\n');
  return {
    sentence: sentence === '' ? 'Nothing can be said of these runs.' : sentence,
    next: 'with --baud 9600 or 1000000, --interrupt-entry 2000, --busy 100us; sweep over --baud',
    reference: String(runs[0]?.found['reference'] ?? ''),
  };
}

function shares(runs: readonly RunResult[], job: SerialJob): string {
  if (runs.length === 0) return '';
  const { baud: rate } = lineOf(job);
  const parts = runs.map((r) => `${r.method} ${formatShare(of(r, 'cpuBusy'))}`);
  return `At ${formatCount(Math.round(rate))} baud a character takes ${formatSeconds(BITS / rate)}. ` +
    `Of the processor takes: ${parts.join(', ')}.`;
}

function crossover(runs: readonly RunResult[], job: SerialJob, direction: Direction): string {
  const c = serialCrossover(runs, job);
  // Other work would count as the cost of a character.
  if (c === null || job.values.busy > 0) return '';
  const costs = `A character costs ${formatSeconds(c.interrupt)} by its interrupt, and ${formatSeconds(c.poll)} by ` +
    'polling while one is there';
  if (c.interrupt <= c.poll)
    return `${costs}: an interrupt costs less than a poll, so interrupts win at every rate.`;
  const beyond = BITS / c.interrupt > MOST_BAUD
    ? ` (beyond this UART's ${baud(BITS / MOST_BAUD)})` : '';
  const polling = `polling wins, up to ${baud(c.poll)}`;
  if (c.interrupt >= c.character)
    return `${costs}. Crossover: ${baud(c.interrupt)}; this rate is above it: interrupts do not keep up` +
      `${CONSEQUENCE[direction]}, and ${polling}.`;
  return `${costs}. Crossover: ${baud(c.interrupt)}${beyond}. Below, interrupts win, as they leave time for other ` +
    `work; above, they do not keep up${CONSEQUENCE[direction]}, and ${polling}. At this rate that is so from an ` +
    `interrupt entry of ${formatCount(c.entry)} cycles on.`;
}

function losses(runs: readonly RunResult[]): string {
  const lossy = runs.filter((r) => of(r, 'lost') > 0);
  if (lossy.length === 0) return '';
  const kept = runs.filter((r) => of(r, 'lost') === 0).map((r) => r.method);
  return `Characters were lost: ${lossy.map((r) => `${formatCount(of(r, 'lost'))} by ${r.method}`).join(', ')}; ` +
    (kept.length === 0 ? 'no method lost none.' : `none by ${kept.join(', ')}.`);
}
