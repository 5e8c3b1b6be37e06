/** What ring-receive's statements say of its table and its trace is so: a check for each. */
import { expect, test } from 'vitest';
import { runToEnd } from '../../../../test/benches/experiment-bench.ts';
import { tracedRun, type TracedRun } from '../../../../test/benches/traced-run.ts';
import { ms, us } from '../../../sim/time.ts';
import type { TransactionRecord } from '../../../sim/trace.ts';
import { RING_MEMORY, RING_METHODS, type RingMethod } from './block.ts';
import { RING_RECEIVE } from './experiment.ts';
import { RING_RECEIVE_STATEMENTS } from './statements.ts';

const VALUES = { frames: 40, every: 20, stall: ms(10), work: us(5) };
const runs = new Map<string, TracedRun>();
function traced(method: RingMethod): TracedRun {
  if (!runs.has(method)) runs.set(method, tracedRun(RING_RECEIVE, method, { values: VALUES }));
  return runs.get(method) as TracedRun;
}
const measure = (method: RingMethod, key: string): number => Number(traced(method).run.measures[key]);
const byCard = (): TransactionRecord[] =>
  traced('e1000-rings').transactions.filter((r) => r.initiator === 'nic.receive');
const byProcessor = (): TransactionRecord[] =>
  traced('e1000-rings').transactions.filter((r) => r.initiator === 'cpu0' && r.target === 'nic.registers');

const CHECKS: Readonly<Record<string, () => void>> = {
  S5: () => {
    expect(measure('e1000-rings', 'processorBytes')).toBe(0);
    expect(measure('e1000-rings', 'deviceBytes')).toBeGreaterThanOrEqual(40 * 1514);
  },
  S38: () => {
    const [first] = byCard();
    // Eight transmit descriptors stand before those for what arrives.
    expect([first.write, first.address, first.size % 16]).toEqual([false, RING_MEMORY + 128, 0]);
  },
  S74: () => {
    const RINGS = [0x2800, 0x2804, 0x2808, 0x2810, 0x3800, 0x3804, 0x3808, 0x3810];
    const written = byProcessor().filter((r) => r.write).map((r) => r.address & 0xffff);
    expect(written.length).toBeGreaterThan(1);
    expect(written.filter((at) => RINGS.includes(at))).toEqual([]);
  },
  S75: () => {
    // The longest time without an access of the processor: the 10 ms of something else.
    const times = byProcessor().map((r) => r.start);
    const gaps = times.slice(1).map((t, k) => ({ from: times[k], to: t }));
    const longest = gaps.reduce((a, b) => (b.to - b.from > a.to - a.from ? b : a));
    expect(longest.to - longest.from).toBeGreaterThan(ms(9));
    const stored = byCard().filter((r) => r.write && r.size > 16 && r.start > longest.from && r.end < longest.to);
    expect(stored.length).toBeGreaterThan(5);
  },
};

test('each statement has a check, and no other', () => {
  expect(Object.keys(CHECKS)).toEqual(RING_RECEIVE_STATEMENTS.map((s) => s.id));
});

test.each(RING_RECEIVE_STATEMENTS)('$id: $where', ({ id }) => CHECKS[id]());

test('10 ms of something else fill no ring in memory; whatever arrived is right', () => {
  expect(RING_METHODS.map((m) => traced(m).run.matches)).toEqual([true, true, true]);
  expect([measure('rtl8139-ring', 'lost'), measure('e1000-rings', 'lost')]).toEqual([0, 0]);
});

test('who moves: each frame through the processor, twice, or not at all', () => {
  const arrived = (m: RingMethod): number => 1514 * measure(m, 'received');
  expect(measure('ne2000-pio', 'processorBytes')).toBe(arrived('ne2000-pio'));
  expect(measure('ne2000-pio', 'deviceBytes')).toBe(0);
  expect(measure('rtl8139-ring', 'processorBytes')).toBe(arrived('rtl8139-ring'));
  expect(measure('rtl8139-ring', 'deviceBytes')).toBeGreaterThanOrEqual(arrived('rtl8139-ring'));
});

test('throttling: fewer interrupts, the same bytes', () => {
  const [often, seldom] = [0, ms(5)].map((itr) =>
    runToEnd(RING_RECEIVE, 'e1000-rings', { values: { ...VALUES, stall: 0, itr } }));
  expect(Number(seldom.measures['interrupts'])).toBeLessThan(Number(often.measures['interrupts']) / 3);
  expect(seldom.measures['sha256']).toBe(often.measures['sha256']);
});

test('a long stall loses frames of every ring but the longest', () => {
  const run = (method: RingMethod, ring: string): number => {
    const { measures, matches } = runToEnd(RING_RECEIVE, method, {
      values: { ...VALUES, frames: 60, stall: ms(40), every: 10, ring },
    });
    expect(matches).toBe(true);
    return Number(measures['lost']);
  };
  expect(run('ne2000-pio', '16KiB')).toBeGreaterThan(0);
  expect(run('rtl8139-ring', '16KiB')).toBeGreaterThan(0);
  expect(run('rtl8139-ring', '64KiB')).toBe(0);
});
