import type { Remote } from 'comlink';
import { startOf } from '../../../../src/control/explore/steps.ts';
import type { TraceRecord } from '../../../../src/sim/trace/records.ts';
import type { Ticks } from '../../../../src/sim/time.ts';
import type { TraceApi } from '../../protocol/trace.ts';

/** Records before and behind a moment that are fetched together. */
const BEFORE = 64, BEHIND = 192;

/**
 * Records near a moment, fetched by the window: what stands in it is known at once, and asking
 * costs no message.
 */
export class RecordWindow {
  private records: readonly TraceRecord[] = [];
  /** Up to where what is not in it does not exist. */
  private until: Ticks = 0;
  private asking = false;

  /** The last record that has begun at a time: null if none, undefined while it is asked for. */
  at(time: Ticks, trace: Remote<TraceApi>, last: Ticks): TraceRecord | null | undefined {
    const first = this.records[0];
    if (first === undefined || time < startOf(first) || time >= this.until) {
      void this.fetch(time, trace, last);
      return undefined;
    }
    return this.records.findLast((r) => startOf(r) <= time) ?? null;
  }

  /** Forgets what it has: another machine. */
  clear(): void {
    this.records = [];
    this.until = 0;
  }

  private async fetch(time: Ticks, trace: Remote<TraceApi>, last: Ticks): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    try {
      const from = Math.max(1, await trace.idAt(time) - BEFORE);
      this.records = await trace.records(from, BEFORE + BEHIND);
      const end = this.records.at(-1);
      this.until = this.records.length < BEFORE + BEHIND || end === undefined ? last + 1 : startOf(end);
    } catch {
      // The machine was closed.
      this.clear();
    } finally {
      this.asking = false;
    }
  }
}
