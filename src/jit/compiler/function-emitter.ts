/**
 * One region as one WebAssembly function. Blocks follow the dominator tree: a block that one branch
 * leads to stands where that branch is; one that several lead to stands behind a WebAssembly block
 * that they leave; a loop's head opens a WebAssembly loop. Around it all:
 *
 *     block $next                 ;; stores what changed, returns `result`
 *       block $out                ;; EXIT is set: EXIT_IP = local exitIp, result 0
 *         block $left             ;; EXIT was set by an import: behind the µop unless it faulted
 *           loop $dispatch        ;; if there are several targets: br_table by parameter 1
 *             … the region …
 */
import type { Block } from '../../ir/block.ts';
import { EXIT, STATE, UOP_BYTES } from '../../ir/layout.ts';
import { OP, OPS } from '../../ir/ops.ts';
import type { InstructionSet } from '../../ir/instruction-set.ts';
import type { IrCode } from '../../ir/ir-cache.ts';
import { RESULT } from '../dispatcher.ts';
import { Code } from '../wasm-code.ts';
import { cellUse } from './cell-use.ts';
import { type Branching, LocalOperands, type MemoryAccess } from './local-operands.ts';
import { BY_RULE, DEAD, type FlagState, SETTLED } from './pending-flags.ts';
import { type FlagNeed, flagNeeds } from './flag-needs.ts';
import { dominates, type Node, type Region } from './region.ts';

/** What a function must know of the rest of the machine. */
export interface FunctionContext extends Pick<Branching, 'functionAt'> {
  readonly isa: InstructionSet;
  readonly window: number;
  readonly ir: IrCode;
  /** How code of this mode reaches memory. */
  access(mode: number): MemoryAccess;
}

/**
 * The code of `region`: parameters are IC and the number of the entry. `counter`: byte address of
 * the cell that counts its entries down.
 */
export function emitFunction(region: Region, counter: number, context: FunctionContext): Code {
  return new FunctionEmitter(region, context).emit(counter);
}

/** Parameter 1: what the dispatch goes to. */
const TARGET = 1;

/** How flags are passed on to a join. */
const AT_JOIN: Readonly<Record<FlagNeed, FlagState>> = { none: DEAD, 'on leaving': BY_RULE, now: SETTLED };

class FunctionEmitter {
  private readonly f: Code;
  private readonly operands: LocalOperands;
  private readonly region: Region;
  private readonly context: FunctionContext;
  /** Labels of loops and merges that are open. */
  private readonly loops = new Map<Node, number>();
  private readonly joins = new Map<Node, number>();
  private dispatch = 0;
  private current: Node;
  private readonly needs: (node: Node) => FlagNeed;

  constructor(region: Region, context: FunctionContext) {
    this.f = new Code(2, context.window);
    this.region = region;
    this.context = context;
    this.current = region.root;
    const use = cellUse(context.ir, context.isa, region.nodes.map((n) => n.block!));
    this.needs = flagNeeds(context.ir, use.flagsChange);
    this.operands = new LocalOperands(
      this.f, context.ir, context.isa, use,
      {
        inside: (link) => this.inside(link),
        functionAt: (link) => context.functionAt(link),
      },
    );
  }

  emit(counter: number): Code {
    const { f, operands: o, region } = this;
    this.countEntry(counter);
    o.emitEntry();
    f.block((next) => {
      f.block((out) => {
        f.block((left) => {
          Object.assign(o.labels, { next, out, left });
          if (region.targets.length === 1) this.node(region.targets[0]);
          else {
            f.loop((label) => {
              this.dispatch = label;
              this.within(region.root, region.root.merges.length);
            });
          }
          f.unreachable();
        });
        f.get(o.exitIp).const(0).load(32, STATE.EXIT).const(EXIT.FAULT).ne().const(4).shl().add().set(o.exitIp);
      });
      f.const(0).get(o.exitIp).store(32, STATE.EXIT_IP);
      f.const(RESULT.LEFT).set(o.result);
    });
    o.emitEnd();
    return f.get(o.result);
  }

  /**
   * Leaves with EXIT HOT when the function has been entered often enough: it then deserves a better
   * neighbourhood.
   */
  private countEntry(counter: number): void {
    const { f, operands: o, region } = this;
    f.const(0).const(0).load(32, counter).const(1).sub().tee(o.result).store(32, counter);
    f.get(o.result).eqz().if(() => {
      f.const(0).get(o.ic).store(32, STATE.IC);
      f.const(0).const(EXIT.HOT).store(32, STATE.EXIT);
      f.const(0).const(region.targets[0].block!.address);
      for (let n = 1; n < region.entries; n++)
        f.const(region.targets[n].block!.address).get(TARGET).const(n).ne().select();
      f.store(32, STATE.EXIT_IP);
      f.const(RESULT.LEFT).return();
    });
  }

  /** A branch of the current block to the head at `link`. */
  private inside(link: number): boolean {
    const target = this.current.inside.get(link);
    if (target === undefined) return false;
    const { f, operands: o, current } = this;
    if (target.order > current.order && !target.merge) {
      this.node(target);
      this.current = current;
      return true;
    }
    if (target.order > current.order || dominates(target, current)) {
      this.goTo(target);
      f.br((target.order > current.order ? this.joins : this.loops).get(target)!);
    } else {
      o.flags.settle();
      f.const(target.target).set(TARGET).br(this.dispatch);
    }
    return true;
  }

  /** On an edge to a join: the flags as it wants them, and what its head would check. */
  private goTo(join: Node): void {
    const { operands: o } = this;
    o.flags.pass(this.flagsAt(join));
    o.emitCheck(join.block!.address);
  }

  /** What is known of the flags where the code of a join begins. */
  private flagsAt(join: Node): FlagState {
    return AT_JOIN[this.needs(join)];
  }

  /** The block of `node` and everything that it dominates. */
  private node(node: Node): void {
    const { f, operands: o } = this;
    if (!node.loop) {
      this.within(node, node.merges.length);
      return;
    }
    if (!node.merge) this.goTo(node);
    o.flags.state = this.flagsAt(node);
    f.loop((label) => {
      this.loops.set(node, label);
      this.within(node, node.merges.length);
    });
    f.unreachable();
  }

  /**
   * The block of `node` inside the WebAssembly blocks of its first `count` merges, each followed by
   * that merge's code.
   */
  private within(node: Node, count: number): void {
    if (count === 0) {
      this.block(node);
      return;
    }
    const { f, operands: o } = this;
    // `merges` has the last in order first: it is the outermost.
    const merge = node.merges[node.merges.length - count];
    f.block((label) => {
      this.joins.set(merge, label);
      this.within(node, count - 1);
      f.unreachable();
    });
    o.flags.state = this.flagsAt(merge);
    this.node(merge);
  }

  private block(node: Node): void {
    const { operands: o, context } = this;
    const { ir } = context;
    const { block } = node;
    this.current = node;
    if (block === null) {
      this.dispatchTo([]);
      return;
    }
    o.beginBlock(context.access(block.mode));
    o.emitHead(block.address, node.merge || node.loop);
    for (let insn = 0; insn < block.insns; insn++) {
      const first = block.uopOf(insn), end = block.uopOf(insn + 1);
      o.beginInsn(callsHelper(ir, block, first, end));
      for (let uop = first; uop < end; uop++) o.emit(block.address + uop * UOP_BYTES, uop + 1 === end);
    }
    if (!OPS[opAt(ir, block, block.uops - 1)].ends) o.fallOff();
  }

  /** The br_table and the way to each target, with made flags. `labels`: of those that are open. */
  private dispatchTo(labels: readonly number[]): void {
    const { f, operands: o } = this, { targets } = this.region;
    if (labels.length === targets.length) {
      f.get(TARGET).brTable(labels, labels[0]);
      return;
    }
    const target = targets[labels.length];
    f.block((label) => this.dispatchTo([...labels, label]));
    o.flags.state = SETTLED;
    this.goTo(target);
    f.br(this.joins.get(target)!);
  }
}

function opAt(ir: IrCode, block: Block, uop: number): number {
  return ir.opAt(block.address + uop * UOP_BYTES);
}

function callsHelper(ir: IrCode, block: Block, first: number, end: number): boolean {
  for (let uop = first; uop < end; uop++) if (opAt(ir, block, uop) === OP.helper) return true;
  return false;
}
