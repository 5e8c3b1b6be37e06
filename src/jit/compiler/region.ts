/**
 * Regions: the blocks of one compiled function in an order in which they can be written with
 * WebAssembly's structured blocks, from the dominator tree (N. Ramsey, "Beyond Relooper", ICFP
 * 2022). Where the control flow is not reducible, or the function has several entries, the blocks
 * in question become targets of a dispatch at the function's start: a loop around a br_table.
 */
import type { Block } from '../../ir/block.ts';
import { UOP_BYTES } from '../../ir/layout.ts';
import type { IrCode } from '../../ir/ir-cache.ts';
import { OPS } from '../../ir/ops.ts';

/** One block in a region; the root stands for the function's start and has none. */
export interface Node {
  readonly block: Block | null;
  /** Links of its branches, one each. */
  readonly links: readonly number[];
  /** Those that stay inside, by IR address of the target's head. */
  readonly inside: Map<number, Node>;
  /** Place in reverse postorder; 0 is the root. */
  order: number;
  /** Immediate dominator (the root's is itself). */
  dominator: Node;
  /** Number in the dispatch, or -1. */
  target: number;
  /** More than one branch from further up leads here, or the dispatch does. */
  merge: boolean;
  /** A branch from below that it dominates leads here. */
  loop: boolean;
  /** Merge nodes that this node dominates immediately, last in order first. */
  merges: Node[];
}

export interface Region {
  readonly root: Node;
  /** What the dispatch leads to, the entries first. */
  readonly targets: readonly Node[];
  /** How many of the targets are entries, in the order of the group. */
  readonly entries: number;
  /** All but the root, in reverse postorder. */
  readonly nodes: readonly Node[];
}

/** What the compiler asks about blocks. */
export interface BlockSource {
  /**
   * The live block that the goto/jcc at IR address `ip` of `from` leads to without leaving the
   * page; its link word names it then. Null if there is none yet.
   */
  target(from: Block, ip: number): Block | null;
  /** The live block at guest pc `pc` in the page and mode of `from`, or null. */
  find(from: Block, pc: number): Block | null;
  /** The live block whose head is at IR address `address`, or null. */
  headAt(address: number): Block | null;
  /** Is it worth compiling? */
  warm(block: Block): boolean;
  /** Is it entered as a compiled function already? */
  entered(block: Block): boolean;
  /** Is it known to be entered otherwise than by links? */
  open(block: Block): boolean;
}

/**
 * IR addresses that the branches of `block` lead to, in their order, as far as known; calls are
 * left out, as the callee is not part of a loop.
 */
export function linksOf(ir: IrCode, block: Block, source: BlockSource): number[] {
  const links: number[] = [];
  if (block.returnPc !== null) return links;
  for (let uop = block.uopOf(block.insns - 1); uop < block.uops; uop++) {
    const ip = block.address + uop * UOP_BYTES;
    if (OPS[ir.opAt(ip)].sig[1] !== 'l') continue;
    const target = source.target(block, ip);
    if (target !== null) links.push(target.address);
  }
  return links;
}

function newNode(block: Block | null, links: readonly number[]): Node {
  return {
    block, links,
    inside: new Map(),
    order: -1,
    dominator: undefined as never,
    target: -1, merge: false, loop: false,
    merges: [],
  };
}

/** The region of the blocks of a group, all of which its entries reach. */
export function formRegion(
  ir: IrCode,
  blocks: readonly Block[],
  entries: readonly Block[],
  source: BlockSource,
): Region {
  const byHead = new Map<number, Node>(
    blocks.map((block) => [block.address, newNode(block, linksOf(ir, block, source))]),
  );
  for (const node of byHead.values()) {
    for (const link of node.links) {
      const target = byHead.get(link);
      if (target !== undefined) node.inside.set(link, target);
    }
  }
  const root = newNode(null, []);
  const targets = entries.map((block) => byHead.get(block.address)!);
  for (;;) {
    const order = arrange(root, targets);
    dominators(order, targets);
    const more = order.filter((node) => !targets.includes(node) && enteredBehind(order, node));
    if (more.length === 0) {
      targets.forEach((node, n) => {
        node.target = n;
      });
      describe(order, targets);
      return { root, targets, entries: entries.length, nodes: order.slice(1) };
    }
    targets.push(...more);
  }
}

/** Where a node may go on inside its function. */
function successors(node: Node, targets: readonly Node[]): Iterable<Node> {
  return node.block === null ? targets : node.inside.values();
}

/** Reverse postorder from the root. */
function arrange(root: Node, targets: readonly Node[]): Node[] {
  const seen = new Set<Node>();
  const postorder: Node[] = [];
  const visit = (node: Node): void => {
    seen.add(node);
    for (const target of successors(node, targets)) if (!seen.has(target)) visit(target);
    postorder.push(node);
  };
  visit(root);
  postorder.reverse();
  postorder.forEach((node, index) => {
    node.order = index;
  });
  return postorder;
}

/**
 * Immediate dominators by iteration to a fixed point (Cooper, Harvey, Kennedy, "A Simple, Fast
 * Dominance Algorithm", 2001).
 */
function dominators(order: readonly Node[], targets: readonly Node[]): void {
  const before: Node[][] = order.map(() => []);
  for (const node of order) for (const target of successors(node, targets)) before[target.order].push(node);
  const known: (Node | undefined)[] = order.map(() => undefined);
  known[0] = order[0];
  for (let changed = true; changed; ) {
    changed = false;
    for (const node of order) {
      if (node.order === 0) continue;
      let best: Node | undefined;
      for (const p of before[node.order]) {
        if (known[p.order] === undefined) continue;
        best = best === undefined ? p : meet(best, p, known);
      }
      if (best !== known[node.order]) {
        known[node.order] = best;
        changed = true;
      }
    }
  }
  for (const node of order) node.dominator = known[node.order] as Node;
}

function meet(a: Node, b: Node, known: readonly (Node | undefined)[]): Node {
  let x = a, y = b;
  while (x !== y) {
    while (x.order > y.order) x = known[x.order] as Node;
    while (y.order > x.order) y = known[y.order] as Node;
  }
  return x;
}

/** Does a branch lead back to `node` that it does not dominate? */
function enteredBehind(order: readonly Node[], node: Node): boolean {
  for (let i = node.order; i < order.length; i++) {
    for (const target of order[i].inside.values()) if (target === node && !dominates(node, order[i])) return true;
  }
  return false;
}

export function dominates(above: Node, node: Node): boolean {
  let at = node;
  while (at.order > above.order) at = at.dominator;
  return at === above;
}

/** Fills `merge`, `loop` and `merges`. */
function describe(order: readonly Node[], targets: readonly Node[]): void {
  const forward = new Int32Array(order.length);
  for (const node of order) {
    for (const link of node.links) {
      const target = node.inside.get(link);
      if (target === undefined) continue;
      if (target.order > node.order) forward[target.order]++;
      else if (dominates(target, node)) target.loop = true;
    }
  }
  for (const target of targets) forward[target.order] += targets.length === 1 ? 1 : 2;
  for (const node of order) node.merge = forward[node.order] > 1;
  for (let i = order.length - 1; i > 0; i--) if (order[i].merge) order[i].dominator.merges.push(order[i]);
}
