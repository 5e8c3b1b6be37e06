/** Figures as sentences have them. */
import type { MeasuredValue } from './experiment.ts';

/** `84.6 MB/s` */
export function rateText(bytesPerSecond: MeasuredValue | undefined): string {
  if (typeof bytesPerSecond !== 'number') return 'no measured rate';
  const [unit, scale] = bytesPerSecond >= 1e6 ? ['MB', 1e6] : bytesPerSecond >= 1e3 ? ['kB', 1e3] : ['B', 1];
  return `${(bytesPerSecond / scale).toFixed(1)} ${unit}/s`;
}

/** `0.8 %`, of a share from 0 to 1. */
export function percentText(share: MeasuredValue | undefined): string {
  return typeof share === 'number' ? `${(share * 100).toFixed(1)} %` : 'an unmeasured share';
}

/** `8,388,608` */
export function countText(n: MeasuredValue | undefined): string {
  return String(n ?? 0).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `a, b and c` */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
