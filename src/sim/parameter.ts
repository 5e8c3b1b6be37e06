import { ms, ns, us, TICKS_PER_SECOND, type Ticks } from './time.ts';

/** What kind of quantity a parameter is; decides how it is written and read. */
export type ParameterKind = 'size' | 'count' | 'duration' | 'frequency' | 'choice' | 'choices' | 'flag' | 'faults';

/**
 * A parameter of a board, a device or an experiment, as a row: what a command-line option, a form
 * field, a JSON key, a sweep axis and a line of documentation are made from.
 */
export interface Parameter<T = unknown> {
  readonly kind: ParameterKind;
  readonly default: T;
  /**
   * Unit of the value inside the program: `B`, `ticks`, `Hz`, or '' for a plain number or a word.
   */
  readonly unit: string;
  /** One line: what it is. */
  readonly doc: string;
  /** Where the default comes from: a document, a calibration table, or `unverified: why`. */
  readonly source: string;
  /** Least and greatest value; a number is a multiple of `step`. Empty for words and flags. */
  readonly minimum?: number;
  readonly maximum?: number;
  readonly step?: number;
  readonly choices?: readonly string[];
  /** Reads what a user wrote. @throws ParameterError with the reason, in words */
  parse(text: string): T;
  /** Writes it as a user would: `parse(format(v))` equals v. */
  format(value: T): string;
  /** Why a value is refused, or ''. */
  refusal(value: T): string;
}

export type ParameterRows = Readonly<Record<string, Parameter>>;
/** The values that belong to rows. */
export type ValuesOf<R> = { readonly [K in keyof R]: R[K] extends Parameter<infer T> ? T : never };

/** A value that a parameter does not take. The message is for a user and names no option. */
export class ParameterError extends Error {
  override readonly name = 'ParameterError';
}

interface About {
  doc: string;
  source?: string;
}
interface Limits {
  minimum?: number;
  maximum?: number;
  step?: number;
}

const SIZE_UNITS: readonly (readonly [string, number])[] = [
  ['GiB', 2 ** 30], ['MiB', 2 ** 20], ['KiB', 2 ** 10], ['B', 1],
];
/** K, M, G alone are binary, as in most emulators; KB, MB, GB are decimal. */
const SIZE_WORDS: Readonly<Record<string, number>> = {
  '': 1, b: 1, k: 2 ** 10, kb: 1e3, kib: 2 ** 10, m: 2 ** 20, mb: 1e6, mib: 2 ** 20,
  g: 2 ** 30, gb: 1e9, gib: 2 ** 30,
};
const TIME_WORDS: Readonly<Record<string, Ticks>> = {
  ns: ns(1), us: us(1), 'µs': us(1), ms: ms(1), s: TICKS_PER_SECOND,
};
const FREQUENCY_WORDS: Readonly<Record<string, number>> = { hz: 1, khz: 1e3, mhz: 1e6, ghz: 1e9 };

const UNIT_WORDS: Readonly<Record<string, string>> = { '': 'units', B: 'bytes' };

/** Splits `64KiB` into its number and its unit in lower case, or null. */
function quantity(text: string): { number: string; unit: string } | null {
  const match = /^\s*(0x[0-9a-f]+|\d+(?:\.\d+)?(?:e\d+)?)\s*([a-zµ]*)\s*$/i.exec(text);
  return match === null ? null : { number: match[1] as string, unit: (match[2] as string).toLowerCase() };
}

/** Powers of ten up to here are written out; what is larger fits no parameter. */
const MOST_DIGITS = 40;

/**
 * A number as it was written times a whole factor. Exact if the product is a whole number: 66.6
 * times 1e6 is 66600000, which it is not in floating point.
 */
function times(number: string, factor: number): number {
  const match = /^(\d+)(?:\.(\d+))?(?:e(\d+))?$/i.exec(number);
  if (match === null) return Number(number) * factor;
  const [, whole = '', decimals = '', power = '0'] = match;
  if (whole.length + decimals.length + Number(power) > MOST_DIGITS) return Number(number) * factor;
  const product = BigInt(whole + decimals) * BigInt(factor) * 10n ** BigInt(power);
  const divisor = 10n ** BigInt(decimals.length);
  return product % divisor === 0n ? Number(product / divisor) : Number(product) / Number(divisor);
}

function scaled(text: string, words: Readonly<Record<string, number>>, what: string, example: string): number {
  const parts = quantity(text);
  const factor = parts === null ? undefined : words[parts.unit];
  if (parts === null || factor === undefined) throw new ParameterError(`'${text}' is no ${what}; write ${example}`);
  return times(parts.number, factor);
}

/** The largest unit that leaves a whole number. */
function inUnits(value: number, units: readonly (readonly [string, number])[]): string {
  const [name, factor] = units.find(([, f]) => value >= f && value % f === 0) ?? (units.at(-1) as [string, number]);
  return `${value / factor}${name}`;
}

function numeric(
  kind: ParameterKind, unit: string, initial: number, about: About & Limits,
  parse: (text: string) => number, format: (value: number) => string,
): Parameter<number> {
  const { doc, source = '', minimum = 0, maximum = Number.MAX_SAFE_INTEGER, step = 1 } = about;
  return {
    kind, default: initial, unit, doc, source, minimum, maximum, step, parse, format,
    refusal: (value) => {
      if (!Number.isSafeInteger(value)) return `${format(value)} is not a whole number of ${UNIT_WORDS[unit] ?? unit}`;
      if (value < minimum) return `${format(value)} is below the least, ${format(minimum)}`;
      if (value > maximum) return `${format(value)} is above the greatest, ${format(maximum)}`;
      return value % step === 0 ? '' : `${format(value)} is no multiple of ${format(step)}`;
    },
  };
}

/** Bytes: `512`, `64KiB`, `16MiB`. */
export function size(initial: number, about: About & Limits): Parameter<number> {
  return numeric(
    'size', 'B', initial, about, (text) => scaled(text, SIZE_WORDS, 'size', '512, 64KiB or 16MiB'),
    (value) => inUnits(value, SIZE_UNITS),
  );
}

/** A plain whole number. */
export function count(initial: number, about: About & Limits): Parameter<number> {
  const parse = (text: string): number => {
    if (!/^\s*(0x[0-9a-f]+|\d+)\s*$/i.test(text)) throw new ParameterError(`'${text}' is no whole number`);
    return Number(text);
  };
  return numeric('count', '', initial, about, parse, String);
}

/**
 * Simulated time, inside the program in ticks, to the nearest of which it is rounded: `250ns`,
 * `1.5us`, `10ms`.
 */
export function duration(initial: Ticks, about: About & Limits): Parameter<number> {
  const units = [['s', TICKS_PER_SECOND], ['ms', ms(1)], ['us', us(1)], ['ns', ns(1)]] as const;
  const format = (value: Ticks): string => (value === 0 ? '0ns' : value % ns(1) === 0 ? inUnits(value, units) :
    `${value / ns(1)}ns`);
  return numeric(
    'duration', 'ticks', initial, about,
    (text) => {
      const exact = scaled(text, TIME_WORDS, 'time', '250ns, 1.5us or 10ms'), ticks = Math.round(exact);
      if (ticks === 0 && exact > 0) throw new ParameterError(`'${text}' is shorter than simulated time, 1/3 ns, tells`);
      return ticks;
    },
    format,
  );
}

/** A frequency in Hz: `200MHz`. */
export function frequency(initial: number, about: About & Limits): Parameter<number> {
  const units = [['GHz', 1e9], ['MHz', 1e6], ['kHz', 1e3], ['Hz', 1]] as const;
  return numeric(
    'frequency', 'Hz', initial,
    { minimum: 1, ...about },
    (text) => scaled(text, FREQUENCY_WORDS, 'frequency', '200MHz or 1.8432MHz'),
    (value) => inUnits(value, units),
  );
}

/** One of several words. */
export function choice<const C extends readonly string[]>(
  choices: C, initial: C[number], about: About,
): Parameter<C[number]> {
  const refusal = (value: string): string =>
    choices.includes(value) ? '' : `'${value}' is none of ${choices.join(', ')}`;
  return {
    kind: 'choice', default: initial, unit: '', doc: about.doc, source: about.source ?? '', choices, refusal,
    parse: (text) => {
      const wrong = refusal(text);
      if (wrong !== '') throw new ParameterError(wrong);
      return text;
    },
    format: (value) => value,
  };
}

/** Some of several words, with commas: `pio4,mwdma2`; none is ''. */
export function choices<const C extends readonly string[]>(
  words: C, initial: readonly C[number][], about: About,
): Parameter<readonly C[number][]> {
  const wrongWord = (value: readonly string[]): string => {
    const stranger = value.find((w) => !words.includes(w));
    return stranger === undefined ? '' : `'${stranger}' is none of ${words.join(', ')}`;
  };
  return {
    kind: 'choices', default: initial, unit: '', doc: about.doc, source: about.source ?? '', choices: words,
    parse: (text) => {
      const list = text.split(',').map((w) => w.trim()).filter((w) => w !== '');
      if (list.length === 0 && text.trim() !== '')
        throw new ParameterError(`'${text}' names none; known: ${words.join(', ')}`);
      const wrong = wrongWord(list);
      if (wrong !== '') throw new ParameterError(wrong);
      return [...new Set(list)];
    },
    format: (value) => value.join(','),
    refusal: wrongWord,
  };
}

/** Yes or no. */
export function flag(initial: boolean, about: About): Parameter<boolean> {
  return {
    kind: 'flag', default: initial, unit: '', doc: about.doc, source: about.source ?? '',
    choices: ['on', 'off'],
    parse: (text) => {
      if (text === 'on' || text === 'off') return text === 'on';
      throw new ParameterError(`'${text}' is neither on nor off`);
    },
    format: (value) => (value ? 'on' : 'off'),
    refusal: () => '',
  };
}

/**
 * The values of all rows: what is given, else the default.
 * @throws ParameterError naming the row, if a value is refused or a name is unknown
 */
export function valuesOf<R extends Readonly<Record<string, unknown>>>(
  rows: R,
  given: Partial<ValuesOf<R>>,
): ValuesOf<R> {
  for (const name of Object.keys(given)) {
    if (rows[name] === undefined) throw new ParameterError(`there is no parameter '${name}'`);
  }
  const out: Record<string, unknown> = {};
  for (const [name, row] of Object.entries(rows) as [string, Parameter][]) {
    const value = (given as Record<string, unknown>)[name] ?? row.default;
    const wrong = row.refusal(value);
    if (wrong !== '') throw new ParameterError(`${name}: ${wrong}`);
    out[name] = value;
  }
  return out as ValuesOf<R>;
}
