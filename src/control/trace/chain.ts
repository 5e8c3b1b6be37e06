import { KIND } from '../../sim/trace/kinds.ts';
import type { TraceRecord } from '../../sim/trace/records.ts';
import { recordOf } from '../../sim/trace/records.ts';
import type { RecordBlock } from './reader.ts';

/** Records of a chain that are kept at most: more is no chain to look at. */
const MOST = 200_000;
/** Levels of indentation at most: what is deeper stands there, too. */
const DEEPEST = 40;

/**
 * The causal chain of one record: everything that it led to, and everything that led there. It
 * goes down by parents and by the order of a DMA port's requests; what led to such a request since
 * the record began belongs to the chain with all that it led to. Then up by parents. It does not go
 * on from what a handler's own accesses started: that is the next piece of work.
 */
export class ChainFinder {
  /** The record asked for; 0: the first DMA request. */
  private wanted: number;
  /** By id - 1: distance to the parent, 0 for none; and the kind. */
  private parents = new Int32Array(1 << 16);
  private kinds = new Uint8Array(1 << 16);
  private last = 0;
  private readonly below = new Set<number>();

  constructor(wanted: number) {
    this.wanted = wanted;
  }

  /** Records found so far: scan the run again until there are no more. */
  get size(): number {
    return this.below.size;
  }

  /** All records of the run, in their order. */
  scan(block: RecordBlock): void {
    const { rows, ids, count, shapes } = block;
    for (let row = 0; row < count; row++) {
      const id = ids[row], parent = rows.parent[row], { kind } = shapes[rows.shape[row]];
      this.note(id, parent, kind);
      if (this.wanted === 0 && kind === KIND.REQUEST) this.wanted = id;
      if (this.wanted === 0 || id < this.wanted || this.below.size >= MOST) continue;
      const after = kind === KIND.REQUEST ? rows.extra[row] : 0;
      if (id === this.wanted || (this.below.has(parent) && !this.ends(parent))) this.below.add(id);
      else if (this.below.has(after))
        for (let at = id; at > this.wanted && !this.below.has(at); at = this.parentOf(at)) this.below.add(at);
    }
  }

  /** An access that a handler made begins a piece of work of its own. */
  private ends(id: number): boolean {
    if (id === this.wanted) return false;
    const parent = this.parents[id - 1] === 0 ? 0 : id - this.parents[id - 1];
    return parent !== 0 && beginsWork(this.kinds[id - 1], this.kinds[parent - 1]);
  }

  /** The record that was found, 0 if there is none. */
  get found(): number {
    return this.below.has(this.wanted) ? this.wanted : 0;
  }

  /** Ids of the chain, for the second pass. */
  members(): Set<number> {
    const all = new Set(this.below);
    for (const id of this.below)
      for (let at = this.parentOf(id); at !== 0 && !all.has(at); at = this.parentOf(at)) all.add(at);
    return all;
  }

  /**
   * Second pass: counts, by record of the chain, what it led to directly and the chain leaves out.
   */
  countLeftOut({ rows, ids, count }: RecordBlock, into: Map<number, number>): void {
    for (let row = 0; row < count; row++) {
      const parent = rows.parent[row];
      if (this.below.has(parent) && !this.below.has(ids[row])) into.set(parent, (into.get(parent) ?? 0) + 1);
    }
  }

  private parentOf(id: number): number {
    const distance = id <= this.last ? this.parents[id - 1] : 0;
    return distance === 0 ? 0 : id - distance;
  }

  private note(id: number, parent: number, kind: number): void {
    if (id > this.parents.length) {
      const parents = new Int32Array(2 * id), kinds = new Uint8Array(2 * id);
      parents.set(this.parents);
      kinds.set(this.kinds);
      this.parents = parents;
      this.kinds = kinds;
    }
    this.parents[id - 1] = parent === 0 ? 0 : id - parent;
    this.kinds[id - 1] = kind;
    if (id > this.last) this.last = id;
  }
}

/** An access that a handler makes begins a piece of work of its own. Kinds by number. */
export function beginsWork(kind: number, parent: number): boolean {
  return kind === KIND.TRANSACTION && parent === KIND.HANDLER;
}

/** Second pass: the records of a block that are among `members`. */
export function collect(block: RecordBlock, members: ReadonlySet<number>, into: TraceRecord[]): void {
  const { rows, ids, count, shapes, names } = block;
  for (let row = 0; row < count; row++)
    if (members.has(ids[row])) into.push(recordOf(ids[row], rows, row, shapes, names));
}

/** A record of the chain with what it led to. */
interface Node {
  record: TraceRecord;
  children: Node[];
  /** Longest way down. */
  depth: number;
  /** Direct effects that the chain leaves out. */
  left: number;
  /** Equal for records that look alike by themselves. */
  own: string;
  /** Equal for records that look alike and led to what looks alike. */
  look: number;
}

/**
 * The chain as lines of an indented tree. The longest way down goes on at the indentation of a
 * record that led to other things, too, which stand between, further in; repetitions of the same
 * steps are counted, not shown. `line` gives the text of a record;
 * `leftOut` how many direct effects of a record are not among `records`, which its line then says.
 */
export function chainLines(
  records: readonly TraceRecord[], line: (r: TraceRecord) => string, leftOut: ReadonlyMap<number, number> = new Map(),
): string[] {
  const out: string[] = [];
  for (const root of treeOf(records, leftOut)) spine(root, 0, out, line);
  return out;
}

/** The longest way down from each record that has no cause among `records`, one after the other. */
export function mainLine(records: readonly TraceRecord[]): TraceRecord[] {
  return treeOf(records, new Map()).flatMap((root) => wayDown(root).map((s) => s.node.record));
}

/** The same as lines, one a record; repetitions of the same steps are counted, not shown. */
export function mainLines(records: readonly TraceRecord[], line: (r: TraceRecord) => string): string[] {
  const out: string[] = [];
  for (const root of treeOf(records, new Map()))
    printSteps(wayDown(root), 0, out, (s) => {
      out.push(line(s.node.record));
      return 0;
    });
  return out;
}

/** The records that have no cause among `records`, with what they led to. */
function treeOf(records: readonly TraceRecord[], leftOut: ReadonlyMap<number, number>): Node[] {
  const nodes = new Map<number, Node>(), numbers = new Map<string, number>();
  const roots: Node[] = [];
  for (const record of records) {
    const left = leftOut.get(record.id) ?? 0;
    const node: Node = { record, children: [], depth: 1, left, own: `${looks(record)} ${left}`, look: 0 };
    nodes.set(record.id, node);
    const parent = nodes.get(record.parent);
    (parent === undefined ? roots : parent.children).push(node);
  }
  for (const record of [...records].reverse()) {
    const node = nodes.get(record.id) as Node;
    for (const c of node.children) node.depth = Math.max(node.depth, 1 + c.depth);
    // From the leaves up, in a loop: a chain may be deeper than the host's stack.
    const text = `${node.own}(${node.children.map((c) => c.look).join(',')})`;
    let look = numbers.get(text);
    if (look === undefined) numbers.set(text, (look = numbers.size));
    node.look = look;
  }
  return roots;
}

/** A node, what hangs on it, and the way on from it. */
interface Step {
  node: Node;
  /** Children but for the one that the way goes on with. */
  side: Node[];
  /** Equal for steps that are alike. */
  look: string;
}

/** Prints from `node` along the longest way down. */
function spine(node: Node, indent: number, out: string[], line: (r: TraceRecord) => string): void {
  printSteps(wayDown(node), indent, out, (s, level) => step(s, level, out, line));
}

/** The longest way down from `node`. */
function wayDown(node: Node): Step[] {
  const steps: Step[] = [];
  for (let at: Node | undefined = node; at !== undefined;) {
    let next: Node | undefined;
    for (const c of at.children) if (next === undefined || c.depth > next.depth) next = c;
    const on: Node | undefined = next !== undefined && (next.depth > 1 || at.children.length === 1) ? next : undefined;
    const side = at.children.filter((c) => c !== on);
    steps.push({ node: at, side, look: [at.own, ...side.map((c) => c.look)].join(';') });
    at = on;
  }
  return steps;
}

/** Prints steps; `print` prints one and returns the indentation of the next one. */
function printSteps(
  steps: readonly Step[], indent: number, out: string[], print: (s: Step, level: number) => number,
): void {
  let level = indent;
  for (let n = 0; n < steps.length;) {
    const { period, times } = repetition(steps, n);
    const shown = times > 3 ? 1 : times;
    for (let k = 0; k < shown * period; k++) level = print(steps[n + k], level);
    if (times > 3) {
      const more = times - 2, from = steps[n + period].node.record.id;
      const to = steps[n + (times - 1) * period - 1].node.record.id;
      out.push(`${indented(level)}… ${more} more like this (#${from} to #${to})`);
      for (let k = 0; k < period; k++) level = print(steps[n + (times - 1) * period + k], level);
    }
    n += times * period;
  }
}

/** Prints one step; returns the indentation of the next one. */
function step(s: Step, level: number, out: string[], line: (r: TraceRecord) => string): number {
  const { record, left } = s.node;
  const more = left === 0 ? '' : ` … ${left} more (--chain ${record.id} shows them)`;
  out.push(`${indented(level)}${line(record)}${more}`);
  for (const child of s.side) spine(child, level + 1, out, line);
  return s.side.length > 0 ? level : level + 1;
}

function indented(level: number): string {
  return '  '.repeat(Math.min(level, DEEPEST));
}

/** How often the steps from `n` on repeat, and how many make one repetition. */
function repetition(steps: readonly Step[], n: number): { period: number; times: number } {
  let best = { period: 1, times: 1 };
  for (let period = 1; period <= 6; period++) {
    let end = n + period;
    while (end < steps.length && steps[end].look === steps[end - period].look) end++;
    const times = Math.floor((end - n) / period);
    if (times > 3 && times * period > best.times * best.period) best = { period, times };
  }
  return best;
}

/** What two records must have in common to look alike. */
function looks(r: TraceRecord): string {
  switch (r.kind) {
    case 'transaction': return `t ${r.initiator} ${r.target} ${r.write} ${r.status}`;
    case 'request': return `r ${r.port} ${r.write}`;
    case 'completion': return `c ${r.port} ${r.status}`;
    case 'edge': return `e ${r.line} ${r.level}`;
    case 'event': case 'mark': return `${r.kind} ${r.name}`;
    case 'acknowledge': case 'handler': return `${r.kind} ${r.vector}`;
    case 'note': return `n ${r.source} ${r.what}`;
    case 'return': return 'return';
  }
}
