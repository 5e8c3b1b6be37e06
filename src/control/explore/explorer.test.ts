/** Any moment of a run: one state, however it was reached. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TEST_KIT } from '../../../test/benches/experiment-bench.ts';
import { EXPERIMENTS } from '../experiments/index.ts';
import type { Experiment } from '../experiments/experiment.ts';
import { jobOf } from '../experiments/job.ts';
import { us } from '../../sim/time.ts';
import { stateChecksum } from '../state-checksum.ts';
import { Explorer, type ExplorerOptions } from './explorer.ts';
import type { Moment } from './moment.ts';
import type { Place } from './steps.ts';

function explorer(
  name: string, method: string, values: Record<string, unknown>, options: ExplorerOptions = {},
): Explorer {
  const e = EXPERIMENTS.find((x) => x.name === name) as Experiment;
  const job = jobOf(e, { values, methods: [method] });
  return Explorer.trial(e, job, method, TEST_KIT, { engine: 'interpreter' }, options);
}

const checksum = (x: Explorer, moment: Moment): string => stateChecksum(x.past(moment), x.pastAttachments);

const RUNS = [
  ['paths', 'port-pio', { bytes: 4096, sweep: false }, 1000],
  ['paths', 'mmio-wc', { bytes: 4096, sweep: false }, 300],
  ['paths', 'device-dma', { bytes: 4096, sweep: false }, 1000],
  ['disk-read', 'pio-irq', { bytes: 4096 }, 300],
  ['disk-read', 'dma', { bytes: 65536 }, 300],
  ['ring-receive', 'rtl8139-ring', {}, 300],
  ['sound-play', 'dma-autoinit', {}, 300],
] as const;

test.each(RUNS)('%s %s: steps forward and back give the same states', (name, method, values, steps) => {
  const x = explorer(name, method, values);
  const seen = new Map<number, string>();
  const places: Place[] = [];
  let at: Place = { ticks: 0, instructions: 0, record: 0 };
  for (let n = 0; n < steps; n++) {
    const next = x.step('transaction', 1, at);
    if (next.record === at.record) break;
    at = next;
    places.push(at);
    if (n % 50 === 0) seen.set(at.record, checksum(x, { ticks: at.ticks }));
    if (n % 97 === 0) {
      const further = x.step('instruction', 1, at), back = x.step('instruction', -1, further);
      expect(further.instructions).toBe(at.instructions + 1);
      expect(back.ticks).toBeLessThan(further.ticks);
    }
  }
  expect(places.length).toBeGreaterThan(100);
  for (const place of places.toReversed().slice(1)) {
    at = x.step('transaction', -1, at);
    expect(at).toEqual(place);
    const known = seen.get(at.record);
    if (known !== undefined) expect(checksum(x, { ticks: at.ticks })).toBe(known);
  }
});

test('random moments of a run are the same states as on a straight way', () => {
  const straight = explorer('paths', 'device-dma', { bytes: 512, sweep: false });
  const x = explorer('paths', 'device-dma', { bytes: 512, sweep: false });
  const known = new Map<number, string>();
  while (!straight.over) straight.advance(Infinity);
  const moments = Array.from({ length: 40 }, (_, n) => Math.round((n * straight.now) / 39));
  for (const ticks of moments) known.set(ticks, checksum(straight, { ticks }));
  expect(known.get(straight.now)).toBe(stateChecksum(straight.machine, straight.attachments));
  fc.assert(fc.property(fc.array(fc.constantFrom(...moments), { minLength: 1, maxLength: 8 }), (way) => {
    for (const ticks of way) expect(checksum(x, { ticks })).toBe(known.get(ticks));
  }), { numRuns: 10 });
});

test('what a host does at the end of the measured part is in the past as well', () => {
  // It looks at what was read, and clears it.
  const x = explorer('two-jobs', 'dma', { bytes: 4096 }), states: string[] = [];
  const end = (): Moment => ({ ticks: x.marks.find((m) => m.name === 'end')?.at.ticks ?? Infinity });
  while (!x.over && !x.marks.some((m) => m.name === 'begin')) x.advance(x.now + us(20));
  x.checkpoint();
  while (!x.over) x.advance(Infinity);
  for (const moment of [end(), { ticks: Infinity }, end()]) states.push(checksum(x, moment));
  expect(states[1]).toBe(stateChecksum(x.machine, x.attachments));
  expect(states[2]).toBe(states[0]);
});

test('steps from a record that is gone lead to the first of those that are kept', () => {
  const x = explorer('disk-read', 'pio-irq', { bytes: 65536 }, { limit: 500_000 });
  while (!x.over) x.advance(Infinity);
  const { first } = x.store;
  expect(first).toBeGreaterThan(1000);
  for (const kind of ['record', 'command', 'interrupt'] as const) {
    const id = x.stepRecord(kind, 1, { ticks: 1000, record: 100 });
    expect(id).toBeGreaterThanOrEqual(first);
    expect(x.placeOf(id)?.record).toBe(id);
    expect(x.stepRecord(kind, -1, { ticks: 1000, record: 100 })).toBe(0);
  }
});

test('who follows the record gets nothing, and costs nothing, while none is made', () => {
  const x = explorer('paths', 'port-pio', { bytes: 512, sweep: false }, { record: false }), { trace } = x.machine.sim;
  const blocks: [count: number, first: number][] = [];
  x.follow({ block: (_rows, count, first) => void blocks.push([count, first]) });
  while (!x.over && x.now < us(500)) x.advance(us(500));
  expect([trace.enabled, blocks]).toEqual([false, []]);
  x.setRecording(true);
  while (!x.over) x.advance(Infinity);
  expect(blocks.length).toBeGreaterThan(0);
  const [, first] = blocks[0], [count, from] = blocks.at(-1)!;
  expect([first, from + count - 1]).toEqual([x.store.first, x.store.last]);
});

test('a display card makes no checkpoint much larger: what has not changed is kept once', () => {
  const x = explorer('frame-buffer', 'linear-wc', { pictures: 6, depth: '8' }, { record: false });
  while (!x.over) {
    x.advance(Infinity);
    x.checkpoint();
  }
  // 16 MiB of video memory and 9 MB of pixels, of which a picture changes 0.3 MB and 1.2 MB.
  expect(x.checkpointBytes).toBeLessThan(160 * 2 ** 20);
  const early = us(3000), values = { pictures: 6, depth: '8' };
  const straight = explorer('frame-buffer', 'linear-wc', values, { record: false });
  straight.advance(early);
  while (!straight.over && straight.now < early) straight.advance(early);
  expect(checksum(x, { ticks: early })).toBe(stateChecksum(straight.machine, straight.attachments));
});

test('ten runs leave nothing behind: each is as large as the first', () => {
  const sizes = Array.from({ length: 10 }, () => {
    const x = explorer('paths', 'port-pio', { bytes: 512, sweep: false });
    while (!x.over) x.advance(Infinity);
    x.past({ ticks: x.now / 2 });
    return [x.checkpointBytes, x.store.last, x.store.sums().bytes];
  });
  expect(new Set(sizes.map(String)).size).toBe(1);
});
