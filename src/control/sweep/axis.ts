import { ParameterError, type Parameter } from '../../sim/parameter.ts';
import { TICKS_PER_SECOND } from '../../sim/time.ts';

/** A parameter of a sweep and its values, written as `Parameter.format` does. */
export interface Axis {
  readonly name: string;
  readonly values: readonly string[];
}

/** Values that one axis may have. */
const MOST_VALUES = 10_000;
const RANGE = /^(.+?)\.\.(.+?)([*+])(.+)$/;
const NUMERIC: readonly Parameter['kind'][] = ['size', 'count', 'duration', 'frequency'];

/**
 * The values of an axis as a user writes them: `a,b,c`; from one to the other in steps
 * `1..9+2`; or times a factor `512..16MiB*2`. Both kinds may stand in one list.
 * @throws ParameterError with the reason, in words
 */
export function axisValues(row: Parameter, text: string): string[] {
  const values = text.split(',').map((part) => part.trim()).flatMap((part) => partValues(row, part));
  const unique = [...new Set(values)];
  if (unique.length > MOST_VALUES) throw new ParameterError(`more than ${MOST_VALUES} values`);
  return unique;
}

function partValues(row: Parameter, part: string): string[] {
  if (part === '') throw new ParameterError('a value is missing; write a,b,c or 512..16MiB*2 or 1..9+2');
  const range = part.includes('..') && NUMERIC.includes(row.kind) ? RANGE.exec(part) : null;
  if (range === null) {
    if (part.includes('..') && NUMERIC.includes(row.kind))
      throw new ParameterError(`'${part}' has no step; write ${part}*2 or ${part}+1`);
    return [checked(row, row.parse(part))];
  }
  const [, first, last, how, step] = range as unknown as [string, string, string, '*' | '+', string];
  const from = Number(row.parse(first)), to = Number(row.parse(last));
  if (to < from) throw new ParameterError(`'${part}' ends below its beginning`);
  return how === '*' ? multiples(row, from, to, step, part) : sums(row, from, to, Number(row.parse(step)), part);
}

function multiples(row: Parameter, from: number, to: number, text: string, part: string): string[] {
  const factor = Number(text);
  if (!(factor > 1) || from === 0)
    throw new ParameterError(`'${part}' never ends: write a factor above 1, from above 0`);
  const values: string[] = [];
  for (let v = from; v <= to; v *= factor) {
    values.push(checked(row, Math.round(v)));
    if (values.length > MOST_VALUES) throw new ParameterError(`'${part}' is more than ${MOST_VALUES} values`);
  }
  return values;
}

function sums(row: Parameter, from: number, to: number, step: number, part: string): string[] {
  if (step <= 0) throw new ParameterError(`'${part}' never ends; the step is above 0`);
  if ((to - from) / step >= MOST_VALUES) throw new ParameterError(`'${part}' is more than ${MOST_VALUES} values`);
  const values: string[] = [];
  for (let v = from; v <= to; v += step) values.push(checked(row, v));
  return values;
}

function checked(row: Parameter, value: unknown): string {
  const wrong = row.refusal(value);
  if (wrong !== '') throw new ParameterError(wrong);
  return row.format(value);
}

/** An axis's value for a table of numbers: bytes, seconds, Hz; words as they are. */
export function axisNumber(row: Parameter, text: string): string {
  const value = row.parse(text);
  if (typeof value !== 'number') return text;
  return String(row.kind === 'duration' ? value / TICKS_PER_SECOND : value);
}

/** Times to begin with where the default is none at all. */
const FROM_NOTHING = ['0ns', '10us', '100us', '1ms', '10ms'];

/**
 * Values to begin with, for a number: the default and fractions and multiples of it, as far as the
 * row takes them. Empty for words.
 */
export function suggestedValues(row: Parameter): string[] {
  if (!NUMERIC.includes(row.kind)) return [];
  const initial = Number(row.default), step = row.step ?? 1;
  const wanted = initial > 0
    ? [1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2].map((f) => Math.max(step, Math.round((initial * f) / step) * step))
    : row.kind === 'duration' ? FROM_NOTHING.map((t) => Number(row.parse(t))) : [0, 1, 2, 4, 8].map((n) => n * step);
  return [...new Set(wanted)].filter((v) => row.refusal(v) === '').map((v) => row.format(v));
}
