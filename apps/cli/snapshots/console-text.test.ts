import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConsoleText } from './console-text.ts';

/** Where a text ends in others, by taking them byte for byte. */
function ends(text: string, console: string): number[] {
  const watch = new ConsoleText(text);
  return [...Buffer.from(console)].flatMap((byte, at) => (watch.take(byte) ? [at + 1] : []));
}

test('a text is found wherever it stands, also where it overlaps with itself or begins anew', () => {
  expect(ends('/ # ', 'x/ #/ # / # ')).toEqual([8, 12]);
  expect(ends('aabaaa', 'aabaabaaabaaa')).toEqual([9, 13]);
  expect(ends('é', 'e\u0301é')).toEqual([5]);
  const letters = fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1, maxLength: 6 });
  fc.assert(fc.property(letters, fc.array(letters), (text, parts) => {
    const console = parts.join('');
    const wanted = [...console].flatMap((_, at) => (console.slice(0, at + 1).endsWith(text) ? [at + 1] : []));
    expect(ends(text, console)).toEqual(wanted);
  }));
});
