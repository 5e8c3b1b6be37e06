/** Replays the records of vectors.c on our x87 unit and reports where they differ. */
import {
  AX_RESULT, DONE, EFLAGS_RESULT, FORMAT_32, FXSAVE_X87_BYTES, UNDEFINED, X87,
} from '../../../src/arch/x86/fpu/x87.ts';

/** One replayed record. */
export interface Vector {
  readonly index: number;
  readonly group: number;
  readonly code: readonly number[];
  /** FRSTOR image before; FNSAVE image and memory of the host and of ours after. */
  readonly input: DataView;
  readonly host: DataView;
  readonly ours: DataView;
  readonly memoryBefore: Uint8Array;
  readonly memoryHost: Uint8Array;
  readonly memoryOurs: Uint8Array;
  readonly hostUndefined: boolean;
  readonly oursUndefined: boolean;
  readonly flagsHost: number;
  readonly flagsOurs: number;
  readonly axHost: number;
  readonly axOurs: number;
}

const HEADER = 240;
const ARITHMETIC_FLAGS = 0x8d5;

/** Executes every record; calls visit for each. The views passed are reused. */
export function replay(stream: Uint8Array, visit: (vector: Vector) => void): number {
  const all = new DataView(stream.buffer, stream.byteOffset, stream.byteLength);
  const window = new DataView(new ArrayBuffer(X87.STATE_BYTES + 32));
  const unit = new X87(window, 16);
  const operand = new Uint8Array(unit.operand.buffer);
  const ours = new Uint8Array(108);
  let at = 0;
  let index = 0;
  for (; at < stream.length; index++) {
    const length = stream[at + 4];
    const memoryBytes = all.getUint16(at + 6, true);
    const memory = at + HEADER;
    const code = [...stream.subarray(at, at + length)];
    const before = stream.subarray(memory, memory + memoryBytes);
    const after = before.slice();
    unit.initialize();
    operand.set(stream.subarray(at + 24, at + 132));
    unit.mem(0xdd, 4, FORMAT_32);
    const flagsIn = all.getUint32(at + 8, true);
    let flags = flagsIn;
    let ax = 0;
    let undefinedOpcode = false;
    const narrow = code[0] === 0x66;
    const opcode = narrow ? code[1] : code[0];
    const modrm = code[length - 1];
    if (opcode === 0x0f) {
      if (modrm >> 3 === 0) {
        unit.fxsave();
        after.set(operand.subarray(0, FXSAVE_X87_BYTES));
      } else {
        operand.set(before);
        unit.fxrstor();
      }
    } else if (modrm >= 0xc0) {
      const outcome = unit.reg(opcode, modrm, conditionHolds(opcode, modrm, flagsIn));
      if (outcome === EFLAGS_RESULT) flags = (flags & ~ARITHMETIC_FLAGS) | unit.eflags;
      else if (outcome === AX_RESULT) ax = unit.statusWord;
      else if (outcome === UNDEFINED) undefinedOpcode = true;
      else if (outcome !== DONE) throw new Error(`outcome ${outcome}`);
    } else {
      const format = narrow ? 0 : FORMAT_32;
      const field = (modrm >> 3) & 7;
      const size = unit.operandSize(opcode, field, format);
      if (size < 0) undefinedOpcode = true;
      else if (size > 0) {
        operand.set(before.subarray(0, size));
        unit.mem(opcode, field, format);
      } else {
        const written = unit.prepareStore(opcode, field, format);
        after.set(operand.subarray(0, written));
        unit.commitStore();
      }
    }
    unit.prepareStore(0xdd, 6, FORMAT_32);
    ours.set(operand.subarray(0, 108));
    visit({
      index,
      group: all.getUint32(at + 20, true),
      code,
      input: new DataView(stream.buffer, stream.byteOffset + at + 24, 108),
      host: new DataView(stream.buffer, stream.byteOffset + at + 132, 108),
      ours: new DataView(ours.buffer),
      memoryBefore: before,
      memoryHost: stream.subarray(memory + memoryBytes, memory + 2 * memoryBytes),
      memoryOurs: after,
      hostUndefined: (stream[at + 5] & 2) !== 0,
      oursUndefined: undefinedOpcode,
      flagsHost: all.getUint32(at + 12, true) & ARITHMETIC_FLAGS,
      flagsOurs: flags & ARITHMETIC_FLAGS,
      axHost: all.getUint32(at + 16, true),
      axOurs: ax,
    });
    at = memory + 2 * memoryBytes;
  }
  return index;
}

/** FCMOVcc's condition under these EFLAGS. */
function conditionHolds(opcode: number, modrm: number, flags: number): boolean {
  const mask = [0x01, 0x40, 0x41, 0x04][(modrm >> 3) & 3];
  return ((flags & mask) !== 0) === (opcode === 0xda);
}

/**
 * First difference of a vector, or an empty string. Instruction and operand pointers are not
 * compared.
 */
export function difference(v: Vector): string {
  if (v.hostUndefined !== v.oursUndefined) return `#UD host ${v.hostUndefined} ours ${v.oursUndefined}`;
  if (v.hostUndefined) return '';
  for (const [name, offset] of [['CW', 0], ['SW', 4], ['TW', 8]] as const) {
    const host = v.host.getUint16(offset, true);
    const ours = v.ours.getUint16(offset, true);
    if (host !== ours) return `${name} host ${hex(host, 4)} ours ${hex(ours, 4)}`;
  }
  for (let i = 0; i < 8; i++) {
    const host = register(v.host, i);
    const ours = register(v.ours, i);
    if (host !== ours) return `ST${i} host ${host} ours ${ours}`;
  }
  if (v.flagsHost !== v.flagsOurs) return `EFLAGS host ${hex(v.flagsHost, 3)} ours ${hex(v.flagsOurs, 3)}`;
  if ((v.axHost & 0xffff) !== v.axOurs) return `AX host ${hex(v.axHost, 4)} ours ${hex(v.axOurs, 4)}`;
  for (let i = 0; i < v.memoryHost.length; i++) {
    if (v.memoryHost[i] !== v.memoryOurs[i] && !ignored(v, i))
      return `memory byte ${i} host ${hex(v.memoryHost[i], 2)} ours ${hex(v.memoryOurs[i], 2)}`;
  }
  return '';
}

/**
 * Bytes of an image that depend on the processor's pointer registers, or that FXSAVE leaves to SSE.
 */
function ignored(v: Vector, at: number): boolean {
  const c = v.code;
  if (c[0] === 0x0f)
    return c[2] === 0x02 && ((at >= 6 && at < 32) || at >= FXSAVE_X87_BYTES || ((at & 15) >= 10 && at >= 32));
  if (c[0] === 0x66) return at >= 6 && at < 14;
  return c[1] === 0x32 && (c[0] === 0xd9 || c[0] === 0xdd) && at >= 12 && at < 28;
}

/** Text of ST(i) in an FRSTOR image: sign and exponent, significand. */
export function register(image: DataView, i: number): string {
  const at = 28 + 10 * i;
  const word = (offset: number): string => hex(image.getUint32(at + offset, true), 8);
  return `${hex(image.getUint16(at + 8, true), 4)}.${word(4)}${word(0)}`;
}

export function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

/** One line with the whole case. */
export function describeVector(v: Vector): string {
  const memory = [...v.memoryBefore.subarray(0, 16)].reverse().map((b) => hex(b, 2)).join('');
  return (
    `#${v.index} ${v.code.map((b) => hex(b, 2)).join(' ')} CW ${hex(v.input.getUint16(0, true), 4)} SW ` +
      `${hex(v.input.getUint16(4, true), 4)} ` +
    `TW ${hex(v.input.getUint16(8, true), 4)} ST0 ${register(v.input, 0)} ST1 ${register(v.input, 1)} ` +
    `ST${v.code[v.code.length - 1] & 7} ${register(v.input, v.code[v.code.length - 1] & 7)} mem ${memory}` +
    ` -> SW host ${hex(v.host.getUint16(4, true), 4)} ours ${hex(v.ours.getUint16(4, true), 4)}: ${difference(v)}`
  );
}
