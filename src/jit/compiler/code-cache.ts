/**
 * Tier two: finds hot blocks, compiles them in groups, and gives compiled code up when the guest's
 * code changes. A block is hot when the interpreter has entered it `hotThreshold` times; its head
 * is then replaced by `compiled`, so that the interpreter, links and the jump cache all lead to the
 * machine code. A compiled function that is entered very often has been cut off from what it works
 * with: its page is compiled anew, together with other busy pages. Only counters decide, never wall
 * time, and compiling is synchronous: the same inputs compile the same code at the same points.
 */
import type { Block } from '../../ir/block.ts';
import type { EngineMemory } from '../../ir/engine-memory.ts';
import type { InstructionSet } from '../../ir/instruction-set.ts';
import type { IrCache } from '../../ir/ir-cache.ts';
import { ENGINE, UOP_BYTES } from '../../ir/layout.ts';
import { OP } from '../../ir/ops.ts';
import { CODE_PLACES, counterOf } from '../code-table.ts';
import type { Engine } from '../dispatcher.ts';
import { type JitOptions, withDefaults } from './jit-options.ts';
import type { MemoryAccess } from './local-operands.ts';
import { buildModule, HELPER_SLOTS } from './module-builder.ts';
import { type Group, partition } from './partition.ts';
import { type BlockSource, formRegion } from './region.ts';

/** What the cache asks of the processor around it. */
export interface BlockFinder {
  /** The live block at guest pc `pc` in the page and mode of `from`, or null. */
  find(from: Block, pc: number): Block | null;
  /** How code of mode number `mode` reaches memory. */
  access(mode: number): MemoryAccess;
}

interface CompiledFunction {
  readonly group: Group;
  /** Places of its entries in the table. The first is that of its counter, too. */
  readonly indices: readonly number[];
  readonly module: CompiledModule;
  /** How often its code has been compiled anew. */
  readonly generation: number;
  /** IR addresses of µops that missed the TLB often when it was compiled. */
  readonly arms: readonly number[];
}

/** What is compiled together and given up together: its functions call each other directly. */
interface CompiledModule {
  /** Those that heads lead to. Others may have been compiled anew elsewhere since. */
  readonly functions: Set<CompiledFunction>;
  /** All blocks whose code is in it. */
  readonly blocks: readonly Block[];
  readonly bytes: number;
}

/** What was compiled, for benchmarks and tests. */
export interface JitStatistics {
  /** Now: modules, functions, bytes of WebAssembly. */
  modules: number;
  functions: number;
  bytes: number;
  /**
   * Ever: modules and functions compiled, pages' code compiled anew, modules given up because code
   * was written, times that all was dropped because of its size.
   */
  modulesCompiled: number;
  functionsCompiled: number;
  regroups: number;
  modulesRetired: number;
  resets: number;
}

/**
 * Times that a block in the midst of a compiled function gets hot before it becomes an entry, too.
 */
const STRAYS = 8;
/** Modules that share a helper table. */
const SHARERS = 8;
/**
 * Times that a function's code is compiled anew. A page is as often as functions of it that never
 * were come to their threshold: each takes all of its kind along.
 */
const REGROUPS = 2;

export class CodeCache {
  readonly statistics: JitStatistics = {
    modules: 0, functions: 0, bytes: 0, modulesCompiled: 0, functionsCompiled: 0, regroups: 0,
    modulesRetired: 0, resets: 0,
  };
  private readonly words: Int32Array;
  private readonly memory: EngineMemory;
  private readonly isa: InstructionSet;
  private readonly engine: Engine;
  private readonly cache: IrCache;
  private readonly finder: BlockFinder;
  private readonly options: Required<JitOptions>;
  /** The helper table of the modules compiled last, and how many have it. */
  private helpers: WebAssembly.Table | null = null;
  private sharing = 0;
  /** Hot blocks that wait, in the order in which they got hot. */
  private readonly waiting = new Set<Block>();
  /** Blocks that have been hot or compiled with hot ones: worth compiling with others. */
  private readonly warm = new Set<Block>();
  /** Times that blocks in the midst of a function got hot. */
  private readonly strays = new Map<Block, number>();
  /** Functions by the block that they are entered at. */
  private readonly functions = new Map<Block, CompiledFunction>();
  private readonly modulesOf = new Map<Block, CompiledModule[]>();
  private readonly modules = new Set<CompiledModule>();
  private readonly source: BlockSource;

  constructor(
    memory: EngineMemory, isa: InstructionSet,
    engine: Engine, cache: IrCache, finder: BlockFinder,
    options: JitOptions = {},
  ) {
    const { words } = memory;
    this.words = words;
    this.memory = memory;
    this.isa = isa;
    this.engine = engine;
    this.cache = cache;
    this.finder = finder;
    this.options = withDefaults(options);
    words[ENGINE.HOT_AT >> 2] = this.options.hotThreshold;
    cache.misses.threshold = this.options.misses;
    cache.onRetire = (block) => this.retire(block);
    cache.onFlush = () => this.flush();
    this.source = {
      target: (from, ip) => this.target(from, ip),
      find: (from, pc) => finder.find(from, pc),
      headAt: (address) => this.cache.headAt(address),
      entered: (block) => this.functions.has(block),
      open: (block) => (this.strays.get(block) ?? 0) >= STRAYS,
      warm: (block) => this.warm.has(block) || this.count(block) * 8 >= this.options.hotThreshold,
    };
  }

  /** The block's counter has reached `hotThreshold`, or that of its function 0 (EXIT HOT). */
  hot(block: Block): void {
    const compiled = this.functions.get(block);
    if (compiled !== undefined) {
      // Anew for the second time costs what the host has optimized: for nothing but its misses.
      const { generation } = compiled;
      if (generation === 0 || (generation < REGROUPS && this.leavesOften(compiled))) this.regroup(compiled);
      else this.words[counterOf(compiled.indices[0]) >> 2] = this.laterPatience(generation);
      return;
    }
    this.words[(block.address >> 2) + 2] = 0;
    if (this.modulesOf.has(block) && this.strayed(block)) return;
    const again = this.waiting.has(block);
    this.waiting.add(block);
    this.warm.add(block);
    if (again || this.waiting.size >= this.options.group) this.compileWaiting();
  }

  /** Of a function compiled anew. A counter that starts at 0 is not heard of for 2³² entries. */
  private laterPatience(generation: number): number {
    return generation < REGROUPS ? this.options.secondRegroup : 0;
  }

  /** Does a µop without an arm of its own miss the TLB again and again now? */
  private leavesOften({ group, arms }: CompiledFunction): boolean {
    return this.sites(group.blocks).some((ip) => !arms.includes(ip));
  }

  /** IR addresses of µops of `blocks` that miss the TLB often. */
  private sites(blocks: readonly Block[]): number[] {
    const found: number[] = [], { misses } = this.cache;
    for (const { address, uops } of blocks)
      for (let ip = address; ip < address + uops * UOP_BYTES; ip += UOP_BYTES) if (misses.often(ip)) found.push(ip);
    return found;
  }

  /**
   * A block in the midst of a compiled function: deadlines leave there now and then, which is no
   * reason to compile it once more.
   */
  private strayed(block: Block): boolean {
    const times = (this.strays.get(block) ?? 0) + 1;
    this.strays.set(block, times);
    return times < STRAYS;
  }

  private compileWaiting(): void {
    if (this.statistics.bytes > this.options.bytes || this.functions.size > CODE_PLACES / 2) this.reset();
    const blocks = [...this.waiting];
    this.waiting.clear();
    this.compile(blocks, 0);
  }

  /**
   * Compiles the page of `busiest` anew, and the pages of other functions that are halfway there.
   * What has been compiled anew more often than `busiest` is left alone: the host has optimized it,
   * and would have to begin again. What has as often goes with it: functions of a module call each
   * other directly, and would go on calling what `busiest` was.
   */
  private regroup(busiest: CompiledFunction): void {
    const { words, options } = this;
    const left = (f: CompiledFunction): number => words[counterOf(f.indices[0]) >> 2];
    const all = [...new Set(this.functions.values())];
    const busy = all
      .filter((f) => f.generation === 0 && left(f) < options.regroupThreshold / 2)
      .sort((a, b) => left(a) - left(b));
    const pages = new Set([pageOf(busiest)]);
    for (const f of busy) pages.add(pageOf(f));
    let insns = 0;
    const blocks = new Set<Block>();
    for (const page of pages) {
      if (insns > options.regroupInsns) break;
      const add = (block: Block): void => {
        if (!blocks.has(block)) insns += block.insns;
        blocks.add(block);
      };
      for (const f of all) {
        if (pageOf(f) !== page || f.generation > busiest.generation) continue;
        f.group.blocks.forEach(add);
        this.supersede(f);
      }
      for (const block of this.waiting) {
        if (block.page !== page) continue;
        add(block);
        this.waiting.delete(block);
      }
    }
    this.statistics.regroups++;
    this.compile([...blocks], busiest.generation + 1);
  }

  /** Branches that the jump cache answered were never linked: now they are. */
  private target(from: Block, ip: number): Block | null {
    const { words, cache } = this;
    const linked = words[(ip >> 2) + 2];
    if (linked !== 0) {
      const block = cache.headAt(linked);
      if (block !== null) return block;
    }
    const block = this.finder.find(from, words[(ip >> 2) + 1]);
    return block !== null && cache.link(ip, block) ? block : null;
  }

  /** How often the interpreter has entered `block` since it was last hot. */
  private count(block: Block): number {
    return this.words[(block.address >> 2) + 2];
  }

  /**
   * Compiles `blocks` and what is warm behind them, in larger functions if it is not the first
   * time.
   */
  private compile(blocks: readonly Block[], generation: number): void {
    const groups = partition(this.cache, blocks, this.source, generation > 0);
    const most = this.options.functions;
    for (let i = 0; i < groups.length; i += most) this.compileModule(groups.slice(i, i + most), generation);
  }

  private compileModule(groups: readonly Group[], generation: number): void {
    const { words, engine, statistics, options } = this;
    const patience = generation === 0 ? options.regroupThreshold : this.laterPatience(generation);
    const places = groups.map(({ entries }) => entries.map(() => engine.compiled.take()));
    const regions = groups.map(({ blocks, entries }, n) => ({
      region: formRegion(this.cache, blocks, entries, this.source),
      counter: counterOf(places[n][0]),
    }));
    const { module, bytes } = buildModule(regions, {
      isa: this.isa, window: this.memory.window, ir: this.cache,
      access: (mode) => this.finder.access(mode),
    });
    const env = { memory: this.memory.memory, helpers: this.helperTable() };
    const { exports } = new WebAssembly.Instance(module, { env });
    const record: CompiledModule = { functions: new Set(), blocks: groups.flatMap((group) => group.blocks), bytes };
    groups.forEach((group, n) => {
      const indices = places[n];
      const arms = this.sites(group.blocks);
      const compiled: CompiledFunction = { group, indices, module: record, generation, arms };
      words[counterOf(indices[0]) >> 2] = patience;
      for (const block of group.blocks) {
        words[(block.address >> 2) + 2] = 0;
        this.warm.add(block);
      }
      record.functions.add(compiled);
      group.entries.forEach((block, e) => {
        engine.compiled.set(indices[e], exports[`${n}.${e}`]);
        this.functions.set(block, compiled);
        const head = block.address >> 2;
        words[head] = OP.compiled;
        words[head + 2] = indices[e];
      });
    });
    for (const block of record.blocks) {
      const list = this.modulesOf.get(block);
      if (list === undefined) this.modulesOf.set(block, [record]);
      else list.push(record);
    }
    this.modules.add(record);
    statistics.modules++;
    statistics.modulesCompiled++;
    statistics.functions += groups.length;
    statistics.functionsCompiled += groups.length;
    statistics.bytes += bytes;
  }

  /** A table keeps every instance that imports it (V8): one for all modules would keep them all. */
  private helperTable(): WebAssembly.Table {
    if (this.helpers === null || this.sharing === SHARERS) {
      const { helpers } = this.engine;
      const table = new WebAssembly.Table({ element: 'anyfunc', initial: Math.max(HELPER_SLOTS, helpers.length) });
      helpers.forEach((helper, index) => table.set(index, helper));
      this.helpers = table;
      this.sharing = 0;
    }
    this.sharing++;
    return this.helpers;
  }

  /**
   * The guest has changed the code of `block`: every module that contains it goes. It may be
   * running: it leaves by itself, behind the store.
   */
  private retire(block: Block): void {
    const list = this.modulesOf.get(block);
    if (list !== undefined) {
      for (const module of list) {
        this.drop(module);
        this.statistics.modulesRetired++;
      }
    }
    this.waiting.delete(block);
    this.warm.delete(block);
    this.strays.delete(block);
  }

  /**
   * Nothing leads to the function any more, but for others of its module; its block is interpreted
   * again, from a count of 0.
   */
  private supersede(compiled: CompiledFunction): void {
    const { group, indices, module } = compiled;
    group.entries.forEach((block, e) => {
      const head = block.address >> 2;
      this.words[head] = OP.head;
      this.words[head + 2] = 0;
      this.engine.compiled.giveBack(indices[e]);
      this.functions.delete(block);
    });
    module.functions.delete(compiled);
    this.statistics.functions--;
    if (module.functions.size === 0) this.forget(module);
  }

  /** Gives a module up. */
  private drop(module: CompiledModule): void {
    for (const compiled of module.functions) this.supersede(compiled);
  }

  private forget(module: CompiledModule): void {
    for (const block of module.blocks) {
      const left = this.modulesOf.get(block)!.filter((other) => other !== module);
      if (left.length === 0) this.modulesOf.delete(block);
      else this.modulesOf.set(block, left);
    }
    this.modules.delete(module);
    this.statistics.modules--;
    this.statistics.bytes -= module.bytes;
  }

  /** Drops all compiled code; it is made anew, in other groups, as it gets hot. */
  private reset(): void {
    for (const module of this.modules) this.drop(module);
    this.statistics.resets++;
  }

  /** The IR cache is about to be emptied. */
  private flush(): void {
    for (const module of this.modules) this.drop(module);
    this.waiting.clear();
    this.warm.clear();
    this.strays.clear();
  }
}

/** All blocks of a function are of one page. */
function pageOf(compiled: CompiledFunction): number {
  return compiled.group.blocks[0].page;
}

/** Nothing is ever hot: the interpreter alone. */
export function neverHot(words: Int32Array): void {
  words[ENGINE.HOT_AT >> 2] = 0;
}
