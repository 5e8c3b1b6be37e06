/**
 * The processor's way to everything that is not a TLB hit: loads and stores that missed, device
 * memory, ports, the budget of repeated instructions. Time is brought up to the instruction at hand
 * before a device is called; afterwards the budget is computed anew.
 */
import type { EngineMemory } from '../ir/engine-memory.ts';
import { ENGINE, EXIT, STATE } from '../ir/layout.ts';
import type { AddressSpace } from '../mem/address-space.ts';
import { MEMORY_TYPE, Transaction } from '../mem/transaction.ts';
import { WriteCombiningBuffers } from '../mem/write-combining.ts';
import type { Simulation } from '../sim/component.ts';
import type { Scheduler } from '../sim/scheduler.ts';
import type { Ticks } from '../sim/time.ts';
import type { Trace } from '../sim/trace.ts';
import { Handlers, type HandlerClock } from '../sim/trace/handlers.ts';
import type { Architecture, CorePort, Isa, ProcessorCounters } from '../arch/isa.ts';
import type { Cells, LiveCells } from '../sim/state.ts';
import { MemoryTypeRules, type TimedAccess } from './memory-type-rules.ts';
import { OpenLine } from './open-line.ts';
import type { DecodedCode, PortOptions } from './port-options.ts';
import type { ProcessorTime } from './processor-time.ts';
import type { CodeBus } from './translator.ts';
import { TracedRam, valueAt } from './traced-ram.ts';

// Word indices. Constants of this module's own go into machine code, imported ones are looked up.
const IC = STATE.IC >> 2, EXIT_WORD = STATE.EXIT >> 2, PC = STATE.PC >> 2;
const CLOCK_VALID = ENGINE.CLOCK_VALID >> 2, CLOCK_USED = ENGINE.CLOCK_USED >> 2;
const NO_TYPE = MEMORY_TYPE.NONE, UC = MEMORY_TYPE.UC, WC = MEMORY_TYPE.WC;
const LEAVE = EXIT.LEAVE, FAULT = EXIT.FAULT;
/** `rem` while no instruction is running. */
const BETWEEN = -1;

export class Port<A extends Architecture = Architecture> implements CorePort, HandlerClock, CodeBus, TimedAccess {
  readonly name: string;
  readonly engine: EngineMemory;
  readonly memory: AddressSpace;
  readonly time: ProcessorTime;
  readonly counters: ProcessorCounters;
  readonly interruptCycles: number;
  readonly architecture: A;
  readonly handlers: Handlers;
  /** Closed whenever nothing of the engine runs. */
  readonly line: OpenLine;
  /** Set by the core. */
  code: DecodedCode | null = null;
  /** The next stop: time, and instruction count. */
  until: Ticks = Infinity;
  instructionStop = Infinity;
  /** The run loop must look around: a stop was requested, the memory map has changed. */
  attend = false;
  /** Mode and regime must be found anew before code runs. */
  modeDirty = true;
  /** Regime of the code that runs. */
  regime = 0;
  /** Accesses to RAM come here, too, to be recorded. */
  private tracingRam = false;
  private readonly declaring: PortOptions['declare'];
  private readonly sim: Simulation;
  private readonly scheduler: Scheduler;
  private readonly trace: Trace;
  private readonly io: AddressSpace;
  private readonly tx: Transaction;
  private readonly words: Int32Array;
  private readonly ram: TracedRam;
  private readonly combining: WriteCombiningBuffers;
  /** Its cells, asked before each access. */
  private readonly stores: { readonly pending: boolean };
  private readonly types: MemoryTypeRules;
  /** IR address of the µop that called, and instructions of its block after the current one. */
  private ip = 0;
  private rem: number = BETWEEN;
  /** Its virtual address, once asked for; else -1. */
  private linear = -1;

  constructor(isa: Isa<A>, options: PortOptions) {
    const { name, sim, engine } = options;
    this.name = name;
    this.sim = sim;
    this.scheduler = sim.scheduler;
    this.trace = sim.trace;
    this.engine = engine;
    this.memory = options.memory;
    this.io = options.io;
    this.time = options.time;
    this.counters = options.counters;
    this.interruptCycles = options.interruptCycles;
    this.declaring = options.declare;
    this.words = engine.words;
    this.tx = new Transaction(name);
    this.combining = new WriteCombiningBuffers(name, sim, options.memory, options.writeCombining);
    this.stores = this.combining.cells;
    this.line = new OpenLine(engine.words, this.combining, options.counters);
    this.types = new MemoryTypeRules(this, this.tx, options.memory, this.combining);
    this.declare('write-combining', this.combining.cells);
    this.declare('memory-types', this.types.cells);
    this.handlers = new Handlers(sim.trace, name, this);
    this.architecture = isa.create(this);
    this.ram = new TracedRam(this.architecture, options.memory, engine, this, this.tx, sim.trace);
  }

  declare<T extends Cells>(group: string, initial: T): LiveCells<T> {
    return this.declaring(group, initial);
  }

  /** An import was called by the µop at `ip`. */
  enter(ip: number): void {
    this.line.close();
    this.ip = ip;
    this.linear = -1;
    this.rem = this.words[ip >> 2] >>> 16;
  }

  /**
   * No instruction is running: what happens now happens between two. The anchor is here, and
   * nothing of the budget is left.
   */
  between(): void {
    this.rem = BETWEEN;
    this.time.anchor(this.words[IC]);
    this.discard();
  }

  /** State was replaced: what was left of a budget means nothing. */
  discard(): void {
    this.words[IC] = 0;
    this.time.budget = 0;
  }

  elapse(cycles: number): void {
    this.time.cycles(cycles);
  }

  // --- imports of the interpreter ---

  slowLoad(address: number, size: number, intent: number, ip: number): number {
    this.enter(ip);
    this.decoded.misses.missed(ip);
    const offset = address & 0xfff;
    if (intent === 2 || offset + size > 0x1000) return this.oddLoad(address, size, intent);
    const { translations } = this.architecture;
    const slot = translations.translate(address, this.regime, intent);
    if (slot < 0) return this.faulted();
    if (translations.hosts[slot] >= 0) return this.ramLoad(slot, offset, size);
    return this.busRead((translations.frames[slot] | offset) >>> 0, size, translations.memoryType(slot));
  }

  /** The instruction at hand does not complete: its fault is recorded. */
  private faulted(): number {
    this.words[EXIT_WORD] = FAULT;
    return 0;
  }

  private ramLoad(slot: number, offset: number, size: number): number {
    const { translations, access } = this.architecture;
    translations.fillEngine(slot);
    return access.loadSlot(slot, offset, size);
  }

  /** A load that crosses a page border, or a probe. */
  private oddLoad(address: number, size: number, intent: number): number {
    const { access, fault } = this.architecture;
    if (intent === 2) return access.writable(address, size, this.regime) ? 0 : this.faulted();
    const value = access.load(address, size, this.regime, intent);
    return fault.pending ? this.faulted() : value;
  }

  slowStore(address: number, value: number, size: number, ip: number): void {
    this.enter(ip);
    this.decoded.misses.missed(ip);
    const { translations, access } = this.architecture;
    const offset = address & 0xfff;
    if (offset + size > 0x1000) {
      if (!access.store(address, size, value, this.regime)) this.faulted();
      return;
    }
    const slot = translations.translate(address, this.regime, 1);
    if (slot < 0) {
      this.faulted();
      return;
    }
    const host = translations.hosts[slot];
    if (host < 0) {
      this.deviceStore(slot, address, size, value);
      return;
    }
    // Stores to a page with code come here each time: nothing that is entered lets them pass.
    if (translations.codePages[host >>> 12] === 0) translations.fillEngine(slot);
    access.storeSlot(slot, offset, size, value);
  }

  /** `LinearMemory.storeSlot` without a host page; what a line takes by itself goes first. */
  private deviceStore(slot: number, address: number, size: number, value: number): void {
    const { translations } = this.architecture, type = translations.memoryType(slot);
    // Not made unsigned before it must be: that would need memory for each number.
    const at = translations.frames[slot] | (address & 0xfff);
    if (type === WC && !this.tracingRam) {
      this.counters.mmioWrites++;
      if (!this.combining.merged(at, size, value)) {
        this.types.place(at >>> 0, size, value);
        if (!this.line.worthwhile) return;
      }
      this.line.open(address, at);
    } else this.busWrite(at >>> 0, size, size === 4 ? value >>> 0 : value & (size === 1 ? 0xff : 0xffff), type);
  }

  portIn(port: number, size: number, ip: number): number {
    this.enter(ip);
    return this.architecture.mayUsePort(port, size) ? this.portRead(port & 0xffff, size) : 0;
  }

  portOut(port: number, value: number, size: number, ip: number): void {
    this.enter(ip);
    if (this.architecture.mayUsePort(port, size)) this.portWrite(port & 0xffff, size, value >>> 0);
  }

  helper(id: number, a: number, b: number, ip: number): void {
    this.enter(ip);
    this.architecture.helper(id, a, b);
  }

  // --- timed accesses ---

  /** Before an access: brings simulated time to the instruction at hand and says who asks. */
  begin(memoryType: number): void {
    const w = this.words,
      tx = this.tx;
    this.time.synchronize(w[IC] + this.rem + 1, this.scheduler);
    tx.memoryType = memoryType;
    this.architecture.describe(tx);
    if (this.trace.enabled) tx.pc = this.currentLinear();
  }

  /**
   * After it: adds what it took and computes the budget anew; leaves after this µop if something
   * wants attention.
   */
  settle(): void {
    const w = this.words,
      rem = this.rem;
    // The instruction at hand runs to its end in any case.
    const budget = this.time.settle(this.tx, this.scheduler, this, rem === BETWEEN ? 0 : 1);
    w[IC] = budget - 1 - rem;
    w[CLOCK_VALID] = 0;
    if (rem === BETWEEN) return;
    if (w[CLOCK_USED] !== 0) this.architecture.reanchored();
    if (budget <= rem || this.attention()) w[EXIT_WORD] = LEAVE;
  }

  /**
   * Instructions that may start from the anchor on before the next event or stop: the new budget.
   */
  newBudget(): number {
    const budget = this.time.allowed(this.scheduler, this);
    this.time.budget = budget;
    this.words[IC] = budget;
    this.words[CLOCK_VALID] = 0;
    return budget;
  }

  /** Virtual address of the instruction at hand, for the trace: many accesses may be its. */
  currentLinear(): number {
    if (this.rem < 0) return this.architecture.linear(this.words[PC]);
    if (this.linear < 0) this.linear = this.architecture.linear(this.currentPc());
    return this.linear;
  }

  /** Time of the instruction at hand, or of the boundary. */
  get instant(): Ticks {
    return this.time.at(this.budget());
  }

  /** Sends accesses to RAM here, to be recorded, or no longer. */
  traceRam(on: boolean): void {
    this.tracingRam = on;
    this.architecture.translations.setOverBus(on);
  }

  busRead(address: number, size: number, memoryType: number): number {
    if (this.tracingRam && this.ram.holds(address)) return this.ram.read(address, size, memoryType);
    if (memoryType !== UC || this.stores.pending) this.types.before(address, size, memoryType);
    this.begin(memoryType);
    this.counters.mmioReads++;
    const value = this.memory.read(address, size, this.tx);
    this.settle();
    return value;
  }

  busWrite(address: number, size: number, value: number, memoryType: number): void {
    if (this.tracingRam && this.ram.holds(address)) {
      this.ram.write(address, size, value, memoryType);
      return;
    }
    if (memoryType === WC) {
      this.counters.mmioWrites++;
      this.types.combine(address, size, value);
      return;
    }
    if (memoryType !== UC || this.stores.pending) this.types.before(address, size, memoryType);
    this.begin(memoryType);
    this.counters.mmioWrites++;
    this.memory.write(address, size, value, this.tx);
    this.settle();
  }

  busWriteRun(
    address: number, size: number, count: number, memoryType: number, host: number, value: number,
  ): number {
    if (this.tracingRam) return 0;
    const { view } = this.engine.host;
    let done = 0;
    do {
      const element = host < 0 ? value : valueAt(view, host + done * size, size);
      this.busWrite(address + done * size, size, element, memoryType);
      done++;
    } while (done < count && this.again());
    this.words[IC] += done - 1;
    return done;
  }

  /** The budget is used up. */
  get exhausted(): boolean {
    return this.words[IC] <= 0;
  }

  /** A byte of code that is in no memory; between two instructions, and the next one may start. */
  fetchByte(address: number): number {
    this.rem = BETWEEN;
    this.drain();
    this.begin(UC);
    this.counters.mmioReads++;
    const value = this.memory.read(address, 1, this.tx);
    const budget = this.time.settle(this.tx, this.scheduler, this, 1);
    // What came up meanwhile waits for this instruction, and for no other.
    this.time.budget = this.words[IC] = this.attention() ? 1 : budget;
    this.words[CLOCK_VALID] = 0;
    return value;
  }

  portRead(port: number, size: number): number {
    if (this.stores.pending) this.drain();
    this.begin(NO_TYPE);
    this.counters.portReads++;
    const value = this.io.read(port, size, this.tx);
    this.settle();
    return value;
  }

  portWrite(port: number, size: number, value: number): void {
    if (this.stores.pending) this.drain();
    this.begin(NO_TYPE);
    this.counters.portWrites++;
    this.io.write(port, size, value, this.tx);
    this.settle();
  }

  drain(): void {
    if (this.stores.pending) this.types.drain();
  }

  // --- for slow operations ---

  budget(): number {
    return this.words[IC] + this.rem + 1;
  }

  consume(n: number): void {
    const w = this.words;
    w[IC] -= n;
    // The last call of an instruction takes one back: only then is the rest of the block looked at.
    if (n < 0 && w[IC] < 0) w[EXIT_WORD] = LEAVE;
  }

  again(): boolean {
    const w = this.words;
    if (w[IC] + this.rem <= 0 || this.attention()) return false;
    w[IC]--;
    return true;
  }

  restart(): void {
    this.words[EXIT_WORD] = FAULT;
  }

  /** Must the run loop look at the boundary that comes? */
  due(): boolean {
    return this.words[IC] <= 0 || this.attend || this.architecture.due();
  }

  /** An interrupt can be taken or the run loop must look around. */
  attention(): boolean {
    return this.attend || this.architecture.attention();
  }

  leave(): void {
    this.words[EXIT_WORD] = LEAVE;
  }

  jumped(): void {
    this.words[EXIT_WORD] = EXIT.SYNC;
  }

  resumed(): void {
    if (this.modeDirty || this.due()) this.words[EXIT_WORD] = EXIT.SYNC;
  }

  remapped(): void {
    this.code?.mapChanged();
  }

  modeChanged(): void {
    this.modeDirty = true;
  }

  currentPc(): number {
    return this.decoded.pcAt(this.ip);
  }

  nextPc(): number {
    return this.decoded.pcAfter(this.ip);
  }

  private get decoded(): DecodedCode {
    if (this.code === null) throw new Error('the port belongs to no core');
    return this.code;
  }

  codeWritten(host: number, length: number): void {
    if (this.decoded.written(host, length)) this.words[EXIT_WORD] = LEAVE;
  }

  flushJumps(regimes: number): void {
    this.code?.flushJumps(regimes);
  }

  instructionCount(): number {
    return this.time.instructions + this.time.budget - this.budget();
  }

  cycles(): number {
    return this.time.cyclesAt(this.budget());
  }

  get steady(): boolean {
    return this.time.steady;
  }

  note(what: string, detail: string): void {
    this.sim.trace.note(this.instant, this.tx.initiator, what, detail);
  }
}
