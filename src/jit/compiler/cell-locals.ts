/**
 * Cells that a compiled function keeps in locals: the registers of the file, loaded at its start
 * and stored on its way out, and the temporaries of the instruction at hand. A local is an i32, or
 * an i64 where registers have 64 bits; parts of one are taken out and put in by shifts. All other
 * cells are accessed in memory.
 */
import type { RegisterFile } from '../../ir/instruction-set.ts';
import { STATE } from '../../ir/layout.ts';
import type { Width } from '../../ir/ops.ts';
import type { Code } from '../wasm-code.ts';
import { I32, I64, type ValueType } from '../wasm-bytes.ts';
import { type CellUse, registerOf } from './cell-use.ts';

const TEMP = STATE.TEMP, TEMP_END = STATE.TEMP + 64;

export class CellLocals {
  /** Registers and temporaries have 64 bits. */
  readonly wide: boolean;
  /** Temporaries that this instruction has written and not stored, as bits. */
  written = 0;
  /** This instruction keeps its temporaries in memory (a helper may use them). */
  temporariesInMemory = false;
  private readonly f: Code;
  private readonly file: RegisterFile;
  private readonly use: CellUse;
  private readonly type: ValueType;
  /** log2 of the bytes of a register. */
  private readonly shift: number;
  private readonly registers: readonly number[];
  private readonly temporaries = new Array<number>(16).fill(-1);

  constructor(f: Code, file: RegisterFile, use: CellUse) {
    this.f = f;
    this.file = file;
    this.use = use;
    this.wide = file.width === 64;
    this.type = this.wide ? I64 : I32;
    this.shift = this.wide ? 3 : 2;
    this.registers = [...use.registers].map((used) => (used !== 0 ? f.local(this.type) : -1));
  }

  /** Loads every register that the function names. */
  load(): void {
    const { f } = this;
    this.registers.forEach((local, n) => {
      if (local < 0) return;
      if (this.wide) f.const(0).load64(this.cellOf(n)).set(local);
      else f.const(0).load(32, this.cellOf(n)).set(local);
    });
  }

  /** Stores every register that the function may have changed. */
  store(): void {
    this.registers.forEach((local, n) => {
      if (this.use.changed[n] !== 0) this.storeLocal(local, this.cellOf(n));
    });
  }

  storeTemporaries(): void {
    for (let n = 0; n < 16; n++)
      if ((this.written >>> n) & 1) this.storeLocal(this.temporaries[n], TEMP + (n << this.shift));
  }

  /** Pushes `width` bits at `cell`, zero-extended. */
  get(cell: number, width: Width): Code {
    const { f } = this, local = this.localOf(cell);
    if (local < 0) return f.const(0).load(width, cell);
    this.part(local, cell);
    return width === 32 ? f : f.const(2 ** width - 1).and();
  }

  /** As `get`, sign-extended. */
  getS(cell: number, width: Width): Code {
    const local = this.localOf(cell);
    return local < 0 ? this.f.const(0).loadS(width, cell) : this.part(local, cell).sext(width);
  }

  /** Pushes the i64 at `cell`. */
  get64(cell: number): Code {
    const { f } = this;
    if (!this.wide)
      return this.get(cell, 32).extendU64().from(() => this.get(cell + 4, 32)).extendU64().const64(32n).shl64().or64();
    const local = this.localOf(cell);
    return local < 0 ? f.const(0).load64(cell) : f.get(local);
  }

  /** Writes the low `width` bits of what `value` pushes; what stands beside them stays. */
  set(cell: number, width: Width, value: () => void): void {
    const { f } = this, local = this.localOf(cell);
    if (local < 0) {
      f.const(0).from(value).store(width, cell);
      return;
    }
    this.noteWritten(cell);
    const bits = this.bitsBefore(cell);
    if (this.wide) {
      const mask = (1n << BigInt(width)) - 1n;
      f.get(local).const64(~(mask << BigInt(bits))).and64();
      f.from(value).extendU64().const64(mask).and64();
      if (bits !== 0) f.const64(BigInt(bits)).shl64();
      f.or64().set(local);
    } else if (width === 32) f.from(value).set(local);
    else {
      const mask = 2 ** width - 1;
      f.get(local).const(~(mask << bits)).and();
      f.from(value).const(mask).and();
      if (bits !== 0) f.const(bits).shl();
      f.or().set(local);
    }
  }

  /** Writes a whole cell where registers have 64 bits. */
  set64(cell: number, value: () => void): void {
    const { f } = this, local = this.localOf(cell);
    if (local < 0) {
      f.const(0).from(value).store64(cell);
      return;
    }
    this.noteWritten(cell);
    f.from(value).set(local);
  }

  /** Pushes the i32 that begins at `cell`, which `local` holds or holds a part of. */
  private part(local: number, cell: number): Code {
    const { f } = this, bits = this.bitsBefore(cell);
    f.get(local);
    if (this.wide) return bits === 0 ? f.wrap() : f.const64(BigInt(bits)).shrU64().wrap();
    return bits === 0 ? f : f.const(bits).shrU();
  }

  /** Bits of its register or temporary that stand below `cell`. */
  private bitsBefore(cell: number): number {
    return (cell & ((1 << this.shift) - 1)) * 8;
  }

  /** Cell of register n. */
  private cellOf(n: number): number {
    return this.file.base + (n << this.shift);
  }

  private noteWritten(cell: number): void {
    if (cell >= TEMP && cell < TEMP_END) this.written |= 1 << ((cell - TEMP) >> this.shift);
  }

  private storeLocal(local: number, cell: number): void {
    const { f } = this;
    if (this.wide) f.const(0).get(local).store64(cell);
    else f.const(0).get(local).store(32, cell);
  }

  /** The local that holds (the cell around) `cell`, or -1. */
  private localOf(cell: number): number {
    const register = registerOf(this.file, cell);
    if (register >= 0) return this.registers[register];
    if (cell < TEMP || cell >= TEMP_END || this.temporariesInMemory) return -1;
    const n = (cell - TEMP) >> this.shift;
    if (this.temporaries[n] < 0) this.temporaries[n] = this.f.local(this.type);
    return this.temporaries[n];
  }
}
