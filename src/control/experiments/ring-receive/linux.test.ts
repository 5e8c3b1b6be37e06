/** Debian's part of ring-receive that needs no Debian; test/guest/network.test.ts has the rest. */
import { expect, test } from 'vitest';
import { ms } from '../../../sim/time.ts';
import { jobOf, type JobWish } from '../job.ts';
import { RING_RECEIVE } from './experiment.ts';

/** Why a method cannot do a job under Debian, or ''. */
function refusal(method: string, wish: JobWish): string {
  const job = jobOf(RING_RECEIVE, { guest: 'debian', ...wish });
  const variant = RING_RECEIVE.variants.find((v) => v.guest === 'debian' && v.method === method);
  return variant?.fits?.(job as never) ?? '';
}

test('what only our own program does is refused by name', () => {
  expect(refusal('e1000-rings', { values: { itr: ms(1) } })).toBe('');
  for (const values of [{ stall: ms(1) }, { ring: '16KiB' }, { work: 0 }, { every: 5 }])
    expect(refusal('e1000-rings', { values })).toMatch(/^--\w+ is for --guest bare/);
});

test('a wire that a card has not is refused', () => {
  expect(refusal('ne2000-pio', { values: { rate: '100' } })).toBe('rtl8029 has no wire of 100 Mbit/s');
  expect(refusal('rtl8139-ring', { values: { rate: 'card' } })).toBe('');
});
