/**
 * Regions: what becomes one compiled function. A region is entered at one block and holds the hot blocks that are reached from it by links, so that loops and
 * if-then-else run without leaving the function. Its control flow graph is made reducible (an edge that would enter a loop at another place than its
 * head is left out: it leaves the function), so that it can be written with WebAssembly's structured blocks from the dominator tree
 * (N. Ramsey, "Beyond Relooper", ICFP 2022).
 */
import type { Block } from '../../ir/block.ts';
import { UOP_BYTES } from '../../ir/layout.ts';
import { OP, OPS } from '../../ir/ops.ts';
import { opOf } from '../../ir/runs.ts';

/** Bounds of one function: the host's optimizing compiler takes more than linear time. */
export const REGION_LIMITS = { blocks: 24, insns: 100 } as const;

/** One block in a region. */
export interface Node {
  readonly block: Block;
  /** Links of its branches, one each. */
  readonly links: readonly number[];
  /** Those that stay inside, by IR address of the target's head. */
  readonly inside: Map<number, Node>;
  /** Place in reverse postorder; 0 is the entry. */
  order: number;
  /** Immediate dominator (the entry's is itself). */
  dominator: Node;
  /** More than one branch from further up leads here. */
  merge: boolean;
  /** A branch from below leads here. */
  loop: boolean;
  /** Merge nodes that this node dominates immediately, last in order first. */
  merges: Node[];
}

/** What the former asks about blocks. */
export interface BlockSource {
  /** The live block that the goto/jcc at IR address `ip` of `from` leads to without leaving the page; its link word names it then. Null if there is none yet. */
  target(from: Block, ip: number): Block | null;
  /** The live block whose head is at IR address `address`, or null. */
  headAt(address: number): Block | null;
  /** Is it worth compiling? */
  warm(block: Block): boolean;
}

/** IR addresses that the branches of `block` lead to, in their order, as far as known; calls are left out, as the callee is not part of a loop. */
export function linksOf(words: Int32Array, block: Block, source: BlockSource): number[] {
  const links: number[] = [];
  const first = block.insnStart[block.insns - 1]!;
  let call = false;
  for (let uop = first; uop < block.uops; uop++) {
    const ip = block.address + uop * UOP_BYTES;
    const op = opOf(words[ip >>> 2]! & 0xffff);
    if (op === OP.pushi32) call = true;
    if (OPS[op]!.sig[1] !== 'l' || call) continue;
    const target = source.target(block, ip);
    if (target !== null) links.push(target.address);
  }
  return links;
}

/** Collects the region of `entry`. The result is in reverse postorder. */
export function formRegion(words: Int32Array, entry: Block, source: BlockSource): Node[] {
  const nodes = collect(words, entry, source);
  for (;;) {
    const order = arrange(nodes);
    if (!dropIrreducible(order)) {
      describe(order);
      return order;
    }
  }
}

/** Breadth first from the entry, so that a limit cuts off what is far. */
function collect(words: Int32Array, entry: Block, source: BlockSource): Map<Block, Node> {
  const nodes = new Map<Block, Node>();
  const add = (block: Block): Node => {
    const node: Node = { block, links: linksOf(words, block, source), inside: new Map(), order: -1, dominator: undefined as never, merge: false, loop: false, merges: [] };
    node.dominator = node;
    nodes.set(block, node);
    return node;
  };
  add(entry);
  let insns = entry.insns;
  for (const node of nodes.values()) {
    for (const link of node.links) {
      const block = source.headAt(link);
      if (block === null) continue;
      let target = nodes.get(block);
      if (target === undefined) {
        if (nodes.size >= REGION_LIMITS.blocks || insns + block.insns > REGION_LIMITS.insns || !source.warm(block)) continue;
        insns += block.insns;
        target = add(block);
      }
      node.inside.set(link, target);
    }
  }
  return nodes;
}

/** Reverse postorder of what the entry reaches. */
function arrange(nodes: Map<Block, Node>): Node[] {
  const [entry] = nodes.values();
  const seen = new Set<Node>();
  const postorder: Node[] = [];
  const visit = (node: Node): void => {
    seen.add(node);
    for (const target of node.inside.values()) if (!seen.has(target)) visit(target);
    postorder.push(node);
  };
  visit(entry!);
  postorder.reverse();
  postorder.forEach((node, index) => {
    node.order = index;
  });
  dominators(postorder);
  return postorder;
}

/** Immediate dominators by iteration to a fixed point (Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm", 2001). */
function dominators(order: Node[]): void {
  const before: Node[][] = order.map(() => []);
  for (const node of order) for (const target of node.inside.values()) before[target.order]!.push(node);
  const known: (Node | undefined)[] = order.map(() => undefined);
  known[0] = order[0];
  for (let changed = true; changed; ) {
    changed = false;
    for (const node of order) {
      if (node.order === 0) continue;
      let best: Node | undefined;
      for (const p of before[node.order]!) {
        if (known[p.order] === undefined) continue;
        best = best === undefined ? p : meet(best, p, known);
      }
      if (best !== known[node.order]) {
        known[node.order] = best;
        changed = true;
      }
    }
  }
  for (const node of order) node.dominator = known[node.order]!;
}

function meet(a: Node, b: Node, known: readonly (Node | undefined)[]): Node {
  let x = a, y = b;
  while (x !== y) {
    while (x.order > y.order) x = known[x.order]!;
    while (y.order > x.order) y = known[y.order]!;
  }
  return x;
}

/** Removes branches back to a node that does not dominate them. Returns whether there were any. */
function dropIrreducible(order: Node[]): boolean {
  let any = false;
  for (const node of order) {
    for (const [link, target] of node.inside) {
      if (target.order > node.order || dominates(target, node)) continue;
      node.inside.delete(link);
      any = true;
    }
  }
  return any;
}

function dominates(above: Node, node: Node): boolean {
  let at = node;
  while (at.order > above.order) at = at.dominator;
  return at === above;
}

/** Fills `merge`, `loop` and `merges`. */
function describe(order: Node[]): void {
  const forward = new Int32Array(order.length);
  for (const node of order) {
    node.merges = [];
    for (const link of node.links) {
      const target = node.inside.get(link);
      if (target === undefined) continue;
      if (target.order <= node.order) target.loop = true;
      else forward[target.order]!++;
    }
  }
  for (const node of order) node.merge = forward[node.order]! > 1;
  for (let i = order.length - 1; i > 0; i--) if (order[i]!.merge) order[i]!.dominator.merges.push(order[i]!);
}
