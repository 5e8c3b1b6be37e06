import type { Software } from '../../machine/software.ts';
import { POST } from '../guests/status.ts';
import { failure, type Criteria } from '../software/criteria.ts';

/** What a program writes to the exit port (F4h) if all is well, as `northbridge test` takes it. */
const PASS_CODE = 0x10;
const CRITERIA: Criteria = { passCodes: [PASS_CODE], wantsExit: true, expectText: [], failText: [], failNote: [] };

/** How a machine with the user's software stopped. */
export interface OwnEnd {
  /** The machine's reason. */
  readonly reason: string;
  readonly kind: Software['kind'];
  /** What was written to the exit port. */
  readonly exitValue: number;
  /** Last POST code; -1: none. */
  readonly lastPost: number;
  /** COM1 has not said a character. */
  readonly silent: boolean;
}

/** How it ended, in a sentence, by the measure of `northbridge test`. */
export function outcome({ reason, kind, exitValue, lastPost, silent }: OwnEnd): string {
  if (kind === 'linux') return linuxOutcome(reason, silent);
  if (reason === 'exit' && exitValue === PASS_CODE) return 'Passed: it wrote 0x10 to the exit port.';
  // A program over our runtime says so by its last POST code, and halts.
  if (reason === 'halted' || reason === 'stopped') {
    if (lastPost === POST.done) return 'Done: its last POST code is DDh, all is well.';
    if (lastPost === POST.fail) return 'Failed: its last POST code is EEh.';
  }
  return `Failed: ${failure(CRITERIA, { reason, exitValue, console: '', notes: [] })}.`;
}

function linuxOutcome(reason: string, silent: boolean): string {
  switch (reason) {
    case 'poweroff': return 'Linux switched the machine off.';
    case 'reset': return 'Linux reset the machine.';
    case 'shutdown': return 'Linux ended in a triple fault: an exception while it could not handle one.';
    case 'halted':
      return silent
        ? 'Linux halted for good without a character on COM1: is console=ttyS0,115200 in its command line?'
        : 'Linux halted for good.';
    default: return `The machine stopped: ${reason}.`;
  }
}
