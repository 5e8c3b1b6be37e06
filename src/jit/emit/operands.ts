/**
 * The operand policy: where an emitter finds its operands and how it leaves. An emitter says what a
 * µop does; a policy says where cells, immediates and flags live. The interpreter's policy takes
 * operands from the µop's words and cells from CPU-state memory; a compiler's policy may keep cells
 * in locals and knows the words as constants.
 */
import type { EngineImports } from '../../ir/imports.ts';
import type { Width } from '../../ir/ops.ts';
import type { Code } from '../wasm-code.ts';

/** Operand word of a µop. */
export type Slot = 1 | 2 | 3;

/** Scratch locals for emitters, dead between µops. A policy declares them once per function. */
export interface Locals {
  /** i32: first and second source, result, shift count. */
  readonly a: number;
  readonly b: number;
  readonly r: number;
  readonly n: number;
  /** i32: guest address, TLB entry. */
  readonly address: number;
  readonly entry: number;
  /** i64. */
  readonly x: number;
  readonly y: number;
}

/**
 * Where the flags at this point come from, as far as the µop just before tells: conditions are then
 * shorter than from RES and AUX.
 */
export interface KnownFlags {
  /**
   * `difference`: those of local a - local b, both sign-extended; `logic`: CF = OF = 0; `other`:
   * only RES is known.
   */
  readonly kind: 'difference' | 'logic' | 'other';
  /** The locals of a `difference`. */
  readonly a: number;
  readonly b: number;
  /** Local that holds RES. */
  readonly result: number;
}

/** AUX as it follows from RES and one word: shorter to keep than to make. */
export interface AuxBy {
  /**
   * `difference`, `sum`: of the first operand, which is the word, and another, without carry;
   * `decrement`, `increment`: CF is bit 31 of the word.
   */
  readonly rule: 'difference' | 'sum' | 'decrement' | 'increment';
  readonly width: Width;
  /** Pushes the word. */
  readonly operand: () => void;
}

/** What a writer of AUX knows of it besides its value. */
export interface AuxRule {
  /** Pushes a word whose bit 31 is CF. */
  readonly carry: () => void;
  readonly by: AuxBy | null;
}

/** Methods that say "push" leave one i32 on the Wasm stack. */
export interface Operands {
  readonly f: Code;
  readonly t: Locals;

  /** Pushes the cell of operand `slot`, zero-extended from `width` bits. */
  get(slot: Slot, width: Width): Code;
  /** As `get`, sign-extended. */
  getS(slot: Slot, width: Width): Code;
  /**
   * Writes the low `width` bits of what `value` pushes to the cell of operand `slot`. `value` is
   * run once and may not leave. Where registers have 64 bits, 32 clear the upper half.
   */
  set(slot: Slot, width: Width, value: () => void): void;
  /** Pushes the operand word itself. */
  imm(slot: Slot): Code;
  /**
   * As those without 64, for a cell of 64 bits: "push" is of an i64. An immediate is the operand
   * word sign-extended, or with `high` that and another word.
   */
  get64(slot: Slot): Code;
  set64(slot: Slot, value: () => void): void;
  imm64(slot: Slot, high?: Slot): Code;
  /** The operand word, if it is known now. */
  constant(slot: Slot): number | null;
  /** Byte address of the TLB in use, if it is known now; else cell TLB_BASE says. */
  readonly tlbBase: number | null;
  /** What the TLB adds to every address that it lets pass, if that is always the same. */
  readonly addend: number | null;
  /** Address from which on `ENGINE.FLAT_BYTES` bytes may be read without the TLB; null: none. */
  readonly flatFrom: number | null;
  /** Cells at fixed addresses (`FIXED`, engine cells), by byte address. */
  getFixed(cell: number, width: Width): Code;
  setFixed(cell: number, width: Width, value: () => void): void;
  /** Pushes the i32 at `offset` behind the cell whose address `address` pushes: segment fields. */
  getField(address: () => void, offset: number): Code;

  /**
   * Lazy flags (ADR 0002). What a setter's `value` pushes may be made later, or never: it depends
   * on nothing but the µop's own locals and flags before.
   */
  getRes(): Code;
  getAux(): Code;
  /** Pushes a word whose bit 31 is CF: AUX, or less. */
  getCarry(): Code;
  setRes(value: () => void): void;
  setAux(value: () => void, rule?: AuxRule): void;

  /**
   * Set when the µop that wrote the flags left them in locals that still hold; null if nothing is
   * known.
   */
  readonly known: KnownFlags | null;
  /** Says what later µops may know. Locals a, b and the result must hold until this µop's end. */
  leaveKnown(flags: KnownFlags): void;

  /**
   * Calls an import; `args` pushes all arguments but the last, `ip`, which the policy adds. A
   * result stays on the stack.
   */
  call(name: keyof EngineImports, args: () => void): Code;
  /**
   * Calls the fast function that w1 names, with the operand in w1, the pc in w2 and what `address`
   * pushes; pushes what it returns.
   */
  callFast(address: () => void): Code;
  /**
   * Nothing of the µop has been done: the interpreter does it (by the helper, if the interpreter's
   * own fast function declines), then execution goes on behind it. Nothing may follow.
   */
  decline(): void;
  /** A TLB miss is rare at this µop: `decline` leaves it to the interpreter. */
  readonly rarelyMisses: boolean;
  /**
   * After `call`, as the µop's last act: completes the µop with `complete` unless EXIT is FAULT;
   * leaves if EXIT is set, at this µop for FAULT, else behind it.
   */
  completeOrLeave(complete?: () => void): void;
  /** After `call`: leaves whatever EXIT says (the import has set it). Nothing may follow. */
  leave(): void;
  /** Sets EXIT to `code`, leaves at this µop. Nothing may follow. */
  exit(code: number): void;

  /**
   * Goes on at the block that the link word in `link` names, or at guest pc operand `pc` by the
   * jump cache. Nothing may follow.
   */
  jump(link: Slot, pc: Slot): void;
  /**
   * Goes on by the jump cache at the guest pc that `pc` pushes; a miss has EXIT_IP 0. Nothing may
   * follow.
   */
  jumpTo(pc: () => void): void;
  /** Counts `head`'s execution in its own word 2; leaves if the block is hot now. */
  countExecution(): void;
  /** At `compiled`: hands over to the block's machine code. Nothing may follow. */
  handOver(): void;
}

/** Emits one µop; falling off the end goes on with the next µop. */
export type Emitter = (o: Operands) => void;
