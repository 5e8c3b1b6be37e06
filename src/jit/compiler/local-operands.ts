/**
 * The compiler's operand policy: operand words are constants; the registers of the file, the flags,
 * IC and the temporaries of an instruction are locals. Flags are computed only where somebody may
 * see them: a µop that writes them leaves behind how to make them (`FlagSource`), and that code is
 * emitted at readers, exits and joins. Whatever leaves stores all that changed, so the state in
 * memory is complete whenever the run loop looks.
 */
import type { EngineImports } from '../../ir/imports.ts';
import { EXIT, STATE, UOP_BYTES, tlbBase } from '../../ir/layout.ts';
import { OP, OPS, type OpRow, type Width } from '../../ir/ops.ts';
import type { InstructionSet } from '../../ir/instruction-set.ts';
import type { IrCode } from '../../ir/ir-cache.ts';
import { RESULT } from '../dispatcher.ts';
import type { AuxRule, Emitter, KnownFlags, Locals, Operands, Slot } from '../emit/operands.ts';
import { charge, checkBudget } from '../emit/control.ts';
import { EMITTERS } from '../emit/table.ts';
import type { Code } from '../wasm-code.ts';
import { I32 } from '../wasm-bytes.ts';
import { FAST_TYPE, IMPORT_INDEX, IMPORTS } from '../word-operands.ts';
import { BY_RULE, FLAG_SETS, PendingFlags, SETTLED } from './pending-flags.ts';
import { ScratchLocals } from './scratch-locals.ts';
import { CellLocals } from './cell-locals.ts';
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
  /** Address from which on `ENGINE.FLAT_BYTES` bytes may be read without the TLB; null: none. */
  readonly flatFrom: number | null;
}

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
  private readonly ir: IrCode;
  private readonly cells: CellLocals;
  private readonly use: CellUse;
  private readonly branching: Branching;
  private readonly sets: ScratchLocals[];
  /** The flags, made or not. */
  readonly flags: PendingFlags;
  tlbBase: number = tlbBase(0);
  addend: number | null = null;
  flatFrom: number | null = null;
  /** The µop being emitted. */
  private ip = 0;
  private row: OpRow = OPS[0];
  private lastOfInsn = false;
  /** The last call was of a helper: all state is in memory. */
  private inMemory = false;

  constructor(f: Code, ir: IrCode, isa: InstructionSet, use: CellUse, branching: Branching) {
    this.f = f;
    this.ir = ir;
    this.use = use;
    this.branching = branching;
    this.exitIp = f.local(I32);
    this.result = f.local(I32);
    this.cells = new CellLocals(f, isa.registers, use);
    this.flags = new PendingFlags(f, this, use.flags, use.flagsChange);
    this.sets = Array.from({ length: FLAG_SETS + 1 }, () => new ScratchLocals(f));
    this.t = this.sets[0];
  }

  // ---- for the function around

  /** Loads every cell that the function keeps in a local. */
  emitEntry(): void {
    this.reload();
  }

  /** Stores every cell that the function may have changed, where all ways out come together. */
  emitEnd(): void {
    this.flags.state = BY_RULE;
    this.t = this.sets[0];
    this.spill();
  }

  private spill(): void {
    this.f.const(0).get(this.ic).store(32, STATE.IC);
    this.cells.store();
    if (this.use.flagsChange) this.flags.store();
  }

  /** Starts a block whose mode reaches memory so. */
  beginBlock({ tlbBase, addend, flatFrom }: MemoryAccess): void {
    this.tlbBase = tlbBase;
    this.addend = addend;
    this.flatFrom = flatFrom;
  }

  /** Starts an instruction; `helper` when one of its µops is a helper call. */
  beginInsn(helper: boolean): void {
    this.cells.written = 0;
    this.cells.temporariesInMemory = helper;
  }

  /**
   * Emits the head at IR address `ip`, whatever it is now; `checked`: all that leads here has
   * emitted its check.
   */
  emitHead(ip: number, checked: boolean): void {
    this.beginInsn(false);
    this.emitRow(ip, OPS[OP.head], true, checked ? charge : undefined);
  }

  /** On the way to the head at IR address `ip`: leaves there if the budget is used up. */
  emitCheck(ip: number): void {
    this.beginInsn(false);
    this.emitRow(ip, OPS[OP.head], true, checkBudget);
  }

  /** Emits the µop at IR address `ip`. */
  emit(ip: number, lastOfInsn: boolean): void {
    this.emitRow(ip, OPS[this.ir.opAt(ip)], lastOfInsn);
  }

  private emitRow(ip: number, row: OpRow, lastOfInsn: boolean, emitter: Emitter = EMITTERS[row.name]): void {
    this.ip = ip;
    this.row = row;
    this.lastOfInsn = lastOfInsn;
    this.inMemory = false;
    const set = this.flags.begin(row);
    this.t = this.sets[set];
    emitter(this);
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

  getCarry(): Code {
    return this.flags.getCarry();
  }

  setAux(value: () => void, rule?: AuxRule): void {
    this.flags.setAux(value, rule);
  }

  // ---- cells

  get(slot: Slot, width: Width): Code {
    return this.getFixed(this.word(slot), width);
  }

  getS(slot: Slot, width: Width): Code {
    return this.cells.getS(this.word(slot), width);
  }

  set(slot: Slot, width: Width, value: () => void): void {
    const cell = this.word(slot);
    if (this.cells.wide && width === 32) this.cells.set64(cell, () => this.f.from(value).extendU64());
    else this.setFixed(cell, width, value);
  }

  imm(slot: Slot): Code {
    return this.f.const(this.word(slot));
  }

  constant(slot: Slot): number | null {
    return this.row.sig[slot - 1] === 'i' ? this.word(slot) : null;
  }

  get64(slot: Slot): Code {
    return this.cells.get64(this.word(slot));
  }

  set64(slot: Slot, value: () => void): void {
    const { f, t, cells } = this, cell = this.word(slot);
    if (cells.wide) {
      cells.set64(cell, value);
      return;
    }
    f.from(value).set(t.x);
    cells.set(cell, 32, () => f.get(t.x).wrap());
    cells.set(cell + 4, 32, () => f.get(t.x).const64(32n).shrU64().wrap());
  }

  imm64(slot: Slot, high?: Slot): Code {
    const low = BigInt(this.word(slot));
    return this.f.const64(high === undefined ? low : (BigInt(this.word(high)) << 32n) | BigInt.asUintN(32, low));
  }

  getFixed(cell: number, width: Width): Code {
    return cell === STATE.IC ? this.f.get(this.ic) : this.cells.get(cell, width);
  }

  setFixed(cell: number, width: Width, value: () => void): void {
    if (cell === STATE.IC) this.f.from(value).set(this.ic);
    else this.cells.set(cell, width, value);
  }

  getField(address: () => void, offset: number): Code {
    return this.f.from(address).load(32, offset);
  }

  private word(slot: Slot): number {
    return this.ir.words[(this.ip >> 2) + slot];
  }

  private reload(): void {
    this.cells.load();
    this.flags.load();
  }

  // ---- calls and ways out

  call(name: keyof EngineImports, args: () => void): Code {
    const { f } = this;
    const index = IMPORT_INDEX[name];
    if (name === 'helper') {
      // It may look at everything and change everything.
      this.spill();
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

  get rarelyMisses(): boolean {
    return !this.ir.misses.often(this.ip);
  }

  /** That is rare: the interpreter does this µop and those behind it. */
  decline(): void {
    const { written } = this.cells;
    this.flags.leave();
    this.storeTemporaries(true);
    this.f.const(this.ip).set(this.result).br(this.labels.next);
    this.cells.written = written;
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
      const { written } = this.cells;
      if (complete !== undefined) f.const(0).load(32, STATE.EXIT).const(EXIT.FAULT).ne().if(complete);
      this.storeTemporaries();
      this.leave();
      this.cells.written = written;
    });
    complete?.();
  }

  /** The rest of this instruction may run elsewhere. */
  private storeTemporaries(always = false): void {
    if (!this.lastOfInsn || always) this.cells.storeTemporaries();
  }

  leave(): void {
    const { f } = this;
    if (this.inMemory) {
      f.const(0).load(32, STATE.IC).set(this.ic);
      this.reload();
    } else this.flags.leave();
    f.const(this.ip).set(this.exitIp).br(this.labels.left);
  }

  exit(code: number): void {
    const { f } = this;
    this.flags.leave();
    f.const(0).const(code).store(32, STATE.EXIT);
    f.const(this.ip).set(this.exitIp).br(this.labels.out);
  }

  jump(link: Slot, pc: Slot): void {
    const { f } = this;
    const target = this.word(link);
    if (target !== 0 && this.goInside(target)) return;
    const other = target === 0 ? null : this.branching.functionAt(target);
    if (other !== null) {
      this.spill();
      f.get(this.ic).const(other.entry).returnCall(other.index);
      return;
    }
    this.flags.leave();
    if (target === 0) {
      // It may have been linked since.
      f.const(0).load(32, this.ip + 4 * link).tee(this.result).brIf(this.labels.next);
      f.const(0).from(() => this.imm(pc)).store(32, STATE.PC);
      f.const(-this.ip).set(this.result).br(this.labels.next);
      return;
    }
    f.const(target).set(this.result).br(this.labels.next);
  }

  /** Emits the way to a block of this function; what was known here is known again behind it. */
  private goInside(target: number): boolean {
    const { ip, row, t, lastOfInsn, inMemory } = this;
    const { written, temporariesInMemory } = this.cells;
    const { state } = this.flags;
    if (!this.branching.inside(target)) return false;
    Object.assign(this, { ip, row, t, lastOfInsn, inMemory });
    Object.assign(this.cells, { written, temporariesInMemory });
    this.flags.state = state;
    return true;
  }

  jumpTo(pc: () => void): void {
    const { f } = this;
    this.flags.leave();
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
    this.flags.leave();
    this.f.const(this.ip + UOP_BYTES).set(this.result).br(this.labels.next);
  }
}
