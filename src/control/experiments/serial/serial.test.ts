import { describe, expect, test } from 'vitest';
import { runExperiment, runToEnd } from '../../../../test/benches/experiment-bench.ts';
import { us } from '../../../sim/time.ts';
import type { Experiment, RunResult } from '../experiment.ts';
import { jobOf } from '../job.ts';
import { SERIAL_METHODS } from '../uart-receive/block.ts';
import { leftOut, UART_RECEIVE } from '../uart-receive/experiment.ts';
import { UART_SEND } from '../uart-send/experiment.ts';
import { judgeSerial, serialCrossover } from './judge.ts';
import { lineOf, settleSerial, type SerialJob } from './serial-job.ts';

type Values = Readonly<Record<string, unknown>>;
const CHARACTERS = 100;
const run = (e: Experiment, method: string, values: Values = {}, boardOptions: Values = {}): RunResult =>
  runToEnd(e, method, { values: { characters: CHARACTERS, ...values }, boardOptions });

describe.each([UART_RECEIVE, UART_SEND])('$name', (e) => {
  test('all methods move the same characters at the rate of the line', () => {
    const { runs, judgement } = runExperiment(e, { values: { characters: CHARACTERS } });
    for (const r of runs) {
      expect(r).toMatchObject({ matches: true, measures: { sha256: judgement.reference, lost: 0 } });
      // 86.8 µs a character at 115200 baud, and half a millisecond around them.
      expect(Number(r.measures['seconds'])).toBeGreaterThan(CHARACTERS * 86.8e-6);
      expect(Number(r.measures['seconds'])).toBeLessThan(CHARACTERS * 86.9e-6 + 5e-4);
    }
    const [polled, irq, fifo, dma] = runs.map((r) => r.measures);
    expect(polled).toMatchObject({ cpuBusy: 1, interrupts: 0, dmaChannelBytes: 0 });
    expect(Number(irq['interrupts'])).toBeGreaterThanOrEqual(CHARACTERS);
    expect(Number(fifo['interrupts'])).toBeLessThanOrEqual(CHARACTERS / 8 + 2);
    expect(dma).toMatchObject({ interrupts: 1, dmaChannelBytes: CHARACTERS });
    const busy = runs.map((r) => Number(r.measures['cpuBusy']));
    expect([...busy].sort((a, b) => b - a)).toEqual(busy);
  });

  test('twice the same, with either engine', () => {
    const whole = (engine: 'jit' | 'interpreter') =>
      JSON.stringify(runExperiment(e, { values: { characters: 20 } }, { engine }).runs);
    expect(whole('jit')).toBe(whole('interpreter'));
    expect(whole('jit')).toBe(whole('jit'));
  });
});

describe('the crossover', () => {
  const boardOptions = { interruptEntry: 2000 };
  const at = (baud: number) => {
    const wish = { values: { characters: CHARACTERS, baud }, boardOptions, methods: ['polled', 'irq'] };
    const { runs } = runExperiment(UART_RECEIVE, wish);
    return { runs, c: serialCrossover(runs, jobOf(UART_RECEIVE, wish) as SerialJob) };
  };

  test('is where it is named: below it interrupts lose nothing, above it they do, and polling does not', () => {
    const { c } = at(115_200);
    const crossover = 10 / c!.interrupt;
    expect(crossover).toBeGreaterThan(300e3);
    expect(crossover).toBeLessThan(1e6);
    const lost = (baud: number) => at(Math.round(baud)).runs.map((r) => Number(r.measures['lost']));
    expect(lost(0.9 * crossover)).toEqual([0, 0]);
    const [polled, irq] = lost(1.2 * crossover);
    expect(polled).toBe(0);
    expect(irq).toBeGreaterThan(CHARACTERS / 4);
  });

  test('from the interrupt entry that is named on, interrupts do not keep up at this rate', () => {
    const { c } = at(115_200);
    const lost = (interruptEntry: number) =>
      Number(run(UART_RECEIVE, 'irq', {}, { interruptEntry: Math.round(interruptEntry) }).measures['lost']);
    expect(lost(0.9 * c!.entry)).toBe(0);
    expect(lost(1.2 * c!.entry)).toBeGreaterThan(CHARACTERS / 4);
  });

  test('the sentence says which side this rate is on', () => {
    const sentence = (baud: number): string => {
      const { runs } = at(baud);
      const job = jobOf(UART_RECEIVE, { values: { baud }, boardOptions }) as SerialJob;
      return judgeSerial(runs, { ...job, values: { ...job.values, characters: CHARACTERS } }, 'receive').sentence;
    };
    expect(sentence(115_200)).toMatch(/Crossover: \d+ kbaud\. Below, interrupts win/);
    expect(sentence(1_000_000)).toMatch(/this rate is above it: interrupts do not keep up and characters are lost/);
  });
});

test('other work with interrupts off: without a FIFO characters are lost, which is told from wrong ones', () => {
  const busy = us(200);
  for (const method of ['polled', 'irq']) {
    const r = run(UART_RECEIVE, method, { busy });
    expect(r.matches).toBe(true);
    expect(Number(r.measures['lost'])).toBeGreaterThan(CHARACTERS / 3);
    expect(Number(r.measures['received']) + Number(r.measures['lost'])).toBe(CHARACTERS);
  }
  for (const method of ['irq-fifo', 'dma-8237']) expect(run(UART_RECEIVE, method, { busy }).measures['lost']).toBe(0);
});

test('characters that are wrong are not taken for lost ones', () => {
  const whole = Uint8Array.of(1, 2, 3, 4);
  expect(leftOut(Uint8Array.of(1, 3, 4), whole)).toBe(true);
  expect(leftOut(whole, whole)).toBe(true);
  expect(leftOut(Uint8Array.of(), whole)).toBe(true);
  expect(leftOut(Uint8Array.of(1, 4, 3), whole)).toBe(false);
  expect(leftOut(Uint8Array.of(1, 2, 3, 5), whole)).toBe(false);
});

test('a run in which nothing arrived is not right, and its throughput is that of what arrived', () => {
  const fast = run(UART_RECEIVE, 'irq', { busy: us(200) });
  const { received } = fast.measures as Record<string, number>;
  expect(received).toBeLessThan(CHARACTERS);
  expect(fast.measures['bytesPerSecond']).toBe(received / Number(fast.measures['seconds']));
  const none = run(UART_RECEIVE, 'dma-8237', {}, { serialDma: 'none' });
  expect(none).toMatchObject({ matches: false, measures: { received: 0, bytesPerSecond: 0 } });
});

test('a board without what a method needs is refused', () => {
  const refusals = (boardOptions: Values): string[] => {
    const job = jobOf(UART_RECEIVE, { boardOptions });
    return UART_RECEIVE.variants.map((v) => v.fits?.(job) ?? '');
  };
  expect(refusals({})).toEqual(['', '', '', '']);
  expect(refusals({ serialDma: 'none' })).toEqual(['', '', '', 'COM2 is on no DMA channel: --serial-dma is none']);
  expect(new Set(refusals({ serialPeer: 'none' }))).toEqual(
    new Set(['nobody is at the far end of COM2: --serial-peer is none']),
  );
});

test('a rate that the clock has not is refused; a faster one gets a faster clock', () => {
  const job = (values: Values, boardOptions: Values = {}) => jobOf(UART_SEND, { values, boardOptions }) as SerialJob;
  expect(lineOf(job({ baud: 9600 }))).toEqual({ clock: 1_843_200, divisor: 12, baud: 9600 });
  expect(lineOf(job({ baud: 1_500_000 }))).toEqual({ clock: 24e6, divisor: 1, baud: 1_500_000 });
  expect(() => settleSerial(job({ baud: 100_000 }))).toThrow(/^baud: a clock of 1843200 Hz gives 115200/);
  expect(() => settleSerial(job({ baud: 9600 }, { serialClock: 24e6 }))).not.toThrow();
});

test('a method is missing: no crossover, and no more is said than was seen', () => {
  const job = jobOf(UART_SEND, {}) as SerialJob;
  expect(serialCrossover([], job)).toBeNull();
  expect(judgeSerial([], job, 'send').sentence).toBe('Nothing can be said of these runs.');
  expect(SERIAL_METHODS).toEqual(UART_SEND.variants.map((v) => v.method));
});
