import type { MeasuredValue } from '../experiment.ts';

/** What an act read and changed, by the act's key: `11h; STATUS.LEVEL 2 → 1`. */
export type Outcomes = Readonly<Record<string, MeasuredValue>>;

/** Something that registers do and memory does not. */
interface Effect {
  /** Whether it was seen. */
  seen(outcomes: Outcomes): boolean;
  /** A clause of the answer, from what was seen. */
  says(outcomes: Outcomes): string;
}

/** What an act read, without what changed. */
function read(outcomes: Outcomes, key: string): string {
  return String(outcomes[key] ?? '').split('; ')[0];
}

/** What an act changed, or ''. */
function changed(outcomes: Outcomes, key: string): string {
  const [first, ...more] = String(outcomes[key] ?? '').split('; ');
  return first.includes('→') ? first : more.join('; ');
}

/** Acts after the write of COLOUR. */
const LATER = ['colourRead', 'line', 'wait', 'lineLater', 'otherWay'];

/** What makes an access of a register another thing than one of memory. */
export const EFFECTS: readonly Effect[] = [
  {
    seen: (o) => read(o, 'ramRead') === read(o, 'ramReadAgain') && read(o, 'pop') !== read(o, 'popAgain') &&
      changed(o, 'pop') !== '' && changed(o, 'popAgain') !== '',
    says: (o) => `one address gave ${read(o, 'pop')}, then ${read(o, 'popAgain')}`,
  },
  {
    seen: (o) => changed(o, 'status') === 'STATUS.UNDERRUN 1 → 0' &&
      read(o, 'status') !== read(o, 'statusAgain'),
    says: (o) => `reading STATUS, ${read(o, 'status')}, left ${read(o, 'statusAgain')}`,
  },
  {
    seen: (o) => changed(o, 'clear') === 'INT.SOFT 1 → 0' && changed(o, 'clearNothing') === '' &&
      read(o, 'causeStill') !== read(o, 'causeGone'),
    says: (o) => `writing 1 to a bit of INT cleared it (${changed(o, 'clear')})`,
  },
  {
    seen: (o) => changed(o, 'colour').startsWith('COLOUR 0 → ') &&
      LATER.some((key) => changed(o, key).startsWith('coloured lines ')),
    says: (o) => `and from the write of COLOUR on (${changed(o, 'colour')}) the card drew in the new colour, for ` +
      'which it never had to look',
  },
];

/** Whether all of them were seen. */
export function allSeen(outcomes: Outcomes): boolean {
  return EFFECTS.every((e) => e.seen(outcomes));
}

/** The clauses that a run shows, one after the other. */
export function clauses(outcomes: Outcomes): string {
  return EFFECTS.filter((e) => e.seen(outcomes)).map((e) => e.says(outcomes)).join('; ');
}
