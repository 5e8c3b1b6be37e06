import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Field } from '../../../../src/control/experiments/form.ts';
import type { Measure } from '../../../../src/control/experiments/experiment.ts';
import { clerk } from '../state/desk.ts';
import { Copied } from './command-line.tsx';
import { figureOfPoints } from './curves.ts';
import { download } from './download.ts';
import { PlotOf } from './plots.tsx';
import { carriersOf, fields, request, runsHere, sheet, sheetOf } from './request.ts';
import { shownResult } from './runs.ts';
import { cancelSweep, pointsOf, runSweep, shownSweep, sweepFailure, type ShownSweep } from './sweeps.ts';

const NUMBERS: readonly Field['kind'][] = ['size', 'count', 'duration', 'frequency'];
const UNITS: Partial<Readonly<Record<Field['kind'], string>>> = { size: 'B', duration: 's' };

/** One parameter over several values, as curves that grow. */
export function SweepPanel() {
  const numeric = fields.value.filter((f) => NUMBERS.includes(f.kind));
  const chosen = useSignal(''), text = useSignal(''), wanted = request.value;
  const own = sheet.value?.plots.find((p) => p.curve !== true && numeric.some((f) => f.name === p.x))?.x;
  const axis = numeric.some((f) => f.name === chosen.value) ? chosen.value : own ?? numeric[0]?.name ?? '';
  const running = shownSweep.value?.state === 'running', key = `${wanted?.experiment} ${axis}`;
  useEffect(() => {
    let gone = false;
    text.value = '';
    if (wanted !== null && axis !== '')
      void clerk.ask((w) => w.experiments.axis(wanted, axis, ''))
        .then((a) => { if (!gone) text.value = a.text; }, () => {});
    return () => { gone = true; };
  }, [key]);
  if (axis === '' || !runsHere.value) return null;
  const possible = wanted !== null && shownResult.value?.state !== 'running' && text.value !== '';
  return (
    <details class="sweep">
      <summary>Sweep one parameter</summary>
      <form class="sweep-form" onSubmit={(e) => {
        e.preventDefault();
        if (possible && !running) void runSweep(wanted, axis, text.value);
      }}>
        <label>parameter <select value={axis} onChange={(e) => { chosen.value = e.currentTarget.value; }}>
          {numeric.map((f) => <option key={f.name} value={f.name}>{f.word}</option>)}
        </select></label>
        <label>values <input type="text" value={text.value} spellcheck={false} size={36}
          title="a,b,c, or from..to in steps: 512..16MiB*4, 1..9+2"
          onInput={(e) => { text.value = e.currentTarget.value; }} /></label>
        {running
          ? <button type="button" onClick={cancelSweep}>Cancel the sweep</button>
          : <button disabled={!possible}>Sweep</button>}
      </form>
      {sweepFailure.value !== '' && <p role="alert" class="status failed">{sweepFailure.value}</p>}
      {shownSweep.value !== null && <SweepResult sweep={shownSweep.value} />}
    </details>
  );
}

function SweepResult({ sweep }: { sweep: ShownSweep }) {
  const { request, axis, points, state } = sweep, of = sheetOf(request.experiment);
  const chosen = useSignal('');
  const field = of?.guests.find((g) => g.guest === request.guest)?.form;
  const row = [...field?.own ?? [], ...field?.machine ?? []].find((f) => f.name === axis.name);
  const measures = (of?.measures ?? []).filter((m) => points.some((p) => typeof p.measures[m.key] === 'number'));
  const usual = of?.plots.find((p) => p.x === axis.name && p.curve !== true)?.y ?? 'seconds';
  const measure = measures.find((m) => m.key === chosen.value) ?? measures.find((m) => m.key === usual) ?? measures[0];
  const wrong = points.filter((p) => p.state !== 'done');
  const table = async (): Promise<void> =>
    download(`northbridge-sweep-${request.experiment}.csv`,
      await clerk.ask((w) => w.experiments.sweepTable(request, axis, points)), 'text/csv');
  return (
    <div class="sweep-result">
      <p class="status" role="status">
        {state === 'running' && <progress max={pointsOf(sweep)} value={points.length} aria-label="points measured" />}
        {points.length} of {pointsOf(sweep)} points{state === 'cancelled' ? ', cancelled' : ''}
        {wrong[0] !== undefined && <em>{wrong.length} cannot be, e.g. {axis.name} {wrong[0].values[axis.name]}
          {' '}by {wrong[0].method}: {wrong[0].error}</em>}
      </p>
      {measure !== undefined && (
        <>
          <label>shown <select value={measure.key} onChange={(e) => { chosen.value = e.currentTarget.value; }}>
            {measures.map((m) => <option key={m.key} value={m.key}>{nameOf(m, measures)}</option>)}
          </select></label>
          <PlotOf carrierOf={(method) => carriersOf(request, method)[0]} figure={figureOfPoints(
            { word: row?.word ?? axis.name, unit: row === undefined ? '' : UNITS[row.kind] ?? '' }, measure,
            points.map((p) => ({
              x: axis.values.find((v) => v.text === p.values[axis.name])?.number ?? 0, method: p.method,
              y: p.measures[measure.key],
            })),
          )} />
        </>
      )}
      {state !== 'running' && points.length > 0 && (
        <div class="takeaways">
          <div class="buttons"><button onClick={table}>Download the points as CSV</button></div>
          <Copied text={`npx ${axis.command}`} name="command line of the sweep" />
        </div>
      )}
    </div>
  );
}

/** A part says of what: `to the card: throughput, processor busy`. */
function nameOf(m: Pick<Measure, 'key' | 'label'>, all: readonly Pick<Measure, 'key' | 'label'>[]): string {
  if (!m.label.startsWith(' ')) return m.label;
  const whole = all.slice(0, all.indexOf(m)).findLast((o) => !o.label.startsWith(' '));
  return whole === undefined ? m.label.trim() : `${whole.label}, ${m.label.trim()}`;
}
