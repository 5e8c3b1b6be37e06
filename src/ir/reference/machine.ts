/**
 * The state and primitives of the reference interpreter: plain TypeScript over the same linear
 * memory, slow and simple. It is the oracle that the Wasm interpreter (and the JIT) are compared
 * with, so nothing here is derived from the emitters.
 */
import type { EngineMemory } from '../engine-memory.ts';
import type { EngineImports, FastFunction } from '../imports.ts';
import { EXIT, JUMP_CACHE_ENTRIES, MAP, STATE, TLB, TLB_ENTRIES, UOP_BYTES } from '../layout.ts';
import type { InstructionSet } from '../instruction-set.ts';
import type { Width } from '../ops.ts';

export type Slot = 1 | 2 | 3;

/** The six arithmetic flags as booleans. */
export interface Flags {
  cf: boolean;
  pf: boolean;
  af: boolean;
  zf: boolean;
  sf: boolean;
  of: boolean;
}

/** All ones in `width` bits. */
export function mask(width: Width): number {
  return width === 32 ? 0xffffffff : 2 ** width - 1;
}

/** The low `width` bits of `value`, as a signed number. */
export function signed(value: number, width: Width): number {
  return (value << (32 - width)) >> (32 - width);
}

/** The low `width` bits of `value`, as an unsigned number. */
export function unsigned(value: number, width: Width): number {
  return (value & mask(width)) >>> 0;
}

export class Machine {
  /** The core's window, and all of memory for RAM. */
  readonly view: DataView;
  private readonly host: DataView;
  /** Registers have 64 bits. */
  private readonly wide: boolean;
  readonly imports: EngineImports;
  readonly fast: readonly FastFunction[];
  /** The µop being executed, and the one to execute next. */
  ip = 0;
  next = 0;
  running = false;

  constructor(
    memory: EngineMemory, isa: InstructionSet, imports: EngineImports, fast: readonly FastFunction[],
  ) {
    this.view = memory.view;
    this.host = memory.host.view;
    this.wide = isa.registers.width === 64;
    this.imports = imports;
    this.fast = fast;
  }

  // ---- cells and operands

  read(address: number, width: Width): number {
    return readView(this.view, address, width);
  }

  write(address: number, width: Width, value: number): void {
    writeView(this.view, address, width, value);
  }

  /** Operand word as i32. */
  word(slot: Slot): number {
    return this.view.getInt32(this.ip + 4 * slot, true);
  }

  /** Cell of an operand, unsigned. */
  get(slot: Slot, width: Width): number {
    return this.read(this.word(slot) >>> 0, width);
  }

  set(slot: Slot, width: Width, value: number): void {
    const cell = this.word(slot) >>> 0;
    this.write(cell, width, value);
    if (width === 32 && this.wide) this.write(cell + 4, 32, 0);
  }

  /** Cell of an operand of 64 bits. */
  get64(slot: Slot): bigint {
    return this.view.getBigUint64(this.word(slot) >>> 0, true);
  }

  set64(slot: Slot, value: bigint): void {
    this.view.setBigUint64(this.word(slot) >>> 0, BigInt.asUintN(64, value), true);
  }

  /** Cell of an operand, or its word cut to `width`, unsigned. */
  source(slot: Slot, width: Width, immediate: boolean): number {
    return immediate ? unsigned(this.word(slot), width) : this.get(slot, width);
  }

  // ---- flags

  get flags(): Flags {
    const res = this.read(STATE.CC_RES, 32);
    const aux = this.read(STATE.CC_AUX, 32);
    const cf = aux >>> 31 === 1;
    const difference = ((aux >>> 30) & 1) === 1;
    let ones = 0;
    for (let bit = 0; bit < 8; bit++) ones += ((res >>> bit) ^ (aux >>> (8 + bit))) & 1;
    return {
      cf, of: cf !== difference, zf: res === 0, pf: ones % 2 === 0,
      af: (aux & 8) !== 0, sf: ((res >>> 31) ^ (aux & 1)) === 1,
    };
  }

  /** Sets all flags: ZF, SF, PF by the result. */
  setResult(width: Width, result: number, cf: boolean, of: boolean, af: boolean): void {
    this.write(STATE.CC_RES, 32, signed(result, width));
    this.write(STATE.CC_AUX, 32, (cf ? 2 ** 31 : 0) + (cf !== of ? 2 ** 30 : 0) + (af ? 8 : 0));
  }

  /** Sets CF and OF; the others stay. */
  setCarryOverflow(cf: boolean, of: boolean): void {
    const rest = this.read(STATE.CC_AUX, 32) & 0x3fffffff;
    this.write(STATE.CC_AUX, 32, rest + (cf ? 2 ** 31 : 0) + (cf !== of ? 2 ** 30 : 0));
  }

  // ---- leaving

  /** Leaves at this µop with exit code `code`. */
  exit(code: number): void {
    this.write(STATE.EXIT, 32, code);
    this.write(STATE.EXIT_IP, 32, this.ip);
    this.running = false;
  }

  /** After a call: true if the µop must not complete. */
  get faulted(): boolean {
    return this.read(STATE.EXIT, 32) === EXIT.FAULT;
  }

  /** After a call, when the µop is complete or faulted: leaves if the import asked for it. */
  leaveIfAsked(): void {
    if (this.read(STATE.EXIT, 32) !== EXIT.NONE) this.leave();
  }

  /** Leaves with the exit code that an import has set. */
  leave(): void {
    this.write(STATE.EXIT_IP, 32, this.faulted ? this.ip : this.ip + UOP_BYTES);
    this.running = false;
  }

  /** Goes on at guest `pc` by the jump cache; `missAt` is EXIT_IP if it is not there. */
  jump(pc: number, missAt: number): void {
    const at = MAP.JUMP_CACHE + ((pc ^ (pc >>> 15)) & (JUMP_CACHE_ENTRIES - 1)) * 16;
    if (this.read(at, 32) === pc >>> 0 && this.read(at + 4, 32) === this.read(STATE.MODE, 32)) {
      this.next = this.read(at + 8, 32);
      return;
    }
    this.write(STATE.PC, 32, pc);
    this.write(STATE.EXIT, 32, EXIT.MISS);
    this.write(STATE.EXIT_IP, 32, missAt);
    this.running = false;
  }

  /** goto: link word w2, else guest pc w1. */
  branch(): void {
    const link = this.word(2);
    if (link !== 0) this.next = link;
    else this.jump(this.word(1), this.ip);
  }

  // ---- memory

  /** Linear-memory address of `size` guest bytes, or -1 if the TLB does not allow the access. */
  translate(address: number, size: number, write: boolean): number {
    const vpage = address >>> 12;
    const entry = this.read(STATE.TLB_BASE, 32) + (vpage % TLB_ENTRIES) * 4;
    const last = (address + size - 1) >>> 0;
    if (last >>> 12 !== vpage || this.read(entry + (write ? TLB.WRITE : TLB.READ), 32) !== vpage * 4096) return -1;
    return (address + this.read(entry + TLB.ADDEND, 32)) >>> 0;
  }

  /** Loads `size` bytes; undefined if the µop must not complete. */
  load(address: number, size: 1 | 2 | 4, forWrite: boolean): number | undefined {
    const host = this.translate(address, size, forWrite);
    if (host >= 0) return readView(this.host, host, (size * 8) as Width);
    const value = this.imports.slowLoad(address | 0, size, forWrite ? 1 : 0, this.ip);
    return this.faulted ? undefined : unsigned(value, (size * 8) as Width);
  }

  /** Stores; false if the µop must not complete. */
  store(address: number, size: 1 | 2 | 4, value: number): boolean {
    const host = this.translate(address, size, true);
    if (host >= 0) {
      writeView(this.host, host, (size * 8) as Width, value);
      return true;
    }
    this.imports.slowStore(address | 0, value | 0, size, this.ip);
    return !this.faulted;
  }
}

function readView(view: DataView, address: number, width: Width): number {
  if (width === 8) return view.getUint8(address);
  return width === 16 ? view.getUint16(address, true) : view.getUint32(address, true);
}

function writeView(view: DataView, address: number, width: Width, value: number): void {
  if (width === 8) view.setUint8(address, value);
  else if (width === 16) view.setUint16(address, value, true);
  else view.setUint32(address, value, true);
}
