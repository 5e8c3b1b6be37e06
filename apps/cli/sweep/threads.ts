import { InputError } from '../input-error.ts';

/** The value of `--jobs`. @throws InputError */
export function threadCount(text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  if (!/^\d{1,3}$/.test(text) || Number(text) < 1) throw new InputError(`--jobs '${text}' is no number from 1 to 999`);
  return Number(text);
}
