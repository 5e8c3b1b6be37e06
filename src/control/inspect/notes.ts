/** Notes of a machine with the rules that they are about. */
import type { Board } from '../../machine/board.ts';
import { FORGIVABLE, RULE_NAMES } from '../../sim/forgive.ts';
import type { Ticks } from '../../sim/time.ts';
import type { NoteRecord } from '../../sim/trace/records.ts';
import { componentOf } from '../trace-names.ts';

export interface NoteLook {
  readonly id: number;
  readonly time: Ticks;
  readonly source: string;
  /** The component; '' if the note is of none. */
  readonly part: string;
  readonly what: string;
  readonly detail: string;
  /** What a real device does, and the document that says so; '' where there is no such rule. */
  readonly rule: string;
  readonly document: string;
}

export function lookAtNote(board: Board, { id, time, source, what, detail }: NoteRecord): NoteLook {
  const name = RULE_NAMES.find((r) => r === what);
  const { rule, document } = name === undefined ? { rule: '', document: '' } : FORGIVABLE[name];
  return { id, time, source, part: componentOf(board, source) ?? '', what, detail, rule, document };
}
