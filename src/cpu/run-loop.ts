/**
 * The run loop: executes blocks until the next event, delivers interrupts and exceptions, and stops
 * exactly where it should. Everything outside `execute` happens at an instruction boundary, with PC
 * and time exact.
 */
import { EXIT, MAP, SEGMENT, STATE, UOP_BYTES } from '../ir/layout.ts';
import { type Block, insnAt } from '../ir/block.ts';
import { ENGINE_HELPER } from '../ir/ops.ts';
import { Scratch } from '../ir/scratch.ts';
import type { EngineImports } from '../ir/imports.ts';
import type { BlockFinder } from '../jit/compiler/code-cache.ts';
import type { MemoryAccess } from '../jit/compiler/local-operands.ts';
import type { Engine } from '../jit/dispatcher.ts';
import type { AddressSpace } from '../mem/address-space.ts';
import type { Simulation } from '../sim/component.ts';
import type { Ticks } from '../sim/time.ts';
import { GUEST_FAULT, NO_ERROR, VECTOR } from '../arch/x86/fault.ts';
import { KIND, deliver } from '../arch/x86/interrupt.ts';
import { SLOW_HANDLERS } from '../arch/x86/slow/table.ts';
import { CS, DR, EFLAGS_SYS, FLAG, HALTED, SHADOW, SS, segmentCell } from '../arch/x86/state.ts';
import type { EngineViews } from '../arch/x86/x86.ts';
import { BusInterface, type ProcessorCounters, type ProcessorLines } from './bus-interface.ts';
import type { InterruptAcknowledge } from './interrupt-acknowledge.ts';
import { ModeTable } from './mode-table.ts';
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
  MODE = STATE.MODE >> 2;
const FLAGS = EFLAGS_SYS >> 2, HALT = HALTED >> 2;
const CS_BASE = (segmentCell(CS) + SEGMENT.BASE) >> 2;
const DR6_STEP = 0x4000;

export class RunLoop extends BusInterface implements BlockFinder {
  readonly translator: Translator;
  /** Linear addresses at which `run` stops. */
  readonly breakpoints: Set<number> = new Set();
  /** Asked for a vector when INTR is taken. */
  acknowledge: InterruptAcknowledge | null = null;
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
  private readonly modes: ModeTable;

  constructor(
    name: string, sim: Simulation, memory: AddressSpace, io: AddressSpace, engine: EngineViews,
    time: ProcessorTime, counters: ProcessorCounters, lines: ProcessorLines,
  ) {
    super(name, sim, memory, io, engine, time, counters, lines);
    this.modes = new ModeTable(engine.words);
    this.translator = new Translator(this.x, memory, this.modes, name);
    this.scratch = new Scratch(engine.words);
  }

  /** The interpreter's imports. */
  get imports(): EngineImports {
    return {
      slowLoad: (address, size, intent, ip) => this.slowLoad(address, size, intent, ip),
      slowStore: (address, value, size, ip) => this.slowStore(address, value, size, ip),
      portIn: (port, size, ip) => this.portIn(port, size, ip),
      portOut: (port, value, size, ip) => this.portOut(port, value, size, ip),
      helper: (id, a, b, ip) => this.helper(id, a, b, ip),
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
    const { cpl, paging } = this.modes.mode(mode);
    return { tlbBase: cpl === 3 ? MAP.TLB_USER : MAP.TLB_SUPERVISOR, addend: paging === false ? MAP.RAM : null };
  }

  /** The memory map has changed. Also from within an access. */
  mapChanged(): void {
    this.derivedStale = true;
    this.attend = true;
    this.x.mmu.flushEngine();
    this.translator.jumps.flush();
  }

  /** All that is derived from state must be made anew, decoded code included. */
  stateReplaced(): void {
    this.codeStale = true;
    this.derivedStale = true;
    this.attend = true;
  }

  /** The loop returns `requested` at the next instruction boundary. */
  requestStop(): void {
    this.stopRequested = true;
    this.attend = true;
  }

  private helper(id: number, a: number, b: number, ip: number): void {
    this.enter(ip);
    const x = this.x;
    if (id >= ENGINE_HELPER.SEGMENT) {
      if (id === ENGINE_HELPER.RAISE) x.fault.set(a, b);
      else x.fault.set((a & 0xffff) === segmentCell(SS) ? VECTOR.SS : VECTOR.GP, 0);
      this.words[EXIT_WORD] = EXIT.FAULT;
      return;
    }
    try {
      SLOW_HANDLERS[id](x, a, b);
    } catch (failure) {
      if (failure !== GUEST_FAULT) throw failure;
      this.words[EXIT_WORD] = EXIT.FAULT;
    }
  }

  private callingBlock(ip: number): Block {
    const block = this.scratch.holds(ip) ? this.scratch.block : this.translator.cache.blockAt(ip);
    if (block === null) throw new Error(`no block holds IR address ${ip}`);
    return block;
  }

  currentPc(): number {
    const block = this.callingBlock(this.ip);
    return block.insnPc[insnAt(block, this.ip)];
  }

  nextPc(): number {
    const block = this.callingBlock(this.ip);
    return block.insnPc[insnAt(block, this.ip) + 1];
  }

  protected currentLinear(): number {
    return (this.words[CS_BASE] + (this.rem < 0 ? this.words[PC] : this.currentPc())) >>> 0;
  }

  codeWritten(host: number, length: number): void {
    if (this.translator.store.written(host, length)) this.words[EXIT_WORD] = EXIT.LEAVE;
  }

  /** Somebody else is about to write RAM. */
  foreignWrite(host: number, length: number): void {
    if (this.translator.store.written(host, length)) this.attend = true;
  }

  flushJumps(which: number): void {
    this.translator.jumps.flush(which);
  }

  // --- the loop ---

  /**
   * Runs until `until` (ticks) or until `instructionStop` instructions have been executed in all.
   */
  protected loop(until: Ticks, instructionStop: number): StopReason {
    const time = this.time,
      w = this.words,
      scheduler = this.sim.scheduler;
    this.between();
    // After a halt the devices may have gone on alone (machine/drain.ts).
    if (scheduler.now > time.now) time.idleUntil(scheduler.now);
    this.until = until;
    this.stopRequested = false;
    this.attend = true;
    this.x.mmu.setOverBus(this.sim.trace.processorRam && this.sim.trace.enabled);
    let skipBreakpoint = true;
    for (;;) {
      this.instructionStop = instructionStop;
      scheduler.runUntil(time.now);
      if (this.attend) {
        if (this.stopRequested) return 'requested';
        this.refresh();
      }
      if (w[HALT] === 2) return 'shutdown';
      if (time.now >= until) return 'until';
      if (time.instructions >= instructionStop) return 'steps';
      const flags = w[FLAGS];
      const shadow = w[SHADOW >> 2];
      if (shadow !== 0 && time.shadowAt !== time.instructions) w[SHADOW >> 2] = 0;
      const inhibited = w[SHADOW >> 2] !== 0;
      if (this.lines.nmiPending && !inhibited) {
        this.lines.nmiPending = false;
        this.take(VECTOR.NMI, KIND.EXTERNAL);
        continue;
      }
      if (this.lines.intr && (flags & FLAG.IF) !== 0 && !inhibited && this.acknowledge !== null) {
        this.take(this.acknowledge.acknowledge(), KIND.EXTERNAL);
        continue;
      }
      if (w[HALT] === 1) {
        const next = Math.min(scheduler.nextTime, until);
        if ((flags & FLAG.IF) === 0 || next === Infinity) return 'halted';
        time.idleUntil(next);
        continue;
      }
      if (this.breakpoints.size > 0) {
        if (!skipBreakpoint && this.breakpoints.has((w[CS_BASE] + w[PC]) >>> 0)) return 'breakpoint';
        skipBreakpoint = false;
        this.instructionStop = Math.min(instructionStop, time.instructions + 1);
      }
      const step = (flags & FLAG.TF) !== 0;
      // One instruction only while a trap or an interrupt is due after it.
      if (step || inhibited) this.instructionStop = Math.min(this.instructionStop, time.instructions + 1);
      const before = time.instructions;
      this.execute();
      if (step && time.instructions !== before) this.singleStep();
    }
  }

  private refresh(): void {
    this.attend = false;
    if (!this.derivedStale) return;
    this.derivedStale = false;
    const x = this.x;
    x.physical.changed();
    if (this.codeStale) {
      this.codeStale = false;
      this.translator.flush();
      this.modes.forget();
      this.modeDirty = true;
    }
    x.mmu.rebuild();
  }

  /**
   * Takes an interrupt at this boundary. It costs a cycle, so that no storm of them can stop time.
   */
  private take(vector: number, kind: number): void {
    const w = this.words;
    w[HALT] = 0;
    w[SHADOW >> 2] = 0;
    this.counters.interrupts++;
    this.deliver(vector, kind, NO_ERROR);
  }

  /** Delivers at PC. Accesses on the way happen between instructions. */
  private deliver(vector: number, kind: number, error: number): void {
    const w = this.words;
    this.between();
    w[IC] = 0;
    this.time.budget = 0;
    if (!deliver(this.x, vector, kind, error, w[PC])) {
      this.note('shutdown', `triple fault after exception ${vector} at 0x${(w[PC] >>> 0).toString(16)}`);
    }
    this.time.cycles(1);
  }

  private fault(): void {
    const fault = this.x.fault;
    fault.pending = false;
    this.words[SHADOW >> 2] = 0;
    this.counters.exceptions++;
    this.deliver(fault.vector, KIND.EXCEPTION, fault.error);
  }

  /** The trap after an instruction that began with TF set. A load of SS puts it off. */
  private singleStep(): void {
    const x = this.x,
      w = this.words;
    if (x.interrupted || (w[SHADOW >> 2] === 2 && this.time.shadowAt === this.time.instructions) || w[HALT] === 2)
      return;
    w[(DR >> 2) + 6] |= DR6_STEP;
    this.counters.exceptions++;
    w[HALT] = 0;
    this.deliver(VECTOR.DB, KIND.EXCEPTION, NO_ERROR);
  }

  /** Must the loop look around before going on? */
  private due(): boolean {
    const w = this.words;
    return w[IC] <= 0 || w[HALT] !== 0 || this.attention() || (w[FLAGS] & FLAG.TF) !== 0;
  }

  /** IR address to run at for PC, or 0 with a fault recorded. */
  private entry(): number {
    if (this.modeDirty) {
      this.modeDirty = false;
      this.modes.update();
    }
    const w = this.words;
    const known = this.translator.jumps.lookup(w[PC], w[MODE]);
    if (known !== 0) return known;
    const block = this.translator.block(w[PC], w[MODE]);
    return block === null ? 0 : block.address;
  }

  /**
   * Executes from PC until the budget is used up or something is due; an exception is delivered at
   * the end.
   */
  private execute(): void {
    const w = this.words,
      time = this.time,
      engine = this.engine;
    if (engine === null) throw new Error('the processor has no engine');
    const budget = this.allowed();
    time.budget = budget;
    w[IC] = budget;
    this.x.interrupted = false;
    let ip = this.entry();
    for (;;) {
      if (ip === 0) break;
      engine.run(ip);
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
    this.between();
    time.anchor(w[IC]);
    if (this.x.fault.pending) this.fault();
  }

  /** No IR was known for PC: finds it and links the branch to it. */
  private follow(): number {
    const w = this.words;
    const from = w[EXIT_IP];
    if (this.modeDirty) return this.due() ? 0 : this.entry();
    const translator = this.translator;
    const flushes = translator.flushes;
    const block = translator.block(w[PC], w[MODE]);
    if (block === null) return 0;
    if (from !== 0 && translator.flushes === flushes) translator.cache.link(from, block);
    return block.address;
  }

  /** At an instruction boundary with PC set; `rem` instructions were charged that did not run. */
  private boundary(rem: number): number {
    this.words[IC] += rem;
    return this.due() ? 0 : this.entry();
  }

  /** A µop completed and asked to leave: the rest of its instruction runs alone. */
  private left(): number {
    const w = this.words;
    const next = w[EXIT_IP],
      ip = next - UOP_BYTES;
    const block = this.callingBlock(ip);
    const insn = insnAt(block, ip);
    if (insn + 1 < block.insns && block.address + block.insnStart[insn + 1] * UOP_BYTES === next) {
      w[PC] = block.insnPc[insn + 1];
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
    if (this.x.taskEntered) this.x.taskEntered = false;
    else w[PC] = block.insnPc[insnAt(block, ip)];
    w[IC] += (w[ip >> 2] >>> 16) + 1;
    return 0;
  }
}
