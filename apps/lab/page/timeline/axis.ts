/** Where a time axis has its ticks and what stands there. */
import { timeAt, xOf, type View } from './scale.ts';

export interface AxisTick {
  readonly x: number;
  /** '' for a small tick between labelled ones. */
  readonly label: string;
}

export interface Axis {
  readonly ticks: readonly AxisTick[];
  /** Time that `+…` labels count from, as text; '' if they say the time itself. */
  readonly base: string;
}

/** Least distance of labelled ticks in pixels. */
const APART = 92;
/** More digits than this behind the point, and labels count from a base. */
const DIGITS = 4;
const TICKS_PER_NS = 3;
const UNITS = [['s', 1e9], ['ms', 1e6], ['µs', 1e3], ['ns', 1]] as const;

/** The axis of a view on paper of `width` pixels. */
export function axisOf(view: View, width: number): Axis {
  const perNs = (width / view.span) * TICKS_PER_NS;
  const step = roundStep(APART / perNs);
  const small = step / (String(step)[0] === '2' ? 4 : 5);
  const first = timeAt(view, width, 0) / TICKS_PER_NS, last = timeAt(view, width, width) / TICKS_PER_NS;
  const unit = unitOf(Math.max(Math.abs(first), Math.abs(last)));
  const digits = digitsFor(step, unit[1]);
  const coarse = 10 ** (Math.floor(Math.log10(step)) + 2);
  const based = digits > DIGITS;
  const base = based ? Math.floor(first / coarse) * coarse : 0;
  const ticks: AxisTick[] = [];
  const fine = small >= 1 && small * perNs >= 6;
  const each = fine ? small : step;
  for (let n = Math.ceil(first / each); n * each <= last; n++) {
    const at = n * each, x = xOf(view, width, at * TICKS_PER_NS);
    const whole = Math.abs(at / step - Math.round(at / step)) < 1e-6;
    ticks.push({ x, label: !whole ? '' : based ? relative(at - base, step) : labelled(at, unit, digits) });
  }
  return { ticks, base: based ? labelled(base, unit, digitsFor(coarse, unit[1])) : '' };
}

/** The smallest of 1, 2, 5 times a power of ten that is no less; at least 1 (ns). */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return [1, 2, 5, 10].map((k) => k * power).find((s) => s >= least * (1 - 1e-9)) ?? 10 * power;
}

function unitOf(ns: number): (typeof UNITS)[number] {
  return UNITS.find(([, size]) => ns >= size) ?? UNITS[3];
}

function digitsFor(step: number, unit: number): number {
  return Math.max(0, Math.ceil(Math.log10(unit / step) - 1e-9));
}

function labelled(ns: number, [unit, size]: (typeof UNITS)[number], digits: number): string {
  return ns === 0 ? '0' : `${(ns / size).toFixed(digits)} ${unit}`.replace('-', '−');
}

function relative(ns: number, step: number): string {
  const [unit, size] = unitOf(Math.max(step, 1));
  return `+${(ns / size).toFixed(digitsFor(step, size))} ${unit}`;
}
