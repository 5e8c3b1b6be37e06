/** Figures and statements of frame-buffer. */
import { describe, expect, test } from 'vitest';
import { runExperiment } from '../../../../test/benches/experiment-bench.ts';
import { tracedRun } from '../../../../test/benches/traced-run.ts';
import { dispiTiming } from '../../../hw/display/vga/timing.ts';
import type { RunResult } from '../experiment.ts';
import { jobOf } from '../job.ts';
import { FRAME_BUFFER_METHODS } from './block.ts';
import { FRAME_BUFFER } from './experiment.ts';
import { colourAt, look, rgbOf } from './shown.ts';
import { FRAME_BUFFER_STATEMENTS } from './statements.ts';

const WIDTH = 640, HEIGHT = 480;

function run(method: string, values: Record<string, unknown>, bench = {}): RunResult['measures'] {
  const { runs } = runExperiment(FRAME_BUFFER, { values, methods: [method] }, bench);
  expect(runs[0].matches, method).toBe(true);
  return runs[0].measures;
}

const { runs, judgement } = runExperiment(FRAME_BUFFER, { values: { pictures: 1 } });
const value = (method: string, key: string): number =>
  Number(runs.find((r) => r.method === method)?.measures[key]);

test('the last picture is shown as the formula has it, by every way; the interpreter has the same figures', () => {
  expect(runs.map((r) => [r.method, r.matches])).toEqual(FRAME_BUFFER_METHODS.map((m) => [m, true]));
  expect(judgement.verdict).toBe('right');
  const small = { pictures: 2, width: 320, height: 176 };
  for (const method of ['banked', 'ram-dma'])
    expect(run(method, small, { engine: 'interpreter' })).toEqual(run(method, small));
});

test('32 bits a pixel, a size of one\'s own', () => {
  for (const method of ['banked', 'linear-uc', 'ram-dma'])
    run(method, { pictures: 1, width: 320, height: 176, depth: '32' });
});

describe('tearing', () => {
  // Drawing begins with the retrace; the beam comes to line 0 when all that is not shown is over.
  const { lines, retraceStart, clock, dots } = dispiTiming(WIDTH, HEIGHT);
  const line = (dots * clock.denominator) / clock.numerator, head = (lines - retraceStart) * line;
  test.each([['linear-uc', '8'], ['banked', '8'], ['linear-wc', '32'], ['ram-dma', '32']])(
    '%s, %s bits: torn at the line where the beam overtakes what writes', (method, depth) => {
      const m = run(method, { pictures: 1, depth, waitRetrace: method === 'ram-dma' });
      // By DMA the drawing in RAM comes before: bursts of 64 bytes, read and written.
      const perLine = method === 'ram-dma' ? ((WIDTH * 4) / 64) * 1.5e-6 : Number(m['seconds']) / HEIGHT;
      const expected = head / (perLine - line);
      expect(Math.abs(Number(m['tearLine']) - expected)).toBeLessThan(1.6 + 0.05 * expected);
    },
  );

  test('who waits for the retrace and is faster than the beam tears nothing; who does not wait does', () => {
    const size = { width: 320, height: 240 };
    for (const method of ['linear-wc', 'ram-dma']) {
      expect(run(method, { ...size, pictures: 3, waitRetrace: true }))
        .toMatchObject({ torn: 0, tearLine: null, strayDots: 0 });
      expect(Number(run(method, { ...size, pictures: 14 })['torn'])).toBeGreaterThan(0);
    }
    expect(Number(run('linear-uc', { pictures: 1, waitRetrace: true })['torn'])).toBeGreaterThan(0);
  });

  test('a picture of two halves is torn where they meet; a foreign dot is counted', () => {
    const rgba = new Uint8Array(64 * 64 * 4);
    for (let y = 0; y < 64; y++)
      for (let x = 0; x < 64; x++) rgba.set([...rgbOf(colourAt(x >> 3, y, y < 40 ? 7 : 6)), 255], 4 * (y * 64 + x));
    rgba[4 * (10 * 64 + 5)] ^= 0x55;
    expect(look({ width: 64, height: 64, rgba })).toEqual({ tear: 40, stray: 1 });
  });
});

test('what does not fit', () => {
  const settle = (values: Record<string, unknown>) => () =>
    FRAME_BUFFER.settle?.(jobOf(FRAME_BUFFER, { values }), {} as never);
  expect(settle({ width: 100 })).toThrow('width: 100 is no multiple of 32');
  expect(settle({ snow: true })).toThrow('snow: a memory of two ports shows none');
  const job = jobOf(FRAME_BUFFER, { values: { width: 320 } });
  expect(FRAME_BUFFER.variants.map((v) => (v.fits?.(job as never) ?? '') === ''))
    .toEqual([false, true, true, true, true, true]);
});

const CHECKS: Readonly<Record<string, () => void>> = {
  S76: () => {
    expect(value('linear-wc', 'pixelRate')).toBeGreaterThan(3 * value('linear-uc', 'pixelRate'));
    expect(value('linear-uc', 'busShare')).toBeGreaterThan(0.7);
  },
  S78: () => {
    expect(value('ram-dma', 'processorSeconds')).toBeLessThan(value('ram-copy', 'processorSeconds'));
    expect(value('linear-wc', 'pixelRate')).toBeGreaterThan(value('ram-dma', 'pixelRate'));
  },
  S111: () => {
    for (const method of FRAME_BUFFER_METHODS.slice(1)) {
      // One line of 640 bytes each 33.6 µs, whatever is stored.
      const lines = value(method, 'seconds') * 60 * 496;
      expect(value(method, 'beamBytes') / 640 / lines).toBeGreaterThan(0.8);
      expect(value(method, 'beamBytes') / 640 / lines).toBeLessThan(1.01);
    }
  },
  S119: () => expect(runs.every((r) => r.matches)).toBe(true),
  S120: () => {
    const shared = run('linear-uc', { pictures: 1, vram: 'shared' });
    expect(Number(shared['beamWaits'])).toBeGreaterThan(100);
    expect(shared['strayDots']).toBe(0);
    const snow = run('linear-uc', { pictures: 1, vram: 'shared', snow: true });
    expect(Number(snow['strayDots'])).toBeGreaterThan(1000);
    expect(Number(shared['pixelRate'])).toBeLessThan(Number(snow['pixelRate']));
    expect(value('linear-uc', 'strayDots')).toBe(0);
  },
  S145: () => {
    const { transactions } = tracedRun(FRAME_BUFFER, 'vga-planes', { values: { pictures: 1 } });
    const ofCard = transactions.filter((r) => r.target.startsWith('vga.'));
    const ports = ofCard.filter((r) => r.space === 'io'), pixels = ofCard.filter((r) => r.space === 'memory');
    // The sequencer's index and data as a word: which of four planes.
    expect(ports.map((r) => r.address)).toEqual([0x3c4, 0x3c4, 0x3c4, 0x3c4]);
    expect(pixels).toHaveLength((WIDTH * HEIGHT) / 8);
    expect(pixels.every((r) => r.address >= 0xa0000 && r.address < 0xb0000)).toBe(true);
  },
  S146: () => {
    const values = { pictures: 1, width: 320, height: 256 };
    const { transactions } = tracedRun(FRAME_BUFFER, 'banked', { values });
    const ofCard = transactions.filter((r) => r.target.startsWith('vga.'));
    expect(new Set(ofCard.map((r) => r.space))).toEqual(new Set(['io', 'memory']));
    expect(ofCard.filter((r) => r.space === 'io' && r.address === 0x1d0).map((r) => r.value)).toEqual([0, 1]);
  },
};

test('there is a check for each statement, and each row that one names is there', () => {
  expect(Object.keys(CHECKS)).toEqual(FRAME_BUFFER_STATEMENTS.map((s) => s.id));
  const labels = new Set(FRAME_BUFFER.measures.map((m) => m.label.trim()));
  for (const { id, where } of FRAME_BUFFER_STATEMENTS)
    for (const [, row] of where.matchAll(/"([^"…]+)"/g)) expect(labels, id).toContain(row);
});

test.each(FRAME_BUFFER_STATEMENTS.map(({ id, where }) => [id, where]))('%s: %s', (id) => CHECKS[id]());
