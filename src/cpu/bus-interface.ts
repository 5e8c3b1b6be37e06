/**
 * The processor's way to everything that is not a TLB hit: loads and stores that missed, device
 * memory, ports, the budget of repeated instructions. Time is brought up to the instruction at hand
 * before a device is called; afterwards the budget is computed anew.
 */
import { EXIT, MAP, STATE } from '../ir/layout.ts';
import type { AddressSpace } from '../mem/address-space.ts';
import { MEMORY_TYPE, Transaction } from '../mem/transaction.ts';
import type { Simulation } from '../sim/component.ts';
import type { Scheduler } from '../sim/scheduler.ts';
import type { Ticks } from '../sim/time.ts';
import type { Trace } from '../sim/trace.ts';
import type { Environment } from '../arch/x86/environment.ts';
import { GUEST_FAULT } from '../arch/x86/fault.ts';
import { CR0_PE } from '../arch/x86/mmu.ts';
import { CPL, CR0, EFLAGS_SYS, FLAG, SHADOW, STAMP } from '../arch/x86/state.ts';
import { checkPorts } from '../arch/x86/tasks.ts';
import { X86, type EngineViews } from '../arch/x86/x86.ts';
import type { ProcessorTime } from './processor-time.ts';

// Word indices. Constants of this module's own go into machine code, imported ones are looked up.
const IC = STATE.IC >> 2,
  EXIT_WORD = STATE.EXIT >> 2,
  FLAGS = EFLAGS_SYS >> 2,
  CR0_WORD = CR0 >> 2,
  CPL_WORD = CPL >> 2,
  STAMP_VALID = STAMP.VALID >> 2,
  STAMP_USED = STAMP.USED >> 2,
  TLB_BASE = STATE.TLB_BASE >> 2;
const TLB_USER = MAP.TLB_USER, PE = CR0_PE, VM = FLAG.VM, IF = FLAG.IF, NO_TYPE = MEMORY_TYPE.NONE;
/** `rem` while no instruction is running. */
const BETWEEN = -1;

/** What was counted since reset. */
export interface ProcessorCounters {
  portReads: number;
  portWrites: number;
  /** Accesses to memory that is not plain RAM (with tracing of all accesses: to any memory). */
  mmioReads: number;
  mmioWrites: number;
  interrupts: number;
  exceptions: number;
}

/** Input levels. */
export interface ProcessorLines {
  intr: boolean;
  nmi: boolean;
  /** An NMI edge was seen and not yet delivered. */
  nmiPending: boolean;
}

export abstract class BusInterface implements Environment {
  readonly x: X86;
  readonly time: ProcessorTime;
  readonly counters: ProcessorCounters;
  readonly lines: ProcessorLines;
  /** The next stop: time, and instruction count. */
  until: Ticks = Infinity;
  instructionStop = Infinity;
  /** The run loop must look around: a stop was requested, the memory map has changed. */
  attend = false;
  protected readonly sim: Simulation;
  private readonly scheduler: Scheduler;
  private readonly trace: Trace;
  protected readonly memory: AddressSpace;
  protected readonly io: AddressSpace;
  protected readonly tx: Transaction;
  protected readonly words: Int32Array;
  /** IR address of the µop that called, and instructions of its block after the current one. */
  protected ip = 0;
  protected rem: number = BETWEEN;
  protected modeDirty = true;

  constructor(
    name: string, sim: Simulation, memory: AddressSpace, io: AddressSpace, engine: EngineViews,
    time: ProcessorTime, counters: ProcessorCounters, lines: ProcessorLines,
  ) {
    this.sim = sim;
    this.scheduler = sim.scheduler;
    this.trace = sim.trace;
    this.memory = memory;
    this.io = io;
    this.time = time;
    this.counters = counters;
    this.lines = lines;
    this.words = engine.words;
    this.tx = new Transaction(name);
    this.x = new X86(engine, memory, this, name);
  }

  /** An import was called by the µop at `ip`. */
  protected enter(ip: number): void {
    this.ip = ip;
    this.rem = this.words[ip >> 2] >>> 16;
  }

  /** No instruction is running: what happens now happens between two. */
  protected between(): void {
    this.rem = BETWEEN;
  }

  // --- imports of the interpreter ---

  slowLoad(address: number, size: number, intent: number, ip: number): number {
    this.enter(ip);
    const user = this.words[TLB_BASE] === TLB_USER ? 1 : 0,
      offset = address & 0xfff;
    if (intent !== 2 && offset + size <= 0x1000) {
      const mmu = this.x.mmu,
        slot = mmu.translate(address, user, intent);
      if (slot < 0) {
        this.words[EXIT_WORD] = EXIT.FAULT;
        return 0;
      }
      if (mmu.hosts[slot] < 0) return this.busRead((mmu.frames[slot] | offset) >>> 0, size, mmu.memoryType(slot));
      mmu.fillEngine(slot);
      return this.x.memory.loadSlot(slot, offset, size);
    }
    return this.oddLoad(address, size, intent, user);
  }

  /** A load that crosses a page border, or a probe. */
  private oddLoad(address: number, size: number, intent: number, user: number): number {
    const x = this.x;
    if (intent === 2) {
      if (!x.memory.writable(address, size, user)) this.words[EXIT_WORD] = EXIT.FAULT;
      return 0;
    }
    const value = x.memory.load(address, size, user, intent);
    if (x.fault.pending) this.words[EXIT_WORD] = EXIT.FAULT;
    return value;
  }

  slowStore(address: number, value: number, size: number, ip: number): void {
    this.enter(ip);
    const w = this.words,
      x = this.x;
    const user = w[TLB_BASE] === TLB_USER ? 1 : 0;
    const offset = address & 0xfff;
    if (offset + size <= 0x1000) {
      const slot = x.mmu.translate(address, user, 1);
      if (slot < 0) {
        w[EXIT_WORD] = EXIT.FAULT;
        return;
      }
      x.mmu.fillEngine(slot);
      x.memory.storeSlot(slot, offset, size, value);
      return;
    }
    if (!x.memory.store(address, size, value, user)) w[EXIT_WORD] = EXIT.FAULT;
  }

  portIn(port: number, size: number, ip: number): number {
    this.enter(ip);
    // All is allowed at CPL 0, which virtual-8086 mode never has.
    if (this.words[CPL_WORD] !== 0 && !this.portAllowed(port, size)) return 0;
    return this.portRead(port & 0xffff, size);
  }

  portOut(port: number, value: number, size: number, ip: number): void {
    this.enter(ip);
    if (this.words[CPL_WORD] === 0 || this.portAllowed(port, size)) this.portWrite(port & 0xffff, size, value >>> 0);
  }

  private portAllowed(port: number, size: number): boolean {
    const w = this.words,
      flags = w[FLAGS];
    if ((w[CR0_WORD] & PE) === 0 || ((flags & VM) === 0 && w[CPL_WORD] <= ((flags >>> 12) & 3))) return true;
    try {
      checkPorts(this.x, port & 0xffff, size);
      return true;
    } catch (failure) {
      if (failure !== GUEST_FAULT) throw failure;
      w[EXIT_WORD] = EXIT.FAULT;
      return false;
    }
  }

  // --- timed accesses ---

  /** Before an access: brings simulated time to the instruction at hand and says who asks. */
  private begin(memoryType: number): void {
    const w = this.words,
      tx = this.tx;
    this.time.synchronize(w[IC] + this.rem + 1, this.scheduler);
    tx.memoryType = memoryType;
    tx.privileged = w[CPL_WORD] !== 3;
    if (this.trace.enabled) tx.pc = this.currentLinear();
  }

  /**
   * After it: adds what it took and computes the budget anew; leaves after this µop if something
   * wants attention.
   */
  private settle(): void {
    const w = this.words,
      rem = this.rem;
    w[STAMP_VALID] = 0;
    // The instruction at hand runs to its end in any case.
    const budget = this.time.settle(this.tx, this.scheduler, this, rem === BETWEEN ? 0 : 1);
    w[IC] = budget - 1 - rem;
    if (rem === BETWEEN) return;
    if (w[STAMP_USED] !== 0) this.restamp();
    if (budget <= rem || this.attention()) w[EXIT_WORD] = EXIT.LEAVE;
  }

  /**
   * After an access the counter goes on from another time. Who waits for a device by the clock
   * reads it before and after each access.
   */
  private restamp(): void {
    this.words[STAMP_USED] = 0;
    this.stamp();
  }

  /**
   * Instructions that may start from the anchor on before the next event or stop. Every new budget
   * comes from here.
   */
  protected allowed(): number {
    this.words[STAMP_VALID] = 0;
    return this.time.allowed(this.scheduler, this);
  }

  /** Linear address of the instruction at hand, for the trace. */
  protected abstract currentLinear(): number;

  busRead(address: number, size: number, memoryType: number): number {
    this.begin(memoryType);
    this.counters.mmioReads++;
    const value = this.memory.read(address, size, this.tx);
    this.settle();
    return value;
  }

  busWrite(address: number, size: number, value: number, memoryType: number): void {
    this.begin(memoryType);
    this.counters.mmioWrites++;
    this.memory.write(address, size, value, this.tx);
    this.settle();
  }

  portRead(port: number, size: number): number {
    this.begin(NO_TYPE);
    this.counters.portReads++;
    const value = this.io.read(port, size, this.tx);
    this.settle();
    return value;
  }

  portWrite(port: number, size: number, value: number): void {
    this.begin(NO_TYPE);
    this.counters.portWrites++;
    this.io.write(port, size, value, this.tx);
    this.settle();
  }

  // --- for slow operations ---

  budget(): number {
    return this.words[IC] + this.rem + 1;
  }

  consume(n: number): void {
    const w = this.words;
    w[IC] -= n;
    // The last call of an instruction takes one back: only then is the rest of the block looked at.
    if (n < 0 && w[IC] < 0) w[EXIT_WORD] = EXIT.LEAVE;
  }

  restart(): void {
    this.words[EXIT_WORD] = EXIT.FAULT;
  }

  /** An interrupt can be taken or the run loop must look around. */
  attention(): boolean {
    return this.attend || this.lines.nmiPending || (this.lines.intr && (this.words[FLAGS] & IF) !== 0);
  }

  leave(): void {
    this.words[EXIT_WORD] = EXIT.LEAVE;
  }

  jumped(): void {
    this.words[EXIT_WORD] = EXIT.SYNC;
  }

  resumed(): void {
    const w = this.words;
    if (this.modeDirty || w[IC] <= 0 || (w[FLAGS] & FLAG.TF) !== 0 || this.attention()) w[EXIT_WORD] = EXIT.SYNC;
  }

  modeChanged(): void {
    this.modeDirty = true;
  }

  inhibitInterrupts(debugTraps: boolean): void {
    this.words[SHADOW >> 2] = debugTraps ? 2 : 1;
    // The count when the current instruction is done.
    this.time.shadowAt = this.time.instructions + this.time.budget - (this.words[IC] + this.rem);
  }

  interruptsEnabled(): void {
    if (this.lines.intr) this.words[EXIT_WORD] = EXIT.LEAVE;
  }

  timeStamp(): number {
    this.words[STAMP_USED] = 1;
    return this.stamp();
  }

  /** The time stamp counter at the instruction at hand; notes it for `helper-front.ts`. */
  private stamp(): number {
    const w = this.words,
      after = w[IC] + this.rem;
    const now = this.time.timeStampAt(after + 1);
    if (this.time.regular) {
      const end = now + after;
      w[STAMP.END >> 2] = end | 0;
      w[(STAMP.END >> 2) + 1] = Math.floor(end / 2 ** 32) | 0;
      w[STAMP_VALID] = 1;
    }
    return now;
  }

  setTimeStamp(cycles: number): void {
    this.time.anchor(this.budget());
    this.time.timeStamp = cycles;
    this.words[STAMP_VALID] = 0;
  }

  instructionCount(): number {
    return this.time.instructions + this.time.budget - this.budget();
  }

  note(what: string, detail: string): void {
    this.sim.trace.note(this.time.now, this.tx.initiator, what, detail);
  }

  abstract codeWritten(host: number, length: number): void;
  abstract currentPc(): number;
  abstract nextPc(): number;
  abstract flushJumps(which: number): void;
}
