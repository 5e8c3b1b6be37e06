/**
 * What a processor core (`src/cpu`) needs of an instruction set, and what it offers to one. The
 * core has the run loop, the port to the bus, time, decoded code; an instruction set has state,
 * decoding, translation of addresses, and what happens between two instructions.
 * `arch/<isa>/isa.ts` exports one `Isa`; nothing else of the folder is known to the core.
 */
import type { Builder } from '../ir/builder.ts';
import type { EngineMemory } from '../ir/engine-memory.ts';
import type { FastFunction, EngineImports } from '../ir/imports.ts';
import type { InstructionSet } from '../ir/instruction-set.ts';
import type { AddressSpace } from '../mem/address-space.ts';
import type { Transaction } from '../mem/transaction.ts';
import type { Cells, LiveCells, SavedState } from '../sim/state.ts';
import type { Handlers } from '../sim/trace/handlers.ts';
import type { Inspection } from './inspection.ts';

export type * from './inspection.ts';

/** An instruction set. */
export interface Isa<A extends Architecture = Architecture> extends InstructionSet {
  /** Makes the architecture's part of one core, in its state after a reset. */
  create(port: CorePort): A;
}

/** What an instruction boundary says, see `Architecture.boundary`. */
export const PENDING = {
  /** Instructions may run. */
  GO: 0,
  /** One instruction may run; then `afterOne` is called and the boundary is looked at again. */
  ONE: 1,
  /** Something was delivered: PC is at its handler. */
  TAKEN: 2,
  /** Waits, and an event may wake it. */
  IDLE: 3,
  /** Waits, and no event that is scheduled can wake it. */
  HALTED: 4,
} as const;
export type Pending = (typeof PENDING)[keyof typeof PENDING];

/** Where an instruction is fetched from. */
export interface FetchPlace {
  /** Virtual address (x86: linear, EIP with the base of CS). */
  linear: number;
  /** Physical address of its page. */
  frame: number;
  /** Bytes from there on that may be fetched, page borders aside (x86: up to the limit of CS). */
  room: number;
}

/**
 * Code bytes for the decoder. `bytes[start]` is the byte at pc; bytes up to `end` (exclusive) lie
 * in the same page.
 */
export interface FetchWindow {
  bytes: Uint8Array;
  start: number;
  end: number;
  /**
   * Called when the first instruction of a block runs over `end`: byte number `index` (0-based)
   * behind it, in the next page, or -1 if it cannot be fetched (the implementation has recorded the
   * fault). Each call may be an access of the bus: bytes are asked for in order, once, and only if
   * the instruction has them. Where no memory holds the code, `end` is `start`.
   */
  nextPage(index: number): number;
}

/** Outcome of `Architecture.lift`; may be one object that the next call overwrites. */
export interface Translation {
  /** Instructions translated; 0 when the fetch failed. */
  readonly insns: number;
  /** Bytes of code from pc. */
  readonly bytes: number;
  /** The block is one instruction that runs into the next page. */
  readonly crosses: boolean;
  /** `nextPage` returned -1 (and has recorded the fault): nothing was emitted. */
  readonly fetchFailed: boolean;
}

/** What compiled code may take for granted of memory accesses in a mode. */
export interface ModeAccess {
  readonly regime: number;
  /** What the engine's TLB adds to every address that it lets pass, if that is always the same. */
  readonly addend: number | null;
  /**
   * Address from which on `ENGINE.FLAT_BYTES` bytes may be read without the TLB; null: none. Such a
   * read leaves no trace in the translations that are state, whoever makes it.
   */
  readonly flatFrom: number | null;
}

/**
 * Translated pages by slot number. A slot holds a virtual page of one regime. The engine's TLB is
 * filled from here.
 */
export interface Translations {
  /** Physical page of each slot, and its byte address in linear memory or -1: over the bus. */
  readonly frames: Int32Array;
  readonly hosts: Int32Array;
  /** Slot for a data access (`write` 0 or 1), or -1 with the fault recorded. */
  translate(address: number, regime: number, write: number): number;
  /** Memory type of the page in a slot, one of MEMORY_TYPE. */
  memoryType(slot: number): number;
  /** Byte address in linear memory of the writable RAM page at physical `page`, or -1. */
  hostPage(page: number): number;
  /** Enters a slot's page into the engine's TLB if it is RAM. */
  fillEngine(slot: number): void;
  /** Empties the engine's TLB: it is filled again as accesses miss. */
  flushEngine(): void;
  /** By linear-memory page: not 0 = stores must be seen (`ir/code-pages.ts`). */
  readonly codePages: Uint8Array;
  /** Stores to this page of linear memory miss the engine's TLB from now on: it holds code. */
  dropWrites(host: number): void;
  /** Sends every access over the bus, so that it can be traced; or no longer. */
  setOverBus(on: boolean): void;
  /** The memory map has changed or state was restored: computes everything derived anew. */
  rebuild(): void;
}

/** Data accesses by virtual address, for what the engine's TLB does not let pass. */
export interface GuestAccess {
  /** 1, 2 or 4 bytes; `intent` 1 faults as a write would. A fault is recorded and gives 0. */
  load(address: number, size: number, regime: number, intent: number): number;
  /** False if a fault was recorded; then nothing was stored. */
  store(address: number, size: number, value: number, regime: number): boolean;
  /** Within the page of a translated slot. */
  loadSlot(slot: number, offset: number, size: number): number;
  storeSlot(slot: number, offset: number, size: number, value: number): void;
  /** True if `size` bytes (any number) may be written, else the fault is recorded. */
  writable(address: number, size: number, regime: number): boolean;
}

/** The architecture's part of one core. */
export interface Architecture {
  readonly translations: Translations;
  readonly access: GuestAccess;
  /** A fault has been found and not been delivered yet. */
  readonly fault: { readonly pending: boolean };

  // --- between instructions
  /**
   * Looks at an instruction boundary: takes what is to be taken there (interrupts), or says how to
   * go on.
   */
  boundary(): Pending;
  /** One instruction has run after `PENDING.ONE`. */
  afterOne(): void;
  /** It has stopped for good (x86: shutdown). */
  stopped(): boolean;
  /**
   * A sentence about the last thing that software asked for and this processor lacks, for whoever
   * wonders why it stopped; null or absent if there was none.
   */
  readonly lastRefusal?: string | null;
  /** It waits for an interrupt. */
  waiting(): boolean;
  /** An interrupt could be taken now. Asked after each device access. */
  attention(): boolean;
  /** The run loop must look at this boundary: `attention`, waiting, or a trap is due. */
  due(): boolean;
  /** Delivers the fault that is recorded; PC is the instruction that it belongs to. */
  deliverFault(): void;
  /**
   * An instruction did not complete. True if PC already says where its fault belongs (x86: a task
   * switch that is past its point of no return).
   */
  pcIsSet(): boolean;
  /** An input pin has changed. Inputs are numbered by the architecture. */
  input(input: number, level: boolean): void;

  // --- modes and code
  /** Interned number of the mode that code runs in now: decoded code depends on nothing else. */
  mode(): number;
  /** Regime of data accesses and fetches now. */
  regime(): number;
  modeAccess(mode: number): ModeAccess;
  /** Virtual address of the instruction at `pc`. */
  linear(pc: number): number;
  /** Where the instruction at `pc` is, or null with the fault recorded. One object, overwritten. */
  fetch(pc: number): FetchPlace | null;
  /** Physical page for a fetch from `linear`, or -1 with the fault recorded. */
  fetchFrame(linear: number): number;
  /** Records the fault of a fetch beyond `FetchPlace.room`. */
  fetchBeyond(): void;
  /**
   * Emits the µops of the block at `pc` into `b`, between `begin` and `finish`: at most `most`
   * instructions, ended by a µop that ends a block or a helper that always leaves.
   */
  lift(window: FetchWindow, pc: number, mode: number, b: Builder, most: number): Translation;

  // --- what the engine calls
  /** Helper `id`, also those of `ENGINE_HELPER`; faults are recorded and EXIT set. */
  helper(id: number, a: number, b: number): void;
  /** Whether code may use a port; else the fault is recorded and EXIT set. */
  mayUsePort(port: number, size: number): boolean;
  /** Says what the processor says in a bus access besides the address: privilege. */
  describe(tx: Transaction): void;
  /** Parts of the engine of its own, in WebAssembly: see `EngineExtras`. */
  extras(imports: EngineImports): {
    readonly helper?: EngineImports['helper'];
    readonly fast?: readonly FastFunction[];
  };
  /**
   * Budget and time count from a new anchor in the midst of an instruction, and `ENGINE.CLOCK_USED`
   * says that code reads a clock without leaving the engine.
   */
  reanchored(): void;

  /** What people see who look at it; absent: nothing but its state. */
  readonly inspection?: Inspection;

  // --- state
  reset(): void;
  /** State was restored. */
  restored(): void;
  /** The memory map has changed: what is known of it is void. */
  mapChanged(): void;
  /**
   * A processor's saved state (a copy, which may be changed) reduced to what software can see.
   * `instructions`: how many have been executed.
   */
  architectural(saved: SavedState, instructions: number): SavedState;
}

/** What was counted since reset. */
export interface ProcessorCounters {
  portReads: number;
  portWrites: number;
  /** Accesses to memory that is not plain RAM. */
  mmioReads: number;
  mmioWrites: number;
  interrupts: number;
  exceptions: number;
}

/** What the core offers to the architecture in it. */
export interface CorePort {
  /** Initiator of its accesses. */
  readonly name: string;
  readonly engine: EngineMemory;
  readonly memory: AddressSpace;
  readonly counters: ProcessorCounters;
  /** Declares state of the architecture, saved and reset with the processor. */
  declare<T extends Cells>(group: string, initial: T): LiveCells<T>;

  // --- the bus, in time
  /**
   * Timed access to a physical address that is not plain RAM, 1, 2 or 4 bytes within a page;
   * memoryType one of MEMORY_TYPE.
   */
  busRead(address: number, size: number, memoryType: number): number;
  busWrite(address: number, size: number, value: number, memoryType: number): void;
  /**
   * As `busWrite` for up to `count` (1 or more) elements of a repeated instruction one after the
   * other, upwards within a page: of linear memory from `host` on, or `value` where that is -1.
   * Returns how many were stored: fewer where the run loop has to look around before the next; 0 if
   * it makes no runs now. What they count of the budget is the caller's to `consume`.
   */
  busWriteRun(
    address: number, size: number, count: number, memoryType: number, host: number, value: number,
  ): number;
  /** Timed port access. Privilege is checked by the caller. */
  portRead(port: number, size: number): number;
  portWrite(port: number, size: number, value: number): void;
  /**
   * What stores have left in write-combining buffers goes to the bus, and the processor waits for
   * it: for instructions and events that drain them.
   */
  drain(): void;
  /** A store to a RAM page that holds decoded code, about to happen: address in linear memory. */
  codeWritten(host: number, length: number): void;

  // --- the instruction at hand
  /**
   * Instructions that may still run before the deadline, the current one included (for repeated
   * string instructions).
   */
  budget(): number;
  /** Counts n further instructions as run (n may be -1). */
  consume(n: number): void;
  /**
   * Between two iterations of a repeated instruction: if the next may start at once, counts the one
   * that is done.
   */
  again(): boolean;
  /** The current instruction will be started again: its helper returns without having completed. */
  restart(): void;
  /** Something wants attention: an event is due or an interrupt can be taken. */
  attention(): boolean;
  /** Leave the interpreter after this µop. */
  leave(): void;
  /** The helper has set PC: leave for the run loop. */
  jumped(): void;
  /**
   * The helper has set PC, and a µop behind it goes there: leave only if the run loop has something
   * to do first.
   */
  resumed(): void;
  /** Addresses decode otherwise from now on, as after a change of the memory map. */
  remapped(): void;
  /** What `Architecture.mode` or `regime` depends on has changed. */
  modeChanged(): void;
  /** PC of the instruction being executed, and of the one after it. */
  currentPc(): number;
  nextPc(): number;

  // --- counts and clocks
  /** Instructions executed since reset, the current one not counted. */
  instructionCount(): number;
  /** Cycles of the processor's clock since time 0. */
  cycles(): number;
  /** An instruction takes a whole number of ticks, so `cycles` goes with the instructions. */
  readonly steady: boolean;

  // --- delivery
  /** What follows happens between two instructions: bus accesses belong to neither. */
  between(): void;
  /** Cycles that it takes to enter an interrupt's handler, at least 1. */
  readonly interruptCycles: number;
  /** So many cycles pass at this boundary. */
  elapse(cycles: number): void;
  /** Jump targets found by virtual address are void, by regime: bit n of `regimes`. */
  flushJumps(regimes: number): void;

  // --- for the trace
  /** Told of interrupts taken, entries and returns, if `on`. */
  readonly handlers: Handlers;
  note(what: string, detail: string): void;
}
