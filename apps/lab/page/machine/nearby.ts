import type { Remote } from 'comlink';
import type { LabWorker } from '../../protocol/worker.ts';
import type { Pane } from '../state/pane.ts';

/** Something of a record that a worker knows: asked for by the window, one question at a time. */
export class Nearby<T extends { readonly id: number }> {
  private readonly pane: Pane;
  private readonly question: (remote: Remote<LabWorker>, id: number) => Promise<readonly T[]>;
  private readonly arrived: () => void;
  private known = new Map<number, T>();
  private asking = false;
  private wanted = 0;
  /** Is not kept. */
  private missing = 0;
  /** Counts machines: a worker that was ended never answers, and nobody waits for it. */
  private machine = 0;

  /**
   * @param question what is known of some record and of those near it
   * @param arrived called when something came that was missing
   */
  constructor(
    pane: Pane, question: (remote: Remote<LabWorker>, id: number) => Promise<readonly T[]>, arrived: () => void,
  ) {
    this.pane = pane;
    this.question = question;
    this.arrived = arrived;
  }

  /** What is known of a record, or null while it is on its way. */
  get(id: number): T | null {
    if (id <= 0) return null;
    const found = this.known.get(id) ?? null;
    if (found === null && id !== this.missing) {
      this.wanted = id;
      if (!this.asking) void this.ask();
    }
    return found;
  }

  /** What is at hand of a record. */
  peek(id: number): T | null {
    return this.known.get(id) ?? null;
  }

  /** Another machine: what is known is void. */
  clear(): void {
    this.machine++;
    this.known = new Map();
    this.asking = false;
    this.wanted = this.missing = 0;
  }

  private async ask(): Promise<void> {
    const { machine } = this;
    this.asking = true;
    while (this.wanted !== 0) {
      const id = this.wanted;
      this.wanted = 0;
      let found: readonly T[] = [];
      try {
        found = await this.question(this.pane.remote, id);
      } catch {
        // The machine was closed meanwhile: there is nothing to show.
      }
      if (machine !== this.machine) return;
      this.known = new Map(found.map((r) => [r.id, r]));
      this.missing = this.known.has(id) ? 0 : id;
      this.arrived();
    }
    this.asking = false;
  }
}
