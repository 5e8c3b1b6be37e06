/** What the form says: which experiment, by which methods, with which parameters. */
import { computed, effect, signal } from '@preact/signals';
import type { Carrier, GuestKind } from '../../../../src/control/experiments/experiment.ts';
import type { Field } from '../../../../src/control/experiments/form.ts';
import type { ExperimentSheet } from '../../../../src/control/experiments/sheet.ts';
import type { RequestCheck, RunRequest } from '../../protocol/experiments.ts';
import type { MachinePlan } from '../../protocol/machine.ts';
import { plans } from '../state/actions.ts';
import { clerk } from '../state/desk.ts';
import { messageOf } from '../state/message-of.ts';

/** All experiments; empty until the worker has told. */
export const sheets = signal<readonly ExperimentSheet[]>([]);
/** Why there are none, or ''. */
export const sheetsFailure = signal('');
export const experiment = signal('paths');
export const guest = signal<GuestKind>('bare');
/** Names of the methods with a tick. */
export const ticked = signal<ReadonlySet<string>>(new Set());
/** What was typed, by field. */
export const texts = signal<Readonly<Record<string, string>>>({});

export const sheet = computed(() => sheetOf(experiment.value));
export const guestSheet = computed(() => sheet.value?.guests.find((g) => g.guest === guest.value) ?? null);
export const methods = computed(() => guestSheet.value?.methods ?? []);
export const fields = computed<readonly Field[]>(() => {
  const form = guestSheet.value?.form;
  return form === undefined ? [] : [...form.own, ...form.machine];
});

/** Null while nothing is known or no method has a tick. */
export const request = computed<RunRequest | null>(() => {
  const chosen = methods.value.filter((m) => ticked.value.has(m.method)).map((m) => m.method);
  if (sheet.value === null || chosen.length === 0) return null;
  return { experiment: experiment.value, guest: guest.value, methods: chosen, texts: ofFields(texts.value) };
});

/** Texts without those that are of no field. */
function ofFields(all: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => fields.value.some((f) => f.name === name)));
}

/** All that is told of an experiment; null: nothing, or not yet. */
export function sheetOf(name: string): ExperimentSheet | null {
  return sheets.value.find((s) => s.name === name) ?? null;
}

/** Who moves the data by a method of a request. */
export function carriersOf(of: Pick<RunRequest, 'experiment' | 'guest'>, method: string): readonly Carrier[] {
  return sheetOf(of.experiment)?.guests.find((g) => g.guest === of.guest)
    ?.methods.find((m) => m.method === method)?.carriers ?? [];
}

/** What the worker says of the request; null until it has. */
export const check = signal<RequestCheck | null>(null);

/** The lab has our own programs; Debian's kernel is no part of it. */
export const runsHere = computed(() => guest.value === 'bare');

/** Wall time after a key before the request is looked at (ms). */
const REST = 150;
let begun = false;

/** Asks what experiments there are, once, and looks at the request whenever it changes. */
export async function beginForm(): Promise<void> {
  if (begun) return;
  begun = true;
  sheetsFailure.value = '';
  try {
    sheets.value = await clerk.ask((w) => w.experiments.list());
  } catch (error) {
    begun = false;
    sheetsFailure.value = messageOf(error);
    return;
  }
  const [first] = plans.peek();
  if (first === undefined || !takePlan(first)) choose('paths');
  let timer = 0, asked = 0;
  effect(() => {
    const wanted = request.value;
    clearTimeout(timer);
    const mine = ++asked;
    if (wanted === null) {
      check.value = null;
      return;
    }
    timer = window.setTimeout(() => {
      const told = (answer: RequestCheck | null): void => { if (mine === asked) check.value = answer; };
      // Unchecked, it can be run: then the run itself says what is wrong.
      void clerk.ask((w) => w.experiments.check(wanted)).then(told, () => told(null));
    }, REST);
  });
}

/** The form of an experiment, with nothing typed. */
export function choose(name: string): void {
  experiment.value = name;
  texts.value = {};
  chooseGuest(sheet.value?.guests[0]?.guest ?? 'bare');
}

/** Another guest has other methods. */
export function chooseGuest(kind: GuestKind): void {
  guest.value = kind;
  ticked.value = new Set(methods.value.filter((m) => m.usual).map((m) => m.method));
}

export function tick(method: string, on: boolean): void {
  const next = new Set(ticked.value);
  if (on) next.add(method);
  else next.delete(method);
  ticked.value = next;
}

/** Types into a field; an empty text is as if nothing was typed. */
export function type(name: string, text: string): void {
  const next = { ...texts.value };
  if (text.trim() === '') delete next[name];
  else next[name] = text;
  texts.value = next;
}

/** The form as it would be for a machine that is open: what is run is what is looked at. */
function takePlan(plan: MachinePlan): boolean {
  if (sheetOf(plan.experiment) === null) return false;
  choose(plan.experiment);
  if (sheet.value?.guests.some((g) => g.guest === plan.guest) === true) chooseGuest(plan.guest);
  texts.value = ofFields(plan.texts);
  return true;
}
