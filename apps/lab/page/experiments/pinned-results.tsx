import type { RunReport, RunRequest } from '../../protocol/experiments.ts';
import { beside, compared, pins, unpin, type Pin } from './pins.ts';

/** The present result beside one that was kept. */
export function PinnedResults({ request, report }: { request: RunRequest; report: RunReport }) {
  const fitting = pins.value.filter((p) => p.request.experiment === request.experiment);
  if (fitting.length === 0) return null;
  const other = fitting.find((p) => p.number === beside.value);
  return (
    <section class="pins" aria-label="pinned results">
      <p>
        {fitting.map((p) => (
          <span key={p.number} class="pin">
            <button class="chip" aria-pressed={beside.value === p.number}
              onClick={() => { beside.value = beside.value === p.number ? 0 : p.number; }}>
              pin {p.number}: {named(p)}
            </button>
            <button class="plain" aria-label={`remove pin ${p.number}`} onClick={() => unpin(p.number)}>×</button>
          </span>
        ))}
      </p>
      {other !== undefined && other.report !== report && <Beside pin={other} report={report} />}
      {other !== undefined && other.report === report && (
        <p class="hint">This is pin {other.number}. Change something and run: the two stand side by side then.</p>
      )}
    </section>
  );
}

function named({ request }: Pin): string {
  const texts = Object.entries(request.texts).map(([name, text]) => `${name} ${text}`).join(', ');
  return `${request.guest === 'debian' ? 'Debian, ' : ''}${texts === '' ? 'as by default' : texts}`;
}

function Beside({ pin, report }: { pin: Pin; report: RunReport }) {
  const rows = compared(pin.report.report, report.report).filter((r) => r.ratio !== '=' || r.key === 'seconds');
  if (rows.length === 0)
    return <p class="hint">Pin {pin.number} and this result have no method in common.</p>;
  return (
    <div class="table-place" tabIndex={0} role="region" aria-label="two results side by side">
      <table class="figures-table">
        <thead>
          <tr>
            <th scope="col" class="name">method</th><th scope="col" class="name">measure</th>
            <th scope="col">pin {pin.number}</th><th scope="col">now</th><th scope="col">ratio</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((r) => (
            <tr key={`${r.method} ${r.key}`}>
              <th scope="row">{r.method}</th><th scope="row">{r.label}</th>
              <td>{r.before}</td><td>{r.now}</td><td>{r.ratio}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
