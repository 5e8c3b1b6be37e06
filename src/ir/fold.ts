/** Marks runs (`runs.ts`) in a block's µops so that the interpreter dispatches as seldom as possible. */
import { OPS } from './ops.ts';
import { FIRST_RUN, MAX_RUN, RUNS } from './runs.ts';
import { MAX_BLOCK_UOPS } from './builder.ts';

/** A trie over op numbers: `NEXT[node * OPS.length + op]` = child node or 0; `RUN_AT[node]` = number of the run that ends there or 0. Node 0 is the root. */
const NEXT: Uint16Array = new Uint16Array((RUNS.length * MAX_RUN + 1) * OPS.length);
const RUN_AT: Uint16Array = new Uint16Array(RUNS.length * MAX_RUN + 1);
let nodes = 1;
RUNS.forEach((run, index) => {
  let node = 0;
  for (const op of run) {
    const at = node * OPS.length + op;
    if (NEXT[at] === 0) NEXT[at] = nodes++;
    node = NEXT[at]!;
  }
  RUN_AT[node] = FIRST_RUN + index;
});

/** Dispatches needed from µop i to the end, and what to write at i. */
const cost = new Int32Array(MAX_BLOCK_UOPS + 1);
const choice = new Uint16Array(MAX_BLOCK_UOPS);

/** Rewrites w0 of the µops `first`…`end`-1 (four words each, from word `base`): the fewest dispatches, found from the end backwards. */
export function fold(words: Int32Array, base: number, first: number, end: number): void {
  cost[end] = 0;
  for (let uop = end - 1; uop >= first; uop--) {
    let best = 1 + cost[uop + 1]!;
    let run = 0;
    let node = 0;
    for (let at = uop; at < end; at++) {
      node = NEXT[node * OPS.length + (words[base + at * 4]! & 0xffff)]!;
      if (node === 0) break;
      const candidate = 1 + cost[at + 1]!;
      if (RUN_AT[node] !== 0 && candidate < best) {
        best = candidate;
        run = RUN_AT[node]!;
      }
    }
    cost[uop] = best;
    choice[uop] = run;
  }
  // Every µop that a run can start at is marked, also within another run: execution may enter there after an exit.
  for (let uop = first; uop < end; uop++) {
    if (choice[uop] !== 0) words[base + uop * 4] = (words[base + uop * 4]! & ~0xffff) | choice[uop]!;
  }
}
