import type { RunReport } from '../../protocol/experiments.ts';
import type { Shown } from './runs.ts';
import { tall } from './tall.ts';

/** What follows from the figures, and whether they are of the right bytes. */
export function Answer({ result, report }: { result: Shown; report: RunReport }) {
  const { heading, check, judgement } = report.report, { details = [] } = judgement;
  return (
    <div class="answer-place" aria-live="polite">
      <p class="sentence">{judgement.sentence}</p>
      {details.length > 0 && (
        <details class="details" open={tall.value}>
          <summary>What else follows: {details.length} {details.length === 1 ? 'line' : 'lines'}</summary>
          <ul>{details.map((line) => <li key={line}>{line}</li>)}</ul>
        </details>
      )}
      <p class={`check ${check.startsWith('✗') ? 'bad' : ''}`}>
        {result.state === 'cancelled' ? 'Of what was measured: ' : ''}{check} <span class="heading">{heading}</span>
      </p>
    </div>
  );
}
