import { ns, type Ticks } from '../../../sim/time.ts';

/**
 * One port of the video memory for beam and processor (assumptions, of no chip in particular): 8
 * bytes a cycle of 40 ns, as two banks of 32-bit EDO memory have in page mode; the beam fills its
 * buffer with bursts of 32 bytes.
 */
const CYCLE: Ticks = ns(40), CYCLE_BYTES = 8, BURST_BYTES = 32;
const BURST: Ticks = (BURST_BYTES / CYCLE_BYTES) * CYCLE;

/** The beam's way through the shown part of a line. */
export interface LinePhase {
  /** Time since the line's beginning, and how long it is shown. */
  readonly since: Ticks;
  readonly shown: Ticks;
  /** Bytes that are fetched for the line. */
  readonly bytes: number;
}

/**
 * How long an access waits that comes while the beam fetches: until the burst has ended; until the
 * end of what is shown where the beam takes all cycles. 0 if the memory is free.
 */
export function waitForBeam({ since, shown, bytes }: LinePhase): Ticks {
  if (since >= shown || bytes === 0) return 0;
  const period = (shown * BURST_BYTES) / bytes;
  if (period <= BURST) return shown - since;
  const phase = since % period;
  return phase < BURST ? Math.ceil(BURST - phase) : 0;
}

/** The part of the line that the burst at this time is for: fractions of the shown line. */
export function burstAt({ since, shown, bytes }: LinePhase): { from: number; to: number } {
  const bursts = Math.max(1, Math.ceil(bytes / BURST_BYTES)), n = Math.floor((since * bursts) / shown);
  return { from: n / bursts, to: (n + 1) / bursts };
}
