import type { BankView } from '../../../reg/bank.ts';
import { Clock } from '../../../sim/clock.ts';
import { MOST_LINES, MOST_WIDTH } from './spec.ts';
import type { VgaRegisters } from './spec-ports.ts';

/** What the beam does: all in dots and lines. */
export interface Timing {
  readonly clock: Clock;
  /** Dots of a line and lines of a frame, with what is not shown. */
  readonly dots: number;
  readonly lines: number;
  readonly shownDots: number;
  readonly shownLines: number;
  /** Lines of the vertical retrace: the first, and the first after it. */
  readonly retraceStart: number;
  readonly retraceEnd: number;
}

/** The two crystals of the VGA, by Miscellaneous Output bits 3:2 (extregs). */
const CRYSTALS: readonly Clock[] = [new Clock('dots', 25_175_000), new Clock('dots', 28_322_000)];
/** Of a DISPI mode: pictures in a second. */
export const DISPI_RATE = 60;
/** Limits of a multisync monitor, an assumption: lines in a second, pictures in a second. */
const LINE_RATE = [10e3, 160e3] as const, FRAME_RATE = [20, 250] as const;

/** Width of a character in dots (seqreg, index 01h bit 0). */
export function characterDots(r: BankView<VgaRegisters>): number {
  return r.CLOCKING.DOTS_8 === 1 ? 8 : 9;
}

/** The timing that the registers of the VGA give; null while there is none: no clock, or reset. */
export function vgaTiming(r: BankView<VgaRegisters>): Timing | null {
  const clock: Clock | undefined = CRYSTALS[r.MISC.CLOCK];
  if (clock === undefined || r.RESET.value !== 3 || r.CRTC_MODE.SYNC === 0) return null;
  const dot = characterDots(r) * (r.CLOCKING.HALF === 1 ? 2 : 1);
  const row = r.CRTC_MODE.HALF_LINES === 1 ? 2 : 1, o = r.OVERFLOW;
  const retraceStart = r.V_RETRACE_START.VALUE | (o.VRS8 << 8) | (o.VRS9 << 9);
  const retraceLines = ((r.V_RETRACE_END.VALUE - retraceStart) & 15) || 16;
  const lines = (r.V_TOTAL.VALUE | (o.VT8 << 8) | (o.VT9 << 9)) + 2;
  const shownLines = Math.min(lines, (r.V_DISPLAY_END.VALUE | (o.VDE8 << 8) | (o.VDE9 << 9)) + 1);
  const characters = r.H_TOTAL.VALUE + 5;
  return {
    clock,
    dots: characters * dot, lines: lines * row,
    shownDots: Math.min(characters, r.H_DISPLAY_END.VALUE + 1) * dot, shownLines: shownLines * row,
    retraceStart: retraceStart * row, retraceEnd: (retraceStart + retraceLines) * row,
  };
}

/**
 * The timing of a DISPI mode, which has no registers for it: blanking as QEMU's EDID has it, 35 %
 * of the width and 3.5 % of the height, 60 pictures a second.
 */
export function dispiTiming(width: number, height: number): Timing {
  const dots = width + dispiBlanking(width).horizontal;
  const { vertical, front, sync } = dispiBlanking(width, height), lines = height + vertical;
  return {
    clock: new Clock('dots', DISPI_RATE * dots * lines),
    dots, lines, shownDots: width, shownLines: height,
    retraceStart: height + front, retraceEnd: height + front + sync,
  };
}

/** Dots and lines of blanking; front porch and pulse of the vertical sync. */
export function dispiBlanking(width: number, height = 0): {
  horizontal: number; vertical: number; front: number; sync: number;
} {
  const part = Math.max(1, Math.floor((height * 5) / 1000));
  return {
    horizontal: Math.floor((width * 35) / 100),
    vertical: Math.max(3, Math.floor((height * 35) / 1000)),
    front: part, sync: part,
  };
}

/** Why a monitor shows nothing, or ''. */
export function noPicture(t: Timing): string {
  const { numerator, denominator } = t.clock, lineRate = numerator / denominator / t.dots;
  if (t.shownDots > MOST_WIDTH || t.shownLines > MOST_LINES) return `${t.shownDots} × ${t.shownLines} dots`;
  if (t.shownLines >= t.lines || t.shownDots >= t.dots) return 'no blanking';
  if (lineRate < LINE_RATE[0] || lineRate > LINE_RATE[1]) return `${Math.round(lineRate)} lines a second`;
  const frameRate = lineRate / t.lines;
  if (frameRate < FRAME_RATE[0] || frameRate > FRAME_RATE[1]) return `${Math.round(frameRate)} pictures a second`;
  return '';
}

/** Whether both give the same beam. */
export function sameTiming(a: Timing | null, b: Timing | null): boolean {
  if (a === null || b === null) return a === b;
  return a.clock.numerator * b.clock.denominator === b.clock.numerator * a.clock.denominator && a.dots === b.dots &&
    a.lines === b.lines && a.shownDots === b.shownDots && a.shownLines === b.shownLines &&
    a.retraceStart === b.retraceStart && a.retraceEnd === b.retraceEnd;
}
