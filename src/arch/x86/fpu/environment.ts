/**
 * Memory images of the unit: environment (FLDENV, FNSTENV), complete state (FNSAVE, FRSTOR) and
 * FXSAVE. Layouts: SDM vol. 1 (243190), figures 7-13 to 7-16; FXSAVE: vol. 2 (243191), table 3-12.
 */
import {
  CONTROL, FULL, LAST_CS, LAST_DP, LAST_DS, LAST_IP, LAST_OPCODE, REGISTER_STRIDE, SIG_HI, SIG_LO,
  SIGN_EXP, STATUS, TOP_SHIFT,
} from './layout.ts';
import { kindOf, NORMAL, ZERO } from './operands.ts';
import type { FpuUnit } from './unit.ts';

/**
 * Format bits of the environment instructions: 32-bit operand size; real-address or virtual-8086
 * mode.
 */
export const FORMAT_32 = 1;
export const FORMAT_REAL = 2;
/** Bytes of an FXSAVE area, and how many of them a unit without SSE reads and writes. */
export const FXSAVE_BYTES = 512;
export const FXSAVE_X87_BYTES = 160;

/** Defined bits of the control word; bit 6 reads as one. */
export function normalControl(value: number): number {
  return (value & 0x1f3f) | 0x40;
}

/** Bytes of an environment in this format: 14 or 28. */
export function environmentBytes(format: number): number {
  return (format & FORMAT_32) !== 0 ? 28 : 14;
}

/**
 * The tag word of two bits per register, derived from the contents: 0 valid, 1 zero, 2 special, 3
 * empty.
 */
export function tagWord(u: FpuUnit): number {
  const full = u.get(FULL);
  let tags = 0;
  for (let r = 0; r < 8; r++) {
    let tag = 3;
    if ((full >> r) & 1) {
      const at = r * REGISTER_STRIDE;
      const kind = kindOf(u.get(at + SIGN_EXP), u.get(at + SIG_HI), u.get(at + SIG_LO));
      tag = kind === NORMAL ? 0 : kind === ZERO ? 1 : 2;
    }
    tags |= tag << (2 * r);
  }
  return tags;
}

/** Writes the environment at offset 0 of the operand buffer. */
export function writeEnvironment(u: FpuUnit, format: number): void {
  const o = u.operand;
  const real = (format & FORMAT_REAL) !== 0;
  const opcode = u.get(LAST_OPCODE) & 0x7ff;
  let ip = u.get(LAST_IP);
  let cs = u.get(LAST_CS) & 0xffff;
  let dp = u.get(LAST_DP);
  let ds = u.get(LAST_DS) & 0xffff;
  if (real) {
    // Linear addresses in place of selector and offset.
    ip = (ip + (cs << 4)) | 0;
    dp = (dp + (ds << 4)) | 0;
    cs = (format & FORMAT_32) !== 0 ? (ip >>> 16) << 12 : (ip >>> 4) & 0xf000;
    ds = (format & FORMAT_32) !== 0 ? (dp >>> 16) << 12 : (dp >>> 4) & 0xf000;
  }
  if ((format & FORMAT_32) !== 0) {
    o.setInt32(0, 0xffff0000 | u.get(CONTROL), true);
    o.setInt32(4, 0xffff0000 | u.get(STATUS), true);
    o.setInt32(8, 0xffff0000 | tagWord(u), true);
    o.setInt32(12, real ? ip & 0xffff : ip, true);
    o.setInt32(16, real ? cs | opcode : cs | (opcode << 16), true);
    o.setInt32(20, real ? dp & 0xffff : dp, true);
    o.setInt32(24, real ? ds : 0xffff0000 | ds, true);
    return;
  }
  o.setInt16(0, u.get(CONTROL), true);
  o.setInt16(2, u.get(STATUS), true);
  o.setInt16(4, tagWord(u), true);
  o.setInt16(6, ip, true);
  o.setInt16(8, real ? cs | opcode : cs, true);
  o.setInt16(10, dp, true);
  o.setInt16(12, ds, true);
}

/** Loads the environment from offset 0 of the operand buffer. */
export function readEnvironment(u: FpuUnit, format: number): void {
  const o = u.operand;
  const real = (format & FORMAT_REAL) !== 0;
  const wide = (format & FORMAT_32) !== 0;
  const step = wide ? 4 : 2;
  u.set(CONTROL, normalControl(o.getUint16(0, true)));
  u.set(STATUS, o.getUint16(step, true));
  setFullFromTags(u, o.getUint16(2 * step, true));
  const ip = wide ? o.getInt32(12, true) : o.getUint16(6, true);
  const second = wide ? o.getInt32(16, true) : o.getUint16(8, true);
  const dp = wide ? o.getInt32(20, true) : o.getUint16(10, true);
  const fourth = wide ? o.getInt32(24, true) : o.getUint16(12, true);
  if (real) {
    u.set(LAST_OPCODE, second & 0x7ff);
    u.set(LAST_IP, (ip & 0xffff) | (wide ? ((second >>> 12) & 0xffff) << 16 : (second & 0xf000) << 4));
    u.set(LAST_DP, (dp & 0xffff) | (wide ? ((fourth >>> 12) & 0xffff) << 16 : (fourth & 0xf000) << 4));
    u.set(LAST_CS, 0);
    u.set(LAST_DS, 0);
  } else {
    u.set(LAST_OPCODE, wide ? (second >>> 16) & 0x7ff : 0);
    u.set(LAST_IP, ip);
    u.set(LAST_CS, second & 0xffff);
    u.set(LAST_DP, dp);
    u.set(LAST_DS, fourth & 0xffff);
  }
  u.updateSummary();
}

/** FULL = registers whose two-bit tag is not 3; their contents decide the rest. */
function setFullFromTags(u: FpuUnit, tags: number): void {
  let full = 0;
  for (let r = 0; r < 8; r++) if (((tags >> (2 * r)) & 3) !== 3) full |= 1 << r;
  u.set(FULL, full);
}

/** Writes the eight registers, ST(0) first, `stride` bytes apart from offset `at`. */
function writeRegisters(u: FpuUnit, at: number, stride: number): void {
  const top = u.get(STATUS) >> TOP_SHIFT;
  for (let i = 0; i < 8; i++, at += stride) {
    const r = ((top + i) & 7) * REGISTER_STRIDE;
    u.operand.setInt32(at, u.get(r + SIG_LO), true);
    u.operand.setInt32(at + 4, u.get(r + SIG_HI), true);
    u.operand.setInt16(at + 8, u.get(r + SIGN_EXP), true);
  }
}

/** Loads the eight registers likewise, after TOP has been loaded. */
function readRegisters(u: FpuUnit, at: number, stride: number): void {
  const top = u.get(STATUS) >> TOP_SHIFT;
  for (let i = 0; i < 8; i++, at += stride) {
    const r = ((top + i) & 7) * REGISTER_STRIDE;
    u.set(r + SIG_LO, u.operand.getInt32(at, true));
    u.set(r + SIG_HI, u.operand.getInt32(at + 4, true));
    u.set(r + SIGN_EXP, u.operand.getUint16(at + 8, true));
  }
}

/** Writes an FNSAVE image: environment, then ten bytes per register. */
export function writeState(u: FpuUnit, format: number): void {
  writeEnvironment(u, format);
  writeRegisters(u, environmentBytes(format), 10);
}

/** Loads an FRSTOR image. */
export function readState(u: FpuUnit, format: number): void {
  readEnvironment(u, format);
  readRegisters(u, environmentBytes(format), 10);
}

/**
 * Writes an FXSAVE image as a Pentium II does: MXCSR and its mask zero, nothing from byte 160 on.
 */
export function writeFxsave(u: FpuUnit): void {
  const o = u.operand;
  for (let at = 0; at < FXSAVE_X87_BYTES; at += 4) o.setInt32(at, 0, true);
  o.setInt16(0, u.get(CONTROL), true);
  o.setInt16(2, u.get(STATUS), true);
  o.setUint8(4, u.get(FULL) & 0xff);
  o.setInt16(6, u.get(LAST_OPCODE) & 0x7ff, true);
  o.setInt32(8, u.get(LAST_IP), true);
  o.setInt16(12, u.get(LAST_CS), true);
  o.setInt32(16, u.get(LAST_DP), true);
  o.setInt16(20, u.get(LAST_DS), true);
  writeRegisters(u, 32, 16);
}

/** Loads an FXRSTOR image; MXCSR and everything from byte 160 on are ignored. */
export function readFxsave(u: FpuUnit): void {
  const o = u.operand;
  u.set(CONTROL, normalControl(o.getUint16(0, true)));
  u.set(STATUS, o.getUint16(2, true));
  u.set(FULL, o.getUint8(4));
  u.set(LAST_OPCODE, o.getUint16(6, true) & 0x7ff);
  u.set(LAST_IP, o.getInt32(8, true));
  u.set(LAST_CS, o.getUint16(12, true));
  u.set(LAST_DP, o.getInt32(16, true));
  u.set(LAST_DS, o.getUint16(20, true));
  readRegisters(u, 32, 16);
  u.updateSummary();
}
