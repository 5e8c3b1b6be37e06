import type { ReportRow } from '../../../../src/control/experiments/report.ts';
import { CarrierMarks, carrierWords } from './carriers.tsx';
import { openForLook } from './open-machines.ts';
import { carriersOf, sheetOf } from './request.ts';
import type { Shown } from './runs.ts';

const UNITS: Readonly<Record<ReportRow['unit'], string>> = {
  's': 'time', 'B/s': 'bytes a second', 'B': 'bytes', 'share': 'a share', 'digest': 'a digest of the bytes',
  'word': 'in words', '': 'a number',
};

/** Measures down, methods across; a column is there from the beginning and fills when it ends. */
export function FiguresTable({ result }: { result: Shown }) {
  const { request, report } = result, rows = report?.report.rows ?? emptyRows(result);
  const done = report?.report.methods ?? [];
  return (
    <div class="table-place" tabIndex={0} role="region" aria-label="table of figures">
      <table class="figures-table">
        <thead>
          <tr>
            <td />
            {request.methods.map((m) => <Head key={m} method={m} result={result} />)}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row" class={row.label.startsWith(' ') ? 'part' : ''} title={explained(row)}>
                {row.label.trim()}
              </th>
              {request.methods.map((m) => {
                const cell = row.cells[done.indexOf(m)];
                return (
                  <td key={m} class={row.unit === 'word' ? 'words' : ''}>
                    {cell === undefined ? '' : cell.best ? <strong>{cell.text}</strong> : cell.text}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head({ method, result }: { method: string; result: Shown }) {
  const { request, progress, failures, state, runs } = result, now = progress[method];
  const carriers = carriersOf(request, method);
  const left = state === 'running' ? 'waits' : 'not run';
  const says = failures[method] !== undefined
    ? 'failed' : now !== undefined ? now.phase : runs.some((r) => r.method === method) ? '' : left;
  return (
    <th scope="col" title={carrierWords(carriers)}>
      <CarrierMarks carriers={carriers} /> {method}
      <span class="under">
        {says === ''
          ? <button class="plain" aria-label={`open ${method} in the machine`}
            onClick={() => { void openForLook(request, method); }}>open</button>
          : says}
      </span>
    </th>
  );
}

function explained({ unit, better, key }: ReportRow): string {
  return `${UNITS[unit]}${better === '' ? '' : `; ${better} is better, the best is bold`} (JSON: ${key})`;
}

function emptyRows({ request }: Shown): ReportRow[] {
  return (sheetOf(request.experiment)?.measures ?? []).map((m) => ({ ...m, cells: [] }));
}
