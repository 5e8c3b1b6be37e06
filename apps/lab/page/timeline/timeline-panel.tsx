import { effect, signal, untracked } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { plans } from '../state/actions.ts';
import { panes, shown } from '../state/workbench.ts';
import { followSelection } from './chain.ts';
import { onKey } from './keys.ts';
import { LaneNames } from './lane-names.tsx';
import { measured } from './measure.ts';
import {
  fit, following, followMoment, originOf, overlaid, paneNumbers, rows, sides, view, whole, width, zoom,
} from './model.ts';
import { Minimap } from './minimap.tsx';
import { Paper } from './paper.tsx';
import { RecordTable } from './record-table.tsx';
import { Save } from './save.tsx';
import { SelectedLine } from './selected-line.tsx';
import { WavesView } from './waves-view.tsx';

const MODES = ['lanes', 'waves', 'list'] as const;
/** Bytes from which a recording is much for a browser. */
const MUCH = 300e6;
/** How the records are shown. */
export const mode = signal<(typeof MODES)[number]>('lanes');

/** Who did what when: lanes over time, or a list. */
export function TimelinePanel() {
  useEffect(() => {
    const ends = [followSelection(), followMachines(), followFront(), followMoment(), askForPictures()];
    return () => ends.forEach((end) => end());
  }, []);
  const none = paneNumbers.value.every((n) => panes[n].sheet.value === null);
  return (
    <section aria-label="timeline" class="timeline">
      <Tools />
      {none
        ? <p class="empty">{nothingYet()}</p>
        : mode.value === 'list' ? <RecordTable /> : mode.value === 'waves' ? <WavesView /> : <Lanes />}
      <SelectedLine />
    </section>
  );
}

function nothingYet(): string {
  if (plans.value.length === 0) return 'No machine is open: choose a question above, and open it in the machine.';
  return panes[0].failure.value === '' ? 'The machine is being built.' : 'There is no machine.';
}

function Lanes() {
  const body = useRef<HTMLDivElement>(null);
  const empty = rows.value.every((row) => row.lane === null);
  return (
    <div
      class="timeline-body" ref={body} tabIndex={0} role="group" aria-roledescription="timeline"
      aria-label="lanes over time. + and - zoom, shift and arrows move, up and down choose a lane, Enter selects"
      onKeyDown={onKey}
    >
      <LaneNames />
      <Paper body={body} />
      {empty && <p class="empty timeline-nothing">Nothing has moved yet: run the machine, and its lanes appear.</p>}
    </div>
  );
}

function Tools() {
  return (
    <div class="timeline-tools">
      <h2>Timeline</h2>
      {MODES.map((m) => (
        <button key={m} class="small" aria-pressed={mode.value === m} onClick={() => { mode.value = m; }}>{m}</button>
      ))}
      <Warning />
      <Minimap />
      {shown.value === 2 && (
        <button
          class="small" aria-pressed={overlaid.value} title="A and B in one row each"
          onClick={() => { overlaid.value = !overlaid.value; }}
        >
          overlay
        </button>
      )}
      {measured.value !== null && (
        <button class="small" onClick={() => { measured.value = null; }}>measured: clear</button>
      )}
      <button class="small" aria-pressed={following.value} title="show what is new (f)" onClick={fit}>follow</button>
      <button class="small" aria-label="zoom out" title="zoom out (−)" onClick={() => zoom(2)}>−</button>
      <button class="small" aria-label="zoom in" title="zoom in (+)" onClick={() => zoom(0.5)}>+</button>
      <button class="small" aria-label="fit the whole run" title="whole run (0)" onClick={fit}>fit</button>
      <Save />
    </div>
  );
}

/** A word when a recording takes much, and how fast it grows. */
function Warning() {
  const sums = paneNumbers.value.map((n) => sides[n].sums.value).filter((s) => s !== null);
  const bytes = sums.reduce((n, s) => n + s.bytes + s.indexBytes, 0);
  if (bytes < MUCH) return null;
  const mega = (n: number): string => `${(n / 1e6).toFixed(0)} MB`;
  const rate = Math.max(...sums.map((s) => s.bytesPerSecond));
  return (
    <span class="much" role="alert" title={`${mega(rate)} more for each simulated second`}>
      The recording takes {mega(bytes)}: stop it, or record less
    </span>
  );
}

/** A pane that has a new machine forgets the one before, and what was looked at of it. */
function followMachines(): () => void {
  const ends = sides.map((side) => effect(() => {
    void side.pane.sheet.value;
    side.reset();
    untracked(() => {
      following.value = true;
      measured.value = null;
    });
  }));
  return () => ends.forEach((end) => end());
}

/** While it is wanted the view shows the whole run, as long as it is by now. */
function followFront(): () => void {
  return effect(() => {
    const all = whole.value;
    if (following.value) view.value = all;
  });
}

/** Whatever changes what is seen is a question to the workers. */
function askForPictures(): () => void {
  return effect(() => {
    const { from, span } = view.value, pixels = Math.round(width.value), all = rows.value;
    for (const pane of paneNumbers.value) {
      const side = sides[pane];
      if (side.pane.sheet.value === null || side.pane.status.value === null) continue;
      const keys = all.filter((r) => r.lane !== null && r.panes.includes(pane)).map((r) => r.lane?.key ?? '');
      const origin = originOf(pane);
      untracked(() => side.want(from + origin, from + span + origin, pixels, keys));
    }
  });
}
