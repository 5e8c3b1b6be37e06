import { formatCount, formatSeconds } from '../../../../src/control/quantities.ts';
import { Answer } from './answer.tsx';
import { FiguresTable } from './figures-table.tsx';
import { Plots } from './plots.tsx';
import { request, runsHere, sheet } from './request.ts';
import { run, shownResult, type Shown } from './runs.ts';
import { SweepPanel } from './sweep-panel.tsx';
import { tall } from './tall.ts';
import { Takeaways } from './takeaways.tsx';

/** What was measured: sentence, table, plots; it grows while it runs. */
export function FiguresPanel() {
  const result = shownResult.value;
  return (
    <section aria-label="figures" class={tall.value ? 'figures tall' : 'figures'}>
      {result !== null && (
        <button class="plain tallness" aria-pressed={tall.value} onClick={() => { tall.value = !tall.value; }}>
          {tall.value ? 'Show the machine, too' : 'Figures only'}
        </button>
      )}
      {result === null ? <Nothing /> : <Result result={result} />}
      <SweepPanel />
    </section>
  );
}

function Nothing() {
  const wanted = request.value;
  return (
    <p class="empty">
      Nothing was measured yet. {sheet.value?.summary}{' '}
      {wanted !== null && runsHere.value && <button onClick={() => { void run(wanted); }}>Run it</button>}
    </p>
  );
}

function Result({ result }: { result: Shown }) {
  return (
    <>
      <Status result={result} />
      {result.report !== null && result.state !== 'running' && <Answer result={result} report={result.report} />}
      {result.failure === '' && (
        <div class="measured">
          <FiguresTable result={result} />
          <Plots result={result} />
        </div>
      )}
      {result.report !== null && result.state !== 'running' && <Takeaways result={result} report={result.report} />}
    </>
  );
}

/** Where it stands, in a line; and what failed. */
function Status({ result }: { result: Shown }) {
  const { state, progress, runs, failures, failure } = result, { methods } = result.request;
  const under = Object.values(progress);
  return (
    <>
      {state === 'running' && (
        <p class="status" role="status">
          <progress max={methods.length} value={runs.length} aria-label="methods that are measured" />
          {runs.length} of {methods.length} measured
          {under.map((p) => (
            <span key={p.method}>
              {p.method}: {p.phase}, {formatSeconds(p.seconds)}, {formatCount(p.instructions)} instructions
            </span>
          ))}
        </p>
      )}
      {state === 'cancelled' && (
        <p class="status" role="status">
          Cancelled after {runs.length} of {methods.length} methods.
          <button onClick={() => { void run(result.request); }}>Run again</button>
        </p>
      )}
      {failure !== '' && <p class="status failed" role="alert">It could not be run: {failure}</p>}
      {Object.entries(failures).map(([method, why]) => (
        <p key={method} class="status failed" role="alert">{method} failed: {why}</p>
      ))}
    </>
  );
}
