/** What raid-read's statements say of its table and its trace is so: a check for each. */
import { expect, test } from 'vitest';
import { tracedRun, type TracedRun } from '../../../../test/benches/traced-run.ts';
import type { TransactionRecord } from '../../../sim/trace.ts';
import { RAID_READ } from './experiment.ts';
import { RAID_READ_STATEMENTS } from './statements.ts';

const STRIPES = 12, STRIPE = 4096;
const runs = new Map<string, TracedRun>();
function traced(method: string): TracedRun {
  const values = { stripes: STRIPES, stripe: STRIPE };
  if (!runs.has(method)) runs.set(method, tracedRun(RAID_READ, method, { values }));
  return runs.get(method) as TracedRun;
}
const METHODS = ['no-read-ahead', 'read-ahead'];
const of = (method: string, initiator: string): TransactionRecord[] =>
  traced(method).transactions.filter((r) => r.initiator === initiator);
const data = (method: string): TransactionRecord[] => of(method, 'raid.data').filter((r) => r.size === 64);
/** What cpu0 reaches of chips: not RAM. */
const ofProcessor = (method: string): TransactionRecord[] => of(method, 'cpu0').filter((r) => r.target !== 'ram');

const CHECKS: Readonly<Record<string, () => void>> = {
  S5: () => {
    for (const method of METHODS) {
      const { run } = traced(method);
      expect(run.matches).toBe(true);
      expect(run.measures['cpuMmioAccesses']).toBe(0);
      expect(Number(run.measures['deviceBytes'])).toBeGreaterThanOrEqual(STRIPES * STRIPE);
    }
  },
  S27: () => {
    for (const method of METHODS) {
      expect(data(method).length).toBeGreaterThanOrEqual((STRIPES * STRIPE) / 64);
      expect(data(method).every((r) => r.target === 'ram' && r.write)).toBe(true);
      expect(ofProcessor(method).filter((r) => r.space === 'memory')).toEqual([]);
    }
  },
  S28: () => {
    expect(traced('read-ahead').run.measures['commands']).toBe(0);
    expect(data('read-ahead').length).toBeGreaterThanOrEqual((STRIPES * STRIPE) / 64);
  },
  S29: () => {
    const masters = new Set(traced('read-ahead').transactions.map((r) => r.initiator));
    expect([...masters].sort()).toEqual(['cpu0', 'raid.data', 'raid.mail']);
  },
  S30: () => {
    const { machine } = traced('no-read-ahead');
    const { component } = machine.devices.find((d) => d.component.name === 'raid')!;
    expect(component.decoded).toEqual([]);
    const rows = Object.values(component.config.layout.registers);
    expect(rows.filter((r) => r.offset >= 0x10 && r.offset < 0x28)).toEqual([]);
    // Configuration accesses, interrupt controllers.
    const ports = new Set(ofProcessor('no-read-ahead').filter((r) => r.space === 'io').map((r) => r.address));
    expect([...ports].sort((a, b) => a - b)).toEqual([0x20, 0xa0, 0xcf8, 0xcfc]);
  },
  S31: () => {
    for (const method of METHODS) {
      const all = traced(method).transactions;
      const written = all.filter((r) => r.write && r.target === 'ram' && r.initiator !== 'cpu0');
      expect(new Set(written.map((r) => r.initiator))).toEqual(new Set(['raid.data', 'raid.mail']));
      expect(traced(method).run.matches).toBe(true);
    }
  },
  S43: () => {
    expect(traced('read-ahead').run.measures['early']).toBe(8);
    expect(traced('no-read-ahead').run.measures['early']).toBe(0);
  },
  S75: () => {
    expect(METHODS.map((method) => traced(method).run.measures['commands'])).toEqual([STRIPES, 0]);
  },
};

test('there is a check for each statement', () => {
  expect(Object.keys(CHECKS)).toEqual(RAID_READ_STATEMENTS.map((s) => s.id));
});

test.each(RAID_READ_STATEMENTS.map(({ id, where }) => [id, where]))('%s: %s', (id) => CHECKS[id]());
