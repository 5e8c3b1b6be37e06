/**
 * One address is one moment: which machines, where they stand, what is selected, how it is looked
 * at. It stands behind the `#`, so that any static host will do.
 */
import type { MachinePlan } from '../../protocol/machine.ts';
import { PACES, START, VIEWS, type Moment, type Pace, type Selection, type View } from '../state/moment.ts';

/** What an address says. */
export interface Address {
  readonly view: View;
  readonly plans: readonly MachinePlan[];
  /** The moment of each machine, in their order; `START` where nobody has chosen one. */
  readonly moments: readonly Moment[];
  readonly active: 0 | 1;
  readonly selection: Selection;
  readonly pace: Pace;
  /** Panel at the side, and its lesson: `inspect`, `own`, `lesson`, `lesson/dma-and-mmio`. */
  readonly side: string;
}

/** Where nobody asked for anything. */
export const NOWHERE: Address = {
  view: 'minute', plans: [], moments: [], active: 0, selection: { kind: 'none' }, pace: 'transaction', side: '',
};

/** An address that cannot be read; the message is a sentence for people. */
export class AddressError extends Error {
  override readonly name = 'AddressError';
}

/** Longer addresses were made by nobody here. */
const LONGEST = 8192;
const WORD = /^[a-z0-9][a-z0-9./_-]{0,63}$/i;

/** What stands behind the `#`, at most 2 kB for what the page can show. */
export function addressText(a: Address): string {
  const words = new URLSearchParams();
  if (a.view !== 'minute') words.set('view', a.view);
  a.plans.forEach((plan, n) => {
    const of = n === 0 ? '' : 'b.', first = a.plans[0] as MachinePlan;
    if (n === 0 || plan.experiment !== first.experiment) words.set(`${of}e`, plan.experiment);
    words.set(`${of}m`, plan.method);
    if (plan.guest !== 'bare') words.set(`${of}g`, plan.guest);
    if (plan.memory === true) words.set(`${of}mem`, '1');
    for (const [name, text] of Object.entries(plan.texts))
      if (n === 0 || first.texts[name] !== text) words.set(`${of}p.${name}`, text);
    for (const name of Object.keys(n === 0 ? {} : first.texts))
      if (!Object.hasOwn(plan.texts, name)) words.set(`${of}p.${name}`, '');
    const { time, record, beat } = a.moments[n] ?? START;
    if (a.moments[n] !== undefined && a.moments[n] !== START) words.set(`${of}t`, [time, record, beat].join('.'));
  });
  if (a.active === 1) words.set('on', 'b');
  const s = a.selection;
  if (s.kind === 'record') words.set('sel', `record.${s.id}`);
  else if (s.kind === 'part') words.set('sel', `part.${s.name}`);
  else if (s.kind === 'memory') words.set('sel', `memory.${s.space}.${s.address.toString(16)}`);
  if (a.pace !== NOWHERE.pace) words.set('pace', a.pace);
  if (a.side !== '') words.set('side', a.side);
  return words.toString();
}

/** Reads what stands behind the `#`. @throws AddressError */
export function addressFrom(text: string): Address {
  if (text.length > LONGEST) throw new AddressError(`it is ${text.length} characters long`);
  const words = new URLSearchParams(text);
  const known = (name: string): boolean => /^(b\.)?(e|m|g|t|mem|p\..+)$/.test(name) ||
    ['view', 'on', 'sel', 'pace', 'side'].includes(name);
  for (const name of words.keys()) if (!known(name)) throw new AddressError(`nobody knows '${short(name)}'`);
  const plans: MachinePlan[] = [], moments: Moment[] = [];
  for (const of of ['', 'b.']) {
    const method = words.get(`${of}m`), experiment = words.get(`${of}e`) ?? plans[0]?.experiment ?? null;
    if (method === null && of !== '') break;
    if (method === null && experiment === null) break;
    if (experiment === null || method === null) throw new AddressError('it names no experiment and method');
    const guest = words.get(`${of}g`) ?? 'bare';
    if (guest !== 'bare' && guest !== 'debian') throw new AddressError(`'${short(guest)}' is no guest`);
    const texts: Record<string, string> = { ...plans[0]?.texts };
    for (const [name, value] of words)
      if (name.startsWith(`${of}p.`)) texts[word(name.slice(of.length + 2), 'parameter')] = value;
    if (of !== '') for (const [name, value] of Object.entries(texts)) if (value === '') delete texts[name];
    const memory = words.get(`${of}mem`) === '1' ? { memory: true } : {};
    plans.push({
      experiment: word(experiment, 'experiment'), method: word(method, 'method'), guest, texts, ...memory,
    });
    moments.push(momentFrom(words.get(`${of}t`)));
  }
  const view = oneOf(words.get('view') ?? (plans.length > 0 ? 'workbench' : 'minute'), VIEWS, 'view');
  return {
    view, plans, moments,
    active: words.get('on') === 'b' && plans.length > 1 ? 1 : 0,
    selection: selectionFrom(words.get('sel') ?? ''),
    pace: oneOf(words.get('pace') ?? NOWHERE.pace, PACES, 'pace'),
    side: words.has('side') ? word(words.get('side') as string, 'panel') : '',
  };
}

function momentFrom(text: string | null): Moment {
  if (text === null) return START;
  const [time = NaN, record = 0, beat = 0, ...rest] = text.split('.').map(whole);
  if (rest.length > 0 || ![time, record, beat].every((n) => Number.isSafeInteger(n)))
    throw new AddressError(`'${short(text)}' is no moment`);
  return { time, record, beat };
}

function selectionFrom(text: string): Selection {
  if (text === '') return { kind: 'none' };
  const [kind, name = '', more = ''] = text.split('.', 3);
  if (kind === 'record' && Number.isSafeInteger(whole(name))) return { kind, id: whole(name) };
  if (kind === 'part' && name !== '') return { kind, name: text.slice(5) };
  const address = /^[0-9a-f]{1,13}$/i.test(more) ? Number.parseInt(more, 16) : NaN;
  if (kind === 'memory' && Number.isSafeInteger(address)) return { kind, space: word(name, 'address space'), address };
  throw new AddressError(`'${short(text)}' is nothing that can be selected`);
}

function whole(digits: string): number {
  return /^\d{1,16}$/.test(digits) ? Number(digits) : NaN;
}

function word(text: string, what: string): string {
  if (!WORD.test(text)) throw new AddressError(`'${short(text)}' is no ${what}`);
  return text;
}

function oneOf<T extends string>(text: string, words: readonly T[], what: string): T {
  const found = words.find((w) => w === text);
  if (found === undefined) throw new AddressError(`'${short(text)}' is no ${what}; there are ${words.join(', ')}`);
  return found;
}

function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
