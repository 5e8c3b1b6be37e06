import { formatCount } from '../../../../src/control/quantities.ts';
import { ms, toSeconds } from '../../../../src/sim/time.ts';
import { active, activePane, moments, pace, PACES, panes, playing, shown, type Pace } from '../state/workbench.ts';
import { KEYS as TIMELINE_KEYS } from '../timeline/keys.ts';
import { KEYS, keysShown } from './keys.ts';
import { back, end, forward, home, told } from './player.ts';

/** What one step of a pace is, for a reader. */
const PACE_WORDS: Readonly<Record<Pace, string>> = {
  beat: 'one data phase on a bus at a time',
  burst: 'one transaction at a time, its data phases slow enough to see',
  transaction: 'one transaction at a time',
  command: 'from one write that starts a device’s work to the next',
  interrupt: 'from one interrupt to the next',
  full: 'as fast as it is simulated: the newest moment is shown',
};

/** Paths of the symbols on buttons, in a square of 16. */
const SYMBOLS = {
  home: 'M3 3h2v10H3zM13 3v10L6 8z', back: 'M12 3v10L4 8z', play: 'M4 2.5v11L13.5 8z',
  pause: 'M4 3h3v10H4zM9 3h3v10H9z',
  forward: 'M4 3v10l8-5z', end: 'M11 3h2v10h-2zM3 3v10l7-5z',
} as const;

function Symbol({ name }: { name: keyof typeof SYMBOLS }) {
  return <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path d={SYMBOLS[name]} /></svg>;
}

/** Where the page is in time, and how it moves. */
export function TransportBar() {
  const none = activePane.value.sheet.value === null;
  return (
    <section aria-label="transport" class="transport">
      <div class="buttons" role="group" aria-label="steps">
        <button disabled={none} onClick={home} aria-label="to the beginning" title="to the beginning (Home)">
          <Symbol name="home" />
        </button>
        <button disabled={none} onClick={() => void back()} aria-label={`back one ${stepWord()}`} title="back (←)">
          <Symbol name="back" />
        </button>
        <button disabled={none} class="play" onClick={() => { playing.value = !playing.value; }}
          aria-label={playing.value ? 'pause' : 'play'} title={playing.value ? 'pause (Space)' : 'play (Space)'}>
          <Symbol name={playing.value ? 'pause' : 'play'} />
        </button>
        <button disabled={none} onClick={() => void forward()} aria-label={`forward one ${stepWord()}`}
          title="forward (→)">
          <Symbol name="forward" />
        </button>
        <button disabled={none} onClick={end} aria-label="to the newest moment" title="to the newest moment (End)">
          <Symbol name="end" />
        </button>
      </div>
      <PaceSlider />
      <MomentText />
      <Recording />
      <button class="keys" aria-expanded={keysShown.value} aria-label="keys" title="keys (?)"
        onClick={() => { keysShown.value = !keysShown.value; }}>?</button>
      {keysShown.value && <KeyList />}
    </section>
  );
}

function stepWord(): string {
  return pace.value === 'full' ? 'record' : pace.value;
}

function PaceSlider() {
  const at = PACES.indexOf(pace.value);
  return (
    <label class="pace" title={PACE_WORDS[pace.value]}>
      <span>pace</span>
      <input type="range" min={0} max={PACES.length - 1} step={1} value={at} aria-valuetext={PACE_WORDS[pace.value]}
        onInput={(event) => { pace.value = PACES[Number(event.currentTarget.value)] ?? 'transaction'; }} />
      <output>{pace.value}</output>
    </label>
  );
}

/** The moment in words: since the mark `begin` where there is one. */
function MomentText() {
  const { time, record } = moments[active.value].value, { begin } = activePane.value;
  const since = begin === null || time < begin ? formatTime(time) : `begin + ${formatTime(time - begin)}`;
  return (
    <p class="moment">
      {shown.value === 2 && <span>{active.value === 0 ? 'A' : 'B'} </span>}
      <span class="mono">{since}</span>
      {record > 0 && <span class="mono soft"> #{formatCount(record)}</span>}
      <span class="soft told" role="status"> {told.value}</span>
    </p>
  );
}

/** To the nanosecond, in groups of three digits. */
function formatTime(ticks: number): string {
  if (ticks === 0) return '0 s';
  const [unit, digits, nanoseconds] = ticks < ms(1) ? ['µs', 3, 1e3] as const : ['ms', 6, 1e6] as const;
  const [whole, part] = (toSeconds(ticks) * 1e9 / nanoseconds).toFixed(digits).split('.') as [string, string];
  return `${formatCount(Number(whole))}.${part.replace(/(\d{3})(?=\d)/g, '$1 ')} ${unit}`;
}

/** The machine itself: whether it runs, and whether what it does is recorded. */
function Recording() {
  const pane = activePane.value, status = pane.status.value;
  if (status === null) return null;
  const on = status.recording, running = status.state === 'running';
  const each = (what: (p: (typeof panes)[number]) => unknown): void => {
    for (const p of panes.slice(0, shown.value)) if (p.sheet.value !== null) what(p);
  };
  const run = (): void => each((p) =>
    (running ? p.remote.machine.pause() : p.remote.machine.run(Infinity)).catch(() => {}));
  return (
    <div class="recording" role="group" aria-label="the machine">
      <button disabled={status.state === 'over' || status.state === 'failed'} onClick={run}
        title="lets the machine run on, whatever is shown">
        {running ? 'Stop' : status.state === 'over' ? 'Ended' : 'Run on'}
      </button>
      <button aria-pressed={on} onClick={() => each((p) => p.remote.explore.record(!on))}
        title="whether what the machine does from now on is recorded">
        <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
          <circle cx="8" cy="8" r="5" class={on ? 'on' : 'off'} />
        </svg> {on ? 'recording' : 'not recording'}
      </button>
      <span class="mono soft" title={`${formatCount(status.last)} records; from ${bytes(status.traceLimit)} on the
        oldest go`}>
        {bytes(status.traceBytes)}
      </span>
    </div>
  );
}

function bytes(n: number): string {
  return n >= 1e6 ? `${(n / 1e6).toFixed(1)} MB` : `${(n / 1e3).toFixed(0)} kB`;
}

function KeyList() {
  return (
    <div class="key-list" role="dialog" aria-label="keys">
      <table>
        <caption>Keys</caption>
        <tbody>
          {KEYS.map(([keys, does]) => <tr key={keys}><th scope="row"><kbd>{keys}</kbd></th><td>{does}</td></tr>)}
        </tbody>
        <tbody>
          <tr><th scope="rowgroup" colSpan={2}>In the timeline</th></tr>
          {TIMELINE_KEYS.map(([keys, does]) => (
            <tr key={keys}><th scope="row"><kbd>{keys}</kbd></th><td>{does}</td></tr>
          ))}
        </tbody>
      </table>
      <button onClick={() => { keysShown.value = false; }}>Close</button>
    </div>
  );
}
