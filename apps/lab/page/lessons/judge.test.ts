import { describe, expect, test } from 'vitest';
import type { ExperimentReport } from '../../../../src/control/experiments/report.ts';
import type { ChoicePrediction, NumberPrediction } from '../../protocol/lessons.ts';
import { judgeChoice, judgeNumber } from './judge.ts';

function report(values: Readonly<Record<string, number>>, better: 'less' | 'more' = 'more'): ExperimentReport {
  return {
    heading: '', methods: Object.keys(values), check: '',
    judgement: { verdict: 'right', sentence: '', reference: '' },
    rows: [{
      key: 'm', label: '  speed', unit: '', better,
      cells: Object.values(values).map((value) => ({ text: `${value}`, value, best: false })),
    }],
  };
}

const asked = { question: '', experiment: 'x', texts: {}, measure: 'm', because: '' };
const choice: ChoicePrediction = {
  ...asked, choices: [{ text: 'A', method: 'a' }, { text: 'B', method: 'b' }, { text: 'Neither', method: '' }],
};

describe('a choice', () => {
  test('is right if the method is the better one, whichever way is better', () => {
    expect(judgeChoice(choice, 'a', report({ a: 3, b: 1 }))).toEqual({
      right: true, sentence: 'Right: it is a. speed: a 3, b 1.',
    });
    expect(judgeChoice(choice, 'a', report({ a: 3, b: 1 }, 'less')).sentence).toBe('No: it is b. speed: a 3, b 1.');
  });
  test('equal means within a hundredth, if that can be chosen', () => {
    expect(judgeChoice(choice, '', report({ a: 100, b: 100.5 })).right).toBe(true);
    const two = { ...choice, choices: choice.choices.slice(0, 2) };
    expect(judgeChoice(two, 'b', report({ a: 100, b: 100.5 })).right).toBe(true);
  });
  test('of a run without a figure there is none', () => {
    expect(judgeChoice(choice, 'a', report({ a: 3 })).sentence).toBe('The runs do not answer it.');
  });
});

describe('a number', () => {
  const number: NumberPrediction = { ...asked, of: 'a', unit: '%', scale: 100 };
  test.each([
    [50, 'Right: it is 50 %.', true], [54, 'Right: it is 50 %.', true], [70, 'Too high by 40 %: it is 50 %.', false],
    [10, 'Too low by a factor of 5: it is 50 %.', false], [0, 'No: it is 50 %.', false],
  ])('%d', (guess, sentence, right) => {
    expect(judgeNumber(number, guess, report({ a: 0.5 }))).toEqual({ right, sentence });
  });
  test('may be how many times that of another', () => {
    const times: NumberPrediction = { ...asked, of: 'a', over: 'b', unit: 'times' };
    expect(judgeNumber(times, 2, report({ a: 10, b: 2 })).sentence).toBe('Too low by a factor of 2.5: it is 5 times.');
    expect(judgeNumber({ ...asked, of: 'a', unit: '' }, 3, report({ a: 0 })).sentence).toBe('No: it is 0.');
  });
});
