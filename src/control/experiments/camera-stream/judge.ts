import { formatSeconds } from '../../quantities.ts';
import type { Judgement, RunResult } from '../experiment.ts';

const NEXT = 'compare camera-stream with --hiccup 80ms (no ring is long enough), --hiccup 0ns (any is), --busy 12ms, ' +
  '--frame-rate 400, or --methods ring-8 --fifo 128B --width 640 --memory-latency 4us; compare raid-read';
const NEXT_DEBIAN = 'compare camera-stream --guest debian with --hiccup 80ms, --hiccup 0ns, or --batch 4; ' +
  'compare camera-stream';

const of = (run: RunResult, key: string): number => Number(run.measures[key]);
const lost = (run: RunResult): number => of(run, 'gone') + of(run, 'overwritten') + of(run, 'damaged');

/** The answer, as far as the runs that were made give one. */
export function judge(runs: readonly RunResult[]): Omit<Judgement, 'verdict'> {
  return {
    sentence: [permission(runs), empty(runs), price(runs)].filter((s) => s !== '').join('\n') ||
      'Nothing can be said of these runs.',
    details: runs.map((r) =>
      `${r.method}: ${of(r, 'processed')} of ${of(r, 'sent')} frames` +
      (of(r, 'overwritten') > 0 ? `, ${of(r, 'overwritten')} of them overwritten meanwhile` : '') +
      `; the oldest was ${formatSeconds(of(r, 'ageWorst'))} old.`),
    next: runs[0]?.guest === 'debian' ? NEXT_DEBIAN : NEXT, reference: '',
  };
}

/** What the processor writes for each frame, and what a permission for each costs. */
function permission(runs: readonly RunResult[]): string {
  const writes = (method: string): string => {
    const run = runs.find((r) => r.method.startsWith(method));
    return run === undefined ? '' : of(run, 'writesPerFrame').toFixed(2);
  };
  const [asked, given, never] = ['grab', 'ring-', 'overwrite'].map(writes) as [string, string, string];
  const parts = [
    asked === '' ? '' : `grab ${asked}, the permission without which it stores nothing`,
    given === '' ? '' : `a ring ${given}, which gives buffers back while the camera goes on`,
    never === '' ? '' : `overwrite ${never}`,
  ].filter((p) => p !== '');
  const grab = runs.find((r) => r.method === 'grab'), ring = runs.find((r) => r.method.startsWith('ring-'));
  const cost = grab === undefined || ring === undefined ? ''
    : ` Asked for each it lost ${of(grab, 'gone')} frames of ${of(grab, 'sent')}, by ${ring.method} ` +
      `${of(ring, 'gone')}${of(grab, 'gone') > of(ring, 'gone') ? ': what begins before it asks is gone' : ''}.`;
  return `Set up once, the camera stores at will. Register writes a frame: ${parts.join('; ')}.${cost}`;
}

/** What happens when a ring runs empty, and which is long enough. */
function empty(runs: readonly RunResult[]): string {
  const rings = runs.filter((r) => r.method.startsWith('ring-'));
  if (rings.length === 0) return '';
  const enough = rings.find((r) => lost(r) === 0), dropping = rings.filter((r) => of(r, 'dropped') > 0);
  const dropped = dropping.map((r) => `${of(r, 'dropped')} by ${r.method}`).join(', ');
  const told = dropping.length === 0
    ? 'No ring ran empty'
    : `When the ring runs empty whole frames are dropped and counted, to the end of the program (${dropped}), ` +
      'and what is in the buffers stays';
  return `${told}; ${enough === undefined ? 'none of these rings' : enough.method} was long enough` +
    `${enough === undefined ? '.' : ' to lose none.'}`;
}

/** A longer ring keeps frames, and they get older. */
function price(runs: readonly RunResult[]): string {
  const rings = runs.filter((r) => r.method.startsWith('ring-'));
  const [first, last] = [rings[0], rings.at(-1)];
  if (first === undefined || last === undefined || first === last) return '';
  const a = of(first, 'age'), b = of(last, 'age');
  const ages = `${formatSeconds(a)} old with ${first.method}, ${formatSeconds(b)} with ${last.method}`;
  return b > a
    ? `A longer ring has its price: when work on it begins, a frame is on average ${ages}.`
    : `When work on it begins, a frame is on average ${ages}.`;
}
