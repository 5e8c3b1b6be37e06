/** Moves the moment that the page shows: by steps, and by playing the recording at a pace. */
import { effect, signal, untracked } from '@preact/signals';
import { beatAt, beats, type Beat } from '../../../../src/control/diagram/beats.ts';
import type { StepKind } from '../../../../src/control/explore/steps.ts';
import { endOf, timeOf } from '../../../../src/control/export/record-line.ts';
import { formatSeconds } from '../../../../src/control/quantities.ts';
import { toSeconds, type Ticks } from '../../../../src/sim/time.ts';
import type { TraceRecord } from '../../../../src/sim/trace/records.ts';
import { nextFrame } from '../canvas.ts';
import type { Pane } from '../state/pane.ts';
import {
  active, activePane, moments, pace, panes, playing, selection, shown, START, type Pace,
} from '../state/workbench.ts';
import { idleBefore, idleFor, shownFor, STEP_OF, timeWithin } from './durations.ts';
import { align, followOpenings, show as showOf } from './align.ts';

/** What the last step did that is not seen: `skipped 4.2 µs`; '' if nothing. */
export const told = signal('');
/** Records that are fetched ahead. */
const AHEAD = 32;

const calm = matchMedia('(prefers-reduced-motion: reduce)');
/** Records that the next steps forward come to, and what they are of. */
let ahead: TraceRecord[] = [];
let aheadOf = '';
/** Counts up with everything that is asked for: what was asked for before is void then. */
let turn = 0;

/** Nothing else was asked for since. */
const holds = (mine: number): boolean => mine === turn;
const moment = (): (typeof moments)[0] => moments[active.value];

/** A step makes the other machine the active one: nothing else was asked for. */
let handing = false;

/** Begins to follow `playing`, and `pace` while it plays. */
export function startPlayer(): void {
  effect(() => {
    const on = playing.value, at = pace.value;
    // The one that is played is the active one.
    void active.value;
    if (handing) return;
    untracked(() => {
      drop();
      if (on) void (at === 'full' ? follow() : play(turn));
      else pauseFollowed();
    });
  });
  panes.forEach((pane, n) => effect(() => {
    const status = pane.status.value;
    if (status === null || !playing.value || pace.value !== 'full') return;
    moments[n as 0 | 1].value = { time: status.now, record: status.last, beat: 0 };
    untracked(() => {
      if (open().every((p) => p.status.value?.state === 'over' || p.status.value?.state === 'failed'))
        playing.value = false;
    });
  }));
  followOpenings();
  panes.forEach((pane, n) => {
    effect(() => {
      void pane.sheet.value;
      ahead = [];
      untracked(drop);
    });
    // A machine that was opened, and not moved yet, is shown where its job begins.
    effect(() => {
      const { begin } = pane;
      if (begin === null || playing.value || moments[n as 0 | 1].value !== START) return;
      untracked(() => showOf(n as 0 | 1, begin));
    });
  });
}

type Step = (mine: number) => Promise<unknown>;
/** Steps of the present kind that are still to be made: keys come faster than workers answer. */
let owed = 0;
let kind: Step | null = null;
/** The turn in which steps are being made. */
let stepping = 0;

/** Steps wait: a key that is held down need not add to them. */
export const stepsWait = (): boolean => owed > 0;

/** Nothing of what was asked for before is wanted any more. Returns the turn of what is. */
function drop(): number {
  owed = 0;
  told.value = '';
  return ++turn;
}

/** Makes a step, after those of its kind that were asked for before; another kind ends these. */
async function step(make: Step): Promise<void> {
  playing.value = false;
  if (make === kind && stepping === turn) {
    owed++;
    return;
  }
  const mine = stepping = drop();
  kind = make;
  do {
    told.value = '';
    await make(mine);
  } while (holds(mine) && owed-- > 0);
  if (stepping === mine) stepping = owed = 0;
}

function open(): Pane[] {
  return panes.slice(0, shown.value).filter((p) => p.sheet.value !== null);
}

let following = false;

/** Runs the machines and shows the newest moment. */
async function follow(): Promise<void> {
  following = true;
  const running = open().filter((p) => p.status.value?.state === 'paused');
  if (running.length === 0 && !open().some((p) => p.status.value?.state === 'running')) {
    end();
    playing.value = false;
    return;
  }
  await Promise.all(running.map((p) => quietly(p, p.remote.machine.run(Infinity))));
}

function pauseFollowed(): void {
  if (!following) return;
  following = false;
  for (const p of open()) if (p.status.value?.state === 'running') void quietly(p, p.remote.machine.pause());
}

async function play(mine: number): Promise<void> {
  while (playing.value && holds(mine)) {
    if (!(await stepOn(mine, true))) {
      if (holds(mine)) playing.value = false;
      return;
    }
  }
}

/** One step of the pace forward, in motion; what is in motion is brought to its end. */
export async function forward(): Promise<void> {
  if (pace.value === 'full') end();
  else await step(stepForward);
}

/** One step of the pace back. */
export function back(): Promise<void> {
  return step(stepBack);
}

/** One instruction on, or back. */
export function stepInstruction(by: 1 | -1): Promise<void> {
  return step(by > 0 ? instructionOn : instructionBack);
}

/** One interrupt on, or back. */
export function stepInterrupt(by: 1 | -1): Promise<void> {
  return step(by > 0 ? interruptOn : interruptBack);
}

const stepForward: Step = (mine) => stepOn(mine, false);
const instructionOn: Step = (mine) => overInstruction(mine, 1);
const instructionBack: Step = (mine) => overInstruction(mine, -1);
const interruptOn: Step = (mine) => overInterrupt(mine, 1);
const interruptBack: Step = (mine) => overInterrupt(mine, -1);

async function stepBack(mine: number): Promise<void> {
  const at = moment().value;
  if (pace.value === 'beat') {
    const record = at.record === 0 ? null : await recordOf(at.record);
    if (!holds(mine)) return;
    if (record !== null && record !== undefined && at.beat > 0 && at.time > timeOf(record))
      return showBeat(record, beatsOf(record), at.beat - 1);
  }
  const over = pace.value === 'full' ? 'record' : STEP_OF[pace.value];
  const found = await nearest(over, -1, mine);
  if (!holds(mine) || found === undefined) return;
  const record = found[0];
  if (record === undefined) return show(START.time, null, 0);
  const all = beatsOf(record);
  if (pace.value === 'beat') showBeat(record, all, all.length - 1);
  else show(endOf(record), record, Math.max(0, all.length - 1));
}

async function overInstruction(mine: number, by: 1 | -1): Promise<void> {
  const place = await ask((remote) => remote.explore.step('instruction', by, moment().value));
  if (place !== undefined && holds(mine)) showAt(place.ticks, place.record, 0);
}

async function overInterrupt(mine: number, by: 1 | -1): Promise<void> {
  const found = await nearest('interrupt', by, mine);
  if (found === undefined || !holds(mine)) return;
  const [record] = found;
  if (record === undefined) told.value = `no interrupt ${by > 0 ? 'after' : 'before'} this${whose('interrupt')}`;
  else show(endOf(record), record, 0);
}

/** To the mark `begin`; from there to the reset, and back. */
export function home(): void {
  playing.value = false;
  drop();
  const { begin } = activePane.value;
  if (begin === null || moment().value.time === begin) return show(START.time, null, 0);
  selectAt(0);
  showOf(active.value, begin);
  align();
}

/** To the newest moment. */
export function end(): void {
  playing.value = false;
  drop();
  open().forEach((p) => {
    const status = p.status.value;
    if (status !== null) moments[panes.indexOf(p) as 0 | 1].value = { time: status.now, record: status.last, beat: 0 };
  });
  selectAt(moment().value.record);
}

/** True if there was a next one. */
async function stepOn(mine: number, on: boolean): Promise<boolean> {
  const at = moment().value, step = pace.value as Exclude<Pace, 'full'>;
  const current = ahead.find((r) => r.id === at.record);
  if (step === 'beat' && at.record !== 0) {
    const record = current ?? await recordOf(at.record);
    if (!holds(mine)) return false;
    if (record !== null && record !== undefined) {
      const all = beatsOf(record);
      if (at.beat + 1 < all.length) {
        await travel(record, all, at.beat + 1, step, mine, on);
        return true;
      }
    }
  }
  const record = await next(step, mine);
  if (record === null || !holds(mine)) return false;
  const idle = idleBefore(record, moment().value.time), rest = idleFor(idle, step);
  told.value = rest.shortened ? `skipped ${formatSeconds(toSeconds(idle))}` : '';
  if (on && !calm.matches && rest.ms > 0) await pause(rest.ms);
  if (!holds(mine)) return false;
  await travel(record, beatsOf(record), step === 'beat' ? 0 : -1, step, mine, on);
  return true;
}

/** The record of the next step; null: there is none. */
async function next(step: Exclude<Pace, 'full'>, mine: number): Promise<TraceRecord | null> {
  const at = moment().value, over = STEP_OF[step], of = `${active.value} ${over}`;
  const behind = (r: TraceRecord): boolean => r.id > at.record && timeOf(r) >= at.time;
  if (aheadOf === of && at.record !== 0) {
    const place = ahead.findIndex((r) => r.id === at.record);
    const known = place >= 0 ? ahead[place + 1] : undefined;
    if (known !== undefined && behind(known)) return known;
  }
  const found = await nearest(over, AHEAD, mine);
  if (found === undefined || !holds(mine)) return null;
  ahead = found;
  aheadOf = eitherSteps(over) ? '' : of;
  if (found.length === 0) told.value = `no ${step} after this${whose(over)}`;
  return found[0] ?? null;
}

/**
 * Of two machines the next command or interrupt is that of either, which becomes the active one;
 * unless something of one is selected: then its own are meant.
 */
function eitherSteps(over: StepKind): boolean {
  const { kind: chosen } = selection.peek();
  return open().length === 2 && (over === 'command' || over === 'interrupt') &&
    (chosen === 'none' || chosen === 'record');
}

/** Where there is none, if that is not plain. */
function whose(over: StepKind): string {
  if (shown.peek() !== 2) return '';
  return eitherSteps(over) ? ' in either machine' : ` in ${active.peek() === 0 ? 'A' : 'B'}`;
}

/** The records of the next steps, or of those back, the nearest first; undefined: no answer. */
async function nearest(
  over: Exclude<StepKind, 'instruction'>, count: number, mine: number,
): Promise<TraceRecord[] | undefined> {
  const at = moment().value;
  if (!eitherSteps(over)) return ask((remote) => remote.explore.following(over, count, at));
  const by = count > 0 ? 1 : -1;
  const found = await Promise.all(panes.map((pane, n) => {
    const { time, record } = moments[n as 0 | 1].value;
    // The other's record has begun, and so is before the moment.
    const from = { time, record: by < 0 && n !== active.value && record > 0 ? record + 1 : record };
    return quietly(pane, pane.remote.explore.following(over, by, from));
  }));
  if (!holds(mine)) return undefined;
  const since = (n: 0 | 1): number => {
    const record = found[n]?.[0];
    return record === undefined ? Infinity : by * (timeOf(record) - (panes[n].begin ?? 0));
  };
  const own = active.value, other = own === 0 ? 1 : 0;
  const first = since(other) < since(own) ? other : own;
  handing = true;
  active.value = first;
  handing = false;
  return found[first];
}

/** Shows a record, or one of its beats, from its begin to its end. */
async function travel(
  record: TraceRecord, all: readonly Beat[], beat: number, step: Exclude<Pace, 'full'>, mine: number, on: boolean,
): Promise<void> {
  const one = beat >= 0 ? all[beat] : undefined;
  if (step === 'beat' && one !== undefined) {
    showBeat(record, all, beat);
    if (on) await pause(shownFor(one.end - one.start, step));
    return;
  }
  const length = shownFor(endOf(record) - timeOf(record), step);
  if (calm.matches || endOf(record) === timeOf(record)) {
    show(endOf(record), record, Math.max(0, all.length - 1));
    if (on) await pause(length);
    return;
  }
  const begun = performance.now();
  for (let share = 0; share < 1 && holds(mine) && !stepsWait();) {
    const time = timeWithin(record, share);
    show(time, record, Math.max(0, beatAt(all, time)));
    share = (await nextFrame() - begun) / length;
  }
  if (holds(mine)) show(endOf(record), record, Math.max(0, all.length - 1));
}

function recordOf(id: number): Promise<TraceRecord | null | undefined> {
  return ask((remote) => remote.trace.record(id) as Promise<TraceRecord | null>);
}

function beatsOf(record: TraceRecord): readonly Beat[] {
  const board = activePane.value.sheet.value?.board;
  return record.kind === 'transaction' && board !== undefined ? beats(record, board) : [];
}

function showBeat(record: TraceRecord, all: readonly Beat[], beat: number): void {
  const one = all[beat];
  // The middle of the beat: within it, whatever its length.
  show(one === undefined ? endOf(record) : Math.floor((one.start + one.end) / 2), record, Math.max(0, beat));
}

function show(time: Ticks, record: TraceRecord | null, beat: number): void {
  showAt(time, record?.id ?? 0, beat);
}

function showAt(time: Ticks, record: number, beat: number): void {
  moment().value = { time, record, beat };
  selectAt(record);
  align();
}

/** A record that is selected gives way to the one that is come to; a part stays selected. */
function selectAt(record: number): void {
  const now = selection.peek();
  if (now.kind !== 'record' || now.id === record) return;
  selection.value = record === 0 ? { kind: 'none' } : { kind: 'record', id: record };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => { setTimeout(resolve, ms); });
}

/** A question to the active machine; undefined: it could not answer, or is there no more. */
function ask<T>(question: (remote: Pane['remote']) => Promise<T>): Promise<T | undefined> {
  const pane = activePane.value;
  return pane.sheet.peek() === null ? Promise.resolve(undefined) : quietly(pane, question(pane.remote));
}

/** The same of any machine. */
async function quietly<T>(pane: Pane, question: Promise<T>): Promise<T | undefined> {
  try {
    return await pane.settled(question);
  } catch (error) {
    told.value = error instanceof Error ? error.message : '';
    return undefined;
  }
}
