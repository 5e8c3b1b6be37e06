/** Translation of a block: decode and lift instructions until the block ends. */
import type { Builder } from '../../../ir/builder.ts';
import { OP } from '../../../ir/ops.ts';
import type { FetchWindow, Translation } from '../../isa.ts';
import { MAX_LENGTH, decode } from '../decode/decode.ts';
import { Insn } from '../decode/insn.ts';
import { LIFTS, LOCKABLE } from '../decode/table.ts';
import type { X86Mode } from '../mode.ts';
import { SLOW } from '../slow-ops.ts';
import { generalProtection, undefinedOpcode } from './exception.ts';

/** One object, overwritten by the next call. */
const result = { insns: 0, bytes: 0, crosses: false, fetchFailed: false };
const insn = new Insn();
/**
 * The end of a page, for instructions that may run over it: its bytes, those of the next page as
 * far as fetched, zeros.
 */
const tail = new Uint8Array(64);

/**
 * Emits the µops of the block at `code.bytes[code.start]` = EIP `pc` into `b`; the caller calls
 * `begin` before and `finish(pc + bytes)` after. The block has at most `maxInsns` (1 or more)
 * instructions and ends with a µop that ends a block, or with a helper that always leaves.
 */
export function translateBlock(
  code: FetchWindow, pc: number, mode: X86Mode, b: Builder, maxInsns: number,
): Translation {
  const d = insn;
  d.code32 = mode.code32;
  d.stack32 = mode.stack32;
  d.flat = mode.flat;
  d.protectedMode = mode.protectedMode;
  d.v86 = mode.v86;
  d.cpl = mode.cpl;
  d.fsOpen = mode.fsOpen ?? false;
  d.gsOpen = mode.gsOpen ?? false;
  d.ended = false;
  result.crosses = false;
  result.fetchFailed = false;
  const bytes = code.bytes;
  const end = code.end;
  let at = code.start;
  let eip = pc | 0;
  let count = 0;
  do {
    d.pc = eip;
    let length: number;
    if (end - at >= MAX_LENGTH) {
      length = decode(d, bytes, at);
    } else {
      if (count > 0 && end <= at) break;
      length = decodeAtEnd(d, code, at, count === 0);
      if (length === 0) break;
    }
    const next = (eip + length) | 0;
    d.length = length;
    d.next = next;
    b.insn(eip);
    emit(d, b, length);
    count++;
    at += length;
    eip = next;
  } while (!d.ended && count < maxInsns && at < end && b.hasRoom);
  if (!d.ended && count > 0) b.op(OP.goto, eip, 0, 0);
  result.insns = count;
  result.bytes = at - code.start;
  return result;
}

function emit(d: Insn, b: Builder, length: number): void {
  if (length > MAX_LENGTH) {
    generalProtection(d, b);
    return;
  }
  const slot = (d.opcode << 4) | (d.mod === 3 ? 8 : 0) | d.reg;
  if (d.lock && LOCKABLE[slot] === 0) {
    undefinedOpcode(d, b);
    return;
  }
  if (d.lock) b.op(OP.helper, SLOW.locked, 0, 0);
  LIFTS[slot](d, b);
}

/**
 * Decodes fewer than 15 bytes before the end of the page. Bytes of the next page are fetched one by
 * one as the instruction turns out to need them, and only if it is the `first` of its block.
 * Returns 0 if it must not be translated here.
 */
function decodeAtEnd(d: Insn, code: FetchWindow, at: number, first: boolean): number {
  let have = code.end - at;
  const bytes = code.bytes;
  for (let i = 0; i < have; i++) tail[i] = bytes[at + i];
  tail.fill(0, have);
  for (;;) {
    const length = decode(d, tail, 0);
    const needed = length > MAX_LENGTH ? MAX_LENGTH : length;
    if (needed <= have) {
      result.crosses = at + have > code.end;
      return length;
    }
    if (!first) return 0;
    const next = code.nextPage(at + have - code.end);
    if (next < 0) {
      result.fetchFailed = true;
      return 0;
    }
    tail[have++] = next;
  }
}
