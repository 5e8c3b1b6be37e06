import type { TraceRecord } from '../../../../src/sim/trace/records.ts';
import type { Pane } from '../state/pane.ts';

/** Records that are asked for at once, around the one that is wanted. */
const WINDOW = 256;

/** The records around the moment, as one pane has shown them: one question at a time. */
export class RecordWindow {
  private readonly pane: Pane;
  private readonly arrived: () => void;
  private known = new Map<number, TraceRecord>();
  private asked = 0;
  private wanted = 0;
  /** Is not kept. */
  private missing = 0;

  /** @param arrived called when records came that were missing */
  constructor(pane: Pane, arrived: () => void) {
    this.pane = pane;
    this.arrived = arrived;
  }

  /** The record, or null while it is on its way. */
  get(id: number): TraceRecord | null {
    if (id <= 0) return null;
    const found = this.known.get(id) ?? null;
    if (found === null && id !== this.missing) {
      this.wanted = id;
      if (this.asked === 0) void this.ask();
    }
    return found;
  }

  /** The record, if it is at hand. */
  peek(id: number): TraceRecord | null {
    return this.known.get(id) ?? null;
  }

  /** Another machine: what is known is void. */
  clear(): void {
    this.known = new Map();
    this.missing = 0;
  }

  private async ask(): Promise<void> {
    while (this.wanted !== 0) {
      const id = (this.asked = this.wanted);
      this.wanted = 0;
      const known = this.known;
      let found: TraceRecord[] = [];
      try {
        found = await this.pane.remote.trace.records(Math.max(1, id - WINDOW / 4), WINDOW);
      } catch {
        // The machine was closed meanwhile: there is nothing to show.
      }
      if (known === this.known) {
        this.known = new Map(found.map((r) => [r.id, r]));
        this.missing = this.known.has(id) ? 0 : id;
        this.arrived();
      }
    }
    this.asked = 0;
  }
}
