import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nonzeroPages, zeroWords } from './zero.ts';

test('one word that is not zero is found wherever it lies, and only inside the bounds', () => {
  fc.assert(fc.property(fc.nat(40), fc.nat(40), fc.nat(40), (a, b, at) => {
    const from = Math.min(a, b), to = Math.max(a, b);
    const words = new Int32Array(41);
    expect(zeroWords(words, from, to)).toBe(true);
    words[at] = -2147483648;
    expect(zeroWords(words, from, to)).toBe(at < from || at >= to);
  }));
});

test('pages that are not zero, at any length and any place in the buffer', () => {
  const cases = fc.record({ skew: fc.nat(5), length: fc.nat(70), set: fc.array(fc.nat(69)) });
  fc.assert(fc.property(cases, ({ skew, length, set }) => {
    // What lies around it is not looked at.
    const bytes = new Uint8Array(new ArrayBuffer(skew + length + 4)).fill(0xff).subarray(skew, skew + length);
    bytes.fill(0);
    const inside = set.filter((at) => at < length);
    for (const at of inside) bytes[at] = 0x80;
    expect(nonzeroPages(bytes, 16)).toEqual([...new Set(inside.map((at) => at >> 4))].sort((a, b) => a - b));
  }));
});
