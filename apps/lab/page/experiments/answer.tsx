import type { RunReport } from '../../protocol/experiments.ts';
import type { Shown } from './runs.ts';

/** What follows from the figures, and whether they are of the right bytes. */
export function Answer({ result, report }: { result: Shown; report: RunReport }) {
  const { heading, check, judgement } = report.report;
  return (
    <div class="answer-place" aria-live="polite">
      <p class="sentence">{judgement.sentence}</p>
      {judgement.details !== undefined && judgement.details.length > 0 && (
        <ul class="details">{judgement.details.map((line) => <li key={line}>{line}</li>)}</ul>
      )}
      <p class={`check ${check.startsWith('✗') ? 'bad' : ''}`}>
        {result.state === 'cancelled' ? 'Of what was measured: ' : ''}{check} <span class="heading">{heading}</span>
      </p>
    </div>
  );
}
