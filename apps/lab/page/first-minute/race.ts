/** Two machines do one job at a pace that can be followed. */
import { signal } from '@preact/signals';
import type { MachinePlan } from '../../protocol/machine.ts';
import { us, type Ticks } from '../../../../src/sim/time.ts';
import type { TraceRecord } from '../../../../src/sim/trace/records.ts';
import { nextFrame } from '../canvas.ts';
import { openMachines, plans } from '../state/actions.ts';
import type { Pane } from '../state/pane.ts';
import { moments, panes } from '../state/workbench.ts';
import { elapsedAt, SLOW_SECONDS } from './pacing.ts';

const BYTES = 65_536;
/** What both do: 64 KiB from memory to a card. */
export const JOB = { bytes: '64KiB', direction: 'to-card', sweep: 'off' } as const;
/** By memory-mapped I/O, and by DMA. */
export const METHODS = ['mmio-uc', 'device-dma'] as const;

const PLANS: readonly MachinePlan[] = METHODS.map((method) => (
  { experiment: 'paths', method, guest: 'bare', texts: JOB, memory: true }
));

/** How far a machine is. */
export interface Lane {
  /** Simulated time since the job began (ticks). */
  readonly elapsed: Ticks;
  /** Bytes of data that arrived at the card, as far as they are known. */
  readonly done: number;
  readonly over: boolean;
}
const WAITING: Lane = { elapsed: 0, done: 0, over: false };
export const lanes = [signal(WAITING), signal(WAITING)] as const;
/** `opening`, `running`, `over`, `failed`, or `stopped` by somebody who went on. */
export const race = signal<'opening' | 'running' | 'over' | 'failed' | 'stopped'>('opening');

/** How far a machine is ahead of what is shown of it: a burst is seen from its beginning on. */
const AHEAD = us(3);
/** A frame that came late does not make the machines jump (s). */
const LONGEST_FRAME = 0.1;

/** Counts races: one that was left, or begun anew, moves nothing more. */
let races = 0;

/**
 * Opens the two machines, brings both to the beginning of the job, and lets them run.
 * @param begun called when they do
 */
export async function startRace(begun: () => void): Promise<void> {
  const mine = ++races, on = (): boolean => mine === races;
  race.value = 'opening';
  for (const lane of lanes) lane.value = WAITING;
  if (!(await openMachines(PLANS))) return;
  if (!on()) return runOn();
  if (panes.some((p) => p.failure.value !== '')) {
    race.value = 'failed';
    return;
  }
  const begins = await Promise.all(panes.map((pane) => pane.settled(pane.remote.machine.runToMark('begin'))));
  if (!on()) return;
  race.value = 'running';
  begun();
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  let wall = 0, before = await nextFrame();
  while (race.peek() === 'running') {
    const now = await nextFrame();
    if (!on()) return;
    wall += Math.min(LONGEST_FRAME, (now - before) / 1000);
    before = now;
    await Promise.all(panes.map((pane, n) => advance(pane, n as 0 | 1, begins[n] as number, wall, calm, on)));
    if (on() && lanes.every((l) => l.value.over)) race.value = 'over';
  }
}

/** The machines are the reader's from now on, if they are still these: they run to their end. */
export function endRace(): void {
  races++;
  race.value = 'stopped';
  runOn();
}

function runOn(): void {
  if (!PLANS.every((plan, n) => plans.peek()[n] === plan)) return;
  for (const pane of panes) if (pane.sheet.value !== null) void pane.settled(pane.remote.machine.run(Infinity));
}

async function advance(
  pane: Pane, n: 0 | 1, begin: Ticks, wall: number, calm: boolean, on: () => boolean,
): Promise<void> {
  const lane = lanes[n];
  if (lane.peek().over) return;
  const until = begin + elapsedAt(wall);
  await pane.settled(pane.remote.machine.run(until + AHEAD));
  if (!on()) return;
  const status = await pane.settled(pane.remote.machine.status());
  if (status === undefined || !on()) return;
  pane.status.value = status;
  const end = status.marks.find((m) => m.name === 'end')?.at;
  const { counters } = status;
  const carried = n === 0 ? 4 * (counters.cpuMmioAccesses ?? 0) : counters.deviceBytes ?? 0;
  lane.value = {
    elapsed: Math.min(end ?? until, until) - begin,
    done: end === undefined ? Math.min(BYTES, carried) : BYTES,
    over: end !== undefined,
  };
  if (status.last === 0) return;
  const record = await pane.settled(newest(pane, until));
  if (record == null || !on()) return;
  const slow = wall < SLOW_SECONDS && !calm;
  moments[n].value = { time: slow ? Math.min(until, status.now) : status.now, record: record.id, beat: 0 };
}

/** The last transaction that had begun by a time; a burst is recorded when it is over. */
async function newest(pane: Pane, until: Ticks): Promise<TraceRecord | null> {
  const next = await pane.remote.trace.idAt(until + 1);
  const records = await pane.remote.trace.records(Math.max(1, next - 16), 24);
  return records.findLast((r) => r.kind === 'transaction' && r.start <= until) ?? null;
}
