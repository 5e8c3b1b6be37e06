import type { TraceRecord } from '../../sim/trace/records.ts';
import { named, passes, type TraceFilter } from '../export/trace-filter.ts';

/** What a record must be so that a run stops at it. What is left out is all the same. */
export interface Condition extends Partial<TraceFilter> {
  /** Kinds by name; only transactions if `initiators`, `targets`, `ranges` or `value` is given. */
  readonly kinds?: readonly TraceRecord['kind'][];
  readonly write?: boolean;
  /** Of a transaction that is no burst: equal under the mask (all bits if left out). */
  readonly value?: number;
  readonly mask?: number;
  /** Name of a note. */
  readonly note?: string;
  /** Name of a line that rises. */
  readonly rises?: string;
}

/** Whether a record is it. */
export function fits(c: Condition, r: TraceRecord): boolean {
  const { initiators = [], targets = [], ranges = [], kinds = [] } = c;
  if (kinds.length > 0 && !kinds.includes(r.kind)) return false;
  if (c.note !== undefined && !(r.kind === 'note' && r.what === c.note)) return false;
  if (c.rises !== undefined && !(r.kind === 'edge' && r.level && named(r.line, [c.rises]))) return false;
  const aboutTransactions = initiators.length + targets.length + ranges.length > 0 || c.write !== undefined ||
    c.value !== undefined;
  if (!aboutTransactions) return true;
  if (r.kind !== 'transaction' || !passes({ initiators, targets, ranges }, r)) return false;
  if (c.write !== undefined && r.write !== c.write) return false;
  if (c.value === undefined) return true;
  const mask = c.mask ?? 0xffffffff;
  return r.value >= 0 && (r.value & mask) === (c.value & mask);
}
