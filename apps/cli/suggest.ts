import { nearest } from '../../src/sim/nearest.ts';
import { InputError } from './input-error.ts';

/**
 * Checks that a word is a known one.
 * @param what what it names, e.g. `method`
 * @param where where the known ones are known, e.g. `with --guest bare`
 * @throws InputError that suggests the nearest and lists all
 */
export function knownWord<T extends string>(typed: string, known: readonly T[], what: string, where = ''): T {
  if ((known as readonly string[]).includes(typed)) return typed as T;
  const near = nearest(typed, known);
  throw new InputError(
    `unknown ${what} '${typed}'${near === null ? '' : `; did you mean '${near}'?`} ` +
      `(known${where === '' ? '' : ` ${where}`}: ${known.join(', ')})`,
  );
}
