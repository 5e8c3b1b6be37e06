/** What the serial experiments' statements say of tables and traces is so: a check for each. */
import { describe, expect, test } from 'vitest';
import { by, tracedRun, type TracedRun } from '../../../../test/benches/traced-run.ts';
import type { Experiment } from '../experiment.ts';
import { UART_SEND } from '../uart-send/experiment.ts';
import { UART_SEND_STATEMENTS } from '../uart-send/statements.ts';
import { SERIAL_BUFFER, SERIAL_METHODS } from './block.ts';
import { UART_RECEIVE } from './experiment.ts';
import { UART_RECEIVE_STATEMENTS } from './statements.ts';

const CHARACTERS = 64, DATA = 0x2f8;

const runs = new Map<string, TracedRun>();
function traced(e: Experiment, method: string): TracedRun {
  const key = `${e.name} ${method}`;
  if (!runs.has(key)) runs.set(key, tracedRun(e, method, { values: { characters: CHARACTERS } }));
  return runs.get(key) as TracedRun;
}
const measures = (e: Experiment, method: string) => traced(e, method).run.measures as Record<string, number>;
/** The characters as the processor saw them at the data port. */
const atDataPort = (e: Experiment, method: string) =>
  traced(e, method).transactions.filter((r) => r.initiator === 'cpu0' && r.space === 'io' && r.address === DATA);

/** A channel's cycles: each a byte of memory in order, and no I/O address. */
function cyclesOfChannel(e: Experiment, channel: string, write: boolean): void {
  const { transactions } = traced(e, 'dma-8237');
  const cycles = transactions.filter(by(channel));
  expect(cycles.map((r) => [r.target, r.space, r.write, r.size, r.address])).toEqual(
    Array.from({ length: CHARACTERS }, (_, n) => ['ram', 'memory', write, 1, SERIAL_BUFFER + n]),
  );
  expect(atDataPort(e, 'dma-8237')).toEqual([]);
}

/** The processor is the less busy, the less it is asked. */
function sharesFall(e: Experiment): void {
  const busy = SERIAL_METHODS.map((method) => measures(e, method)['cpuBusy']);
  expect(busy[0]).toBe(1);
  expect([...busy].sort((a, b) => b - a)).toEqual(busy);
}

function dmaAgainstInterrupts(e: Experiment): void {
  const irq = measures(e, 'irq'), dma = measures(e, 'dma-8237');
  expect([irq['interrupts'] >= CHARACTERS, dma['interrupts']]).toEqual([true, 1]);
  expect(dma['busyPerCharacter']).toBeLessThan(irq['busyPerCharacter'] / 5);
}

const RECEIVE: Readonly<Record<string, () => void>> = {
  S23: () => cyclesOfChannel(UART_RECEIVE, 'dma.3', true),
  S46: () => sharesFall(UART_RECEIVE),
  S95: () => dmaAgainstInterrupts(UART_RECEIVE),
  S117: () => {
    const { machine } = traced(UART_RECEIVE, 'polled');
    const read = atDataPort(UART_RECEIVE, 'polled');
    expect(read.every((r) => !r.write)).toBe(true);
    expect(read.map((r) => r.value)).toEqual([...machine.ram.subarray(SERIAL_BUFFER, SERIAL_BUFFER + CHARACTERS)]);
  },
  S128: () => {
    expect(measures(UART_RECEIVE, 'irq')['interrupts']).toBe(CHARACTERS + 1);
    expect(measures(UART_RECEIVE, 'irq-fifo')['interrupts']).toBe(CHARACTERS / 8 + 1);
  },
  S129: () => {
    expect(measures(UART_RECEIVE, 'polled')['interrupts']).toBe(0);
    expect(measures(UART_RECEIVE, 'polled')['cpuPortAccesses']).toBeGreaterThan(20 * CHARACTERS);
  },
};

const SEND: Readonly<Record<string, () => void>> = {
  S22: () => {
    const { records } = traced(UART_SEND, 'dma-8237');
    // The UART is no initiator: all that it does is a line.
    expect(records.some((r) => r.kind === 'transaction' && r.initiator.startsWith('com2'))).toBe(false);
    expect(records.some((r) => JSON.stringify(r).includes('com2.txrdy'))).toBe(true);
    cyclesOfChannel(UART_SEND, 'dma.0', false);
  },
  S23: () => cyclesOfChannel(UART_SEND, 'dma.0', false),
  S46: () => sharesFall(UART_SEND),
  S95: () => dmaAgainstInterrupts(UART_SEND),
  S117: () => {
    const { machine } = traced(UART_SEND, 'polled');
    const written = atDataPort(UART_SEND, 'polled');
    expect(written.every((r) => r.write)).toBe(true);
    expect(written.map((r) => r.value)).toEqual([...machine.ram.subarray(SERIAL_BUFFER, SERIAL_BUFFER + CHARACTERS)]);
  },
};

describe.each([
  ['uart-receive', UART_RECEIVE_STATEMENTS, RECEIVE], ['uart-send', UART_SEND_STATEMENTS, SEND],
] as const)('%s', (_name, statements, checks) => {
  test('each statement has its check', () => {
    expect(statements.map((s) => s.id)).toEqual(Object.keys(checks));
  });
  test.each(statements.map((s) => [s.id, s.where] as const))('%s: %s', (id) => checks[id]());
});
