/** The toy processor as the core sees it. */
import { FaultRecord } from '../../src/arch/guest-fault.ts';
import {
  PENDING, type Architecture, type CorePort, type FetchPlace, type FetchWindow, type ModeAccess, type Pending,
  type Translation,
} from '../../src/arch/isa.ts';
import { LinearMemory } from '../../src/arch/linear-memory.ts';
import { PhysicalMemory } from '../../src/arch/physical-memory.ts';
import { TranslationTable, WRITABLE } from '../../src/arch/translation-table.ts';
import type { Builder } from '../../src/ir/builder.ts';
import { EXIT, INVALID_TAG, STATE } from '../../src/ir/layout.ts';
import { ENGINE_HELPER, OP } from '../../src/ir/ops.ts';
import { MEMORY_TYPE } from '../../src/mem/transaction.ts';
import type { SavedState } from '../../src/sim/state.ts';
import { lift } from './instructions.ts';
import { BAD_ADDRESS, CAUSE, ENABLED, EPC, FAULT, R, VECTOR, WAITING } from './state.ts';

const PC = STATE.PC >> 2;

/** Every address is physical, but nobody may touch the first page. */
class ToyTranslations extends TranslationTable {
  private readonly fault: FaultRecord;

  constructor(port: CorePort, fault: FaultRecord) {
    super(port.engine, new PhysicalMemory(port.memory, port.engine, port.name), 1);
    this.fault = fault;
  }

  protected walk(address: number, slot: number): number {
    const page = address & ~0xfff;
    if (page === 0) {
      this.words[BAD_ADDRESS >> 2] = address;
      this.fault.set(FAULT.ADDRESS, -1);
      return -1;
    }
    const host = this.overBus ? -1 : this.physical.hostPage(page >>> 0);
    this.enter(slot, address, page, WRITABLE, host, host >= 0 ? MEMORY_TYPE.NONE : MEMORY_TYPE.UC);
    return slot;
  }

  rebuild(): void {
    this.physical.changed();
    this.tags.fill(INVALID_TAG);
    this.flushEngine();
  }
}

export class ToyArchitecture implements Architecture {
  readonly fault = new FaultRecord();
  readonly translations: ToyTranslations;
  readonly access: LinearMemory;
  private readonly port: CorePort;
  private readonly words: Int32Array;
  private readonly line: { level: boolean };
  private readonly place: FetchPlace = { linear: 0, frame: 0, room: 0 };
  private readonly lifted = { insns: 0, bytes: 0, crosses: false, fetchFailed: false };

  constructor(port: CorePort) {
    this.port = port;
    this.words = port.engine.words;
    this.line = port.declare('line', { level: false });
    this.translations = new ToyTranslations(port, this.fault);
    this.access = new LinearMemory(port.engine.host.view, this.translations, port, this.fault);
    this.reset();
  }

  boundary(): Pending {
    const w = this.words;
    if (this.attention()) {
      w[WAITING >> 2] = 0;
      this.port.counters.interrupts++;
      this.enter(VECTOR.INTERRUPT);
      return PENDING.TAKEN;
    }
    if (w[WAITING >> 2] !== 0) return w[ENABLED >> 2] !== 0 ? PENDING.IDLE : PENDING.HALTED;
    return PENDING.GO;
  }
  deliverFault(): void {
    this.fault.pending = false;
    this.words[CAUSE >> 2] = this.fault.vector;
    this.port.counters.exceptions++;
    this.enter(VECTOR.FAULT);
  }
  private enter(vector: number): void {
    const w = this.words;
    this.port.between();
    w[EPC >> 2] = w[PC];
    w[ENABLED >> 2] = 0;
    w[PC] = vector;
    this.port.elapse(1);
  }
  afterOne(): void {}
  stopped(): boolean {
    return false;
  }
  waiting(): boolean {
    return this.words[WAITING >> 2] !== 0;
  }
  attention(): boolean {
    return this.line.level && this.words[ENABLED >> 2] !== 0;
  }
  due(): boolean {
    return this.attention() || this.waiting();
  }
  pcIsSet(): boolean {
    return false;
  }
  input(_input: number, level: boolean): void {
    this.line.level = level;
  }

  mode(): number {
    return 0;
  }
  regime(): number {
    return 0;
  }
  modeAccess(): ModeAccess {
    return { regime: 0, addend: this.port.engine.ramBase, flatFrom: null };
  }
  linear(pc: number): number {
    return pc >>> 0;
  }
  fetch(pc: number): FetchPlace | null {
    if ((pc & 3) !== 0 || pc >>> 12 === 0) {
      this.words[BAD_ADDRESS >> 2] = pc;
      this.fetchBeyond();
      return null;
    }
    this.place.linear = pc >>> 0;
    this.place.frame = (pc & ~0xfff) >>> 0;
    this.place.room = 2 ** 32 - (pc >>> 0);
    return this.place;
  }
  fetchFrame(linear: number): number {
    return (linear & ~0xfff) >>> 0;
  }
  fetchBeyond(): void {
    this.fault.set(FAULT.ADDRESS, -1);
  }
  lift(window: FetchWindow, pc: number, _mode: number, b: Builder, most: number): Translation {
    const { bytes } = window, { lifted } = this;
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    let at = window.start, ended = false;
    lifted.insns = 0;
    for (; !ended && at < window.end && lifted.insns < most && b.hasRoom; at += 4) {
      const here = (pc + at - window.start) | 0;
      b.insn(here);
      ended = lift(b, view.getUint32(at), here);
      lifted.insns++;
    }
    lifted.bytes = at - window.start;
    if (!ended) b.op(OP.goto, (pc + lifted.bytes) | 0);
    return lifted;
  }

  helper(id: number, a: number): void {
    if (id !== ENGINE_HELPER.RAISE) throw new Error(`helper ${id}`);
    this.fault.set(a, -1);
    this.words[STATE.EXIT >> 2] = EXIT.FAULT;
  }
  mayUsePort(): boolean {
    return false;
  }
  describe(): void {}
  extras(): Record<string, never> {
    return {};
  }
  reanchored(): void {}

  reset(): void {
    this.words.fill(0, R >> 2, (WAITING >> 2) + 1);
    this.words[PC] = VECTOR.RESET;
  }
  restored(): void {}
  mapChanged(): void {}
  architectural(saved: SavedState): SavedState {
    return saved;
  }
}
