import { busyShare, type Counters } from '../../../src/control/counters.ts';
import { toSeconds } from '../../../src/sim/time.ts';
import type { NoteTotal } from '../../../src/sim/trace.ts';

/** How a run ended. */
export interface End {
  /** Why the run ended, in a word for JSON. */
  reason: string;
  counters: Counters;
  /** Exit status. */
  status: number;
  /** What the guest wrote to the exit port, or null. */
  exitValue: number | null;
}

/** The end in words. */
export function describeEnd({ reason, exitValue }: End): string {
  switch (reason) {
    case 'exit': return `the guest wrote 0x${(exitValue ?? 0).toString(16)} to the exit port`;
    case 'until': return 'stopped at the time asked for';
    case 'left': return 'left';
    case 'halted': return 'the processor halted with interrupts off';
    case 'reset': return 'the guest reset the machine';
    case 'poweroff': return 'the guest switched the machine off';
    case 'SIGINT': case 'SIGTERM': case 'SIGHUP': return `interrupted (${reason})`;
    default: return `stopped (${reason})`;
  }
}

/**
 * What `run --json` prints.
 * @param options of the board, as their rows write them
 * @param changed bytes of the disk that were rewritten
 */
export function endReport(
  board: string, options: Readonly<Record<string, string>>, end: End, changed: number,
  notes: readonly Readonly<NoteTotal>[],
): string {
  const c = end.counters;
  return `${JSON.stringify(
    {
      schema: 'northbridge-run/1',
      board, options, reason: end.reason, exitValue: end.exitValue,
      seconds: toSeconds(c.ticks),
      instructions: c.instructions,
      cpuBusy: busyShare(c),
      cpuPortAccesses: c.cpuPortAccesses, cpuMmioAccesses: c.cpuMmioAccesses, deviceBytes: c.deviceBytes,
      deviceTransfers: c.deviceTransfers, interrupts: c.interrupts, diskBytesRewritten: changed, notes,
    },
    null, 2,
  )}\n`;
}
