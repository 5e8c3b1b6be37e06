/** What experiments with one serial line have in common. */
import { SerialPeer } from '../../../hw/char/serial-peer/serial-peer.ts';
import { Uart16550 } from '../../../hw/char/uart16550/uart16550.ts';
import { SERIAL_CRYSTAL } from '../../../machine/boards/pc/serial.ts';
import type { Machine } from '../../../machine/machine.ts';
import { count, duration, ParameterError, type ValuesOf } from '../../../sim/parameter.ts';
import { TICKS_PER_SECOND, toSeconds } from '../../../sim/time.ts';
import type { JobOf, MachineSpec, Measure } from '../experiment.ts';
import { arrivedPerSecond, counted, CPU_BUSY, CPU_PORT_ACCESSES, INTERRUPTS, SECONDS } from '../measures.ts';
import { MOST_CHARACTERS } from '../uart-receive/block.ts';

/** Start bit, 8 data bits, stop bit. */
export const BITS = 10;
/** The fastest line of a PC16550D. */
export const MOST_BAUD = 1_500_000;
const MiB = 2 ** 20;
/** How far a rate may be from what was asked for: a receiver samples bits in their middle. */
const TOLERANCE = 0.02;

export const SERIAL_PARAMETERS = {
  characters: count(1024, { doc: 'characters on the line', source: 'a choice', minimum: 1, maximum: MOST_CHARACTERS }),
  baud: count(115_200, {
    doc: 'bits per second; above 115200 COM2 gets a clock of 16 times as much unless --serial-clock says otherwise',
    source: 'PC16550D (TL/C/8652): up to 1.5 Mbaud', minimum: 50, maximum: MOST_BAUD,
  }),
  busy: duration(0, {
    doc: 'other work of the processor, with interrupts off, after each character (polled) or interrupt',
    source: 'a choice', maximum: TICKS_PER_SECOND,
  }),
};

export type SerialJob = JobOf<typeof SERIAL_PARAMETERS>;

/** Clock and divisor of COM2 for a rate. */
export function lineOf(job: SerialJob): { clock: number; divisor: number; baud: number } {
  const { baud } = job.values;
  const clock = job.given.has('serialClock') ? Number(job.boardOptions['serialClock'])
    : baud <= SERIAL_CRYSTAL / 16 ? SERIAL_CRYSTAL : 16 * baud;
  const divisor = Math.min(65_535, Math.max(1, Math.round(clock / 16 / baud)));
  return { clock, divisor, baud: clock / 16 / divisor };
}

/** @throws ParameterError if COM2 cannot have the rate */
export function settleSerial(job: SerialJob): ValuesOf<typeof SERIAL_PARAMETERS> {
  const { clock, baud } = lineOf(job);
  if (Math.abs(baud / job.values.baud - 1) > TOLERANCE)
    throw new ParameterError(
      `baud: a clock of ${clock} Hz gives ${Math.round(baud)} or another part of a sixteenth of it, ` +
        `and not ${job.values.baud}`,
    );
  return job.values;
}

/** COM2 with its far end, and on the DMA controller. */
export function serialMachine(job: SerialJob): MachineSpec {
  return {
    options: { ram: 32 * MiB, serialPeer: 'com2', serialDma: 'com2', serialClock: lineOf(job).clock },
  };
}

export const SERIAL_DECIDES = ['ram', 'serialPeer', 'serialDma', 'serialClock'];

/** Inputs of both programs, but the method. */
export function serialInput(job: SerialJob) {
  const { characters, busy } = job.values;
  return {
    count: characters, divisor: lineOf(job).divisor,
    busyCycles: Math.min(2 ** 31, Math.round(toSeconds(busy) * Number(job.boardOptions['processorClock']))),
  };
}

/** Simulated seconds after which a run is given up: several times what the slowest method takes. */
export function serialLimit(job: SerialJob): number {
  const option = (name: string): number => Number(job.boardOptions[name]);
  const { characters, busy } = job.values;
  const instruction = option('cyclesPerInstruction') / option('processorClock');
  const access = (option('isaCycle') + option('isaRecovery')) * option('isaDivisor') *
    toSeconds(option('pciClockPeriod'));
  const entry = option('interruptEntry') / option('processorClock');
  const each = BITS / lineOf(job).baud + toSeconds(busy) + 500 * instruction + 20 * access + entry;
  return 10 + 1e6 * (instruction + access) + 4 * (characters + 10) * each;
}

/** What a method lacks on the board that the user wants, or ''. */
export function serialLacks(method: string, job: SerialJob): string {
  const without = (name: string): boolean => job.given.has(name) && job.boardOptions[name] === 'none';
  if (without('serialPeer')) return 'nobody is at the far end of COM2: --serial-peer is none';
  return method === 'dma-8237' && without('serialDma')
    ? 'COM2 is on no DMA channel: --serial-dma is none' : '';
}

/** COM2 and who is at its far end. */
export function partsOf(machine: Machine): { uart: Uart16550; peer: SerialPeer } {
  const uart = machine.board.components.find((c) => c.name === 'com2');
  const peer = machine.board.components.find((c) => c instanceof SerialPeer);
  if (!(uart instanceof Uart16550) || peer === undefined) throw new Error('the machine has no COM2 with a far end');
  return { uart, peer };
}

/** Busy time of the processor for each character (s). */
export const BUSY_EACH: Measure = {
  key: 'busyPerCharacter', label: '  for each character', unit: 's', better: 'less',
  of: (run) => toSeconds(run.counters.busyTicks) / run.bytes,
};

export const SERIAL_MEASURES: readonly Measure[] = [
  SECONDS, arrivedPerSecond('received'), CPU_BUSY, BUSY_EACH, CPU_PORT_ACCESSES, INTERRUPTS,
  counted('dmaChannelBytes', 'bytes moved by the DMA controller', { better: '' }),
];
