/** Keeps the browser's address and the page together. */
import { effect, signal } from '@preact/signals';
import { openMachines, plans, view } from '../state/actions.ts';
import { side } from '../shell/side.ts';
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
let following = false;

/** Follows the address now and whenever it changes; writes what is shown into it. */
export async function linkPage(): Promise<void> {
  addEventListener('hashchange', () => { if (location.hash.slice(1) !== written) void follow(); });
  await follow();
  let timer = 0;
  effect(() => {
    const text = addressText(shownNow());
    if (playing.value || text === written) return;
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (following) return;
      written = text;
      history.replaceState(null, '', text === '' ? location.pathname + location.search : `#${text}`);
    }, REST);
  });
}

/** The address of what is shown, whole. */
export function linkNow(): string {
  const text = addressText(shownNow());
  return `${location.origin}${location.pathname}${text === '' ? '' : `#${text}`}`;
}

function shownNow(): Address {
  return {
    // Software of the user's own is in no address.
    view: view.value, plans: view.value === 'minute' ? [] : plans.value.filter((plan) => plan.own === undefined),
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
  following = true;
  try {
    await show(asked);
  } finally {
    following = false;
  }
}

async function show(asked: Address): Promise<void> {
  view.value = asked.view;
  pace.value = asked.pace;
  if (asked.side !== '') side.value = asked.side;
  if (asked.plans.length === 0) return;
  await openMachines(asked.plans);
  active.value = asked.active;
  await Promise.all(asked.plans.map(async (_plan, n) => {
    const pane = panes[n as 0 | 1], wanted = asked.moments[n];
    if (pane.failure.value !== '') return;
    const last = await runUpTo(pane, wanted?.record ?? 0);
    const moment = moments[n as 0 | 1];
    if (wanted !== undefined && wanted.record <= last) moment.value = wanted;
    else if (wanted !== undefined)
      refused.value = `This address names record ${wanted.record}, of which there are ${last}: ` +
        'it was made by another version, or by hand.';
  }));
  selection.value = asked.selection;
}

/** Lets a machine run to its end; returns its last record once it is `record` or no more come. */
async function runUpTo(pane: Pane, record: number): Promise<number> {
  const { machine } = pane.remote;
  let over = false;
  void machine.run(Infinity).then(() => { over = true; });
  for (;;) {
    const { last } = await machine.status();
    if (last >= record || over) return last;
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}
