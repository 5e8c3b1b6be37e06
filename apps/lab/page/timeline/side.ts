/** One machine as the timeline knows it: its lanes, and the last picture of them. */
import { signal } from '@preact/signals';
import type { StoreSums } from '../../../../src/control/trace/store.ts';
import type { Ticks } from '../../../../src/sim/time.ts';
import type { Pane } from '../state/pane.ts';
import type { Lane, Picture } from './picture.ts';
import { lanesOf, pictureOf } from './source.ts';

/** Least time between two surveys of a running machine (ms); pixels of the overview. */
const PAUSE = 300, OVERVIEW = 400;

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
  /** How much is recorded. */
  readonly sums = signal<StoreSums | null>(null);
  /** Who was busy when, of the whole run. */
  readonly overview = signal<Picture | null>(null);
  private surveyed = -Infinity;
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
    this.picture.value = this.overview.value = null;
    this.sums.value = null;
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

  /** What changes slowly need not be asked for with each picture, while the machine runs. */
  private isDue(): boolean {
    return this.pane.status.peek()?.state !== 'running' || performance.now() - this.surveyed >= PAUSE;
  }

  /** Lanes, size and overview as of the record `last`. */
  private async survey(last: number, machine: number): Promise<void> {
    const { pane } = this, now = pane.status.peek()?.now ?? 0;
    const [lanes, sums] = await Promise.all([lanesOf(pane), pane.remote.trace.sums()]);
    const initiators = lanes.filter((l) => l.kind === 'initiator');
    const overview = now === 0 ? null : await pictureOf(pane, initiators, 0, now, OVERVIEW, 0);
    if (machine !== this.machine) return;
    this.surveyed = performance.now();
    this.lanesAt = last;
    if (!sameLanes(lanes, this.lanes.peek())) this.lanes.value = lanes;
    this.sums.value = sums;
    this.overview.value = overview;
  }

  private async answer(machine: number): Promise<void> {
    this.busy = true;
    try {
      while (this.wanted !== null) {
        const question: Question = this.wanted;
        this.wanted = null;
        if (question.last !== this.lanesAt && (this.lanesAt < 0 || this.isDue())) {
          await this.survey(question.last, machine);
          if (machine !== this.machine) return;
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
