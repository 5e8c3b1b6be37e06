/**
 * Marks runs (`runs.ts`) in a block's µops so that the interpreter dispatches as seldom as
 * possible.
 */
import { OPS } from './ops.ts';
import { FIRST_RUN, MAX_RUN, RUNS } from './runs.ts';
import { MAX_BLOCK_UOPS } from './builder.ts';

/**
 * A trie over op numbers. `START[op]` = node of the runs that start with op, or 0. Further steps
 * are in a hash table with linear probing: `STEPS[i]` = node << 16 | op, `TO[i]` = the node that it
 * leads to. `RUN_AT[node]` = number of the run that ends there or 0. So all of it stays in the
 * host's caches.
 */
const STEP_SLOTS = 4096;
const START: Uint16Array = new Uint16Array(OPS.length);
const STEPS: Int32Array = new Int32Array(STEP_SLOTS);
const TO: Uint16Array = new Uint16Array(STEP_SLOTS);
const RUN_AT: Uint16Array = new Uint16Array(RUNS.length * MAX_RUN + 1);
let nodes = 1;
RUNS.forEach((run, index) => {
  let node = 0;
  for (const op of run) {
    if (node === 0) node = START[op] ||= nodes++;
    else {
      const at = stepSlot(node, op);
      if (STEPS[at] === 0) {
        STEPS[at] = (node << 16) | op;
        TO[at] = nodes++;
      }
      node = TO[at];
    }
  }
  RUN_AT[node] = FIRST_RUN + index;
});
if (nodes > STEP_SLOTS / 2) throw new Error('the table of runs is too small');

/** Slot of the step from `node` by `op`, or the empty one where it would stand. */
function stepSlot(node: number, op: number): number {
  const step = (node << 16) | op;
  let at = (Math.imul(step, 0x9e3779b1) >>> 20) & (STEP_SLOTS - 1);
  while (STEPS[at] !== 0 && STEPS[at] !== step) at = (at + 1) & (STEP_SLOTS - 1);
  return at;
}

/** Dispatches needed from µop i to the end, and what to write at i. */
const cost = new Int32Array(MAX_BLOCK_UOPS + 1);
const choice = new Uint16Array(MAX_BLOCK_UOPS);

/**
 * Rewrites w0 of the µops `first`…`end`-1 (four words each, from word `base`): the fewest
 * dispatches, found from the end backwards.
 */
export function fold(words: Int32Array, base: number, first: number, end: number): void {
  cost[end] = 0;
  for (let uop = end - 1; uop >= first; uop--) {
    let best = 1 + cost[uop + 1];
    let run = 0;
    let node = START[words[base + uop * 4] & 0xffff];
    for (let at = uop + 1; node !== 0 && at < end; at++) {
      node = TO[stepSlot(node, words[base + at * 4] & 0xffff)];
      const candidate = 1 + cost[at + 1];
      if (RUN_AT[node] !== 0 && candidate < best) {
        best = candidate;
        run = RUN_AT[node];
      }
    }
    cost[uop] = best;
    choice[uop] = run;
  }
  // Every µop that a run can start at is marked, also within another run: execution may enter there
  // after an exit.
  for (let uop = first; uop < end; uop++) {
    if (choice[uop] !== 0) words[base + uop * 4] = (words[base + uop * 4] & ~0xffff) | choice[uop];
  }
}
