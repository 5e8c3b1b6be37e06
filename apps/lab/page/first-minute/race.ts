/** Two machines do one job at a pace that can be followed. */
import { signal } from '@preact/signals';
import type { MachinePlan } from '../../protocol/machine.ts';
import { us, type Ticks } from '../../../../src/sim/time.ts';
import type { TraceRecord } from '../../../../src/sim/trace/records.ts';
import { openMachines } from '../state/actions.ts';
import type { Pane } from '../state/pane.ts';
import { moments, panes } from '../state/workbench.ts';
import { elapsedAt, SLOW_SECONDS } from './pacing.ts';

const BYTES = 65_536;
/** What both do: 64 KiB from memory to a card. */
export const JOB = { bytes: '64KiB', direction: 'to-card', sweep: 'off' } as const;
/** By memory-mapped I/O, and by DMA. */
export const METHODS = ['mmio-uc', 'device-dma'] as const;

export const PLANS: readonly MachinePlan[] = METHODS.map((method) => (
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
/** `opening`, `running`, `over`, or `stopped` by somebody who went on. */
export const race = signal<'opening' | 'running' | 'over' | 'stopped'>('opening');

/** How far a machine is ahead of what is shown of it: a burst is seen from its beginning on. */
const AHEAD = us(3);
/** A frame that came late does not make the machines jump (s). */
const LONGEST_FRAME = 0.1;

/** Opens the two machines, brings both to the beginning of the job, and lets them run. */
export async function startRace(): Promise<void> {
  race.value = 'opening';
  for (const lane of lanes) lane.value = WAITING;
  await openMachines(PLANS);
  if (panes.some((p) => p.failure.value !== '')) return;
  const begins = await Promise.all(panes.map((pane) => pane.remote.machine.runToMark('begin')));
  // Somebody may have gone on meanwhile.
  if (race.peek() !== 'opening') return;
  race.value = 'running';
  const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  let wall = 0, before = await frame();
  while (race.peek() === 'running') {
    const now = await frame();
    wall += Math.min(LONGEST_FRAME, (now - before) / 1000);
    before = now;
    await Promise.all(panes.map((pane, n) => advance(pane, n as 0 | 1, begins[n] as number, wall, calm)));
    if (lanes.every((l) => l.value.over)) race.value = 'over';
  }
}

/** The machines are the reader's from now on: they run to their end. */
export function endRace(): void {
  race.value = 'stopped';
  for (const pane of panes) if (pane.sheet.value !== null) void pane.remote.machine.run(Infinity);
}

async function advance(pane: Pane, n: 0 | 1, begin: Ticks, wall: number, calm: boolean): Promise<void> {
  const lane = lanes[n];
  if (lane.peek().over) return;
  const until = begin + elapsedAt(wall);
  await pane.remote.machine.run(until + AHEAD);
  const status = await pane.remote.machine.status();
  pane.status.value = status;
  const end = status.marks.find((m) => m.name === 'end')?.at;
  const { counters } = status;
  const carried = n === 0 ? 4 * ((counters.cpuMmioAccesses ?? 0)) : counters.deviceBytes ?? 0;
  lane.value = {
    elapsed: Math.min(end ?? until, until) - begin,
    done: end === undefined ? Math.min(BYTES, carried) : BYTES,
    over: end !== undefined,
  };
  if (status.last === 0) return;
  const record = await newest(pane, until);
  if (record === null || race.peek() !== 'running') return;
  const slow = wall < SLOW_SECONDS && !calm;
  moments[n].value = { time: slow ? Math.min(until, status.now) : status.now, record: record.id, beat: 0 };
}

/** The last transaction that had begun by a time; a burst is recorded when it is over. */
async function newest(pane: Pane, until: Ticks): Promise<TraceRecord | null> {
  const next = await pane.remote.trace.idAt(until + 1);
  const records = await pane.remote.trace.records(Math.max(1, next - 16), 24);
  return records.findLast((r) => r.kind === 'transaction' && r.start <= until) ?? null;
}

function frame(): Promise<number> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}
