/**
 * x87 instructions as helpers: availability, pending exceptions and memory operands here,
 * arithmetic in `fpu/`.
 */
import { VECTOR } from '../fault.ts';
import { changeArithmetic, readArithmetic } from '../flags.ts';
import {
  AX_RESULT, EFLAGS_RESULT, FORMAT_32, FORMAT_REAL, FXSAVE_BYTES, UNDEFINED, isControl, isWaiting,
} from '../fpu/x87.ts';
import { CR0_EM, CR0_MP, CR0_NE, CR0_TS } from '../mmu.ts';
import { selectorOf } from '../segments.ts';
import { ARITH_FLAGS, CR0, CS, DS, EAX, FLAG } from '../state.ts';
import type { X86 } from '../x86.ts';

/**
 * #NM if CR0 says so; then #MF for a pending unmasked exception, unless the instruction is one that
 * does not wait.
 */
function available(x: X86, waits: boolean): void {
  const cr0 = x.words[CR0 >> 2];
  if ((cr0 & (CR0_EM | CR0_TS)) !== 0) x.raise(VECTOR.NM);
  if (waits) deliverPending(x);
}

function deliverPending(x: X86): void {
  if (!x.fpu.pendingException) return;
  if ((x.words[CR0 >> 2] & CR0_NE) !== 0) x.raise(VECTOR.MF);
  x.env.note('ferr', 'x87 exception with CR0.NE clear: FERR# is not modelled, the instruction goes on');
}

/** FCMOVcc condition: ModRM bits 4:3 = B E BE U, opcode DB negates. */
function moveCondition(x: X86, opcode: number, modrm: number): boolean {
  const flags = readArithmetic(x.words);
  const test = [FLAG.CF, FLAG.ZF, FLAG.CF | FLAG.ZF, FLAG.PF][(modrm >>> 3) & 3];
  return ((flags & test) !== 0) !== (opcode === 0xdb);
}

export function fpuReg(x: X86, code: number): void {
  const opcode = code >>> 8, modrm = code & 0xff;
  available(x, isWaiting(opcode, modrm));
  const condition = (opcode === 0xda || opcode === 0xdb) && modrm < 0xe0 && moveCondition(x, opcode, modrm);
  const outcome = x.fpu.reg(opcode, modrm, condition);
  if (outcome === UNDEFINED) x.raise(VECTOR.UD);
  if (outcome === EFLAGS_RESULT) changeArithmetic(x.words, x.fpu.eflags, ARITH_FLAGS);
  else if (outcome === AX_RESULT) x.view.setUint16(EAX, x.fpu.statusWord, true);
  if (!isControl(opcode, modrm)) x.fpu.lastInstruction(opcode, modrm, x.env.currentPc(), selectorOf(x, CS));
}

/** The operand pointer is kept as a linear address, which is the offset in a flat segment. */
export function fpuMem(x: X86, packed: number, cell: number): void {
  const opcode = (packed >>> 8) & 0xff, modrm = packed & 0xff, field = (modrm >>> 3) & 7;
  const format = ((packed >>> 16) === 2 ? 0 : FORMAT_32) | (!x.protectedMode || x.v86 ? FORMAT_REAL : 0);
  const loads = x.fpu.operandSize(opcode, field, format);
  if (loads < 0) x.raise(VECTOR.UD);
  available(x, isWaiting(opcode, modrm));
  const at = x.words[cell >> 2] >>> 0;
  if (loads > 0) {
    read(x, at, loads);
    x.mmu.offerEngine(at, x.user, 0);
    x.fpu.mem(opcode, field, format);
  } else {
    // The size is known before anything is computed: a page fault must come first.
    x.memory.probeWrite(at, x.fpu.storeSize(opcode, field, format), x.user);
    x.mmu.offerEngine(at, x.user, 1);
    const bytes = x.fpu.prepareStore(opcode, field, format);
    write(x, at, bytes);
    x.fpu.commitStore();
  }
  if (isControl(opcode, modrm)) return;
  x.fpu.lastInstruction(opcode, modrm, x.env.currentPc(), selectorOf(x, CS));
  x.fpu.lastOperand(at, selectorOf(x, DS));
}

/** Operand bytes from memory, in the largest pieces. */
function read(x: X86, at: number, bytes: number): void {
  const operand = x.fpu.operand;
  x.memory.probeRead(at, bytes, x.user);
  let done = 0;
  for (; bytes - done >= 4; done += 4) operand.setUint32(done, x.memory.read((at + done) >>> 0, 4, x.user), true);
  if (bytes - done >= 2) operand.setUint16(done, x.memory.read((at + done) >>> 0, 2, x.user), true);
}

function write(x: X86, at: number, bytes: number): void {
  const operand = x.fpu.operand;
  let done = 0;
  for (; bytes - done >= 4; done += 4) x.memory.write((at + done) >>> 0, 4, operand.getUint32(done, true), x.user);
  if (bytes - done >= 2) x.memory.write((at + done) >>> 0, 2, operand.getUint16(done, true), x.user);
}

/** WAIT: CR0.MP and TS together make it #NM. */
export function fwait(x: X86): void {
  const cr0 = x.words[CR0 >> 2];
  if ((cr0 & (CR0_MP | CR0_TS)) === (CR0_MP | CR0_TS)) x.raise(VECTOR.NM);
  deliverPending(x);
}

/** FXSAVE, FXRSTOR: 16-byte aligned, they do not wait (SDM vol. 2). */
export function fxsave(x: X86, cell: number): void {
  available(x, false);
  const at = aligned(x, cell);
  x.memory.probeWrite(at, FXSAVE_BYTES, x.user);
  write(x, at, x.fpu.fxsave());
}

export function fxrstor(x: X86, cell: number): void {
  available(x, false);
  const at = aligned(x, cell);
  x.memory.probeRead(at, FXSAVE_BYTES, x.user);
  read(x, at, 160);
  x.fpu.fxrstor();
}

function aligned(x: X86, cell: number): number {
  const at = x.words[cell >> 2] >>> 0;
  if ((at & 15) !== 0) x.protection();
  return at;
}
