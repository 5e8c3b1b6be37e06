import type { RunReport, RunRequest } from '../../protocol/experiments.ts';
import { download } from './download.ts';
import { Copied } from './command-line.tsx';
import { FileJob } from './file-job.ts';
import { nextPieces, type NextPiece } from './next-steps.ts';
import { PinnedResults } from './pinned-results.tsx';
import { pin, pins } from './pins.ts';
import { ReportButton } from './report-button.tsx';
import { choose, chooseGuest, experiment, fields, methods, sheet, sheets, texts, ticked, type } from './request.ts';
import type { Shown } from './runs.ts';

/** Where to go on, and what can be taken along. */
export function Takeaways({ result, report }: { result: Shown; report: RunReport }) {
  const { request } = result, { next } = report.report.judgement, name = fileName(request);
  const pinned = pins.value.some((p) => p.report === report);
  return (
    <div class="takeaways">
      {next !== undefined && <Next line={next} of={request.experiment} />}
      <div class="buttons">
        <button disabled={pinned} onClick={() => pin(request, report)}>{pinned ? 'Pinned' : 'Pin'}</button>
        <button onClick={() => download(`${name}.csv`, report.csv, 'text/csv')}>Download CSV</button>
        <button onClick={() => download(`${name}.json`, report.json, 'application/json')}>Download JSON</button>
        <TraceButton request={request} name={name} />
        <ReportButton request={request} name={name} />
      </div>
      <Copied text={`npx ${report.command}`} name="command line that repeats it" />
      <PinnedResults request={request} report={report} />
    </div>
  );
}

/** Goes on whatever is run beside it. */
const recording = new FileJob('trace');

/** Runs the job once more, recorded. */
function TraceButton({ request, name }: { request: RunRequest; name: string }) {
  const record = (): void => void recording.run(
    (w, told) => w.experiments.trace(request, told), `${name}.trace`, 'application/octet-stream');
  return (
    <>
      {recording.progress.value === ''
        ? <button onClick={record} title="runs all methods again and records every access">Record a trace</button>
        : <button onClick={() => recording.stop()}>Stop recording ({recording.progress.value})</button>}
      {recording.failure.value !== '' && (
        <p role="alert" class="status failed">There is no trace: {recording.failure.value}</p>
      )}
    </>
  );
}

function fileName({ experiment, guest }: RunRequest): string {
  return `northbridge-${experiment}-${guest}`;
}

function Next({ line, of }: { line: string; of: string }) {
  const names = sheets.value.map((s) => s.name);
  return (
    <p class="next">
      Next:{' '}
      {nextPieces(line, of, names).map((piece, n) => (
        piece.go === null
          ? <span key={n}>{piece.text}</span>
          : <button key={n} class="plain" onClick={() => follow(piece.go)}>{piece.text}</button>
      ))}
    </p>
  );
}

/** Changes the form as a piece of the line says. */
function follow(go: NextPiece['go']): void {
  if (go === null) return;
  if (experiment.value !== go.experiment) choose(go.experiment);
  const { option, value } = go;
  if (option === 'guest') {
    const known = sheet.value?.guests.find((g) => g.guest === value);
    if (known !== undefined) chooseGuest(known.guest);
  } else if (option === 'methods') {
    const all = methods.value.map((m) => m.method), named = value.split(',');
    ticked.value = new Set(value === 'all' ? all : all.filter((m) => named.includes(m)));
  } else if (option !== '') {
    const field = fields.value.find((f) => f.word === option);
    if (field !== undefined && texts.value[field.name] !== value) type(field.name, value);
  }
}
