/** The order of the bytes in a word: a property of the guest that reads the block. */
export type ByteOrder = 'little' | 'big';

/**
 * A field of a guest program's parameter block: how its value stands in memory, in TypeScript and
 * in C. `Left`: whether an input may be left out.
 */
export interface Field<T = unknown, Left extends boolean = boolean> {
  /** One line, for the C header and for documentation. */
  readonly doc: string;
  readonly bytes: number;
  readonly align: number;
  /** C type, and the length if it is an array. */
  readonly type: 'u32' | 'i32' | 'u8';
  readonly length: number;
  readonly mayBeLeftOut: Left;
  /** What stands in the block if it is left out. */
  readonly initial: T;
  /** Words with the number of the first: the values of a choice. */
  readonly words: readonly string[];
  readonly firstWord: number;
  /** Begin of the C names of the words; '' takes the field's name. */
  readonly prefix: string;
  /** Why the program would refuse a value, or ''. */
  refusal(value: T): string;
  put(view: DataView, at: number, value: T, order: ByteOrder): void;
  get(view: DataView, at: number, order: ByteOrder): T;
}

interface Limits {
  /** Written if the value is left out; without it the value must be given. */
  initial?: number;
  minimum?: number;
  maximum?: number;
  /** The value is a multiple of this. */
  multiple?: number;
  powerOfTwo?: boolean;
  /** 0 is taken too, and means what `doc` says. */
  zero?: boolean;
}

const WORD = { bytes: 4, align: 4, length: 1, words: [], firstWord: 0, prefix: '' } as const;

function outside(value: number, limits: Limits, lowest: number, highest: number): string {
  const { minimum = lowest, maximum = highest, multiple = 1 } = limits;
  if (!Number.isInteger(value)) return `${value} is no whole number`;
  if (limits.zero === true && value === 0) return '';
  if (value < minimum || value > maximum) return `${value} is not between ${minimum} and ${maximum}`;
  if (value % multiple !== 0) return `${value} is no multiple of ${multiple}`;
  return limits.powerOfTwo === true && (value & (value - 1)) !== 0 ? `${value} is no power of two` : '';
}

/** An unsigned word. */
export function u32(doc: string, limits: Limits & { initial: number }): Field<number, true>;
export function u32(doc: string, limits?: Limits): Field<number, false>;
export function u32(doc: string, limits: Limits = {}): Field<number> {
  return {
    ...WORD, doc, type: 'u32', mayBeLeftOut: limits.initial !== undefined, initial: limits.initial ?? 0,
    refusal: (value) => outside(value, limits, 0, 0xffff_ffff),
    put: (view, at, value, order) => view.setUint32(at, value, order === 'little'),
    get: (view, at, order) => view.getUint32(at, order === 'little'),
  };
}

/** A signed word, left out as `initial`. */
export function i32(doc: string, limits: Limits & { initial: number }): Field<number, true> {
  return {
    ...WORD, doc, type: 'i32', mayBeLeftOut: true, initial: limits.initial,
    refusal: (value) => outside(value, limits, -0x8000_0000, 0x7fff_ffff),
    put: (view, at, value, order) => view.setInt32(at, value, order === 'little'),
    get: (view, at, order) => view.getInt32(at, order === 'little'),
  };
}

/**
 * One of several words, as its number in the list, counted from `first`. In C they are names that
 * begin with `prefix` (by default the field's own name).
 */
export function word<const W extends readonly string[]>(
  doc: string, words: W, options: { first?: number; prefix?: string } = {},
): Field<W[number], false> {
  const { first = 0, prefix = '' } = options;
  return {
    ...WORD, doc, type: 'u32', mayBeLeftOut: false, initial: words[0] as W[number], words, firstWord: first, prefix,
    refusal: (value) => (words.includes(value) ? '' : `'${value}' is none of ${words.join(', ')}`),
    put: (view, at, value, order) => view.setUint32(at, words.indexOf(value) + first, order === 'little'),
    get: (view, at, order) => words[view.getUint32(at, order === 'little') - first] as W[number],
  };
}

/** A word that is 0 or 1. */
export function truth(doc: string): Field<boolean, true> {
  return {
    ...WORD, doc, type: 'u32', mayBeLeftOut: true, initial: false,
    refusal: () => '',
    put: (view, at, value, order) => view.setUint32(at, value ? 1 : 0, order === 'little'),
    get: (view, at, order) => view.getUint32(at, order === 'little') === 1,
  };
}

/** A SHA-256 digest: 32 bytes, 64 lower-case hexadecimal digits. */
export function digest(doc: string): Field<string, true> {
  const length = 32;
  return {
    ...WORD, doc, type: 'u8', bytes: length, length, align: 16, mayBeLeftOut: true, initial: '00'.repeat(length),
    refusal: (value) => (/^[0-9a-f]{64}$/.test(value) ? '' : `'${value}' is no digest`),
    put: (view, at, value) => {
      for (let i = 0; i < length; i++) view.setUint8(at + i, parseInt(value.slice(2 * i, 2 * i + 2), 16));
    },
    get: (view, at) =>
      Array.from({ length }, (_, i) => view.getUint8(at + i).toString(16).padStart(2, '0')).join(''),
  };
}

/** Unsigned words one behind the other: an answer. */
export function words(doc: string, length: number): Field<readonly number[], true> {
  return {
    ...WORD, doc, type: 'u32', bytes: 4 * length, length, mayBeLeftOut: true, initial: [],
    refusal: (value) => (value.length === length ? '' : `${value.length} words are not ${length}`),
    put: (view, at, value, order) => value.forEach((v, k) => view.setUint32(at + 4 * k, v, order === 'little')),
    get: (view, at, order) => Array.from({ length }, (_, k) => view.getUint32(at + 4 * k, order === 'little')),
  };
}
