/** Keeps the browser's address and the page together. */
import { effect, signal } from '@preact/signals';
import { openMachines, plans, view } from '../state/actions.ts';
import type { MachineStatus } from '../../protocol/machine.ts';
import { side } from '../shell/side.ts';
import { START, type Moment, type View } from '../state/moment.ts';
import type { Pane } from '../state/pane.ts';
import { active, moments, pace, panes, playing, selection } from '../state/workbench.ts';
import { addressFrom, addressText, AddressError, NOWHERE, type Address } from './address.ts';

/** Why the address that was opened was not followed, one sentence; '' if it was. */
export const refused = signal('');
/** Wall time between two changes of the browser's address (ms): browsers count them. */
const REST = 400;
/** Wall time between two looks at how far a machine is (ms). */
const LOOK = 50;

let written = '';
/** View of the address that is written: turning to another can be gone back by the browser. */
let writtenView: View = 'minute';
/** Counts addresses that were followed; of two in a row the latter holds. */
let turn = 0;
let following = false;

/** Follows the address now and whenever it changes; writes what is shown into it. */
export async function linkPage(): Promise<void> {
  addEventListener('hashchange', () => { if (location.hash.slice(1) !== written) void follow(); });
  await follow();
  let timer = 0;
  effect(() => {
    const now = shownNow(view.value), text = addressText(now);
    clearTimeout(timer);
    if (playing.value || text === written) return;
    timer = window.setTimeout(() => {
      if (following) return;
      const address = text === '' ? location.pathname + location.search : `#${text}`;
      if (now.view === writtenView) history.replaceState(null, '', address);
      else history.pushState(null, '', address);
      written = text;
      writtenView = now.view;
    }, REST);
  });
}

/** The address of what is shown, whole; in another view if one is given. */
export function linkNow(as: View = view.value): string {
  const text = addressText(shownNow(as));
  return `${location.origin}${location.pathname}${text === '' ? '' : `#${text}`}`;
}

function shownNow(as: View): Address {
  return {
    // Software of the user's own is in no address.
    view: as, plans: as === 'minute' ? [] : plans.value.filter((plan) => plan.own === undefined),
    moments: moments.map((m) => m.value), active: active.value,
    selection: selection.value, pace: pace.value, side: side.value === 'inspect' ? '' : side.value,
  };
}

async function follow(): Promise<void> {
  written = location.hash.slice(1);
  let asked = NOWHERE;
  refused.value = '';
  try {
    asked = addressFrom(written);
  } catch (error) {
    if (!(error instanceof AddressError)) throw error;
    refused.value = `This address cannot be followed: ${error.message}. Here is the beginning instead.`;
  }
  writtenView = asked.view;
  await show(asked);
}

/** Shows what an address says; of two in a row the latter holds. */
export async function show(asked: Address): Promise<void> {
  const mine = ++turn;
  following = true;
  await arrange(asked, () => mine === turn);
  if (mine === turn) following = false;
}

async function arrange(asked: Address, holds: () => boolean): Promise<void> {
  view.value = asked.view;
  pace.value = asked.pace;
  side.value = asked.side === '' ? 'inspect' : asked.side;
  if (asked.plans.length === 0) return;
  playing.value = false;
  // Two moments of the same machines: these stay.
  const there = JSON.stringify(asked.plans) === JSON.stringify(plans.value)
    && asked.plans.every((_plan, n) => panes[n as 0 | 1].sheet.value !== null);
  if (!there && !(await openMachines(asked.plans))) return;
  if (!holds()) return;
  active.value = asked.active;
  await Promise.all(asked.plans.map(async (_plan, n) => {
    const pane = panes[n as 0 | 1], wanted = asked.moments[n] ?? START;
    const reached = pane.sheet.value === null ? null : await runUpTo(pane, wanted);
    if (reached === null || !holds()) return;
    if (wanted.record <= reached.last && wanted.time <= reached.now) moments[n as 0 | 1].value = wanted;
    else if (wanted.record > reached.last)
      refused.value = `This address names record ${wanted.record}, of which there are ${reached.last}: ` +
        'it was made by another version, or by hand.';
    else refused.value = 'This address names a time after the end of the run: it was made by hand.';
  }));
  if (holds()) selection.value = asked.selection;
}

/**
 * Lets a machine run to its end. Returns how it is once it is past a moment, or over; null if it is
 * there no more.
 */
async function runUpTo(pane: Pane, { time, record }: Moment): Promise<MachineStatus | null> {
  const { machine } = pane.remote, sheet = pane.sheet.value;
  let over = false;
  void pane.settled(machine.run(Infinity)).then(() => { over = true; });
  for (;;) {
    const ended = over, status = await pane.settled(machine.status());
    if (status === undefined) return null;
    if (ended || (status.last >= record && status.now >= time)) return status;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
    if (pane.sheet.value !== sheet) return null;
  }
}
