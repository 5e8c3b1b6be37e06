import { expect, test } from 'vitest';
import type { RunResult } from '../experiment.ts';
import { judge } from './judge.ts';

function run(method: string, processorSeconds: number, lost = 0): RunResult {
  const measures = { sent: 100, lost, processorSeconds, processorBytes: 1, deviceBytes: 2 };
  return { method, guest: 'bare', measures } as unknown as RunResult;
}

test('the cheapest card is named, whichever it is', () => {
  expect(judge([run('ne2000-pio', 1e-6), run('e1000-rings', 2e-6)]).sentence)
    .toBe('No frame was lost; ne2000-pio costs the processor least, 1.00 µs a frame.');
});

test('costs that cannot be told apart are called the same', () => {
  const { sentence } = judge([run('ne2000-pio', 9e-6, 3), run('rtl8139-ring', 2.01e-6), run('e1000-rings', 2e-6)]);
  expect(sentence.split('; ')).toEqual([
    'ne2000-pio lost 3 of 100 frames', 'rtl8139-ring and e1000-rings cost the processor the same, 2.00 µs a frame.',
  ]);
});

test('wires of different rates are told', () => {
  const { sentence } = judge([run('ne2000-pio', 9e-6, 3), run('e1000-rings', 2e-6, 9)],
    (m) => (m === 'ne2000-pio' ? '10' : '1000'));
  expect(sentence).toMatch(/ The wires differ: ne2000-pio 10 Mbit\/s, e1000-rings 1000 Mbit\/s\.$/);
});
