import { expect, test } from 'vitest';
import { us } from '../../../sim/time.ts';
import { Machine } from '../../machine.ts';
import { findBoard } from '../index.ts';

const make = (options: Record<string, unknown>): Machine => {
  const pc = findBoard('pc');
  if (pc === null) throw new Error('there is no pc');
  return new Machine(pc, { options: { ram: 4 << 20, ...options } });
};

test('refresh cycles that would leave the bus to nobody are refused in one line', () => {
  expect(() => make({ refreshInterval: us(1) })).toThrow(/refreshInterval.*twice refreshCycle/);
  expect(() => make({ refreshInterval: us(15) })).not.toThrow();
});
