import { describe, expect, test } from 'vitest';
import { runExperiment } from '../../../../test/benches/experiment-bench.ts';
import { ns } from '../../../sim/time.ts';
import type { TransactionRecord } from '../../../sim/trace.ts';
import { ACTS } from './block.ts';
import { allSeen, clauses } from './effects.ts';
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
    ['status', '20002h; STATUS.UNDERRUN 1 → 0'], ['statusAgain', '2'],
    ['raise', 'INT.SOFT 0 → 1'], ['command', '0'],
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
    expect(judgement.sentence).toBe(
      'An access of a register is a transaction with the device, which acts on it: one address gave 11h, then 22h; ' +
        'reading STATUS, 20002h, left 2; writing 1 to a bit of INT cleared it (INT.SOFT 1 → 0); and from the write ' +
        'of COLOUR on (COLOUR 0 → 4060A0h) the card drew in the new colour, for which it never had to look.',
    );
  });

  test.each(['pop', 'status', 'clear', 'colour'])('an effect that was not seen is not claimed: %s', (key) => {
    const without = { ...memory.measures, [key]: String(memory.measures[key]).split('; ')[0].replace(/.*→.*/, '') };
    expect([allSeen(memory.measures), allSeen(without)]).toEqual([true, false]);
    expect(clauses(without).split('; ').length).toBe(clauses(memory.measures).split('; ').length - 1);
  });

  test('values alone do not make it right: what the card did is looked at', () => {
    const unseen = {
      ...REGISTER_EFFECTS,
      prepare: (...args: Parameters<typeof REGISTER_EFFECTS.prepare>) => ({
        ...REGISTER_EFFECTS.prepare(...args), posted: () => {},
      }),
    };
    const { runs: [run], judgement: told } = runExperiment(unseen, { methods: ['memory'] });
    expect([run.measures['pop'], run.matches, told.verdict]).toEqual(['11h', false, 'wrong-data']);
    expect(told.sentence).toContain('by memory is not what the registers promise');
  });

  test.each([{ processorClock: 3e9, pciClockPeriod: ns(5), isaDivisor: 1 }, { processorClock: 1e6 }])(
    'lines pass while it does nothing, whatever the clocks are: %j', (boardOptions) => {
      const [run] = runExperiment(REGISTER_EFFECTS, { boardOptions, methods: ['memory'] }).runs;
      expect([run.matches, run.measures['line'] !== run.measures['lineLater']]).toEqual([true, true]);
    },
  );
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
