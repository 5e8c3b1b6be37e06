/**
 * MOVS, CMPS, STOS, LODS, SCAS (SDM vol. 2). Runs inside RAM pages are done in bulk; the effect is
 * that of one element after the other, each counted as an instruction, with ECX, ESI and EDI exact
 * whenever the instruction is left.
 */
import { allOnes } from '../../../bits/field.ts';
import { writeCompare } from '../flags.ts';
import { DF, EAX, ECX, EDI, ES, ESI } from '../state.ts';
import type { X86 } from '../x86.ts';
import { StringOperand, addressMask, repeatOf, segmentOf, sizeOf } from './string-operand.ts';

const source = new StringOperand(ESI, 0);
const destination = new StringOperand(EDI, 1);
/** EDI as an operand that is only read (CMPS, SCAS). */
const second = new StringOperand(EDI, 0);

/**
 * Handles up to `most` (1 or more) elements and returns how many it did; sets `stopped` if a
 * comparison ended the repetition.
 */
type Step = (x: X86, size: number, most: number, repeat: number) => number;
let stopped = false;

/** The repetition common to all: counts, budget, restart. */
function repeated(x: X86, packed: number, step: Step): void {
  const size = sizeOf(packed), repeat = repeatOf(packed);
  stopped = false;
  if (repeat === 0) {
    step(x, size, 1, 0);
    return;
  }
  const w = x.words, mask = addressMask(packed);
  let ran = false;
  while ((w[ECX >> 2] & mask) !== 0) {
    const budget = x.env.budget();
    if (budget <= 0 || (ran && x.env.attention())) {
      x.env.restart();
      return;
    }
    const count = (w[ECX >> 2] & mask) >>> 0;
    const n = step(x, size, count < budget ? count : budget, repeat);
    w[ECX >> 2] = (w[ECX >> 2] & ~mask) | ((count - n) & mask);
    x.env.consume(n);
    ran = true;
    if (stopped) break;
  }
  // The engine counts the instruction itself.
  if (ran) x.env.consume(-1);
}

function least(a: number, b: number): number {
  return a < b ? a : b;
}

function element(x: X86, at: number, size: number): number {
  const { bytes, view } = x.host;
  return size === 1 ? bytes[at] : size === 2 ? view.getUint16(at, true) : view.getInt32(at, true);
}

function noteCode(x: X86, host: number, length: number): void {
  if (x.mmu.codePages[host >>> 12] !== 0) x.env.codeWritten(host, length);
}

function moveStep(x: X86, size: number, most: number): number {
  const n = least(most, least(source.run(x), destination.run(x)));
  if (n > 0) {
    source.locate(x);
    destination.locate(x);
    if (source.host >= 0 && destination.host >= 0) {
      const from = source.lowest(x, n), to = destination.lowest(x, n), length = n * size;
      noteCode(x, to, length);
      copy(x, from, to, length, size);
      source.advance(x, n);
      destination.advance(x, n);
      return n;
    }
    if (source.host >= 0) {
      const stored = destination.storeRun(x, n, source.lowest(x, 1), 0);
      if (stored > 0) {
        source.advance(x, stored);
        return stored;
      }
    }
  }
  source.check(x);
  destination.check(x);
  const value = x.memory.read(source.linear(x), size, x.user);
  x.memory.write(destination.linear(x), size, value, x.user);
  source.advance(x, 1);
  destination.advance(x, 1);
  return 1;
}

/**
 * Copies as element by element in the direction of DF would: where the target overlaps what is
 * still to be read, elements repeat.
 */
function copy(x: X86, from: number, to: number, length: number, size: number): void {
  const backwards = x.words[DF >> 2] !== 0;
  const clash = backwards ? to < from && to + length > from : to > from && to < from + length;
  if (!clash) {
    x.host.bytes.copyWithin(to, from, from + length);
    return;
  }
  const { bytes, view } = x.host;
  for (let done = 0; done < length; done += size) {
    const at = backwards ? length - size - done : done;
    if (size === 4) view.setInt32(to + at, view.getInt32(from + at, true), true);
    else if (size === 2) view.setInt16(to + at, view.getInt16(from + at, true), true);
    else bytes[to + at] = bytes[from + at];
  }
}

function storeStep(x: X86, size: number, most: number): number {
  const n = least(most, destination.run(x));
  const value = x.words[EAX >> 2];
  if (n > 0) {
    destination.locate(x);
    if (destination.host >= 0) {
      const at = destination.lowest(x, n);
      noteCode(x, at, n * size);
      fill(x, at, n * size, value, size);
      destination.advance(x, n);
      return n;
    }
    const stored = destination.storeRun(x, n, -1, (value & allOnes(size)) >>> 0);
    if (stored > 0) return stored;
  }
  destination.check(x);
  x.memory.write(destination.linear(x), size, value, x.user);
  destination.advance(x, 1);
  return 1;
}

function fill(x: X86, at: number, length: number, value: number, size: number): void {
  const byte = value & 0xff;
  const uniform = size === 1 || (size === 2 ? (value & 0xffff) === byte * 0x101 : value >>> 0 === byte * 0x1010101);
  const { bytes, view } = x.host;
  if (uniform) bytes.fill(byte, at, at + length);
  else if (size === 4) for (let i = 0; i < length; i += 4) view.setInt32(at + i, value, true);
  else for (let i = 0; i < length; i += 2) view.setInt16(at + i, value, true);
}

function loadStep(x: X86, size: number, _most: number): number {
  source.check(x);
  const value = x.memory.read(source.linear(x), size, x.user);
  if (size === 4) x.words[EAX >> 2] = value;
  else if (size === 2) x.view.setUint16(EAX, value, true);
  else x.bytes[EAX] = value;
  source.advance(x, 1);
  return 1;
}

/** Does this comparison end the repetition? REPE goes on while equal, REPNE while not. */
function ends(equal: boolean, repeat: number): boolean {
  return equal ? repeat === 2 : repeat === 1;
}

function compareStep(x: X86, size: number, most: number, repeat: number): number {
  const n = least(most, least(source.run(x), second.run(x)));
  if (n > 0) {
    source.locate(x);
    second.locate(x);
    if (source.host >= 0 && second.host >= 0) {
      const step = x.words[DF >> 2] !== 0 ? -size : size;
      let a = source.lowest(x, 1), b = second.lowest(x, 1);
      let done = 0, left = 0, right = 0;
      do {
        left = element(x, a, size);
        right = element(x, b, size);
        a += step;
        b += step;
        done++;
      } while (done < n && !ends(left === right, repeat));
      return compared(x, left, right, size, done, repeat);
    }
  }
  source.check(x);
  second.check(x);
  const left = x.memory.read(source.linear(x), size, x.user) | 0;
  const right = x.memory.read(second.linear(x), size, x.user) | 0;
  return compared(x, left, right, size, 1, repeat);
}

function compared(x: X86, left: number, right: number, size: number, done: number, repeat: number): number {
  writeCompare(x.words, left, right, size);
  source.advance(x, done);
  second.advance(x, done);
  stopped = ends(left === right, repeat);
  return done;
}

function scanStep(x: X86, size: number, most: number, repeat: number): number {
  const n = least(most, second.run(x));
  const wanted = element(x, EAX, size);
  let done = 0, found = 0;
  second.check(x);
  if (n > 0) second.locate(x);
  if (n > 0 && second.host >= 0) {
    const step = x.words[DF >> 2] !== 0 ? -size : size;
    let at = second.lowest(x, 1);
    do {
      found = element(x, at, size);
      at += step;
      done++;
    } while (done < n && !ends(found === wanted, repeat));
  } else {
    found = x.memory.read(second.linear(x), size, x.user) | 0;
    done = 1;
  }
  writeCompare(x.words, wanted, found, size);
  second.advance(x, done);
  stopped = ends(found === wanted, repeat);
  return done;
}

function backwards(x: X86): boolean {
  return x.words[DF >> 2] !== 0;
}

export function movs(x: X86, packed: number): void {
  source.begin(x, segmentOf(packed), packed, backwards(x));
  destination.begin(x, ES, packed, backwards(x));
  repeated(x, packed, moveStep);
}

export function stos(x: X86, packed: number): void {
  destination.begin(x, ES, packed, backwards(x));
  repeated(x, packed, storeStep);
}

export function lods(x: X86, packed: number): void {
  source.begin(x, segmentOf(packed), packed, backwards(x));
  repeated(x, packed, loadStep);
}

export function cmps(x: X86, packed: number): void {
  source.begin(x, segmentOf(packed), packed, backwards(x));
  second.begin(x, ES, packed, backwards(x));
  repeated(x, packed, compareStep);
}

export function scas(x: X86, packed: number): void {
  second.begin(x, ES, packed, backwards(x));
  repeated(x, packed, scanStep);
}
