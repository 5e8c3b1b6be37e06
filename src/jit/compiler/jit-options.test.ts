import { expect, test } from 'vitest';
import { MISSES_OFTEN } from '../../ir/miss-sites.ts';
import { withDefaults } from './jit-options.ts';

test('as many misses as a counter holds, and no other number', () => {
  for (const misses of [1, 6, MISSES_OFTEN]) expect(withDefaults({ misses }).misses).toBe(misses);
  for (const misses of [0, -1, 1.5, NaN, MISSES_OFTEN + 1])
    expect(() => withDefaults({ misses }), `${misses}`).toThrow(RangeError);
});
