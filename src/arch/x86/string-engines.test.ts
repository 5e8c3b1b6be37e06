/**
 * Repeated string instructions in WebAssembly and in TypeScript do the same: which one runs depends
 * on whether the pages were touched before.
 */
import { expect, test } from 'vitest';
import { AT, X86Bench } from '../../../test/benches/x86-bench.ts';

const FIRST = 0x40000, PAGES = 12, LENGTH = PAGES * 0x1000;
const BYTES = [0, 0x80, 0x7f, 0xff];
const OPCODES = ['a4', 'a5', 'aa', 'ab', 'a6', 'a7', 'ae', 'af'];

function random(seed: number): (below: number) => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Runs case number `seed` and returns what can be seen of it. */
function outcome(seed: number, touched: boolean): unknown {
  const next = random(seed);
  const b = new X86Bench().protectedMode();
  // As many instructions either way.
  const touch: string[] = [];
  for (let page = 0; page < PAGES; page++) {
    const at = [0, 8, 16, 24]
      .map((shift) => (((FIRST + page * 0x1000) >> shift) & 0xff).toString(16).padStart(2, '0'))
      .join(' ');
    if (touched) touch.push(`8b 15 ${at}  mov edx,[page]`, `89 15 ${at}  mov [page],edx`);
    else touch.push('ba 00 00 00 00  mov edx,0', '90  nop');
  }
  const opcode = OPCODES[next(OPCODES.length)];
  const prefix = ['f3', 'f2', '66 f3', '66 f2'][next(4)];
  b.code(AT.CODE, ...touch, 'ba 00 00 00 00  mov edx,0', `${prefix} ${opcode}  rep`, '90  nop', '90  nop', 'f4  hlt');
  // Long equal stretches, so that comparisons go on for a while.
  const values = 1 + next(4), run = 1 + next(6000);
  let left = 0, value = 0;
  for (let i = 0; i < LENGTH; i++, left--) {
    if (left <= 0) {
      left = 1 + next(run);
      value = BYTES[next(values)];
    }
    b.ram.bytes[FIRST + i] = value;
  }
  const count = [next(4), next(20), next(300), next(9000)][next(4)];
  const from = FIRST + next(0x3000), to = next(3) === 0 ? from + next(80) - 40 : FIRST + next(0x3000);
  const before = b.cpu.instructions;
  b.set({
    eip: AT.CODE,
    esi: Math.max(from, FIRST),
    edi: Math.max(to, FIRST),
    ecx: opcode === 'af' && next(2) === 0 ? 5000 : count,
    eax: BYTES[next(4)] * (next(2) === 0 ? 0x01010101 : 0x00010203),
    eflags: 2,
  });
  if (touched) {
    b.cpu.step(touch.length + 1);
    // In pieces: the instruction is started again in the midst.
    for (let piece = next(3); piece > 0; piece--) b.cpu.step(1 + next(1 + (count >> 1)));
  }
  b.run();
  let hash = 0;
  for (let i = 0; i < LENGTH; i++) hash = (Math.imul(hash, 31) + b.ram.bytes[FIRST + i]) | 0;
  // The program in front is longer or shorter.
  return { opcode, prefix, hash, instructions: b.cpu.instructions - before, state: { ...b.state, eip: 0 } };
}

test('the same elements, flags and counts, whichever does them', () => {
  for (let seed = 1; seed <= 300; seed++) expect(outcome(seed, true), `case ${seed}`).toEqual(outcome(seed, false));
});
