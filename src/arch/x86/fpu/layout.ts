/**
 * Layout of the x87 state window and the bits of its words.
 *
 * Source: Intel Architecture Software Developer's Manual, vol. 1 (order 243190), section 7.3
 * "FPU execution environment". The window holds physical registers R0..R7 (not ST(i)), so that
 * moving TOP moves no data. All words little endian.
 */

/** Bytes between two registers in the window. */
export const REGISTER_STRIDE = 16;
/**
 * Offsets inside one register: significand bits 31..0, bits 63..32, sign and exponent (u32, upper
 * half zero).
 */
export const SIG_LO = 0;
export const SIG_HI = 4;
export const SIGN_EXP = 8;

/** Offsets inside the window, each a u32. */
export const CONTROL = 128;
export const STATUS = 132;
/**
 * One bit per physical register, 1 = not empty. The two-bit tags of FNSTENV are derived from the
 * contents.
 */
export const FULL = 136;
/** Last non-control opcode: bits 10..8 the first byte's low three bits, bits 7..0 ModRM. */
export const LAST_OPCODE = 140;
export const LAST_IP = 144;
export const LAST_CS = 148;
export const LAST_DP = 152;
export const LAST_DS = 156;
/** Bytes of the whole window. */
export const WINDOW_BYTES = 160;

/** Status word bits; the low six are also the mask bits of the control word. */
export const IE = 0x01;
export const DE = 0x02;
export const ZE = 0x04;
export const OE = 0x08;
export const UE = 0x10;
export const PE = 0x20;
export const SF = 0x40;
export const ES = 0x80;
export const C0 = 0x100;
export const C1 = 0x200;
export const C2 = 0x400;
export const TOP_MASK = 0x3800;
export const TOP_SHIFT = 11;
export const C3 = 0x4000;
export const BUSY = 0x8000;
/** Exceptions that stop an instruction before it changes anything: IE, DE and ZE. */
export const BEFORE = IE | DE | ZE;
export const ALL_EXCEPTIONS = 0x3f;

/** Control word: precision and rounding fields. */
export const PC_MASK = 0x300;
export const PC_24 = 0x000;
export const PC_53 = 0x200;
export const PC_64 = 0x300;
export const RC_SHIFT = 10;
export const RC_MASK = 0xc00;
export const RC_NEAREST = 0;
export const RC_DOWN = 1;
export const RC_UP = 2;
export const RC_ZERO = 3;
/** Value after FNINIT: all exceptions masked, 64-bit precision, round to nearest. */
export const CONTROL_INIT = 0x037f;
/** Value after a hardware RESET: all exceptions unmasked, 24-bit precision. */
export const CONTROL_RESET = 0x0040;

/** EFLAGS bits written by FCOMI and its relatives. */
export const EFLAGS_CF = 0x01;
export const EFLAGS_PF = 0x04;
export const EFLAGS_ZF = 0x40;
