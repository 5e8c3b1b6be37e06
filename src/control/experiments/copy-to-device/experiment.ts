import { choice, count, flag, ParameterError, size, type ValuesOf } from '../../../sim/parameter.ts';
import { formatSize, withUnit } from '../../quantities.ts';
import { pseudoRandomImage } from '../../image-disk.ts';
import { roundedRam } from '../disk/disk-job.ts';
import {
  BURST, BUS_BYTES, BUS_SHARE, BUS_TRANSFERS, BYTES_PER_CLOCK, DATA_AT, MEMORY_BYTES, MEMORY_DEVICES,
  memoryDevices, memoryOf, PROCESSOR_TIME,
} from '../device-memory/device-memory.ts';
import { bare, experiment, type EndedTrial, type JobOf, type Kit, type Trial } from '../experiment.ts';
import { CPU_BUSY, CPU_MMIO_ACCESSES, DEVICE_BYTES, found, INSTRUCTIONS, INTERRUPTS, SECONDS } from '../measures.ts';
import { SWEEP_SIZES } from '../paths/block.ts';
import { COPY_METHODS, COPY_TO_DEVICE_BLOCK, type CopyMethod } from './block.ts';
import { judge } from './judge.ts';
import { COPY_TO_DEVICE_STATEMENTS } from './statements.ts';

const KiB = 2 ** 10, MiB = 2 ** 20;

export const COPY_TO_DEVICE_PARAMETERS = {
  bytes: size(64 * KiB, {
    doc: 'how much to copy, at once', source: 'a choice', minimum: 4, step: 4, maximum: 15 * MiB,
  }),
  card: choice(MEMORY_DEVICES, 'paths', {
    doc: 'whose memory: 64 KiB of our own card, which masters the bus, or 16 MiB of the display card, which does not',
  }),
  width: choice(['8', '16', '32'], '32', { doc: 'bits of each store of the processor' }),
  offset: count(0, {
    doc: 'offset of the first byte in the device\'s memory: stores of 32 bits are not aligned at 1, 2 and 3',
    source: 'a choice', minimum: 0, maximum: 63,
  }),
  burst: BURST,
  sweep: flag(true, { doc: 'afterwards measure one copy of each size from 4 bytes to 64 KiB' }),
};

export type CopyJob = JobOf<typeof COPY_TO_DEVICE_PARAMETERS>;

/** What does not fit together. @throws ParameterError */
function settle(job: CopyJob): ValuesOf<typeof COPY_TO_DEVICE_PARAMETERS> {
  const { bytes, card, offset, burst } = job.values;
  if (offset + bytes > MEMORY_BYTES[card])
    throw new ParameterError(
      `bytes: ${formatSize(bytes)} at offset ${offset} do not fit the memory of ${card}, ` +
        `${formatSize(MEMORY_BYTES[card])}`,
    );
  if (Math.log2(burst) % 1 !== 0) throw new ParameterError(`burst: ${formatSize(burst)} is no power of two`);
  return job.values;
}

function fits(method: CopyMethod, { values }: CopyJob): string {
  return method === 'dma' && values.card === 'vga'
    ? 'the display card does not master the bus: take engine-dma, or --card paths' : '';
}

function prepare(job: CopyJob, method: string, kit: Kit): Trial {
  const { bytes, card, width, offset, burst, sweep } = job.values;
  const data = pseudoRandomImage(bytes);
  let arrived = false;
  return {
    machine: {
      options: { ram: roundedRam(DATA_AT + Math.max(bytes, MEMORY_BYTES.paths), 32 * MiB) },
      devices: memoryDevices(card, burst),
    },
    software: bare(kit.guestImage('copy-to-device'), COPY_TO_DEVICE_BLOCK, {
      method: method as CopyMethod, device: card, byteCount: bytes, width: Number(width), offset, source: DATA_AT,
      sweep: sweep ? 1 : 0,
    }),
    bytes,
    phases: ['starting', 'copying', sweep ? 'measuring sizes' : 'finishing'],
    limit: 20 + (bytes + 2 * MEMORY_BYTES.paths) * 4e-6,
    attach: (machine) => machine.ram.set(data, DATA_AT),
    measured: (machine) => {
      const there = memoryOf(machine, card).subarray(offset, offset + bytes);
      arrived = there.every((byte, n) => byte === data[n]);
    },
    finish: ({ block }: EndedTrial) => {
      const answer = COPY_TO_DEVICE_BLOCK.decode(block);
      const clock = Number(job.boardOptions['processorClock']);
      const curve = SWEEP_SIZES.flatMap((n, k): [number, number][] =>
        (answer.bySize[k] === 0 ? [] : [[n, answer.bySize[k] / clock]]));
      return {
        mode: null, matches: arrived,
        found: { rate: (bytes * clock) / answer.taken, clockTicks: Number(job.boardOptions['pciClockPeriod']) },
        ...(sweep ? { series: { secondsBySize: curve } } : {}),
      };
    },
  };
}

/** Why write combining exists, and where a device that fetches by itself wins. */
export const COPY_TO_DEVICE = experiment({
  name: 'copy-to-device',
  place: 12,
  question: 'How do bytes get into a device\'s memory: store by store, in bursts of combined stores, or by DMA?',
  summary: 'The same bytes to a device\'s memory by uncached and by combined stores and by DMA: what that costs.',
  shows: ['R5', 'R6'],
  statements: COPY_TO_DEVICE_STATEMENTS,
  parameters: COPY_TO_DEVICE_PARAMETERS,
  variants: COPY_METHODS.map((method) => ({
    method, guest: 'bare' as const, boards: ['pc'], fits: (job: CopyJob) => fits(method, job),
    carriers: [method === 'dma' ? 'device' as const : method === 'engine-dma' ? 'DMA controller' as const
      : 'processor' as const],
  })),
  measures: [
    found('rate', 'throughput', { unit: 'B/s', better: 'more' }), PROCESSOR_TIME, CPU_BUSY, BUS_TRANSFERS, BUS_BYTES,
    { ...found('', ''), key: 'bytesPerTransfer', label: '  bytes of each', digits: 1, better: 'more',
      of: ({ counters: c }) => (c['pciBytes'] ?? 0) / (c['pciTransfers'] ?? 0) },
    BYTES_PER_CLOCK, BUS_SHARE, SECONDS, INSTRUCTIONS, CPU_MMIO_ACCESSES, DEVICE_BYTES, INTERRUPTS,
  ],
  decides: ['ram'],
  settle,
  plots: [
    { x: 'size', y: 'secondsBySize', series: 'method', log: 'xy', curve: true },
    { x: 'bytes', y: 'rate', series: 'method', log: 'x' },
    { x: 'bytes', y: 'bytesPerClock', series: 'method', log: 'x' },
  ],
  blocks: [COPY_TO_DEVICE_BLOCK as never],
  title: ({ texts, values }) => `${withUnit(texts['bytes'])} to the memory of ${values.card}`,
  prepare,
  judge,
});
