import type { NoteTotal } from '../../../src/sim/trace.ts';
import { plainText } from '../plain-text.ts';
import { formatCount } from '../quantities.ts';

/** The notes of a run summed up: how often, by whom, what; nothing if there are none. */
export function notesSummary(notes: readonly Readonly<NoteTotal>[]): string {
  if (notes.length === 0) return '';
  const counts = notes.map((n) => formatCount(n.count));
  const width = Math.max(...counts.map((c) => c.length));
  const lines = notes.map((n, i) =>
    `  ${counts[i].padStart(width)} × ${plainText(`${n.source} ${n.what}: ${n.detail}`)}\n`);
  return `northbridge: noted during the run:\n${lines.join('')}`;
}
