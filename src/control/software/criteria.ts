import type { NoteTotal } from '../../sim/trace.ts';
import { qemuExitStatus } from '../../hw/misc/debug-exit/debug-exit.ts';

/** What makes a program's test pass or fail. */
export interface Criteria {
  /** Values of the exit port that mean success. */
  passCodes: readonly number[];
  /** The pass codes were given, so the exit is waited for even when all texts have come. */
  wantsExit: boolean;
  /** Each must appear on the console. */
  expectText: readonly string[];
  /** None may appear. */
  failText: readonly string[];
  /** Notes of these names fail the test. */
  failNote: readonly string[];
}

/** How a run ended, as far as the verdict asks. */
export interface Ending {
  /** The machine's reason, or `timeout`. */
  reason: string;
  exitValue: number;
  console: string;
  notes: readonly Readonly<NoteTotal>[];
}

const hex = (n: number): string => `0x${n.toString(16)}`;

/** A text that fails the test and is on the console, or null. */
export function failingText(c: Criteria, said: string): string | null {
  return c.failText.find((t) => said.includes(t)) ?? null;
}

/** Whether nothing more is waited for: every text has come, and no exit is asked for. */
export function satisfied(c: Criteria, said: string): boolean {
  return !c.wantsExit && c.expectText.length > 0 && c.expectText.every((t) => said.includes(t));
}

/** Why the test failed, in a line; '' if it passed. */
export function failure(c: Criteria, end: Ending): string {
  const bad = failingText(c, end.console);
  if (bad !== null) return `the console says '${bad}'`;
  const note = end.notes.find((n) => c.failNote.includes(n.what));
  if (note !== undefined) return `${note.source} ${note.what}: ${note.detail}`;
  const missing = c.expectText.filter((t) => !end.console.includes(t));
  const without = missing.length === 0 ? '' : ` and never said '${missing[0]}'`;
  switch (end.reason) {
    case 'exit':
      if (!c.passCodes.includes(end.exitValue))
        return `it ended with ${hex(end.exitValue)} at the exit port ` +
          `(status ${qemuExitStatus(end.exitValue)} of QEMU), wanted ${c.passCodes.map(hex).join(' or ')}`;
      return missing.length === 0 ? '' : `it ended well${without}`;
    case 'stopped': return '';
    case 'timeout': return `it was not done in time${without}`;
    case 'shutdown': return `it ended in a triple fault${without}`;
    case 'reset': return `it reset the machine${without}`;
    case 'halted':
      if (c.expectText.length > 0 && missing.length === 0 && !c.wantsExit) return '';
      return `it halted with interrupts off${without === '' ? ' and never wrote to the exit port (F4h)' : without}`;
    default: return `it stopped: ${end.reason}${without}`;
  }
}
