/**
 * Runs: sequences of µops that the interpreter executes with one dispatch. A run has a number of
 * its own behind those of the rows; it stands in the first µop's w0 alone, so each µop keeps its
 * words, its `rem` and its address, and may be entered or left in the midst. Which sequences are
 * worth it depends on the instruction set, which names them.
 */
import { MAX_BLOCK_UOPS } from './builder.ts';
import { OP, type OpName, OPS } from './ops.ts';

/** Longest run. */
export const MAX_RUN = 4;

/** Number of the first run in w0. */
export const FIRST_RUN = OPS.length;

const STEP_SLOTS = 4096;

/** Dispatches needed from µop i to the end, and what to write at i; used within one `fold`. */
const cost = new Int32Array(MAX_BLOCK_UOPS + 1);
const choice = new Uint16Array(MAX_BLOCK_UOPS);

/** The runs of one instruction set. */
export class Runs {
  /** Numbers of the µops in each run; run n has number `FIRST_RUN` + n. */
  readonly list: readonly (readonly number[])[];
  private readonly firstOp: Uint16Array;
  /**
   * A trie over op numbers. `start[op]` = node of the runs that start with op, or 0. Further steps
   * are in a hash table with linear probing: `steps[i]` = node << 16 | op, `to[i]` = the node that
   * it leads to. `runAt[node]` = number of the run that ends there or 0. So all of it stays in the
   * host's caches.
   */
  private readonly start = new Uint16Array(OPS.length);
  private readonly steps = new Int32Array(STEP_SLOTS);
  private readonly to = new Uint16Array(STEP_SLOTS);
  private readonly runAt: Uint16Array;
  private nodes = 1;

  /** `texts`: names of rows with a blank between. One that stands there twice counts once. */
  constructor(texts: readonly string[]) {
    this.list = [...new Set(texts)].map((text) => text.split(' ').map((name) => OP[name as OpName]));
    this.firstOp = Uint16Array.from({ length: FIRST_RUN + this.list.length }, (_, n) =>
      n < FIRST_RUN ? n : this.list[n - FIRST_RUN][0],
    );
    this.runAt = new Uint16Array(this.list.length * MAX_RUN + 1);
    this.list.forEach((run, index) => this.enter(run, FIRST_RUN + index));
    if (this.nodes > STEP_SLOTS / 2) throw new Error('the table of runs is too small');
  }

  private enter(run: readonly number[], number: number): void {
    let node = 0;
    for (const op of run) {
      if (node === 0) node = this.start[op] ||= this.nodes++;
      else {
        const at = this.stepSlot(node, op);
        if (this.steps[at] === 0) {
          this.steps[at] = (node << 16) | op;
          this.to[at] = this.nodes++;
        }
        node = this.to[at];
      }
    }
    this.runAt[node] = number;
  }

  /** Slot of the step from `node` by `op`, or the empty one where it would stand. */
  private stepSlot(node: number, op: number): number {
    const { steps } = this, step = (node << 16) | op;
    let at = (Math.imul(step, 0x9e3779b1) >>> 20) & (STEP_SLOTS - 1);
    while (steps[at] !== 0 && steps[at] !== step) at = (at + 1) & (STEP_SLOTS - 1);
    return at;
  }

  /** The op of the µop whose w0 has `number` in its low half: itself, or a run's first. */
  opOf(number: number): number {
    return this.firstOp[number];
  }

  /**
   * Rewrites w0 of the µops `first`…`end`-1 (four words each, from word `base`): the fewest
   * dispatches, found from the end backwards.
   */
  fold(words: Int32Array, base: number, first: number, end: number): void {
    const { start, to, runAt } = this;
    cost[end] = 0;
    for (let uop = end - 1; uop >= first; uop--) {
      let best = 1 + cost[uop + 1];
      let run = 0;
      let node = start[words[base + uop * 4] & 0xffff];
      for (let at = uop + 1; node !== 0 && at < end; at++) {
        node = to[this.stepSlot(node, words[base + at * 4] & 0xffff)];
        const candidate = 1 + cost[at + 1];
        if (runAt[node] !== 0 && candidate < best) {
          best = candidate;
          run = runAt[node];
        }
      }
      cost[uop] = best;
      choice[uop] = run;
    }
    // Every µop that a run can start at is marked, also within another run: execution may enter
    // there after an exit.
    for (let uop = first; uop < end; uop++) {
      if (choice[uop] !== 0) words[base + uop * 4] = (words[base + uop * 4] & ~0xffff) | choice[uop];
    }
  }
}
