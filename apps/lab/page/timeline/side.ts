/** One machine as the timeline knows it: its lanes, and the last picture of them. */
import { signal } from '@preact/signals';
import type { Ticks } from '../../../../src/sim/time.ts';
import type { Pane } from '../state/pane.ts';
import type { Lane, Picture } from './picture.ts';
import { lanesOf, pictureOf } from './source.ts';

/** A question about a span of time; two that are equal have one answer. */
interface Question {
  readonly from: Ticks;
  readonly to: Ticks;
  readonly pixels: number;
  readonly keys: readonly string[];
  /** Last record when it was asked. */
  readonly last: number;
}

/** Asks one question at a time; of those that come meanwhile the latest counts. */
export class Side {
  readonly pane: Pane;
  readonly lanes = signal<readonly Lane[]>([]);
  readonly picture = signal<Picture | null>(null);
  private wanted: Question | null = null;
  private answered: Question | null = null;
  private lanesAt = -1;
  private busy = false;
  /** Counts machines, so that an answer of the one before is not taken. */
  private machine = 0;

  constructor(pane: Pane) {
    this.pane = pane;
  }

  /** Another machine was opened: nothing of the one before holds. */
  reset(): void {
    this.machine++;
    this.lanes.value = [];
    this.picture.value = null;
    this.wanted = this.answered = null;
    this.lanesAt = -1;
    this.busy = false;
  }

  /** The picture of a span of time is wanted. */
  want(from: Ticks, to: Ticks, pixels: number, keys: readonly string[]): void {
    const last = this.pane.status.peek()?.last ?? 0;
    const question = { from: Math.floor(from), to: Math.ceil(to), pixels, keys, last };
    if (this.wanted === null && this.answered !== null && same(question, this.answered)) return;
    this.wanted = question;
    if (!this.busy) void this.answer(this.machine);
  }

  private async answer(machine: number): Promise<void> {
    this.busy = true;
    try {
      while (this.wanted !== null) {
        const question: Question = this.wanted;
        this.wanted = null;
        if (question.last !== this.lanesAt) {
          const lanes = await lanesOf(this.pane);
          if (machine !== this.machine) return;
          this.lanesAt = question.last;
          if (!sameLanes(lanes, this.lanes.peek())) this.lanes.value = lanes;
        }
        if (question.pixels <= 0 || question.to <= question.from) continue;
        const known = new Map(this.lanes.peek().map((l) => [l.key, l] as const));
        const asked = question.keys.map((key) => known.get(key)).filter((l) => l !== undefined);
        const picture = await pictureOf(this.pane, asked, question.from, question.to, question.pixels);
        if (machine !== this.machine) return;
        this.answered = question;
        this.picture.value = picture;
      }
    } catch (error) {
      // A worker that was ended answers nothing more; the pane tells why.
      if (machine === this.machine && this.pane.failure.peek() === '') throw error;
    } finally {
      if (machine === this.machine) this.busy = false;
    }
  }
}

function same(a: Question, b: Question): boolean {
  return a.from === b.from && a.to === b.to && a.pixels === b.pixels && a.last === b.last
    && a.keys.length === b.keys.length && a.keys.every((key, n) => key === b.keys[n]);
}

function sameLanes(a: readonly Lane[], b: readonly Lane[]): boolean {
  return a.length === b.length && a.every((l, n) => l.key === b[n].key && l.count > 0 === b[n].count > 0
    && l.parts.length === b[n].parts.length);
}
