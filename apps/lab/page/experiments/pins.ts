/** Results that are kept to be compared with later ones. */
import { signal } from '@preact/signals';
import { formatCount } from '../../../../src/control/quantities.ts';
import type { ExperimentReport } from '../../../../src/control/experiments/report.ts';
import type { RunReport, RunRequest } from '../../protocol/experiments.ts';

export interface Pin {
  /** From 1 on: how people call it. */
  readonly number: number;
  readonly request: RunRequest;
  readonly report: RunReport;
}

export const pins = signal<readonly Pin[]>([]);
/** Number of the pin that the present result stands beside; 0: none. */
export const beside = signal(0);
let last = 0;

export function pin(request: RunRequest, report: RunReport): void {
  last++;
  pins.value = [...pins.value, { number: last, request, report }];
  beside.value = last;
}

export function unpin(number: number): void {
  pins.value = pins.value.filter((p) => p.number !== number);
  if (beside.value === number) beside.value = 0;
}

/** A measure of a method in two results. */
export interface Compared {
  readonly key: string;
  readonly label: string;
  readonly method: string;
  readonly before: string;
  readonly now: string;
  /** `× 2.04`, `=`, or '' where there is none. */
  readonly ratio: string;
}

/** The same measures of the same methods, side by side; words only where they differ. */
export function compared(then: ExperimentReport, now: ExperimentReport): Compared[] {
  return now.methods.filter((m) => then.methods.includes(m)).flatMap((method) => now.rows.flatMap((row) => {
    const other = then.rows.find((r) => r.key === row.key)?.cells[then.methods.indexOf(method)];
    const cell = row.cells[now.methods.indexOf(method)];
    if (other === undefined || cell === undefined) return [];
    return [{
      key: row.key, label: row.label.trim(), method, before: other.text, now: cell.text,
      ratio: ratioText(other.value, cell.value),
    }];
  }));
}

function ratioText(then: unknown, now: unknown): string {
  if (then === now) return '=';
  if (typeof then !== 'number' || typeof now !== 'number' || then === 0) return '';
  const ratio = now / then;
  return `× ${ratio >= 100 ? formatCount(ratio) : ratio.toPrecision(3)}`;
}
