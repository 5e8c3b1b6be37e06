import type { Remote } from 'comlink';
import { timeOf } from '../../../../src/control/export/record-line.ts';
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
  /** From when on and up to when what is not in it does not exist. */
  private since: Ticks = 0;
  private until: Ticks = 0;
  private asking = false;
  /** Counts machines: an answer of the one before is not taken. */
  private machine = 0;

  /**
   * The last record that has begun at a time: null if none, undefined while it is asked for.
   * @param come called when what was asked for is there
   */
  at(time: Ticks, trace: Remote<TraceApi>, last: Ticks, come: () => void): TraceRecord | null | undefined {
    if (time < this.since || time >= this.until) {
      void this.fetch(time, trace, last, come);
      return undefined;
    }
    return this.records.findLast((r) => timeOf(r) <= time) ?? null;
  }

  /** Forgets what it has: another machine. */
  clear(): void {
    this.records = [];
    this.until = 0;
    this.machine++;
    this.asking = false;
  }

  private async fetch(time: Ticks, trace: Remote<TraceApi>, last: Ticks, come: () => void): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    const { machine } = this;
    try {
      const from = Math.max(1, await trace.idAt(time) - BEFORE);
      const records = await trace.records(from, BEFORE + BEHIND), end = records.at(-1);
      if (machine !== this.machine) return;
      this.records = records;
      this.since = records[0] === undefined ? time : Math.min(time, timeOf(records[0]));
      const all = records.length < BEFORE + BEHIND || end === undefined;
      this.until = Math.max(time + 1, all ? last + 1 : timeOf(end));
    } catch {
      // The machine was closed.
      return;
    } finally {
      if (machine === this.machine) this.asking = false;
    }
    come();
  }
}
