/**
 * INS and OUTS: one port transaction for each element, with the time that it takes (SDM vol. 2,
 * INS, OUTS).
 */
import { DF, ECX, EDI, EDX, ES, ESI } from '../state.ts';
import { checkPorts } from '../tasks.ts';
import type { X86 } from '../x86.ts';
import { StringOperand, addressMask, repeatOf, segmentOf, sizeOf } from './string-operand.ts';

const source = new StringOperand(ESI, 0);
const destination = new StringOperand(EDI, 1);

/**
 * Handles up to `most` (1 or more) elements and returns how many it did. Each counts as an
 * instruction: all but the last have been counted.
 */
type Step = (x: X86, port: number, size: number, most: number) => number;

/**
 * Reads the port after the destination is known to be writable, so that no data is lost to a fault.
 */
function insStep(x: X86, port: number, size: number, most: number): number {
  const run = destination.run(x);
  if (run > 0) {
    destination.locate(x);
    if (destination.host >= 0) {
      const n = intoPage(x, port, size, most < run ? most : run);
      destination.advance(x, n);
      return n;
    }
  }
  destination.check(x);
  x.memory.write(destination.linear(x), size, x.env.portRead(port, size), x.user);
  destination.advance(x, 1);
  return 1;
}

/** Elements within a page: nothing that happens between two of them changes where it is. */
function intoPage(x: X86, port: number, size: number, most: number): number {
  const { env } = x, { view, bytes } = x.host, { codePages } = x.mmu;
  const step = x.words[DF >> 2] !== 0 ? -size : size;
  let at = destination.lowest(x, 1);
  for (let n = 1; ; n++) {
    const value = env.portRead(port, size);
    if (codePages[at >>> 12] !== 0) env.codeWritten(at, size);
    if (size === 2) view.setUint16(at, value, true);
    else if (size === 4) view.setUint32(at, value, true);
    else bytes[at] = value;
    at += step;
    if (n === most || !env.again()) return n;
  }
}

function outsStep(x: X86, port: number, size: number): number {
  source.check(x);
  x.env.portWrite(port, size, x.memory.read(source.linear(x), size, x.user));
  source.advance(x, 1);
  return 1;
}

function repeated(x: X86, packed: number, step: Step): void {
  const w = x.words, size = sizeOf(packed), mask = addressMask(packed);
  const port = w[EDX >> 2] & 0xffff;
  checkPorts(x, port, size);
  if (repeatOf(packed) === 0) {
    step(x, port, size, 1);
    return;
  }
  let ran = false;
  for (;;) {
    const count = (w[ECX >> 2] & mask) >>> 0;
    if (count === 0) break;
    if (x.env.budget() <= 0 || (ran && x.env.attention())) {
      x.env.restart();
      return;
    }
    const n = step(x, port, size, count);
    w[ECX >> 2] = (w[ECX >> 2] & ~mask) | ((count - n) & mask);
    x.env.consume(1);
    ran = true;
  }
  // The engine counts the instruction itself.
  if (ran) x.env.consume(-1);
}

export function ins(x: X86, packed: number): void {
  destination.begin(x, ES, packed, x.words[DF >> 2] !== 0);
  repeated(x, packed, insStep);
}

export function outs(x: X86, packed: number): void {
  source.begin(x, segmentOf(packed), packed, x.words[DF >> 2] !== 0);
  repeated(x, packed, outsStep);
}
