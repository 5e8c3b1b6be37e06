import { describe, expect, test } from 'vitest';
import { runExperiment } from '../../../../test/bench/experiment-bench.ts';
import type { TransactionRecord } from '../../../sim/trace.ts';
import { ACTS } from './block.ts';
import { REGISTER_EFFECTS } from './experiment.ts';

describe('register-effects', () => {
  const { runs, judgement } = runExperiment(REGISTER_EFFECTS);
  const [memory, ports] = runs;

  test('both ways read the same and change the same', () => {
    expect(runs.map((r) => [r.method, r.matches])).toEqual([['memory', true], ['ports', true]]);
    for (const { key, text } of ACTS.filter((a) => a.reads !== null))
      expect(String(memory.measures[key]).split('; coloured')[0], text)
        .toBe(String(ports.measures[key]).split('; coloured')[0]);
  });

  test.each([
    ['ramReadAgain', '5'], ['pop', '11h; STATUS.LEVEL 2 → 1'],
    ['popAgain', '22h; STATUS.EMPTY 0 → 1, STATUS.LEVEL 1 → 0'], ['popEmpty', '0; STATUS.UNDERRUN 0 → 1'],
    ['status', '20002h; STATUS.UNDERRUN 1 → 0'], ['statusAgain', '2'], ['raise', 'INT.SOFT 0 → 1'], ['command', '0'],
    ['clearNothing', 'nothing changed'], ['clearOther', 'nothing changed'], ['clear', 'INT.SOFT 1 → 0'],
    ['reserved', 'CONTROL 0 → 0Fh, INTA# 0 → 1'], ['colour', 'COLOUR 0 → 4060A0h'],
  ])('%s: %s', (key, said) => {
    expect(memory.measures[key]).toBe(said);
  });

  test('the display draws in the new colour as time passes, without an access', () => {
    expect(memory.measures['wait']).toMatch(/^coloured lines \d → \d$/);
    expect(memory.measures['line']).not.toBe(memory.measures['lineLater']);
  });

  test('the answer names the values', () => {
    expect(judgement).toMatchObject({ verdict: 'right' });
    expect(judgement.sentence).toContain('11h, then 22h');
  });
});

test('the trace: one transaction an act, nobody else touches the card', () => {
  const records: TransactionRecord[] = [];
  runExperiment(REGISTER_EFFECTS, { methods: ['memory'] }, {
    started: (machine) => machine.sim.trace.listen((r) => {
      if (r.kind === 'transaction' && r.target === 'paths.registers') records.push({ ...r });
    }),
  });
  expect(records.every((r) => r.initiator === 'cpu0')).toBe(true);
  // Three acts have to do with memory alone, one with nothing.
  expect(records).toHaveLength(ACTS.length - 4);
  expect(records.slice(0, 4).map((r) => [r.space, r.address & 0xfff, r.write, r.value])).toEqual([
    ['memory', 0x10, true, 0x11], ['memory', 0x10, true, 0x22], ['memory', 0x10, false, 0x11],
    ['memory', 0x10, false, 0x22],
  ]);
  expect(records.at(-1)).toMatchObject({ space: 'io', value: 0x4060a0 });
});

test('without the card the guest says so', () => {
  expect(() => runExperiment({
    ...REGISTER_EFFECTS,
    prepare: (...args) => {
      const trial = REGISTER_EFFECTS.prepare(...args);
      return { ...trial, machine: { options: { ram: 32 << 20 } }, posted: () => {} };
    },
  }, { methods: ['memory'] })).toThrow('there is no card paths on the PCI bus');
});
