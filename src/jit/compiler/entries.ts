/**
 * Which of the hot blocks become functions. One that lies within another's region need not be an entry itself: if something else leads to it, the interpreter will
 * find it hot again. So blocks are tried in an order that puts likely entries first: those that no hot block leads to, then heads of loops, then
 * the rest; and neighbours in a page stand together, as they are likely to go on in each other.
 */
import type { Block } from '../../ir/block.ts';
import { formRegion, linksOf, type BlockSource, type Node } from './region.ts';

/** Regions that cover all of `hot`, in groups of neighbours. */
export function chooseEntries(words: Int32Array, hot: readonly Block[], source: BlockSource): Node[][] {
  const reached = new Set<Block>();
  const heads = new Set<Block>();
  for (const block of hot) {
    for (const link of linksOf(words, block, source)) {
      const target = source.headAt(link);
      if (target === null) continue;
      if (target.pc >>> 0 <= block.pc >>> 0) heads.add(target);
      else reached.add(target);
    }
  }
  const rank = (block: Block): number => (heads.has(block) ? 1 : reached.has(block) ? 2 : 0);
  const order = [...hot].sort((a, b) => a.page - b.page || rank(a) - rank(b) || (a.pc >>> 0) - (b.pc >>> 0));
  const covered = new Set<Block>();
  const regions: Node[][] = [];
  for (const block of order) {
    if (covered.has(block) || block.retired) continue;
    const region = formRegion(words, block, source);
    for (const node of region) covered.add(node.block);
    regions.push(region);
  }
  return regions;
}
