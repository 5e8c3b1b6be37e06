/**
 * The compiler's operand policy: operand words are constants, the eight general registers, the
 * flags, IC and the temporaries of an instruction are locals. Flags are computed only where
 * somebody may see them: a µop that writes them leaves behind how to make them (`FlagSource`), and
 * that code is emitted at readers, exits and joins. Whatever leaves stores all that changed, so the
 * state in memory is complete whenever the run loop looks.
 */
import type { EngineImports } from '../../ir/imports.ts';
import { EXIT, MAP, STATE, UOP_BYTES } from '../../ir/layout.ts';
import { OP, OPS, type OpRow, type Width } from '../../ir/ops.ts';
import { opOf } from '../../ir/runs.ts';
import { RESULT } from '../dispatcher.ts';
import type { KnownFlags, Locals, Operands, Slot } from '../emit/operands.ts';
import { EMITTERS } from '../emit/table.ts';
import type { Code } from '../wasm-code.ts';
import { I32 } from '../wasm-bytes.ts';
import { FAST_TYPE, IMPORT_INDEX, IMPORTS } from '../word-operands.ts';
import { FLAG_SETS, PendingFlags, SETTLED } from './pending-flags.ts';
import { ScratchLocals } from './scratch-locals.ts';
import type { CellUse } from './cell-use.ts';

/** What the control flow around a block decides. */
export interface Branching {
  /**
   * Emits the way to the block at IR address `link` if it stays in this function; nothing follows
   * it.
   */
  inside(link: number): boolean;
  /**
   * The function in this module for the head at IR address `link` and its number among the entries,
   * or null.
   */
  functionAt(link: number): { readonly index: number; readonly entry: number } | null;
}

/** What is known of the translation of addresses before code runs. */
export interface MemoryAccess {
  /** Byte address of the TLB. */
  readonly tlbBase: number;
  /** What the TLB adds to every address that it lets pass, if that is always the same. */
  readonly addend: number | null;
}

const GPR = STATE.ISA, TEMP = STATE.TEMP;

export class LocalOperands implements Operands {
  readonly f: Code;
  t: Locals;
  /** Parameter 0: instructions left. */
  readonly ic = 0;
  /** Labels of the ways out (`function-emitter.ts`). */
  readonly labels = { left: 0, out: 0, next: 0 };
  /** What the labels' code reads: EXIT_IP, and the result. */
  readonly exitIp: number;
  readonly result: number;
  private readonly words: Int32Array;
  private readonly use: CellUse;
  private readonly branching: Branching;
  private readonly sets: ScratchLocals[];
  /** The flags, made or not. */
  readonly flags: PendingFlags;
  private readonly registers: readonly number[];
  private readonly temporaries = new Array<number>(16).fill(-1);
  tlbBase: number = MAP.TLB_SUPERVISOR;
  addend: number | null = null;
  /** The µop being emitted. */
  private ip = 0;
  private row: OpRow = OPS[0];
  /** Temporaries that this instruction has written and not stored, as bits. */
  private written = 0;
  /** This instruction keeps its temporaries in memory (a helper may use them). */
  private temporariesInMemory = false;
  private lastOfInsn = false;
  /** The last call was of a helper: all state is in memory. */
  private inMemory = false;

  constructor(f: Code, words: Int32Array, use: CellUse, branching: Branching) {
    this.f = f;
    this.words = words;
    this.use = use;
    this.branching = branching;
    this.exitIp = f.local(I32);
    this.result = f.local(I32);
    this.registers = Array.from({ length: 8 }, (_, n) => ((use.registers >>> n) & 1 ? f.local(I32) : -1));
    this.flags = new PendingFlags(f, this, use.flags);
    this.sets = Array.from({ length: FLAG_SETS + 1 }, () => new ScratchLocals(f));
    this.t = this.sets[0];
  }

  // ---- for the function around

  /** Loads every cell that the function keeps in a local. */
  emitEntry(): void {
    this.reload();
  }

  /** Stores every cell that the function may have changed. */
  emitSpill(): void {
    const { f, use } = this;
    f.const(0).get(this.ic).store(32, STATE.IC);
    this.registers.forEach((local, n) => {
      if ((use.changed >>> n) & 1) f.const(0).get(local).store(32, GPR + 4 * n);
    });
    if (use.flagsChange) {
      f.const(0).get(this.flags.res).store(32, STATE.CC_RES);
      f.const(0).get(this.flags.aux).store(32, STATE.CC_AUX);
    }
  }

  /** Starts a block whose mode reaches memory so. */
  beginBlock({ tlbBase, addend }: MemoryAccess): void {
    this.tlbBase = tlbBase;
    this.addend = addend;
  }

  /** Starts an instruction; `helper` when one of its µops is a helper call. */
  beginInsn(helper: boolean): void {
    this.written = 0;
    this.temporariesInMemory = helper;
  }

  /** Emits the head at IR address `ip`, whatever it is now. */
  emitHead(ip: number): void {
    this.beginInsn(false);
    this.emitRow(ip, OPS[OP.head], true);
  }

  /** Emits the µop at IR address `ip`. */
  emit(ip: number, lastOfInsn: boolean): void {
    this.emitRow(ip, OPS[opOf(this.words[ip >> 2] & 0xffff)], lastOfInsn);
  }

  private emitRow(ip: number, row: OpRow, lastOfInsn: boolean): void {
    this.ip = ip;
    this.row = row;
    this.lastOfInsn = lastOfInsn;
    this.inMemory = false;
    const set = this.flags.begin(row);
    this.t = this.sets[set];
    EMITTERS[row.name](this);
    if (set !== 0) this.flags.end();
  }

  // ---- flags

  get known(): KnownFlags | null {
    return this.flags.state.known;
  }

  leaveKnown(flags: KnownFlags): void {
    this.flags.leaveKnown(flags);
  }

  getRes(): Code {
    return this.flags.getRes();
  }

  getAux(): Code {
    return this.flags.getAux();
  }

  setRes(value: () => void): void {
    this.flags.setRes(value);
  }

  setAux(value: () => void): void {
    this.flags.setAux(value);
  }

  // ---- cells

  get(slot: Slot, width: Width): Code {
    return this.getFixed(this.word(slot), width);
  }

  getS(slot: Slot, width: Width): Code {
    const cell = this.word(slot);
    const local = this.localOf(cell);
    if (local < 0) return this.f.const(0).loadS(width, cell);
    const shift = (cell & 3) * 8;
    this.f.get(local);
    if (shift !== 0) this.f.const(shift).shrU();
    return this.f.sext(width);
  }

  set(slot: Slot, width: Width, value: () => void): void {
    this.setFixed(this.word(slot), width, value);
  }

  imm(slot: Slot): Code {
    return this.f.const(this.word(slot));
  }

  constant(slot: Slot): number | null {
    return this.row.sig[slot - 1] === 'i' ? this.word(slot) : null;
  }

  getFixed(cell: number, width: Width): Code {
    const { f } = this;
    if (cell === STATE.IC) return f.get(this.ic);
    const local = this.localOf(cell);
    if (local < 0) return f.const(0).load(width, cell);
    f.get(local);
    if (width === 32) return f;
    if ((cell & 3) !== 0) f.const((cell & 3) * 8).shrU();
    return f.const(2 ** width - 1).and();
  }

  setFixed(cell: number, width: Width, value: () => void): void {
    const { f } = this;
    if (cell === STATE.IC) {
      f.from(value).set(this.ic);
      return;
    }
    const local = this.localOf(cell);
    if (local < 0) {
      f.const(0).from(value).store(width, cell);
      return;
    }
    if (cell < GPR) this.written |= 1 << ((cell - TEMP) >> 2);
    if (width === 32) {
      f.from(value).set(local);
      return;
    }
    const shift = (cell & 3) * 8, mask = 2 ** width - 1;
    f.get(local).const(~(mask << shift)).and();
    f.from(value).const(mask).and();
    if (shift !== 0) f.const(shift).shl();
    f.or().set(local);
  }

  getField(address: () => void, offset: number): Code {
    return this.f.from(address).load(32, offset);
  }

  private word(slot: Slot): number {
    return this.words[(this.ip >> 2) + slot];
  }

  /** The local that holds (the cell around) `cell`, or -1. */
  private localOf(cell: number): number {
    if (cell >= GPR && cell < GPR + 32) return this.registers[(cell - GPR) >> 2];
    if (cell < TEMP || cell >= TEMP + 64 || this.temporariesInMemory) return -1;
    const n = (cell - TEMP) >> 2;
    if (this.temporaries[n] < 0) this.temporaries[n] = this.f.local(I32);
    return this.temporaries[n];
  }

  private reload(): void {
    const { f } = this;
    this.registers.forEach((local, n) => {
      if (local >= 0) f.const(0).load(32, GPR + 4 * n).set(local);
    });
    if (!this.use.flags) return;
    f.const(0).load(32, STATE.CC_RES).set(this.flags.res);
    f.const(0).load(32, STATE.CC_AUX).set(this.flags.aux);
  }

  // ---- calls and ways out

  call(name: keyof EngineImports, args: () => void): Code {
    const { f } = this;
    const index = IMPORT_INDEX[name];
    if (name === 'helper') {
      // It may look at everything and change everything.
      this.flags.make();
      this.emitSpill();
      this.inMemory = true;
    } else f.const(0).get(this.ic).store(32, STATE.IC);
    f.from(args).const(this.ip).const(index).callIndirect(index);
    if (name !== 'helper') f.const(0).load(32, STATE.IC).set(this.ic);
    return f;
  }

  callFast(address: () => void): Code {
    const packed = this.word(1);
    return this.f.const(packed >>> 16).const(this.word(2)).from(address)
      .const(IMPORTS.length - 1 + ((packed >>> 8) & 0xff)).callIndirect(FAST_TYPE);
  }

  /** That is rare: the interpreter does this µop and those behind it. */
  decline(): void {
    const { written } = this;
    this.flags.make();
    this.storeTemporaries(true);
    this.f.const(this.ip).set(this.result).br(this.labels.next);
    this.written = written;
  }

  completeOrLeave(complete?: () => void): void {
    const { f } = this;
    if (this.row.op === OP.helper) {
      f.const(0).load(32, STATE.EXIT).if(() => this.leave());
      f.const(0).load(32, STATE.IC).set(this.ic);
      this.flags.state = SETTLED;
      this.reload();
      return;
    }
    f.const(0).load(32, STATE.EXIT).if(() => {
      const written = this.written;
      if (complete !== undefined) f.const(0).load(32, STATE.EXIT).const(EXIT.FAULT).ne().if(complete);
      this.storeTemporaries();
      this.leave();
      this.written = written;
    });
    complete?.();
  }

  /** The rest of this instruction may run elsewhere. */
  private storeTemporaries(always = false): void {
    if (this.lastOfInsn && !always) return;
    for (let n = 0; n < 16; n++)
      if ((this.written >>> n) & 1)
        this.f.const(0).get(this.temporaries[n]).store(32, TEMP + 4 * n);
  }

  leave(): void {
    const { f } = this;
    if (this.inMemory) {
      f.const(0).load(32, STATE.IC).set(this.ic);
      this.reload();
    } else this.flags.make();
    f.const(this.ip).set(this.exitIp).br(this.labels.left);
  }

  exit(code: number): void {
    const { f } = this;
    this.flags.make();
    f.const(0).const(code).store(32, STATE.EXIT);
    f.const(this.ip).set(this.exitIp).br(this.labels.out);
  }

  jump(link: Slot, pc: Slot): void {
    const { f } = this;
    const target = this.word(link);
    if (target !== 0 && this.goInside(target)) return;
    this.flags.make();
    if (target === 0) {
      // It may have been linked since.
      f.const(0).load(32, this.ip + 4 * link).tee(this.result).brIf(this.labels.next);
      f.const(0).from(() => this.imm(pc)).store(32, STATE.PC);
      f.const(-this.ip).set(this.result).br(this.labels.next);
      return;
    }
    const other = this.branching.functionAt(target);
    if (other === null) {
      f.const(target).set(this.result).br(this.labels.next);
      return;
    }
    this.emitSpill();
    f.get(this.ic).const(other.entry).returnCall(other.index);
  }

  /** Emits the way to a block of this function; what was known here is known again behind it. */
  private goInside(target: number): boolean {
    const { ip, row, t, written, temporariesInMemory, lastOfInsn, inMemory } = this;
    const { state } = this.flags;
    if (!this.branching.inside(target)) return false;
    Object.assign(this, { ip, row, t, written, temporariesInMemory, lastOfInsn, inMemory });
    this.flags.state = state;
    return true;
  }

  jumpTo(pc: () => void): void {
    const { f } = this;
    this.flags.make();
    f.const(0).from(pc).store(32, STATE.PC);
    f.const(RESULT.PROBE).set(this.result).br(this.labels.next);
  }

  /** What is compiled need not be counted. */
  countExecution(): void {}

  handOver(): void {
    throw new Error('a compiled head stands at the start of a block only');
  }

  /**
   * Behind a block whose last µop went on (a helper that did not jump): as the interpreter, at the
   * µop behind.
   */
  fallOff(): void {
    this.flags.make();
    this.f.const(this.ip + UOP_BYTES).set(this.result).br(this.labels.next);
  }
}
