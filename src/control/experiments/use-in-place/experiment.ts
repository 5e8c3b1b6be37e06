import { choice, count, flag, ParameterError, size, type ValuesOf } from '../../../sim/parameter.ts';
import { formatSeconds, formatSize, withUnit } from '../../quantities.ts';
import { pseudoRandomImage } from '../../image-disk.ts';
import { roundedRam } from '../disk/disk-job.ts';
import {
  BURST, BUS_BYTES, BUS_SHARE, BUS_TRANSFERS, DATA_AT, MEMORY_BYTES, MEMORY_DEVICES, memoryDevices, memoryOf,
  PROCESSOR_TIME,
} from '../device-memory/device-memory.ts';
import {
  bare, experiment, type EndedTrial, type JobOf, type Judgement, type Kit, type RunResult, type Trial,
} from '../experiment.ts';
import { CPU_BUSY, CPU_MMIO_ACCESSES, DEVICE_BYTES, found, INSTRUCTIONS, INTERRUPTS, SECONDS } from '../measures.ts';
import { SWEEP_SIZES } from '../paths/block.ts';
import { sumOf, USE_IN_PLACE_BLOCK, USE_METHODS, USE_STEPS, type UseMethod } from './block.ts';
import { reuseLines } from './reuse.ts';
import { USE_IN_PLACE_STATEMENTS } from './statements.ts';

const KiB = 2 ** 10, MiB = 2 ** 20;

export const USE_IN_PLACE_PARAMETERS = {
  bytes: size(4 * KiB, {
    doc: 'size of the buffer', source: 'a choice', minimum: 4, step: 4, maximum: 15 * MiB,
  }),
  uses: count(4, { doc: 'how often the buffer is used', source: 'a choice', minimum: 1, maximum: 1000 }),
  card: choice(MEMORY_DEVICES, 'paths', {
    doc: 'whose memory: 64 KiB of our own card, which masters the bus, or 16 MiB of the display card, which leaves ' +
      'that to the system DMA engine',
  }),
  burst: BURST,
  sweep: flag(true, { doc: 'afterwards measure 1 to 64 uses, and one use of each size from 4 bytes to 64 KiB' }),
};

export type UseJob = JobOf<typeof USE_IN_PLACE_PARAMETERS>;

/** What does not fit together. @throws ParameterError */
function settle(job: UseJob): ValuesOf<typeof USE_IN_PLACE_PARAMETERS> {
  const { bytes, card, burst } = job.values;
  if (bytes > MEMORY_BYTES[card])
    throw new ParameterError(
      `bytes: ${formatSize(bytes)} do not fit the memory of ${card}, ${formatSize(MEMORY_BYTES[card])}`,
    );
  if (Math.log2(burst) % 1 !== 0) throw new ParameterError(`burst: ${formatSize(burst)} is no power of two`);
  return job.values;
}

function prepare(job: UseJob, method: string, kit: Kit): Trial {
  const { bytes, uses, card, burst, sweep } = job.values;
  const data = pseudoRandomImage(Math.max(bytes, MEMORY_BYTES.paths));
  const usesInAll = uses + (sweep ? (USE_STEPS.at(-1) ?? 0) : 0);
  return {
    machine: {
      options: { ram: roundedRam(DATA_AT + data.length, 32 * MiB) }, devices: memoryDevices(card, burst),
    },
    software: bare(kit.guestImage('use-in-place'), USE_IN_PLACE_BLOCK, {
      method: method as UseMethod, device: card, byteCount: bytes, uses, target: DATA_AT, sweep: sweep ? 1 : 0,
    }),
    bytes: bytes * uses,
    phases: ['starting', 'using', sweep ? 'measuring uses and sizes' : 'finishing'],
    limit: 20 + (bytes * (usesInAll + 1) + 4 * MEMORY_BYTES.paths) * 2e-6,
    attach: (machine) => memoryOf(machine, card).set(data),
    finish: ({ block }: EndedTrial) => {
      const answer = USE_IN_PLACE_BLOCK.decode(block);
      const clock = Number(job.boardOptions['processorClock']);
      const curve = (xs: readonly number[], cycles: readonly number[]): [number, number][] =>
        xs.map((x, k) => [x, cycles[k] / clock]);
      const all = answer.copyCycles + answer.useCycles;
      return {
        mode: null,
        matches: answer.sum === sumOf(data.subarray(0, bytes)) && answer.agreed === uses,
        found: {
          copy: method === 'in-place' ? null : answer.copyCycles / clock,
          use: answer.useCycles / uses / clock,
          together: all / clock,
          copyShare: method === 'in-place' ? null : answer.copyCycles / all,
        },
        ...(sweep
          ? {
            series: {
              secondsByUses: curve(USE_STEPS, answer.byUses),
              secondsOnceBySize: curve(SWEEP_SIZES, answer.copyBySize.map((c, k) => c + answer.useBySize[k])),
              secondsUseBySize: curve(SWEEP_SIZES, answer.useBySize),
            },
          }
          : {}),
      };
    },
  };
}

function judge(runs: readonly RunResult[], job: UseJob): Omit<Judgement, 'verdict'> {
  const wrong = runs.filter((r) => !r.matches).map((r) => r.method);
  const next = 'compare use-in-place --uses 1 or --card vga --bytes 1MiB; ' +
    'sweep use-in-place --param uses=1..16*2; compare copy-to-device';
  const details = reuseLines(runs);
  const measured = (method: string, key: string): number =>
    Number(runs.find((r) => r.method === method)?.measures[key]);
  if (wrong.length > 0)
    return { sentence: `The sums by ${wrong.join(', ')} are wrong.`, details, next, reference: '' };
  const best = runs.toSorted((a, b) => Number(a.measures['together']) - Number(b.measures['together']))[0];
  const { uses, bytes } = job.values;
  const first = `For ${uses === 1 ? 'one use' : `${uses} uses`} of ${formatSize(bytes)} the fastest way is ` +
    `${best.method}, ${formatSeconds(Number(best.measures['together']))}.`;
  const why = 'A use in place pays the way to the device for each load; a copy pays it once, and where the copy lies ' +
    'is a buffer like any other. A buffer is not DMA: ';
  const copied = runs.some((r) => r.method === 'copy-pio') && runs.some((r) => r.method === 'copy-dma')
    ? `copy-pio and copy-dma fill the same one, in ${formatSeconds(measured('copy-pio', 'copy'))} and in ` +
      `${formatSeconds(measured('copy-dma', 'copy'))}.`
    : 'the processor can fill one as well as a device can.';
  return { sentence: `${first}\n${why}${copied}`, details, next, reference: '' };
}

/** When memory of a device is better copied than used where it is. */
export const USE_IN_PLACE = experiment({
  name: 'use-in-place',
  place: 14,
  question: 'A buffer in a device\'s memory: use it where it is, or copy it first?',
  summary: 'A buffer in a device\'s memory used some times: in place, or copied to RAM by the processor or by DMA.',
  shows: ['R6'],
  statements: USE_IN_PLACE_STATEMENTS,
  parameters: USE_IN_PLACE_PARAMETERS,
  variants: USE_METHODS.map((method) => ({
    method, guest: 'bare' as const, boards: ['pc'],
    carriers: [method === 'copy-dma' ? 'device' as const : 'processor' as const],
  })),
  measures: [
    found('together', 'all together', { unit: 's', better: 'less' }),
    found('copy', '  the copy', { unit: 's', better: 'less' }),
    found('use', '  one use', { unit: 's', better: 'less' }),
    found('copyShare', '  share of the copy', { unit: 'share', better: 'less' }),
    PROCESSOR_TIME, CPU_BUSY, BUS_TRANSFERS, BUS_BYTES, BUS_SHARE, SECONDS, INSTRUCTIONS, CPU_MMIO_ACCESSES,
    DEVICE_BYTES, INTERRUPTS,
  ],
  decides: ['ram'],
  settle,
  plots: [
    { x: 'uses', y: 'secondsByUses', series: 'method', log: 'xy', curve: true },
    { x: 'size', y: 'secondsOnceBySize', series: 'method', log: 'xy', curve: true },
    { x: 'size', y: 'secondsUseBySize', series: 'method', log: 'xy', curve: true },
    { x: 'uses', y: 'together', series: 'method', log: 'xy' },
    { x: 'bytes', y: 'together', series: 'method', log: 'xy' },
  ],
  blocks: [USE_IN_PLACE_BLOCK as never],
  checks: { right: 'all sums are right', wrong: 'sums are wrong' },
  title: ({ texts, values }) =>
    `${withUnit(texts['bytes'])} in the memory of ${values.card}, used ` +
      (values.uses === 1 ? 'once' : `${values.uses} times`),
  prepare,
  judge,
});
