/**
 * What becomes of the flags behind a join. Every head may leave (its deadline), so a look into the
 * join's own block tells whether anybody may want them: its head is checked on the ways to it.
 */
import type { Block } from '../../ir/block.ts';
import type { IrCode } from '../../ir/ir-cache.ts';
import { UOP_BYTES } from '../../ir/layout.ts';
import { OPS, type OpRow } from '../../ir/ops.ts';
import type { Node } from './region.ts';

/**
 * `none`: they are written before anything reads them or leaves. `on leaving`: where it leaves
 * before it writes them, as a rule nowhere else. `now`: they are read, most likely.
 */
export type FlagNeed = 'none' | 'on leaving' | 'now';

/**
 * Answers for the nodes of a region. `changed`: it writes flags; else they stay as they came.
 *
 * A node asked within a cycle may say `on leaving` where a way around the cycle comes to a reader.
 * That way leads through a node still open there: a join with an answer of its own, which flags by
 * rule are made for when they are passed on. So it costs a little code, and is never wrong.
 */
export function flagNeeds(ir: IrCode, changed: boolean): (node: Node) => FlagNeed {
  if (!changed) return () => 'now';
  const known = new Map<Node, FlagNeed>();
  const need = (node: Node): FlagNeed => {
    const before = known.get(node);
    if (before !== undefined) return before;
    known.set(node, 'on leaving');
    let found = inBlock(ir, node.block!);
    if (found === null) {
      found = 'on leaving';
      for (const target of node.inside.values()) if (need(target) === 'now') found = 'now';
    }
    known.set(node, found);
    return found;
  };
  return need;
}

/** Null if the block, which may leave, neither reads nor writes them. */
function inBlock(ir: IrCode, block: Block): FlagNeed | null {
  let leaves = false, partly = false;
  for (let uop = 1; uop < block.uops; uop++) {
    const ip = block.address + uop * UOP_BYTES;
    const row = OPS[ir.opAt(ip)];
    if (row.exits) {
      leaves = true;
      if (partly) return 'now';
    }
    if (row.reads === 'all') return 'now';
    // RES is passed on unless nobody wants any flag.
    if (row.reads === 'result') leaves = true;
    if (replaces(row, ir.words[(ip >>> 2) + 3])) return leaves ? 'on leaving' : 'none';
    if (row.flags === 'partial' && !row.replacesFlags) partly = true;
  }
  return partly ? 'now' : null;
}

/** It leaves no flag as it was; `w3` = its last operand. */
function replaces(row: OpRow, w3: number): boolean {
  return row.replacesFlags && (row.countBits === 0 || (w3 & row.countBits) !== 0);
}
