import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MarkerWatch } from '../../bench/peers/peer.ts';

const clocks = (): { wall: number; cpu: number } => ({ wall: 1, cpu: 1 });

describe("the watch on a peer's console", () => {
  test('finds a marker however the text is cut, and keeps the output up to its end', () => {
    fc.assert(fc.property(
      fc.string({ unit: fc.constantFrom('a', 'b') }), fc.string({ unit: fc.constantFrom('a', 'b'), minLength: 1 }),
      fc.array(fc.nat(40), { maxLength: 12 }),
      (text, marker, cuts) => {
        const watch = new MarkerWatch({ endMarker: marker }, clocks);
        watch.begin();
        const ends = [...new Set([...cuts.filter((c) => c < text.length), text.length])].sort((a, b) => a - b);
        let from = 0, found = false;
        for (const end of ends) {
          found = watch.push(text.slice(from, end));
          from = end;
          if (found) break;
        }
        const at = text.indexOf(marker);
        expect(found).toBe(at >= 0);
        expect(watch.output).toBe(at < 0 ? text : text.slice(0, at + marker.length));
      },
    ));
  });

  test('looks for the end marker behind the start marker only', () => {
    const watch = new MarkerWatch({ startMarker: 'ab', endMarker: 'b' }, clocks);
    watch.begin();
    expect([watch.push('a'), watch.started, watch.push('b'), watch.started !== null]).toEqual(
      [false, null, false, true],
    );
    expect(watch.push('xb!')).toBe(true);
    expect(watch.output).toBe('abxb');
  });
});
