import type { TransactionRecord } from '../../../../src/sim/trace/records.ts';
import type { Pane } from '../state/pane.ts';

/** Wall time that a burst must stay in sight before its bytes are fetched (ms). */
const PATIENCE = 120;

/**
 * The bytes that a burst moved. A record does not have them: they stand in memory when the burst is
 * over, and are read there without touching anything.
 */
export class BurstBytes {
  private readonly pane: Pane;
  private readonly arrived: () => void;
  private id = 0;
  private start = 0;
  private bytes: Uint8Array | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(pane: Pane, arrived: () => void) {
    this.pane = pane;
    this.arrived = arrived;
  }

  clear(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.id = 0;
    this.bytes = null;
  }

  /** What the burst moved from `address` on, or null if that is not known yet. */
  of(record: TransactionRecord, address: number): Uint8Array | null {
    if (record.value >= 0) return null;
    if (record.id !== this.id) {
      this.id = record.id;
      this.start = record.address;
      this.bytes = null;
      if (this.timer !== null) clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.fetch(record), PATIENCE);
    }
    return this.bytes === null ? null : this.bytes.subarray(address - this.start);
  }

  private async fetch(record: TransactionRecord): Promise<void> {
    this.timer = null;
    try {
      const { look } = await this.pane.remote.inspect.memory(record.end, record.space, record.address, record.size);
      if (this.id !== record.id || look === null) return;
      this.bytes = Uint8Array.from(look.bytes);
      this.arrived();
    } catch {
      // The machine was closed meanwhile; the address stays in the value's place.
    }
  }
}
