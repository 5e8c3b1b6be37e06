/**
 * Tier two: finds hot blocks, compiles them in groups, and gives compiled code up when the guest's code changes. A block is hot when the interpreter has entered it
 * `hotThreshold` times; its head is then replaced by `compiled`, so that the interpreter, links and the jump cache all lead to the machine code. Only counters
 * decide, never wall time, and compiling is synchronous: the same inputs compile the same code at the same points.
 */
import type { Block } from '../../ir/block.ts';
import type { IrCache } from '../../ir/ir-cache.ts';
import { ENGINE } from '../../ir/layout.ts';
import { OP } from '../../ir/ops.ts';
import type { Engine } from '../dispatcher.ts';
import type { GuestMemory } from '../guest-memory.ts';
import { buildModule, HELPER_SLOTS } from './module-builder.ts';
import { chooseEntries } from './entries.ts';
import type { BlockSource, Node } from './region.ts';

/** Defaults, measured on a kernel's boot (ADR 0005). */
export const JIT_DEFAULTS = {
  /** Entries from the interpreter that make a block hot. */
  hotThreshold: 500,
  /** Blocks that wait before a group is compiled, unless one of them gets hot again. */
  group: 48,
  /** Most functions in a module. */
  functions: 64,
  /** Bytes of WebAssembly after which all compiled code is dropped and made anew as it gets hot. */
  bytes: 48 * 2 ** 20,
} as const;

export type JitOptions = { readonly [K in keyof typeof JIT_DEFAULTS]?: number };

/** What the cache asks of the processor around it. */
export interface BlockFinder {
  /** The live block at guest pc `pc` in the page and mode of `from`, or null. */
  find(from: Block, pc: number): Block | null;
  /** The TLB that code of mode number `mode` uses (MAP.TLB_…). */
  tlbBase(mode: number): number;
}

/** What is compiled together and given up together: its functions call each other directly. */
interface CompiledModule {
  /** Blocks with a compiled head, and their indices in the table. */
  readonly entries: Map<Block, number>;
  /** All blocks whose code is in it. */
  readonly blocks: Set<Block>;
  readonly bytes: number;
}

/** What was compiled, for benchmarks and tests. */
export interface JitStatistics {
  /** Now: modules, functions, bytes of WebAssembly. */
  modules: number;
  functions: number;
  bytes: number;
  /** Ever: modules compiled, functions compiled, modules given up because code was written, times that all was dropped because of its size. */
  modulesCompiled: number;
  functionsCompiled: number;
  modulesRetired: number;
  resets: number;
}

/** Entries by which the table of compiled functions grows. */
const TABLE_STEP = 64;

export class CodeCache {
  readonly statistics: JitStatistics = { modules: 0, functions: 0, bytes: 0, modulesCompiled: 0, functionsCompiled: 0, modulesRetired: 0, resets: 0 };
  private readonly words: Int32Array;
  private readonly memory: WebAssembly.Memory;
  private readonly engine: Engine;
  private readonly cache: IrCache;
  private readonly finder: BlockFinder;
  private readonly options: Required<JitOptions>;
  private readonly helpers: WebAssembly.Table;
  /** Hot blocks that wait, in the order in which they got hot. */
  private readonly waiting = new Set<Block>();
  /** Blocks that have been hot: worth compiling with others. */
  private readonly warm = new Set<Block>();
  private readonly modulesOf = new Map<Block, CompiledModule[]>();
  private readonly modules = new Set<CompiledModule>();
  /** Free indices in the table of compiled functions. */
  private readonly free: number[] = [];
  private readonly source: BlockSource;

  constructor(guest: Pick<GuestMemory, 'words' | 'memory'>, engine: Engine, cache: IrCache, finder: BlockFinder, options: JitOptions = {}) {
    const { words } = guest;
    this.words = words;
    this.memory = guest.memory;
    this.engine = engine;
    this.cache = cache;
    this.finder = finder;
    this.options = { ...JIT_DEFAULTS, ...options };
    this.helpers = new WebAssembly.Table({ element: 'anyfunc', initial: HELPER_SLOTS });
    engine.helpers.forEach((helper, index) => this.helpers.set(index, helper));
    words[ENGINE.HOT_AT >> 2] = this.options.hotThreshold;
    cache.onRetire = (block) => this.retire(block);
    cache.onFlush = () => this.flush();
    this.source = {
      target: (from, ip) => this.target(from, ip),
      headAt: (address) => this.cache.headAt(address),
      warm: (block) => this.warm.has(block) || this.count(block) * 8 >= this.options.hotThreshold,
    };
  }

  /** The block's counter has reached `hotThreshold` (EXIT HOT): it waits, or is compiled with all that wait. */
  hot(block: Block): void {
    this.words[(block.address >> 2) + 2] = 0;
    const again = this.waiting.has(block);
    this.waiting.add(block);
    this.warm.add(block);
    if (again || this.waiting.size >= this.options.group) this.compileWaiting();
  }

  /** Compiles what waits. */
  compileWaiting(): void {
    if (this.statistics.bytes > this.options.bytes) this.reset();
    const entries = chooseEntries(this.words, [...this.waiting], this.source);
    this.waiting.clear();
    for (let i = 0; i < entries.length; i += this.options.functions) this.compile(entries.slice(i, i + this.options.functions));
  }

  /** Branches that the jump cache answered were never linked: now they are. */
  private target(from: Block, ip: number): Block | null {
    const { words, cache } = this;
    const linked = words[(ip >> 2) + 2]!;
    if (linked !== 0) {
      const block = cache.headAt(linked);
      if (block !== null) return block;
    }
    const block = this.finder.find(from, words[(ip >> 2) + 1]!);
    return block !== null && cache.link(ip, block) ? block : null;
  }

  /** How often the interpreter has entered `block` since it was last hot. */
  private count(block: Block): number {
    return this.words[(block.address >> 2) + 2]!;
  }

  private compile(entries: readonly (readonly Node[])[]): void {
    const { words, engine, statistics } = this;
    const { module, bytes } = buildModule(entries, words, (mode) => this.finder.tlbBase(mode));
    const { exports } = new WebAssembly.Instance(module, { env: { memory: this.memory, helpers: this.helpers } });
    const record: CompiledModule = { entries: new Map(), blocks: new Set(), bytes };
    entries.forEach((region, n) => {
      const { block } = region[0]!;
      const index = this.allocate();
      engine.compiled.set(index, exports[`${n}`]);
      record.entries.set(block, index);
      const head = block.address >> 2;
      words[head] = OP.compiled;
      words[head + 2] = index;
      for (const node of region) record.blocks.add(node.block);
    });
    for (const block of record.blocks) {
      const list = this.modulesOf.get(block);
      if (list === undefined) this.modulesOf.set(block, [record]);
      else list.push(record);
    }
    this.modules.add(record);
    statistics.modules++;
    statistics.modulesCompiled++;
    statistics.functions += entries.length;
    statistics.functionsCompiled += entries.length;
    statistics.bytes += bytes;
  }

  private allocate(): number {
    const table = this.engine.compiled;
    if (this.free.length === 0) {
      const from = table.length;
      table.grow(TABLE_STEP);
      for (let index = from + TABLE_STEP - 1; index >= from; index--) this.free.push(index);
    }
    return this.free.pop()!;
  }

  /** The guest has changed the code of `block`: every module that contains it goes. It may be running: it leaves by itself, behind the store. */
  private retire(block: Block): void {
    this.waiting.delete(block);
    this.warm.delete(block);
    const list = this.modulesOf.get(block);
    if (list === undefined) return;
    for (const module of list) {
      this.drop(module);
      this.statistics.modulesRetired++;
    }
  }

  /** Gives a module up: its blocks are interpreted again, from a count of 0. */
  private drop(module: CompiledModule): void {
    for (const [block, index] of module.entries) {
      const head = block.address >> 2;
      this.words[head] = OP.head;
      this.words[head + 2] = 0;
      this.engine.compiled.set(index, null);
      this.free.push(index);
    }
    for (const block of module.blocks) {
      const left = this.modulesOf.get(block)!.filter((other) => other !== module);
      if (left.length === 0) this.modulesOf.delete(block);
      else this.modulesOf.set(block, left);
    }
    this.modules.delete(module);
    this.statistics.modules--;
    this.statistics.functions -= module.entries.size;
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
  }
}

/** Nothing is ever hot: the interpreter alone. */
export function neverHot(words: Int32Array): void {
  words[ENGINE.HOT_AT >> 2] = 0;
}

