/**
 * Which blocks become one function. The hot blocks and the warm ones that they reach by links are
 * first divided into groups with one entry each: a group whose only way in is from one other group
 * joins it (the T1 and T2 transformations of M. Hecht and J. Ullman, "Flow Graph Reducibility",
 * 1972), so loops stay whole, inner ones first. Code that has proved busy is compiled `wide`:
 * groups that lead to each other are then joined, however many ways in there are, as far as the
 * size allows. No block is in two groups.
 */
import type { Block } from '../../ir/block.ts';
import type { IrCode } from '../../ir/ir-cache.ts';
import { linksOf, type BlockSource } from './region.ts';

/**
 * Most instructions in one function: the host's optimizing compiler takes more than linear time.
 */
export const GROUP_INSNS = { narrow: 150, wide: 800 } as const;

export interface Group {
  readonly blocks: readonly Block[];
  /** Those that it is entered at from outside. At least one. */
  readonly entries: readonly Block[];
}

interface Draft {
  readonly blocks: Block[];
  insns: number;
  /** Something else than these groups may lead to its first block. */
  open: boolean;
  readonly before: Set<Draft>;
  readonly after: Set<Draft>;
}

/**
 * Divides `hot` and what is warm behind them, stopping at blocks that are compiled entries already.
 * Neighbours in a page stand together.
 */
export function partition(ir: IrCode, hot: readonly Block[], source: BlockSource, wide: boolean): Group[] {
  const single = collect(ir, hot, source);
  const ways: (readonly [Block, Block])[] = [];
  for (const draft of single.values())
    for (const target of draft.after) ways.push([draft.blocks[0], target.blocks[0]]);
  const open = new Set<Block>();
  for (const draft of single.values()) if (draft.open || draft.before.size === 0) open.add(draft.blocks[0]);
  const drafts = new Set(single.values());
  reduce(drafts, wide ? GROUP_INSNS.wide : GROUP_INSNS.narrow);
  if (wide) merge(drafts);
  return [...drafts]
    .map((draft) => group(draft, ways, open))
    .sort((a, b) => a.blocks[0].page - b.blocks[0].page || (a.entries[0].pc >>> 0) - (b.entries[0].pc >>> 0));
}

/** One draft a block, with the ways between them. */
function collect(ir: IrCode, hot: readonly Block[], source: BlockSource): Map<Block, Draft> {
  const of = new Map<Block, Draft>();
  const draft = (block: Block): Draft => {
    let d = of.get(block);
    if (d === undefined) {
      d = { blocks: [block], insns: block.insns, open: source.open(block), before: new Set(), after: new Set() };
      of.set(block, d);
    }
    return d;
  };
  for (const block of hot) if (!block.retired) draft(block);
  for (const [from, d] of of) {
    for (const link of linksOf(ir, from, source)) {
      const block = source.headAt(link);
      if (block === null || source.entered(block) || !(of.has(block) || source.warm(block))) continue;
      const target = draft(block);
      if (target === d) continue;
      d.after.add(target);
      target.before.add(d);
    }
  }
  // A function that is called comes back to the instruction behind the call.
  for (const block of of.keys()) {
    const back = block.returnPc === null ? null : source.find(block, block.returnPc);
    const d = back === null ? undefined : of.get(back);
    if (d !== undefined) d.open = true;
  }
  return of;
}

/** Joins each draft with the only one that leads to it. */
function reduce(drafts: Set<Draft>, most: number): void {
  for (let changed = true; changed; ) {
    changed = false;
    for (const draft of drafts) {
      if (draft.open || draft.before.size !== 1) continue;
      const [only] = draft.before;
      if (only === undefined || only === draft || only.insns + draft.insns > most) continue;
      join(only, draft);
      drafts.delete(draft);
      changed = true;
    }
  }
}

/** Joins drafts that lead to each other. */
function merge(drafts: Set<Draft>): void {
  for (let changed = true; changed; ) {
    changed = false;
    for (const draft of drafts) {
      for (const target of draft.after) {
        if (target === draft || draft.insns + target.insns > GROUP_INSNS.wide) continue;
        for (const other of target.before) {
          other.after.delete(target);
          if (other === draft) continue;
          other.after.add(draft);
          draft.before.add(other);
        }
        join(draft, target);
        drafts.delete(target);
        changed = true;
        break;
      }
    }
  }
}

/** `into` takes over what `draft` holds and leads to. */
function join(into: Draft, draft: Draft): void {
  into.blocks.push(...draft.blocks);
  into.insns += draft.insns;
  into.after.delete(draft);
  into.before.delete(draft);
  for (const target of draft.after) {
    target.before.delete(draft);
    if (target === into) continue;
    into.after.add(target);
    target.before.add(into);
  }
}

function group(draft: Draft, ways: readonly (readonly [Block, Block])[], open: ReadonlySet<Block>): Group {
  const { blocks } = draft;
  const inside = new Set(blocks);
  const entered = new Set(blocks.filter((block) => open.has(block)));
  for (const [from, to] of ways) if (inside.has(to) && !inside.has(from)) entered.add(to);
  // A loop that nothing is known to lead to.
  if (entered.size === 0) entered.add(blocks[0]);
  return { blocks, entries: blocks.filter((block) => entered.has(block)) };
}
