/** What sound-play's statements say of its table and its trace is so: a check for each. */
import { expect, test } from 'vitest';
import { by, causesOf, tracedRun, type TracedRun } from '../../../../test/benches/traced-run.ts';
import type { TransactionRecord } from '../../../sim/trace.ts';
import { RING_AT, SAMPLES_AT, SOUND_PLAY_METHODS } from './block.ts';
import { SOUND_PLAY } from './experiment.ts';
import { SOUND_PLAY_STATEMENTS } from './statements.ts';

const BYTES = 2048, BLOCK = 256;
const DMA = ['dma-single', 'dma-autoinit'];

const runs = new Map<string, TracedRun>();
function traced(method: string): TracedRun {
  if (!runs.has(method))
    runs.set(method, tracedRun(SOUND_PLAY, method, { values: { bytes: BYTES, block: BLOCK } }));
  return runs.get(method) as TracedRun;
}
const measure = (method: string, key: string): number => Number(traced(method).run.measures[key]);
const cycles = (method: string): TransactionRecord[] => traced(method).transactions.filter(by('dma.1'));
/** Writes of the mode of channel 1, once whenever it is programmed. */
const programmed = (method: string): TransactionRecord[] =>
  traced(method).transactions.filter((r) => r.space === 'io' && r.address === 0x0b && r.write);

function eachByteByTheController(): void {
  expect(cycles('dma-single').map((r) => [r.address, r.size, r.write, r.target]))
    .toEqual(Array.from({ length: BYTES }, (_, i) => [SAMPLES_AT + i, 1, false, 'ram']));
  expect(cycles('dma-autoinit').map((r) => r.address))
    .toEqual(Array.from({ length: BYTES }, (_, i) => RING_AT + i % (2 * BLOCK)));
}

const CHECKS: Readonly<Record<string, () => void>> = {
  S22: () => {
    for (const method of DMA)
      expect(new Set(traced(method).transactions.map((r) => r.initiator))).toEqual(new Set(['cpu0', 'dma.1']));
  },
  S23: eachByteByTheController,
  S40: () => {
    for (const method of DMA) {
      const { records } = traced(method);
      for (const cycle of cycles(method).slice(0, 200))
        expect(causesOf(cycle, records).some((r) => r.kind === 'edge' && r.line === 'sound.dreq8')).toBe(true);
    }
  },
  S46: () => {
    expect(SOUND_PLAY_METHODS.map((m) => measure(m, 'interrupts'))).toEqual([BYTES, BYTES / BLOCK, BYTES / BLOCK]);
  },
  S74: () => {
    const { transactions } = traced('dma-autoinit');
    const before = transactions.slice(0, transactions.findIndex(by('dma.1')));
    for (const port of [0x02, 0x03, 0x83]) expect(before.some((r) => r.address === port && r.write)).toBe(true);
  },
  S75: () => {
    expect(DMA.map((m) => programmed(m).length)).toEqual([BYTES / BLOCK, 1]);
  },
  S132: () => {
    const [direct, single, auto] = SOUND_PLAY_METHODS.map((m) => measure(m, 'cpuPortAccesses'));
    expect([direct > 5 * BYTES, single < direct / 20, auto < single]).toEqual([true, true, true]);
  },
};

test('there is a check for each statement', () => {
  expect(Object.keys(CHECKS)).toEqual(SOUND_PLAY_STATEMENTS.map((s) => s.id));
});

test.each(SOUND_PLAY_STATEMENTS.map(({ id, where }) => [id, where]))('%s: %s', (id) => CHECKS[id]());
