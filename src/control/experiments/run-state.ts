import type { Cells, SavedState } from '../../sim/state.ts';
import type { Counters } from '../counters.ts';
import type { Attachment, Mark } from '../session.ts';
import type { ConsoleLines } from './console-lines.ts';

/** What a run's snapshot has beside the machine: the marks so far, and what the console said. */
export class RunState implements Attachment {
  private readonly marks: () => Mark[];
  private readonly lines: ConsoleLines;
  private readonly counters: () => Counters;

  /** @param counters of the machine: what it counts */
  constructor(marks: () => Mark[], lines: ConsoleLines, counters: () => Counters) {
    this.marks = marks;
    this.lines = lines;
    this.counters = counters;
  }

  save(): SavedState {
    const marks = this.marks();
    const at = marks.map((m, n) => [`mark ${n}`, { ...m.at }] as const);
    return { console: this.lines.save(), marks: { names: marks.map((m) => m.name).join() }, ...Object.fromEntries(at) };
  }

  mismatch({ console: said, marks, ...at }: SavedState): string {
    const texts = ['lines', 'marked', 'current'].every((name) => typeof said?.[name] === 'string');
    if (!texts || typeof marks?.['names'] !== 'string') return 'no console or no marks';
    const names = namesIn(marks);
    if (!names.includes('begin') || names.length !== Object.keys(at).length) return 'other marks';
    const counters = Object.keys(this.counters()).sort().join();
    const counts = (cells: Cells | undefined): boolean =>
      cells !== undefined && Object.keys(cells).sort().join() === counters &&
      Object.values(cells).every((value) => typeof value === 'number');
    return names.every((_, n) => counts(at[`mark ${n}`])) ? '' : 'other counters';
  }

  load(saved: SavedState): void {
    this.lines.load(saved['console']);
    const marks = namesIn(saved['marks']).map((name, n) => ({ name, at: saved[`mark ${n}`] as unknown as Counters }));
    this.marks().splice(0, Infinity, ...marks);
  }
}

function namesIn(marks: Cells): string[] {
  return String(marks['names']).split(',');
}
