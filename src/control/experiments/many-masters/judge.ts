import { formatRate, formatSeconds, formatShare } from '../../quantities.ts';
import type { Judgement, RunResult } from '../experiment.ts';
import { MASTERS, type Master } from './bus-time.ts';

const NEXT = 'compare many-masters with --memory-latency 1us, --fifo 256, --frame-rate 100, --pci-clock-period 60ns; ' +
  'compare camera-stream; compare raid-read';
/** A master whose rate has fallen below this share of the former one is held up. */
const HELD_UP = 0.95;

const value = (run: RunResult, key: string): number | null => {
  const v = run.measures[key];
  return typeof v === 'number' ? v : null;
};
const there = (run: RunResult): readonly Master[] => MASTERS.filter((m) => value(run, `${m}Rate`) !== null);

/** The answer, from the run with the most masters and those with fewer. */
export function judge(runs: readonly RunResult[]): Omit<Judgement, 'verdict'> {
  const last = runs.at(-1);
  if (last === undefined) return { sentence: 'Nothing was run.', next: NEXT, reference: '' };
  return {
    sentence: [shares(last), waits(last), starved(runs, last)].join('\n'),
    details: runs.map((r) => `${r.method}: ${formatShare(value(r, 'busShare') ?? 0)} of the bus is taken by masters.`),
    next: NEXT, reference: '',
  };
}

function shares(run: RunResult): string {
  const all = [...there(run)].sort((a, b) => (value(run, `${b}Share`) ?? 0) - (value(run, `${a}Share`) ?? 0));
  return `With ${all.length} master${all.length === 1 ? '' : 's'} the bus belongs to: ` +
    `${all.map((m) => `${m} ${formatShare(value(run, `${m}Share`) ?? 0)}`).join(', ')}.`;
}

function waits(run: RunResult): string {
  const by = (key: string): Master =>
    there(run).reduce((a, b) => ((value(run, `${b}${key}`) ?? 0) > (value(run, `${a}${key}`) ?? 0) ? b : a));
  const mean = by('Wait'), worst = by('Worst');
  const wait = formatSeconds(value(run, `${mean}Wait`) ?? 0);
  return `The longest mean wait is that of ${mean} (${wait}), the longest of all ` +
    `${formatSeconds(value(run, `${worst}Worst`) ?? 0)}, of ${worst}.`;
}

/** Who got less than when it came, and who lost something that does not come again. */
function starved(runs: readonly RunResult[], last: RunResult): string {
  const slower = there(last).flatMap((m) => {
    const first = runs.find((r) => there(r).includes(m)) as RunResult;
    const before = value(first, `${m}Rate`) ?? 0, now = value(last, `${m}Rate`) ?? 0;
    return now < HELD_UP * before ? [`${m} (${formatRate(before)} → ${formatRate(now)})`] : [];
  });
  const lost = ([
    ['cameraLost', 'lines of the camera'], ['cameraMissed', 'frames of the camera'],
    ['netMissed', 'frames of the network card'], ['soundUnderruns', 'samples of the sound card'],
  ] as const).flatMap(([key, what]) => {
    const n = value(last, key) ?? 0;
    return n > 0 ? [`${n} ${what}`] : [];
  });
  const earlier = there(last).filter((m) => runs.find((r) => there(r).includes(m)) !== last);
  const slowed = earlier.length === 0 ? 'Whether any gets less for the others is told by runs with fewer'
    : slower.length === 0 ? 'None gets less than when it came, by more than 5 %'
      : `Less than when it came, by more than 5 %, gets: ${slower.join(', ')}`;
  return `${slowed}; ${lost.length === 0
    ? 'nothing is lost by those that cannot wait.'
    : `lost by those that cannot wait: ${lost.join(', ')}.`}`;
}
