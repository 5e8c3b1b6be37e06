/** What register-block's statements say of its table and its trace is so: a check for each. */
import { expect, test } from 'vitest';
import { tracedRun, type TracedRun } from '../../../../test/benches/traced-run.ts';
import { deviceOf } from '../../../machine/catalogue.ts';
import { FRAME_ACCESSES, type REGISTER_BLOCK_METHODS } from './block.ts';
import { REGISTER_BLOCK } from './experiment.ts';
import { REGISTER_BLOCK_STATEMENTS } from './statements.ts';

type Method = (typeof REGISTER_BLOCK_METHODS)[number];
const FRAMES = 3;
const runs = new Map<string, TracedRun>();
function traced(method: Method): TracedRun {
  if (!runs.has(method)) runs.set(method, tracedRun(REGISTER_BLOCK, method, { values: { frames: FRAMES } }, true));
  return runs.get(method) as TracedRun;
}
const onCard = (method: Method): [string, number, number, boolean][] => traced(method).transactions
  .filter((r) => r.target === 'rtl8139.registers').map((r) => [r.space, r.address & 0xff, r.size, r.write]);
const measure = (method: Method, key: string): unknown => traced(method).run.measures[key];

const CHECKS: Readonly<Record<string, () => void>> = {
  S15: () => {
    const without = (method: Method): unknown[] => onCard(method).map(([, ...rest]) => rest);
    expect(without('port')).toHaveLength(FRAMES * FRAME_ACCESSES);
    expect(without('port')).toEqual(without('mmio'));
  },
  S17: () => {
    expect(measure('port', 'cpuMmioAccesses')).toBe(0);
    expect(measure('mmio', 'cpuMmioAccesses')).toBe(FRAMES * FRAME_ACCESSES);
    expect(Number(measure('port', 'cpuPortAccesses')) - Number(measure('mmio', 'cpuPortAccesses')))
      .toBe(FRAMES * FRAME_ACCESSES);
    expect(new Set(onCard('port').map(([space]) => space))).toEqual(new Set(['io']));
    expect(new Set(onCard('mmio').map(([space]) => space))).toEqual(new Set(['memory']));
  },
  S18: () => {
    const rows = deviceOf('rtl8139')!.banks.get('config')!.layout.registers;
    expect([rows['BAR0'].options.doc, rows['BAR1'].options.doc]).toEqual(['I/O, 256 bytes', 'memory, 256 bytes']);
  },
  S144: () => expect([traced('port').run.matches, traced('mmio').run.matches]).toEqual([true, true]),
};

test('each statement has a check, and no other', () => {
  expect(Object.keys(CHECKS)).toEqual(REGISTER_BLOCK_STATEMENTS.map((s) => s.id));
});

test.each(REGISTER_BLOCK_STATEMENTS)('$id: $where', ({ id }) => CHECKS[id]());

test('a driver\'s accesses take time in proportion to their number, and each width is timed', () => {
  for (const method of ['port', 'mmio'] as const) {
    const perFrame = Number(measure(method, 'secondsPerFrame'));
    expect(perFrame).toBeGreaterThan(FRAME_ACCESSES * 200e-9);
    expect(perFrame).toBeLessThan(FRAME_ACCESSES * 500e-9);
    for (const key of ['read8', 'read16', 'read32', 'write8', 'write16', 'write32'])
      expect(Number(measure(method, key)), key).toBeGreaterThan(200e-9);
  }
});
