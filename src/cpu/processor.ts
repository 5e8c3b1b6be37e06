/** A processor of any instruction set as a component of a machine. */
import type { Architecture, Isa, ProcessorCounters } from '../arch/isa.ts';
import { MAP, STATE } from '../ir/layout.ts';
import type { EngineMemory } from '../ir/engine-memory.ts';
import type { EngineImports } from '../ir/imports.ts';
import type { IrqSink } from '../irq/line.ts';
import { DEFAULT_ENGINE, type EngineKind } from '../jit/engine-kind.ts';
import { CodeCache, type JitStatistics, neverHot } from '../jit/compiler/code-cache.ts';
import type { JitOptions } from '../jit/compiler/jit-options.ts';
import { createEngine, type Engine } from '../jit/dispatcher.ts';
import type { AddressSpace } from '../mem/address-space.ts';
import type { Ram } from '../mem/ram.ts';
import type { WriteCombiningOptions } from '../mem/write-combining.ts';
import type { Clock } from '../sim/clock.ts';
import { Component, type Identity, type Simulation } from '../sim/component.ts';
import type { SavedState } from '../sim/state.ts';
import type { Ticks } from '../sim/time.ts';
import { Core, type StopReason } from './core.ts';
import { ProcessorTime } from './processor-time.ts';

export interface ProcessorOptions {
  clock: Clock;
  /** Cycles of the clock that each instruction takes (default 1, ADR 0003). */
  cyclesPerInstruction?: number;
  /** Write-combining buffers; by default four of 32 bytes. */
  writeCombining?: WriteCombiningOptions;
  /** Cycles that it takes to enter an interrupt's handler, at least 1 (the default). */
  interruptCycles?: number;
  /** What it is a model of. */
  identity?: Identity;
  memory: AddressSpace;
  io: AddressSpace;
  /** The core's part of linear memory; the board maps RAM objects over its RAM into `memory`. */
  engine: EngineMemory;
  /** Which tiers execute guest code; `DEFAULT_ENGINE` if absent. */
  execution?: EngineKind;
  /** When `jit` compiles what; for tests. */
  jit?: JitOptions;
  /** Another engine than the Wasm interpreter, for tests. */
  interpreter?: (imports: EngineImports) => Pick<Engine, 'run'>;
}

/** Engine cells that are dead or recomputed at an instruction boundary. */
const ENGINE_CELLS: readonly number[] = [
  STATE.IC, STATE.EXIT, STATE.EXIT_IP, STATE.MODE,
  ...Array.from({ length: 16 }, (_, n) => STATE.TEMP + 4 * n),
];

/**
 * The processor. `run` moves simulated time; nothing else does. Between two calls it stands at an
 * instruction boundary with all of its state in cells, so that a snapshot can be taken. What is
 * special to its instruction set is reached by `architecture`.
 */
export class Processor<A extends Architecture = Architecture> extends Component {
  override readonly clock: Clock;
  /** Input pins, numbered by the architecture. */
  readonly inputs: IrqSink = { irqLevel: (input, level) => this.architecture.input(input, level) };
  /** The part that is special to the instruction set. */
  readonly architecture: A;
  readonly counters: ProcessorCounters = this.cells('counters', {
    portReads: 0, portWrites: 0, mmioReads: 0, mmioWrites: 0, interrupts: 0, exceptions: 0,
  }) as ProcessorCounters;
  private readonly identity: Identity | null;
  private readonly time: ProcessorTime;
  private readonly core: Core<A>;
  private readonly code: CodeCache | null = null;
  private hasRun = false;

  constructor(name: string, sim: Simulation, isa: Isa<A>, options: ProcessorOptions) {
    super(name, sim);
    const { engine, memory, io } = options;
    this.clock = options.clock;
    this.identity = options.identity ?? null;
    this.time = new ProcessorTime(options.clock, options.cyclesPerInstruction);
    this.time.reset(0);
    this.cells('time', { values: this.time.values });
    this.cells('cpu', { cells: engine.bytes.subarray(MAP.STATE, MAP.STATE_END) });
    this.core = new Core(isa, {
      name, sim, memory, io, engine, time: this.time, counters: this.counters,
      interruptCycles: options.interruptCycles ?? 1, writeCombining: options.writeCombining ?? {},
      declare: (group, initial) => this.cells(group, initial),
    });
    this.architecture = this.core.architecture;
    const { imports } = this.core;
    if (options.interpreter !== undefined) this.core.attach(options.interpreter(imports));
    else {
      const wasm = createEngine(engine, isa, imports, this.architecture.extras(imports));
      neverHot(engine.words);
      if ((options.execution ?? DEFAULT_ENGINE) === 'jit') {
        const code = new CodeCache(engine, isa, wasm, this.core.translator.cache, this.core, options.jit);
        this.code = code;
        this.core.attach(wasm, (block) => code.hot(block));
      } else this.core.attach(wasm);
    }
    const before = memory.onChange;
    memory.onChange = () => {
      before();
      this.core.mapChanged();
    };
    this.declareCounters();
  }

  override describe(): Identity | null {
    return this.identity;
  }

  private declareCounters(): void {
    const { counters: c, time } = this;
    this.counter('instructions', '', 'completed; an iteration of a repeated string instruction counts as one',
      () => time.instructions);
    this.counter('cpuPortAccesses', '', 'accesses by processors to ports', () => c.portReads + c.portWrites);
    this.counter('cpuMmioAccesses', '', 'accesses by processors to devices in memory space',
      () => c.mmioReads + c.mmioWrites);
    this.counter('busyTicks', 'ticks', 'time in which a processor executed or was stalled by an access',
      () => time.now - time.haltedTicks);
    this.counter('haltedTicks', 'ticks', 'time in HLT', () => time.haltedTicks);
    this.counter('heldTicks', 'ticks', 'time in which DMA had the bus of a processor that was not halted',
      () => time.heldTicks);
    this.counter('interrupts', '', 'taken by processors', () => c.interrupts);
    this.counter('exceptions', '', 'faults and traps that processors delivered', () => c.exceptions);
  }

  /**
   * Has writes to a RAM object by anyone but the processor retire decoded code. Needed for each RAM
   * object over the engine's memory; the hook that the object had is called as well.
   */
  watch(ram: Ram): void {
    const before = ram.onWrite;
    const base = ram.bytes.byteOffset;
    ram.onWrite = (offset, length) => {
      before(offset, length);
      this.core.foreignWrite(base + offset, length);
    };
  }

  /**
   * Runs until simulated time has reached `until`, or `instructions` have been executed since
   * reset, or something stops it earlier. Events due at or before the end have run.
   */
  run(until: Ticks, instructions = Infinity): StopReason {
    this.hasRun = true;
    return this.core.run(until, instructions);
  }

  /**
   * Executes `count` instructions (iterations of repeated string instructions count), or fewer if
   * something stops it.
   */
  step(count: number): StopReason {
    this.hasRun = true;
    return this.core.run(Infinity, this.time.instructions + count);
  }

  /**
   * HLDA: somebody else has its bus until a time, so that it stands still. From within an event.
   */
  hold(until: Ticks): void {
    this.time.hold(until, this.architecture.waiting());
  }

  /**
   * `run` returns at the next instruction boundary. For devices and hosts, from within an access or
   * an event.
   */
  requestStop(): void {
    this.core.requestStop();
  }

  /**
   * Virtual addresses at which `run` stops before the instruction. While there are any, execution
   * is slow.
   */
  get breakpoints(): Set<number> {
    return this.core.breakpoints;
  }

  /** It was run or stepped since it was made, resets or not. */
  get used(): boolean {
    return this.hasRun;
  }

  /** Instructions executed since reset. */
  get instructions(): number {
    return this.time.instructions;
  }
  /** Ticks spent waiting for an interrupt since reset. */
  get haltedTicks(): Ticks {
    return this.time.haltedTicks;
  }
  /** Ticks in which somebody else had its bus since reset. */
  get heldTicks(): Ticks {
    return this.time.heldTicks;
  }
  /** Time of the last instruction boundary. */
  get now(): Ticks {
    return this.time.now;
  }
  /** What software asked for last that this processor lacks, in a sentence; null if nothing. */
  get lastRefusal(): string | null {
    return this.architecture.lastRefusal ?? null;
  }
  get halted(): boolean {
    return this.architecture.waiting();
  }
  /**
   * What the engine did, for benchmarks; it depends on what was cached. `exits`: returns from the
   * interpreter to the run loop; `missSites`: µops that miss the TLB often.
   */
  get codeStatistics(): {
    translated: number;
    retired: number;
    irBytes: number;
    codePages: number;
    flushes: number;
    exits: number;
    missSites: number;
    jit: Readonly<JitStatistics> | null;
  } {
    const t = this.core.translator;
    return {
      jit: this.code?.statistics ?? null, missSites: t.cache.misses.flagged,
      translated: t.translated, retired: t.store.retired, irBytes: t.cache.usedBytes,
      codePages: t.store.pageCount, flushes: t.flushes, exits: this.core.exits,
    };
  }

  /**
   * State was changed from outside (registers, memory): decoded code and translations are looked up
   * anew.
   */
  stateReplaced(): void {
    this.core.stateReplaced();
  }

  override resetEnter(): void {
    super.resetEnter();
    this.time.reset(this.sim.scheduler.now);
    this.core.stateReplaced();
    this.core.port.handlers.forget();
    this.architecture.reset();
  }

  /**
   * A reset in the midst of a run, not from within an access or an event: `instructions` and the
   * times count on, and nothing executes until a time.
   * @param reset resets the board
   */
  restart(reset: () => void, until: Ticks): void {
    const before = this.time.values.slice();
    reset();
    this.time.countOn(before, until);
  }

  /**
   * Cells that only mean something to the running engine are left out (0), so that equal states
   * give equal snapshots.
   */
  override save(): SavedState {
    const saved = super.save();
    const cells = saved['cpu']['cells'] as Uint8Array;
    for (const cell of ENGINE_CELLS) cells.fill(0, cell - MAP.STATE, cell - MAP.STATE + 4);
    return saved;
  }

  override load(saved: SavedState): void {
    super.load(saved);
    this.core.stateReplaced();
    this.architecture.restored();
  }

  /**
   * The state as software can see it: equal for two processors that nothing but the engine's own
   * choices tells apart.
   */
  architectural(): SavedState {
    return this.architecture.architectural(this.save(), this.time.instructions);
  }
}
