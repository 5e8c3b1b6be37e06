import { describe, expect, test } from 'vitest';
import type { Experiment, Kit } from '../../../../src/control/experiments/experiment.ts';
import type { ExperimentReport } from '../../../../src/control/experiments/report.ts';
import { jobFromTexts } from '../../../../src/control/experiments/form.ts';
import { EXPERIMENTS } from '../../../../src/control/experiments/index.ts';
import { defaultMethodsOf } from '../../../../src/control/experiments/job.ts';
import { changesOf, figureOfPoints } from './curves.ts';
import { nextPieces } from './next-steps.ts';
import { openingTexts } from './opening.ts';
import { compared } from './pins.ts';

const KIT = { guestImage: () => new Uint8Array(), linux: null, disk: null } as unknown as Kit;

test.each(EXPERIMENTS.map((e) => [e.name, e] as const))('%s can be opened with a small job', (name, e: Experiment) => {
  const methods = defaultMethodsOf(e, 'bare', 'pc');
  for (const method of methods)
    expect(() => jobFromTexts(e, { guest: 'bare', methods: [method], texts: openingTexts(name) }, KIT)).not.toThrow();
});

describe('a line of what to run next', () => {
  const names = ['disk-read', 'disk-write'];
  const gone = (line: string): unknown => nextPieces(line, 'disk-read', names).map((p) =>
    (p.go === null ? p.text : [p.go.experiment, p.go.option, p.go.value]));

  test('is split at experiments and options', () => {
    expect(gone('compare disk-read with --mode pio0,mwdma0, or --interrupt-entry 4000; compare disk-write')).toEqual([
      ['disk-read', '', ''], ' with ', ['disk-read', 'mode', 'pio0,mwdma0'], ', or ',
      ['disk-read', 'interrupt-entry', '4000'], '; ', ['disk-write', '', ''],
    ]);
  });

  test('keeps what cannot be followed as it is', () => {
    expect(gone('compare nothing --trace FILE: look')).toEqual(['compare nothing --trace FILE: look']);
    expect(nextPieces('', 'disk-read', names)).toEqual([]);
  });
});

test('a change of the fastest line is where another one is the lowest for the first time', () => {
  const lines = [
    { name: 'a', points: [[1, 1], [2, 2], [4, 4]] as const },
    { name: 'b', points: [[1, 2], [2, 1.9], [4, 3]] as const },
  ];
  expect(changesOf({ lines, better: 'less' })).toEqual([{ x: 2, from: 'a', to: 'b' }]);
  expect(changesOf({ lines, better: 'more' })).toEqual([{ x: 2, from: 'b', to: 'a' }]);
  expect(changesOf({ lines: [], better: 'less' })).toEqual([]);
});

test('points of a sweep are a line for each method, from left to right, on a scale that fits', () => {
  const point = (x: number, method: string, y: unknown) => ({ x, method, y });
  const measure = { key: 'seconds', label: ' time', unit: 's', better: 'less' } as const;
  expect(figureOfPoints({ word: 'bytes', unit: 'B' }, measure, [
    point(4096, 'a', 2), point(64, 'a', 1), point(64, 'b', 3), point(4096, 'b', null),
  ])).toMatchObject({
    title: 'time by bytes', log: 'x',
    lines: [{ name: 'a', points: [[64, 1], [4096, 2]] }, { name: 'b', points: [[64, 3]] }],
  });
});

test('two results stand side by side by method and measure, with their ratio', () => {
  const report = (seconds: number): ExperimentReport => ({
    heading: '', methods: ['m'], check: '',
    judgement: { verdict: 'right', sentence: '', reference: '' },
    rows: [
      {
        key: 'seconds', label: 'time', unit: 's', better: 'less',
        cells: [{ text: `${seconds} s`, value: seconds, best: false }],
      },
      { key: 'who', label: '  who', unit: 'word', better: '', cells: [{ text: 'x', value: 'x', best: false }] },
    ],
  });
  expect(compared(report(2), report(3))).toEqual([
    { key: 'seconds', label: 'time', method: 'm', before: '2 s', now: '3 s', ratio: '× 1.50' },
    { key: 'who', label: 'who', method: 'm', before: 'x', now: 'x', ratio: '=' },
  ]);
  expect(compared({ ...report(2), methods: ['other'] }, report(3))).toEqual([]);
});
