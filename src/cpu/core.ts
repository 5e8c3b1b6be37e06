/**
 * The run loop: executes blocks until the next event, delivers interrupts and exceptions, and stops
 * exactly where it should. Everything outside `execute` happens at an instruction boundary, with PC
 * and time exact.
 */
import { PENDING, type Architecture, type Isa } from '../arch/isa.ts';
import { EXIT, STATE, UOP_BYTES, tlbBase } from '../ir/layout.ts';
import type { CodePages } from '../ir/code-pages.ts';
import type { Block } from '../ir/block.ts';
import type { MissSites } from '../ir/miss-sites.ts';
import { Scratch } from '../ir/scratch.ts';
import type { EngineImports } from '../ir/imports.ts';
import type { BlockFinder } from '../jit/compiler/code-cache.ts';
import type { MemoryAccess } from '../jit/compiler/local-operands.ts';
import type { Engine } from '../jit/dispatcher.ts';
import type { Simulation } from '../sim/component.ts';
import type { Ticks } from '../sim/time.ts';
import { Port } from './port.ts';
import type { DecodedCode, PortOptions } from './port-options.ts';
import type { ProcessorTime } from './processor-time.ts';
import { Translator } from './translator.ts';

/**
 * Why `run` returned. `until`: the time was reached. `steps`: the instructions were executed.
 * `halted`: HLT, and nothing can ever wake the processor. `shutdown`: triple fault. `breakpoint`:
 * PC is at a breakpoint, its instruction has not run. `requested`: `requestStop` was called.
 */
export type StopReason = 'until' | 'steps' | 'halted' | 'shutdown' | 'breakpoint' | 'requested';

const PC = STATE.PC >> 2,
  IC = STATE.IC >> 2,
  EXIT_WORD = STATE.EXIT >> 2,
  EXIT_IP = STATE.EXIT_IP >> 2,
  MODE = STATE.MODE >> 2,
  TLB_BASE = STATE.TLB_BASE >> 2;

export class Core<A extends Architecture = Architecture> implements BlockFinder, DecodedCode {
  readonly port: Port<A>;
  readonly architecture: A;
  readonly translator: Translator;
  /** Virtual addresses at which `run` stops. */
  readonly breakpoints: Set<number> = new Set();
  /**
   * The memory map has changed, or state was restored: everything derived must be looked up anew.
   */
  private derivedStale = true;
  /** IR, too, is void (after a restore or a reset). */
  private codeStale = true;
  private stopRequested = false;
  /** Returns from the interpreter, for benchmarks. Depends on what is cached, so it is no state. */
  exits = 0;
  /** Scratch holds the first instructions of a block, not the rest of one. */
  private inPrefix = false;
  private engine: Pick<Engine, 'run'> | null = null;
  private hot: (block: Block) => void = () => {};
  private readonly scratch: Scratch;
  readonly misses: MissSites;
  /** Among the cores of its memory. */
  private readonly number: number;
  private readonly codePages: CodePages;
  private readonly sim: Simulation;
  private readonly time: ProcessorTime;
  private readonly words: Int32Array;

  constructor(isa: Isa<A>, options: PortOptions) {
    const { engine } = options;
    this.sim = options.sim;
    this.time = options.time;
    this.words = engine.words;
    this.codePages = engine.codePages;
    this.port = new Port(isa, options);
    this.architecture = this.port.architecture;
    this.number = engine.codePages.join({
      dropWrites: (host) => this.architecture.translations.dropWrites(host),
      writtenByOther: (host, length) => this.foreignWrite(host, length),
    });
    this.translator = new Translator(isa, this.architecture, engine, options.memory, this.port, this.number);
    this.misses = this.translator.cache.misses;
    this.scratch = new Scratch(engine.words, isa.runs);
    this.port.code = this;
  }

  /** The interpreter's imports. */
  get imports(): EngineImports {
    const { port } = this;
    return {
      slowLoad: (address, size, intent, ip) => port.slowLoad(address, size, intent, ip),
      slowStore: (address, value, size, ip) => port.slowStore(address, value, size, ip),
      portIn: (number, size, ip) => port.portIn(number, size, ip),
      portOut: (number, value, size, ip) => port.portOut(number, value, size, ip),
      helper: (id, a, b, ip) => port.helper(id, a, b, ip),
    };
  }

  /** `hot` is told of each block whose execution counter has reached `ENGINE.HOT_AT`. */
  attach(engine: Pick<Engine, 'run'>, hot: (block: Block) => void = () => {}): void {
    this.engine = engine;
    this.hot = hot;
  }

  find(from: Block, pc: number): Block | null {
    return this.translator.store.find(from.page, pc, from.mode);
  }

  access(mode: number): MemoryAccess {
    const { regime, addend, flatFrom } = this.architecture.modeAccess(mode);
    return { tlbBase: tlbBase(regime), addend, flatFrom };
  }

  /** The memory map has changed. Also from within an access. */
  mapChanged(): void {
    this.derivedStale = true;
    this.port.attend = true;
    this.architecture.translations.flushEngine();
    this.translator.jumps.flush();
  }

  /** All that is derived from state must be made anew, decoded code included. */
  stateReplaced(): void {
    this.codeStale = true;
    this.derivedStale = true;
    this.port.attend = true;
    this.port.discard();
  }

  /** The loop returns `requested` at the next instruction boundary. */
  requestStop(): void {
    this.stopRequested = true;
    this.port.attend = true;
  }

  private callingBlock(ip: number): Block {
    const block = this.scratch.holds(ip) ? this.scratch.block : this.translator.cache.blockAt(ip);
    if (block === null) throw new Error(`no block holds IR address ${ip}`);
    return block;
  }

  pcAt(ip: number): number {
    const block = this.callingBlock(ip);
    return block.pcOf(block.insnAt(ip));
  }

  pcAfter(ip: number): number {
    const block = this.callingBlock(ip);
    return block.pcOf(block.insnAt(ip) + 1);
  }

  written(host: number, length: number): boolean {
    this.codePages.written(this.number, host, length);
    return this.translator.store.written(host, length);
  }

  /** Somebody else is about to write RAM. */
  foreignWrite(host: number, length: number): void {
    if (this.translator.store.written(host, length)) this.port.attend = true;
  }

  flushJumps(regimes: number): void {
    this.translator.jumps.flush(regimes);
  }

  // --- the loop ---

  /**
   * Runs until `until` (ticks) or until `instructionStop` instructions have been executed in all.
   */
  run(until: Ticks, instructionStop: number): StopReason {
    const { handlers } = this.port;
    handlers.resume();
    try {
      return this.loop(until, instructionStop);
    } finally {
      handlers.rest();
    }
  }

  private loop(until: Ticks, instructionStop: number): StopReason {
    const { time, port, architecture } = this;
    const { scheduler, trace } = this.sim;
    port.between();
    // After a halt the devices may have gone on alone (machine/drain.ts).
    if (scheduler.now > time.now) time.idleUntil(scheduler.now);
    port.until = until;
    this.stopRequested = false;
    port.attend = true;
    port.traceRam(trace.recordsRam || trace.ramTally !== null);
    let skipBreakpoint = true;
    for (;;) {
      port.instructionStop = instructionStop;
      time.catchUp(scheduler);
      if (port.attend) {
        if (this.stopRequested) return 'requested';
        this.refresh();
      }
      if (architecture.stopped()) return 'shutdown';
      if (time.now >= until) return 'until';
      if (time.instructions >= instructionStop) return 'steps';
      const pending = architecture.boundary();
      if (pending === PENDING.TAKEN) {
        time.resume();
        continue;
      }
      if (pending === PENDING.HALTED) return 'halted';
      if (pending === PENDING.IDLE) {
        const next = Math.min(scheduler.nextTime, until);
        if (next === Infinity) return 'halted';
        time.idleUntil(next);
        continue;
      }
      if (this.breakpoints.size > 0) {
        if (!skipBreakpoint && this.breakpoints.has(architecture.linear(this.words[PC]))) return 'breakpoint';
        skipBreakpoint = false;
        port.instructionStop = Math.min(instructionStop, time.instructions + 1);
      }
      const one = pending === PENDING.ONE;
      if (one) port.instructionStop = Math.min(port.instructionStop, time.instructions + 1);
      const before = time.instructions;
      this.execute();
      if (one && time.instructions !== before) architecture.afterOne();
    }
  }

  private refresh(): void {
    this.port.attend = false;
    if (!this.derivedStale) return;
    this.derivedStale = false;
    this.architecture.mapChanged();
    if (this.codeStale) {
      this.codeStale = false;
      this.translator.flush();
      this.port.modeDirty = true;
    }
    this.architecture.translations.rebuild();
  }

  /** IR address to run at for PC, or 0: with a fault recorded, or for want of budget. */
  private entry(): number {
    const w = this.words;
    if (this.port.modeDirty) this.findMode();
    const known = this.translator.jumps.lookup(w[PC], w[MODE]);
    if (known !== 0) return known;
    const block = this.translator.block(w[PC], w[MODE], this.port.regime);
    return block === null ? 0 : block.address;
  }

  private findMode(): void {
    const { port, architecture, words: w } = this;
    port.modeDirty = false;
    w[MODE] = architecture.mode();
    port.regime = architecture.regime();
    w[TLB_BASE] = tlbBase(port.regime);
  }

  /**
   * Executes from PC until the budget is used up or something is due; an exception is delivered at
   * the end.
   */
  private execute(): void {
    const { words: w, port, engine } = this;
    if (engine === null) throw new Error('the processor has no engine');
    port.newBudget();
    this.misses.nextEpoch();
    let ip = this.entry();
    for (;;) {
      if (ip === 0) break;
      engine.run(ip);
      port.line.close();
      this.exits++;
      switch (w[EXIT_WORD]) {
        case EXIT.MISS:
          ip = this.follow();
          break;
        // Branches and helpers that jump end a block: nothing was charged beyond them.
        case EXIT.SYNC:
          ip = this.boundary(0);
          break;
        case EXIT.STOP:
          w[PC] = this.scratch.nextPc;
          // All instructions of a prefix ran, also those without µops at its end.
          ip = this.boundary(this.inPrefix ? 0 : w[w[EXIT_IP] >> 2] >>> 16);
          break;
        case EXIT.LEAVE:
          ip = this.left();
          break;
        case EXIT.HOT:
          ip = w[EXIT_IP];
          this.hot(this.callingBlock(ip));
          break;
        case EXIT.DEADLINE:
          ip = this.partial();
          break;
        case EXIT.FAULT:
          ip = this.stopped();
          break;
        default:
          throw new Error(`exit code ${w[EXIT_WORD]}`);
      }
    }
    port.between();
    if (this.architecture.fault.pending) this.architecture.deliverFault();
  }

  /** No IR was known for PC: finds it and links the branch to it. */
  private follow(): number {
    const w = this.words;
    const from = w[EXIT_IP];
    if (this.port.modeDirty) return this.port.due() ? 0 : this.entry();
    const translator = this.translator;
    const flushes = translator.flushes;
    const block = translator.block(w[PC], w[MODE], this.port.regime);
    if (block === null) return 0;
    if (from !== 0 && translator.kept && translator.flushes === flushes) translator.cache.link(from, block);
    return block.address;
  }

  /** At an instruction boundary with PC set; `rem` instructions were charged that did not run. */
  private boundary(rem: number): number {
    this.words[IC] += rem;
    return this.port.due() ? 0 : this.entry();
  }

  /** A µop completed and asked to leave: the rest of its instruction runs alone. */
  private left(): number {
    const w = this.words;
    const next = w[EXIT_IP],
      ip = next - UOP_BYTES;
    const block = this.callingBlock(ip);
    const insn = block.insnAt(ip);
    if (insn + 1 < block.insns && block.address + block.uopOf(insn + 1) * UOP_BYTES === next) {
      w[PC] = block.pcOf(insn + 1);
      return this.boundary(w[ip >> 2] >>> 16);
    }
    this.inPrefix = false;
    return this.scratch.remainder(block, next);
  }

  /** The budget ends within the block: only so many of its instructions run. */
  private partial(): number {
    const w = this.words;
    const block = this.callingBlock(w[EXIT_IP]);
    w[PC] = block.pc;
    const left = w[IC];
    if (left <= 0) return 0;
    this.inPrefix = true;
    return this.scratch.prefix(block, left);
  }

  /** A µop did not complete: PC is its instruction, which faults or starts again. */
  private stopped(): number {
    const w = this.words;
    const ip = w[EXIT_IP];
    const block = this.callingBlock(ip);
    if (!this.architecture.pcIsSet()) w[PC] = block.pcOf(block.insnAt(ip));
    w[IC] += (w[ip >> 2] >>> 16) + 1;
    return 0;
  }
}
