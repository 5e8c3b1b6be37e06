/**
 * x86 cells in CPU-state memory (absolute byte addresses of i32, little endian). The registers are
 * in encoding order, so register n stands at `GPR + 4 n`, and its 8-bit names at `reg8(n)`.
 */
import { ENGINE, MAP, SEGMENT, STATE } from '../../ir/layout.ts';

const ISA = STATE.ISA;

export const GPR = ISA;
export const EAX = ISA,
  ECX = ISA + 4,
  EDX = ISA + 8,
  EBX = ISA + 12,
  ESP = ISA + 16,
  EBP = ISA + 20,
  ESI = ISA + 24,
  EDI = ISA + 28;
export const AL = EAX, CL = ECX, DL = EDX, BL = EBX, AH = EAX + 1, CH = ECX + 1, DH = EDX + 1, BH = EBX + 1;

/** Cell of the 8-bit register with encoding n: AL CL DL BL AH CH DH BH. */
export function reg8(n: number): number {
  return n < 4 ? GPR + 4 * n : GPR + 4 * (n - 4) + 1;
}

/**
 * EFLAGS without the six arithmetic flags (those are lazy, see ADR 0002), and without DF: TF, IF,
 * IOPL, NT, RF, VM, AC, VIF, VIP, ID at their positions.
 */
export const EFLAGS_SYS = ISA + 0x20;
/** 0 or 1: the direction flag. */
export const DF = ISA + 0x24;
export const CR0 = ISA + 0x28, CR2 = ISA + 0x2c, CR3 = ISA + 0x30, CR4 = ISA + 0x34;
/** Current privilege level. */
export const CPL = ISA + 0x38;
/** 1: interrupts are inhibited until after the next instruction (STI, MOV SS, POP SS). */
export const SHADOW = ISA + 0x3c;
/** 1: halted by HLT. 2: shut down by a triple fault. */
export const HALTED = ISA + 0x40;
/** GDTR, IDTR: base, limit. */
export const GDT_BASE = ISA + 0x44, GDT_LIMIT = ISA + 0x48, IDT_BASE = ISA + 0x4c, IDT_LIMIT = ISA + 0x50;
/** EIP of the instruction that caused a recorded fault (valid while a fault is delivered). */
export const FAULT_PC = ISA + 0x54;
/** 1: an NMI has been taken and no IRET executed since: further ones wait. */
export const NMI_BLOCKED = ISA + 0x58;

/**
 * Segment registers in encoding order ES CS SS DS FS GS, then LDTR, TR; see `SEGMENT` for the
 * layout.
 */
export const SEGS = ISA + 0x80;
export const ES = 0, CS = 1, SS = 2, DS = 3, FS = 4, GS = 5, LDTR = 6, TR = 7;
/** Cell of segment register n (0..7). */
export function segmentCell(n: number): number {
  return SEGS + SEGMENT.BYTES * n;
}

/** Temporary n (0..15). */
export function temp(n: number): number {
  return STATE.TEMP + 4 * n;
}

/** FPU state (owned by `fpu/`). */
export const FPU_STATE = MAP.STATE_EXT;
/** Debug registers DR0..DR7. */
export const DR = MAP.STATE_EXT + 0x400;
/** Model-specific registers (owned by `msr.ts`), 64 bits each. */
export const MSR_STATE = MAP.STATE_EXT + 0x800;

/**
 * Derived cells in the page below the state, which no snapshot holds: time stamp counter (64 bits)
 * at the point where the budget is used up, whether that is known, and whether it was asked for
 * since the last bus access. Kept by the processor core, read by `helper-front.ts`.
 */
export const STAMP = { END: MAP.STATE - 0x10, VALID: ENGINE.CLOCK_VALID, USED: ENGINE.CLOCK_USED } as const;

/** EFLAGS bits. */
export const FLAG = {
  CF: 1, PF: 4, AF: 0x10, ZF: 0x40, SF: 0x80, TF: 0x100, IF: 0x200, DF: 0x400, OF: 0x800, IOPL: 0x3000, NT: 0x4000,
  RF: 0x10000, VM: 0x20000, AC: 0x40000, VIF: 0x80000, VIP: 0x100000, ID: 0x200000,
} as const;
/** The six flags kept lazily. */
export const ARITH_FLAGS = 0x8d5;
