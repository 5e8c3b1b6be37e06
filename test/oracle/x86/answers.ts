/**
 * Recorded outcomes, each as its difference from the case: key, a check of the case, which
 * registers changed and to what, flags, trap, exit, and the bytes of the window that changed.
 */
import type { Drawn } from './case-sets.ts';
import { encodeCases, fillWindow, PLACE } from './record.ts';
import type { Case, Outcome } from './record.ts';

/** Recorded answers by key, packed. */
export type Answers = ReadonlyMap<number, Uint8Array>;

const KEY_BYTES = 4;
const CHECK_BYTES = 2;
const NONE_WORD = 0xffffffff, NONE_BYTE = 0xff;

/** 16 bits that tell whether a case is still the one that was run (FNV-1a, folded). */
function checkOf(c: Case): number {
  let h = 0x811c9dc5;
  for (const byte of encodeCases([c])) h = Math.imul(h ^ byte, 0x01000193);
  return ((h >>> 16) ^ h) & 0xffff;
}

function startWindow(c: Case): Uint8Array {
  const window = new Uint8Array(PLACE.WINDOW_BYTES);
  fillWindow(c, window);
  return window;
}

function packOutcome(c: Case, outcome: Outcome): number[] {
  const bytes: number[] = [];
  const word = (value: number, count: number): void => {
    for (let i = 0; i < count; i++) bytes.push((value >>> (8 * i)) & 0xff);
  };
  const changed = [...outcome.regs.keys()].filter((i) => outcome.regs[i] !== c.regs[i]);
  word(changed.reduce((mask, i) => mask | (1 << i), 0), 1);
  for (const i of changed) word(outcome.regs[i], 4);
  word(outcome.flags ^ c.flags, 3);
  word(outcome.trap, 1);
  word(outcome.exit, 1);
  word(outcome.eip, 1);
  const before = startWindow(c);
  const stored = [...before.keys()].filter((i) => outcome.window[i] !== before[i]);
  word(stored.length, 1);
  for (const i of stored) bytes.push(i, outcome.window[i]);
  return bytes;
}

/** A record of each case: length, key, check, outcome. */
export function packAnswers(drawn: readonly Drawn[], outcomes: readonly Outcome[]): Uint8Array {
  const bytes: number[] = [];
  drawn.forEach(({ case: c, key }, n) => {
    const packed = packOutcome(c, outcomes[n]);
    if (packed.length > 255) throw new Error(`case ${key} changes too much`);
    const check = checkOf(c);
    bytes.push(packed.length, key & 0xff, (key >>> 8) & 0xff, (key >>> 16) & 0xff, key >>> 24, check & 0xff, check >>> 8);
    for (const byte of packed) bytes.push(byte);
  });
  return Uint8Array.from(bytes);
}

/** The records by key, each beginning with its check. */
export function readAnswers(body: Uint8Array): Answers {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const answers = new Map<number, Uint8Array>();
  for (let at = 0; at < body.length;) {
    const end = at + 1 + KEY_BYTES + CHECK_BYTES + body[at];
    answers.set(view.getUint32(at + 1, true), body.subarray(at + 1 + KEY_BYTES, end));
    at = end;
  }
  return answers;
}

/** What the recorded processor did in this case; null if this case was not recorded. */
export function answerOf(answers: Answers, { case: c, key }: Drawn): Outcome | null {
  const bytes = answers.get(key);
  if (bytes === undefined || (bytes[0] | (bytes[1] << 8)) !== checkOf(c)) return null;
  let at = CHECK_BYTES;
  const word = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++) value |= bytes[at++] << (8 * i);
    return value >>> 0;
  };
  const mask = word(1);
  const regs = c.regs.map((value, i) => ((mask >>> i) & 1) === 1 ? word(4) : value);
  const flags = (word(3) ^ c.flags) >>> 0;
  const trap = word(1);
  const exit = word(1);
  const eip = word(1);
  const window = startWindow(c);
  for (let n = word(1); n > 0; n--) window[bytes[at++]] = bytes[at++];
  return {
    regs, flags, window, eip,
    trap: trap === NONE_BYTE ? NONE_WORD : trap,
    exit: exit === NONE_BYTE ? NONE_WORD : exit,
  };
}
