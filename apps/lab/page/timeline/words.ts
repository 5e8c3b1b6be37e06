/** Records and spans of time in words. */
import type { RecordWords } from '../../../../src/control/inspect/describe-record.ts';
import { formatCount, formatSeconds } from '../../../../src/control/quantities.ts';
import type { BoardDescription } from '../../../../src/machine/describe.ts';
import { TICKS_PER_SECOND, toSeconds, type Ticks } from '../../../../src/sim/time.ts';
import type { TraceRecord } from '../../../../src/sim/trace/records.ts';

/** What a record is, how long it took, and what led to it: one line. */
export function recordWords(kind: TraceRecord['kind'], words: RecordWords, cause: RecordWords | null): string {
  const long = kind === 'transaction' ? `, ${formatSeconds(toSeconds(words.ticks))}` : '';
  const by = cause === null ? '' : `, caused by ${formatCount(cause.id)}: ${cause.sentence}`;
  return `${kind === 'transaction' ? kind : 'record'} ${formatCount(words.id)}: ${words.sentence}${long}${by}`;
}

/** How long a span is: in nanoseconds, and in periods of the processor's and the buses' clocks. */
export function spanWords(ticks: Ticks, clocks: BoardDescription['clocks'], buses: BoardDescription['buses']): string {
  const wanted = new Set(['processor', ...buses.map((b) => b.clock)]);
  const periods = clocks.filter((c) => wanted.has(c.name)).map((c) => {
    const count = (ticks * c.numerator) / (c.denominator * TICKS_PER_SECOND);
    return `${count < 100 && !Number.isInteger(count) ? count.toFixed(1) : formatCount(count)} ${c.name}`;
  });
  return `${nanoseconds(ticks)}${periods.length === 0 ? '' : ` = ${periods.reverse().join(', ')} clocks`}`;
}

/** A length exact to a third of a nanosecond: `1,234.3 ns`. */
function nanoseconds(ticks: Ticks): string {
  const ns = ticks / 3, whole = Math.floor(ns);
  const part = ticks % 3 === 0 ? '' : ticks % 3 === 1 ? '.3' : '.7';
  return ns >= 1e7 ? `${formatCount(whole / 1000)} µs` : `${formatCount(whole)}${part} ns`;
}
