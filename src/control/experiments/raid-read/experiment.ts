import { RaidController } from '../../../hw/raid/raid.ts';
import { RAID_OPTIONS } from '../../../hw/raid/drive-set.ts';
import { choice, count, duration, ParameterError, type ValuesOf } from '../../../sim/parameter.ts';
import { ms, TICKS_PER_SECOND, toSeconds, us } from '../../../sim/time.ts';
import { formatCount, formatRate, formatSeconds } from '../../quantities.ts';
import { roundedRam } from '../disk/disk-job.ts';
import {
  bare, experiment, type EndedTrial, type JobOf, type Judgement, type Kit, type Measure, type RunResult, type Trial,
} from '../experiment.ts';
import {
  BYTES_PER_SECOND, CPU_BUSY, CPU_MMIO_ACCESSES, CPU_PORT_ACCESSES, counted, DEVICE_BYTES, DEVICE_TRANSFERS, found,
  INTERRUPTS, SECONDS,
} from '../measures.ts';
import { MOST_STRIPE, PATTERNS, RAID_MEMORY, RAID_READ_BLOCK } from './block.ts';
import { arrayDigest, stripesOf } from './reference.ts';
import { RAID_READ_STATEMENTS } from './statements.ts';

const MiB = 2 ** 20, SECOND = TICKS_PER_SECOND;

const { stripe, driveBytes, seek, overhead, mediaRate } = RAID_OPTIONS;

export const RAID_READ_PARAMETERS = {
  stripes: count(256, { doc: 'stripes to read', source: 'a choice', minimum: 1, maximum: 16384 }),
  pattern: choice(PATTERNS, 'sequential', { doc: 'which stripes: one after the other, or at random' }),
  slots: count(8, { doc: 'stripes that the read-ahead buffer holds', source: 'a choice', minimum: 1, maximum: 64 }),
  think: duration(ms(5), { doc: 'what the program does before its first read', source: 'a choice', maximum: SECOND }),
  busy: duration(us(300), { doc: 'work on each stripe', source: 'a choice', maximum: SECOND }),
  stripe, driveBytes, seek, overhead, mediaRate,
};

export type RaidJob = JobOf<typeof RAID_READ_PARAMETERS>;

function memoryFor({ values }: RaidJob): number {
  return RAID_MEMORY + 2 * 4096 + MOST_STRIPE + values.slots * values.stripe;
}

function totalOf({ values }: RaidJob): number {
  return 4 * Math.floor(values.driveBytes / values.stripe);
}

function settle(job: RaidJob): ValuesOf<typeof RAID_READ_PARAMETERS> {
  if (job.values.stripes > totalOf(job))
    throw new ParameterError(`stripes: the array has ${formatCount(totalOf(job))} of them`);
  if (job.given.has('ram') && memoryFor(job) > Number(job.boardOptions['ram']))
    throw new ParameterError(`slots: the buffers need ${Math.ceil(memoryFor(job) / MiB)}MiB of memory`);
  return job.values;
}

function prepare(job: RaidJob, method: string, kit: Kit): Trial {
  const { values } = job;
  const clock = Number(job.boardOptions['processorClock']);
  const cyclesOf = (ticks: number): number => Math.floor(toSeconds(ticks) * clock);
  const bytes = values.stripes * values.stripe;
  const each = toSeconds(values.seek + values.overhead + values.busy) + values.stripe / values.mediaRate;
  return {
    machine: {
      options: { ram: roundedRam(memoryFor(job), 32 * MiB) },
      devices: [{
        use: RaidController, at: 'pci 3', name: 'raid',
        options: {
          stripe: values.stripe, driveBytes: values.driveBytes, seek: values.seek, overhead: values.overhead,
          mediaRate: values.mediaRate,
        },
      }],
    },
    software: bare(kit.guestImage('raid-read'), RAID_READ_BLOCK, {
      pattern: values.pattern, slots: method === 'read-ahead' ? values.slots : 0, stripes: values.stripes,
      memory: RAID_MEMORY, thinkCycles: cyclesOf(values.think), busyCycles: cyclesOf(values.busy),
    }),
    bytes,
    phases: ['starting', 'reading', 'finishing'],
    limit: 10 + 3 * values.stripes * (3 * each + (values.stripe * 20) / clock) + toSeconds(values.think),
    finish: ({ block, failure }: EndedTrial) => {
      const a = RAID_READ_BLOCK.decode(block);
      if (a.spurious !== 0) throw failure(`${a.spurious} interrupts came that the controller had not asked for`);
      const wanted = stripesOf(values.pattern, values.stripes, totalOf(job));
      return {
        mode: null,
        matches: a.stripesDone === values.stripes && a.digest === arrayDigest(wanted, values.stripe),
        found: {
          commands: a.commands, hits: a.hits, late: a.late, early: a.early, waited: (a.waitCycles * 16) / clock,
        },
      };
    },
  };
}

const MEASURES: readonly Measure[] = [
  SECONDS, BYTES_PER_SECOND, CPU_BUSY,
  found('early', 'stripes in memory at the first look', { better: 'more' }),
  found('commands', 'commands', { better: 'less' }),
  found('hits', 'stripes there before they were wanted', { better: 'more' }),
  found('late', 'stripes on their way when wanted'),
  found('waited', 'the program waited', { unit: 's', better: 'less' }),
  counted('aheadStripes', 'stripes read ahead', { better: '' }),
  {
    key: 'unused', label: 'further bytes: directory, stripes not read', unit: 'B', better: 'less',
    of: (run) => Math.max(0, (run.counters['deviceBytes'] ?? 0) - run.bytes),
  },
  CPU_PORT_ACCESSES, CPU_MMIO_ACCESSES, DEVICE_BYTES, DEVICE_TRANSFERS, INTERRUPTS,
];

function judge(runs: readonly RunResult[], job: RaidJob): Omit<Judgement, 'verdict'> {
  const of = (run: RunResult, key: string): number => Number(run.measures[key]);
  const [without, ahead] = ['no-read-ahead', 'read-ahead'].map((m) => runs.find((r) => r.method === m));
  const next = 'compare raid-read with --pattern random, then --pattern random --seek 0ns; --busy 2ms, --slots 2; ' +
    'compare camera-stream';
  if (without === undefined || ahead === undefined)
    return { sentence: 'Whether read-ahead pays is told by both methods together.', next, reference: '' };
  const [slow, fast] = [of(without, 'seconds'), of(ahead, 'seconds')];
  const ratio = slow / fast;
  const won = Math.abs(ratio - 1) < 0.02 ? 'Read-ahead changes nothing'
    : ratio > 1 ? `Read-ahead wins: ${ratio.toFixed(2)} times as fast`
      : `Read-ahead loses: it takes ${(1 / ratio).toFixed(2)} times as long`;
  const early = of(ahead, 'early');
  return {
    sentence: `${won} (${formatRate(of(ahead, 'bytesPerSecond'))} against ` +
      `${formatRate(of(without, 'bytesPerSecond'))}), ${job.values.pattern} reads.\n` +
      (early > 0
        ? `The controller moves before it is asked: ${early} stripes were in memory at the first look, and ` +
          `${of(ahead, 'commands')} of ${job.values.stripes} stripes needed a command.`
        : `Nothing was in memory at the first look; ${of(ahead, 'commands')} of ${job.values.stripes} stripes ` +
          'needed a command.') +
      ` ${formatCount(of(ahead, 'unused'))} bytes were moved beside those that were wanted.`,
    details: [without, ahead].map((r) => `${r.method}: waited ${formatSeconds(of(r, 'waited'))} in all.`),
    next, reference: '',
  };
}

/** A controller that moves before it is asked, and has no address. */
export const RAID_READ = experiment({
  name: 'raid-read',
  place: 140,
  question: 'Can a device move data before anybody asks, with no address at which it could be asked?',
  summary: 'Stripes of an array whose controller has no I/O address: by commands in memory, or read ahead unasked.',
  shows: ['R9', 'R28'],
  statements: RAID_READ_STATEMENTS,
  parameters: RAID_READ_PARAMETERS,
  variants: ['no-read-ahead', 'read-ahead'].map((method) => ({
    method, guest: 'bare', boards: ['pc'], carriers: ['device'],
  }) as const),
  measures: MEASURES,
  plots: [{ x: 'slots', y: 'bytesPerSecond', series: 'method' }, { x: 'busy', y: 'seconds', series: 'method' }],
  blocks: [RAID_READ_BLOCK as never],
  decides: ['ram'],
  settle,
  title: ({ values, texts }) => `${values.stripes} stripes of ${texts['stripe']}, ${values.pattern}`,
  prepare,
  judge,
});
