import { signal } from '@preact/signals';
import type { RunReport } from '../../protocol/experiments.ts';
import { messageOf } from '../state/message-of.ts';
import { cellNumber, cellText } from '../state/report-cells.ts';
import { runReport } from '../state/run-report.ts';
import { JOB, METHODS } from './race.ts';

type Method = (typeof METHODS)[number];
const CHOICES: readonly (readonly [Method, string])[] = [
  ['device-dma', 'Still DMA'], ['mmio-uc', 'Now the processor'],
];

const chosen = signal<Method | null>(null);
const result = signal<RunReport | null>(null);
const failure = signal('');

/** Asks before it shows: a guess first, then the run. */
export function Prediction() {
  const guess = chosen.value, report = result.value;
  return (
    <section class="prediction" aria-label="prediction">
      <h2>Predict: which is faster for 4 bytes in place of 64 KiB?</h2>
      {guess === null
        ? (
          <p>
            {CHOICES.map(([method, text]) => (
              <button key={method} onClick={() => void commit(method)}>{text}</button>
            ))}
          </p>
        )
        : (
          <p role="status">
            You say: {CHOICES.find(([m]) => m === guess)?.[1].toLowerCase()}.{' '}
            {failure.value !== '' ? failure.value : report === null ? 'Both machines run it …' : said(report, guess)}
          </p>
        )}
      {report !== null && (
        <button onClick={() => { chosen.value = result.value = null; }}>Ask me again</button>
      )}
    </section>
  );
}

async function commit(guess: Method): Promise<void> {
  chosen.value = guess;
  failure.value = '';
  try {
    result.value = await runReport({
      experiment: 'paths', guest: 'bare', methods: METHODS, texts: { ...JOB, bytes: '4B' },
    });
  } catch (error) {
    failure.value = `It could not be run: ${messageOf(error)}.`;
  }
}

function said(report: RunReport, guess: Method): string {
  const time = (method: Method): number => cellNumber(report, 'seconds', method);
  const faster = time('mmio-uc') < time('device-dma') ? 'mmio-uc' : 'device-dma';
  return `${faster === guess ? 'So it is' : 'It is the other way'}: one word by the processor took ` +
    `${cellText(report, 'seconds', 'mmio-uc')}, by DMA ${cellText(report, 'seconds', 'device-dma')}. ` +
    'To ask for a transfer costs register accesses and an interrupt, however short it is.';
}
