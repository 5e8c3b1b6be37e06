import { InputError } from './input-error.ts';

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

/** Three significant digits, without an exponent. */
function digits3(x: number): string {
  return x >= 100 ? x.toFixed(0) : x >= 10 ? x.toFixed(1) : x.toFixed(2);
}

/** Seconds for people: `2.84 s`, `12.3 ms`, `450 ns`. */
export function formatSeconds(seconds: number): string {
  if (seconds === 0) return '0 s';
  for (const [unit, factor] of [
    ['s', 1], ['ms', 1e3], ['µs', 1e6],
  ] as const)
    if (seconds * factor >= 0.9995) return `${digits3(seconds * factor)} ${unit}`;
  return `${digits3(seconds * 1e9)} ns`;
}

/** A rate in decimal units, as disk makers count: `16.6 MB/s`. */
export function formatRate(bytesPerSecond: number): string {
  for (const [unit, factor] of [
    ['GB/s', 1e9], ['MB/s', 1e6], ['kB/s', 1e3],
  ] as const)
    if (bytesPerSecond >= factor) return `${digits3(bytesPerSecond / factor)} ${unit}`;
  return `${digits3(bytesPerSecond)} B/s`;
}

/** A size in the largest binary unit that divides it: `16 MiB`, `1536 KiB`, `512 bytes`. */
export function formatSize(bytes: number): string {
  for (const [unit, factor] of [
    ['GiB', 2 ** 30], ['MiB', 2 ** 20], ['KiB', 2 ** 10],
  ] as const)
    if (bytes >= factor && bytes % factor === 0) return `${bytes / factor} ${unit}`;
  return `${formatCount(bytes)} bytes`;
}

/** A whole number with thousands separated: `8,388,608`. */
export function formatCount(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** A share in per cent: `98.7 %`; a little is never shown as nothing. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.05) return '< 0.1 %';
  return `${percent.toFixed(1)} %`;
}
