import { InputError } from './input-error.ts';

export {
  formatCount, formatRate, formatSeconds, formatShare, formatSize,
} from '../../src/control/quantities.ts';

const SIZE_UNITS: Record<string, number> = {
  '': 1, b: 1,
  k: 2 ** 10, kb: 1e3, kib: 2 ** 10,
  m: 2 ** 20, mb: 1e6, mib: 2 ** 20,
  g: 2 ** 30, gb: 1e9, gib: 2 ** 30,
  t: 2 ** 40, tb: 1e12, tib: 2 ** 40,
};
const TIME_UNITS: Record<string, number> = {
  '': 1,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  'µs': 1e-6,
  ns: 1e-9,
  min: 60, m: 60, h: 3600,
};

/**
 * A size in bytes: `1048576`, `0x100000`, `16MiB`, `64KiB`, `1.5GiB`. K, M, G alone are binary, as
 * in most emulators; KB, MB, GB are decimal.
 * @throws InputError
 */
export function parseSize(text: string, option: string): number {
  const bad = new InputError(
    `${option} '${text}' is no size; write bytes (1048576) or a number with KiB, MiB or GiB (16MiB)`,
  );
  const m = /^\s*(0x[0-9a-f]+|\d+(?:\.\d+)?)\s*([a-z]*)\s*$/i.exec(text);
  if (m === null) throw bad;
  const unit = SIZE_UNITS[m[2].toLowerCase()];
  const bytes = Number(m[1]) * (unit ?? NaN);
  if (!Number.isInteger(bytes) && unit !== undefined)
    throw new InputError(`${option} '${text}' is not a whole number of bytes`);
  if (!Number.isSafeInteger(bytes)) throw bad;
  return bytes;
}

/**
 * A time in seconds: `2`, `0.5`, `1.5s`, `20ms`, `300us`.
 * @throws InputError
 */
export function parseSeconds(text: string, option: string): number {
  const m = /^\s*(\d+(?:\.\d+)?(?:e-?\d+)?)\s*([a-zµ]*)\s*$/i.exec(text);
  const seconds = m === null ? NaN : Number(m[1]) * (TIME_UNITS[m[2].toLowerCase()] ?? NaN);
  if (!(seconds > 0 && Number.isFinite(seconds)))
    throw new InputError(
      `${option} '${text}' is no time above zero; write seconds (2.5) or a number with ms, us or min (20ms)`,
    );
  return seconds;
}
