/** An IA-32 processor of the P6 family, as the core around it sees it. */
import type { Builder } from '../../ir/builder.ts';
import type { EngineImports } from '../../ir/imports.ts';
import { EXIT, INVALID_TAG, MAP, SEGMENT, STATE } from '../../ir/layout.ts';
import { ENGINE_HELPER } from '../../ir/ops.ts';
import type { EngineExtras } from '../../jit/dispatcher.ts';
import type { Transaction } from '../../mem/transaction.ts';
import type { SavedState } from '../../sim/state.ts';
import type { Architecture, CorePort, FetchPlace, FetchWindow, ModeAccess, Pending, Translation } from '../isa.ts';
import type { LinearMemory } from '../linear-memory.ts';
import type { Boundary } from './boundary.ts';
import { GUEST_FAULT, type FaultRecord, VECTOR } from './fault.ts';
import { readEflags } from './flags.ts';
import { createFastX87 } from './fpu/fast/module.ts';
import { createHelperFront } from './helper-front.ts';
import { X86Inspection } from './inspection.ts';
import type { InterruptAcknowledge } from './interrupt-acknowledge.ts';
import { translateBlock } from './lift/translate.ts';
import { FLAT_FROM, type Mmu } from './mmu.ts';
import { ModeTable } from './mode-table.ts';
import { loadMemoryTypes } from './msr.ts';
import { portAllowed } from './ports.ts';
import { resetState } from './reset.ts';
import { SERIALIZING, SLOW_HANDLERS } from './slow/table.ts';
import { CPL, CS, FAULT_PC, HALTED, SHADOW, SS, segmentCell } from './state.ts';
import type { TimeStamp } from './timestamp.ts';
import { X86 } from './x86.ts';

// Word indices. Constants of this module's own go into machine code, imported ones are looked up.
const CPL_WORD = CPL >> 2, HALT = HALTED >> 2, EXIT_WORD = STATE.EXIT >> 2;
const BASE_WORD = (segmentCell(CS) + SEGMENT.BASE) >> 2, LIMIT_WORD = (segmentCell(CS) + SEGMENT.LIMIT) >> 2;
const STACK = segmentCell(SS);
/** Numbers of the regimes. */
const SUPERVISOR = 0, USER = 1;

export class X86Architecture implements Architecture {
  /** State, translation and faults, for loaders, debuggers and tests. */
  readonly x86: X86;
  readonly translations: Mmu;
  readonly access: LinearMemory;
  readonly fault: FaultRecord;
  readonly inspection: X86Inspection;
  private readonly words: Int32Array;
  /** Parts of `x86` that are asked at each access. */
  private readonly bounds: Boundary;
  private readonly stamp: TimeStamp;
  private readonly modes: ModeTable;
  private readonly place: FetchPlace = { linear: 0, frame: 0, room: 0 };

  constructor(port: CorePort) {
    const x = new X86(port);
    this.x86 = x;
    this.words = x.words;
    this.bounds = x.boundary;
    this.stamp = x.stamp;
    this.translations = x.mmu;
    this.access = x.memory;
    this.fault = x.fault;
    this.inspection = new X86Inspection(x);
    this.modes = new ModeTable(x.words);
    const { codeTags, codeFrames } = x.mmu;
    port.declare('tlb', { ...x.mmu.kept, codeTags, codeFrames });
    this.reset();
  }

  /** Wires the interrupt controller that is asked for vectors. */
  connect(controller: InterruptAcknowledge): void {
    this.bounds.acknowledge = controller;
  }

  // --- between instructions

  boundary(): Pending {
    return this.bounds.pending();
  }
  afterOne(): void {
    this.bounds.singleStep();
  }
  stopped(): boolean {
    return this.words[HALT] === 2;
  }
  waiting(): boolean {
    return this.words[HALT] !== 0;
  }
  attention(): boolean {
    return this.bounds.attention();
  }
  due(): boolean {
    return this.bounds.due();
  }
  deliverFault(): void {
    this.bounds.fault();
  }
  pcIsSet(): boolean {
    const set = this.x86.taskEntered;
    this.x86.taskEntered = false;
    return set;
  }
  input(input: number, level: boolean): void {
    this.bounds.input(input, level);
  }

  get lastRefusal(): string | null {
    return this.bounds.lastRefusal;
  }

  // --- modes and code

  mode(): number {
    return this.modes.current();
  }
  regime(): number {
    return this.words[CPL_WORD] === 3 ? USER : SUPERVISOR;
  }
  modeAccess(mode: number): ModeAccess {
    const { cpl, paging } = this.modes.mode(mode);
    const regime = cpl === 3 ? USER : SUPERVISOR;
    if (paging !== false) return { regime, addend: null, flatFrom: null };
    return { regime, addend: this.x86.env.engine.ramBase, flatFrom: FLAT_FROM };
  }
  linear(pc: number): number {
    return (this.words[BASE_WORD] + pc) >>> 0;
  }
  fetch(pc: number): FetchPlace | null {
    const w = this.words, place = this.place;
    const limit = w[LIMIT_WORD] >>> 0;
    if (pc >>> 0 > limit) {
      this.fetchBeyond();
      return null;
    }
    place.linear = (w[BASE_WORD] + pc) >>> 0;
    place.room = limit - (pc >>> 0) + 1;
    place.frame = this.x86.mmu.fetch(place.linear, this.x86.user);
    return place.frame < 0 ? null : place;
  }
  fetchFrame(linear: number): number {
    return this.x86.mmu.fetch(linear, this.x86.user);
  }
  fetchBeyond(): void {
    this.fault.set(VECTOR.GP, 0);
  }
  lift(window: FetchWindow, pc: number, mode: number, b: Builder, most: number): Translation {
    return translateBlock(window, pc, this.modes.mode(mode), b, most);
  }

  // --- what the engine calls

  helper(id: number, a: number, b: number): void {
    const x = this.x86;
    if (id >= ENGINE_HELPER.SEGMENT) {
      if (id === ENGINE_HELPER.RAISE) x.fault.set(a, b);
      else x.fault.set((a & 0xffff) === STACK ? VECTOR.SS : VECTOR.GP, 0);
      this.words[EXIT_WORD] = EXIT.FAULT;
      return;
    }
    try {
      if (SERIALIZING[id] === 1) x.env.drain();
      SLOW_HANDLERS[id](x, a, b);
    } catch (failure) {
      if (failure !== GUEST_FAULT) throw failure;
      this.words[EXIT_WORD] = EXIT.FAULT;
    }
  }
  mayUsePort(port: number, size: number): boolean {
    // All is allowed at CPL 0, which virtual-8086 mode never has.
    return this.words[CPL_WORD] === 0 || portAllowed(this.x86, port, size);
  }
  describe(tx: Transaction): void {
    tx.privileged = this.words[CPL_WORD] !== 3;
  }
  extras(imports: EngineImports): EngineExtras {
    const { engine } = this.x86.env;
    return { helper: createHelperFront(engine, imports.helper), fast: createFastX87(engine) };
  }
  reanchored(): void {
    this.stamp.reanchored();
  }

  // --- state

  reset(): void {
    this.stamp.set(0);
    this.bounds.forget();
    this.translations.restoreA20(this.bounds.a20Masked);
    resetState(this.x86);
  }
  restored(): void {
    loadMemoryTypes(this.x86);
    this.translations.restoreA20(this.bounds.a20Masked);
    this.bounds.forget();
  }
  mapChanged(): void {
    this.x86.physical.changed();
  }

  /**
   * Lazy flags count as the flags that they stand for. What no guest can see does not count: the
   * engine's own cells but for PC, FAULT_PC outside of a delivery, the interrupt shadow once the
   * instruction that it held back is over, and what stands in TLB entries that hold nothing.
   */
  architectural(saved: SavedState, instructions: number): SavedState {
    const { cpu, tlb, shadow, ...rest } = saved;
    const bytes = cpu['cells'] as Uint8Array;
    // As a whole linear memory has them, so that the cells' addresses can be used.
    const cells = new Int32Array((MAP.STATE + bytes.length) >> 2);
    cells.set(new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2), MAP.STATE >> 2);
    const pc = cells[STATE.PC >> 2], eflags = readEflags(cells);
    cells.fill(0, MAP.STATE >> 2, STATE.ISA >> 2);
    cells[FAULT_PC >> 2] = 0;
    let at = shadow['at'] as number;
    // The shadow lasts for one instruction.
    if (instructions !== at) cells[SHADOW >> 2] = 0;
    if (cells[SHADOW >> 2] === 0) at = -1;
    const { tags, frames, flags, codeTags, codeFrames } = tlb as Record<string, Int32Array>;
    return {
      ...rest,
      cpu: { cells, pc, eflags },
      shadow: { at },
      tlb: {
        tags, codeTags,
        frames: where(tags, frames),
        flags: where(tags, flags),
        codeFrames: where(codeTags, codeFrames),
      },
    };
  }
}

/** The values of the entries that hold something. */
function where(tags: Int32Array, values: Int32Array): Int32Array {
  return values.map((v, i) => (tags[i] === INVALID_TAG ? 0 : v));
}
