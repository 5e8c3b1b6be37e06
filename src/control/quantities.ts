/** Quantities as tables, sentences and plots have them. */

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
  return formatDecimal(Math.round(n), 0);
}

/** A number with so many digits behind the point, and thousands separated: `1,764.2`. */
export function formatDecimal(n: number, digits: number): string {
  const [whole = '', ...rest] = n.toFixed(digits).split('.');
  return [whole.replace(/\B(?=(\d{3})+(?!\d))/g, ','), ...rest].join('.');
}

/** A share in per cent: `98.7 %`; a little is never shown as nothing. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.05) return '< 0.1 %';
  return `${percent.toFixed(1)} %`;
}

/** Values that far apart are drawn on a logarithmic scale unless told otherwise. */
export const WIDE = 50;

/** Whether values are drawn on a logarithmic scale. */
export function isWide(values: readonly number[]): boolean {
  const least = Math.min(...values);
  return least > 0 && Math.max(...values) / least >= WIDE;
}

/** A size as it was typed; bytes are named. */
export function withUnit(text: string | undefined): string {
  return /^(0x[\da-f]+|[\d_]+)$/i.test(text ?? '') ? `${text} bytes` : text ?? '';
}
