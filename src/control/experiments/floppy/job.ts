/** What the experiments with a floppy disk have in common. */
import { count, duration, size } from '../../../sim/parameter.ts';
import { ms, toSeconds, us, type Ticks } from '../../../sim/time.ts';
import { formatCount, formatRate, formatSeconds, formatShare } from '../../quantities.ts';
import type { FinishedRun, JobOf, Measure, MeasuredValue, RunResult, Variant } from '../experiment.ts';
import {
  arrivedPerSecond, counted, CPU_BUSY, CPU_PORT_ACCESSES, found, INSTRUCTIONS, INTERRUPTS, SECONDS, SHA256,
} from '../measures.ts';
import { FLOPPY_METHODS } from './block.ts';
import { LINUX_METHODS } from './linux.ts';

/** Bytes of the disk: 80 cylinders, two sides, 18 sectors. */
export const DISK_BYTES = 1_474_560;
export const TRACK_BYTES = 18 * 512;
const SECTOR = 512;
/** Time of a byte at 500 kbit/s, and what the host must be ahead (82077AA §2.1.6). */
const BYTE_TIME = us(16), LEAD = us(1.5);

export const FLOPPY_PARAMETERS = {
  bytes: size(4 * TRACK_BYTES, {
    doc: 'how much to move, a multiple of 512', source: 'four tracks: two cylinders, so a step lies between',
    minimum: SECTOR, step: SECTOR, maximum: DISK_BYTES,
  }),
  threshold: count(8, {
    doc: 'FIFO: bytes that the disk can move once service is asked for, 1-16; 0: no FIFO, a byte at a time',
    source: '82077AA 290166 §4.2', maximum: 16,
  }),
  busy: duration(0, {
    doc: 'a second job of the processor keeps interrupts off for this long, again and again; 0: there is none',
    source: 'a choice', maximum: ms(10),
  }),
};

export type FloppyParameters = typeof FLOPPY_PARAMETERS;
export type FloppyJob = JobOf<FloppyParameters>;

const onlyBare = (job: FloppyJob): string =>
  (job.values.busy > 0 ? 'the second job (--busy) is part of our own program' : '');

export const FLOPPY_VARIANTS: readonly Variant<FloppyParameters>[] = [
  ...FLOPPY_METHODS.map((method) => ({
    method, guest: 'bare', boards: ['pc'], carriers: [method === 'pio' ? 'processor' : 'DMA controller'],
  }) as const),
  ...LINUX_METHODS.map((method) => ({
    method, guest: 'debian', boards: ['pc'], fits: onlyBare,
    carriers: [method === 'floppy-nodma' ? 'processor' : 'DMA controller'],
  }) as const),
];

/** How long the host has to serve the FIFO once it asks. */
export function serviceTime(threshold: number): Ticks {
  return Math.max(1, threshold) * BYTE_TIME - LEAD;
}

/** Iterations of `dec; jnz` that take as long as the second job keeps interrupts off. */
export function busyLoops(job: FloppyJob): number {
  const { busy } = job.values;
  if (busy === 0) return 0;
  const cycles = toSeconds(busy) * Number(job.boardOptions['processorClock']);
  return Math.max(1, Math.round(cycles / (2 * Number(job.boardOptions['cyclesPerInstruction']))));
}

/** Simulated seconds that no job needs: six revolutions for each sector. */
export function limitFor(job: FloppyJob): number {
  return (job.guest === 'bare' ? 10 : 600) + job.values.bytes / SECTOR * 1.2;
}

/** What the guest's answer gives for the table. */
export function foundBy(
  answer: { overruns: number; commands: number; rounds: number; bytesDone: number }, job: FloppyJob,
): Record<string, MeasuredValue> {
  return {
    overruns: answer.overruns, commands: answer.commands, arrived: answer.bytesDone,
    jobSeconds: job.values.busy === 0 ? null : answer.rounds * toSeconds(job.values.busy),
  };
}

const JOB_SHARE: Measure = {
  key: 'jobShare', label: 'share of the second job', unit: 'share', better: 'more',
  of: ({ found: f, seconds }: FinishedRun) =>
    (typeof f['jobSeconds'] === 'number' ? Math.min(1, f['jobSeconds'] / seconds) : null),
};

export const FLOPPY_MEASURES: readonly Measure[] = [
  SECONDS, arrivedPerSecond('arrived'), CPU_BUSY, INSTRUCTIONS, CPU_PORT_ACCESSES,
  counted('floppyFifoAccesses', '  of these to the FIFO'),
  counted('dmaChannelBytes', 'bytes moved by the 8237A', { better: '' }),
  INTERRUPTS,
  counted('floppyOverruns', 'bytes not served in time'),
  found('commands', 'commands that moved bytes', { better: 'less' }),
  found('arrived', 'bytes that arrived', { unit: 'B', better: 'more' }),
  JOB_SHARE, SHA256,
];

/** The answer in a sentence: who was late, else who was faster and what it took. */
export function floppySentence(runs: readonly RunResult[], job: FloppyJob, verb: string): string {
  const late = runs.filter((r) => !r.matches), well = runs.filter((r) => r.matches);
  const rate = (r: RunResult): number => Number(r.measures['bytesPerSecond']);
  const busy = (r: RunResult): string => formatShare(Number(r.measures['cpuBusy']));
  const retried = (r: RunResult): boolean => Number(r.measures['floppyOverruns']) > 0;
  const lost = late.map((r) => (r.found['arrived'] === job.values.bytes
    ? `what ${r.method} ${verb} is wrong`
    : `${r.method} was too late for the FIFO and gave up: ${r.found['arrived']} of ${job.values.bytes} bytes ${verb}`));
  const [a, b] = well;
  if (a === undefined) return lost.join('; ') || 'nothing was measured';
  if (b === undefined)
    return [...lost, `${a.method} ${verb} all at ${formatRate(rate(a))}, processor busy ${busy(a)}`].join('; ');
  const factor = rate(b) / rate(a);
  const again = job.values.busy > 0 && well.some(retried) ? ', which had to wait for sectors again' : '';
  const speed = Math.abs(factor - 1) < 0.005
    ? `${a.method} and ${b.method} ${verb} equally fast, ${formatRate(rate(a))}: the disk sets the pace`
    : `${factor > 1 ? b.method : a.method} ${verb} ${Math.max(factor, 1 / factor).toFixed(2)} times as fast as ` +
      `${factor > 1 ? a.method : b.method}${again}`;
  return `${speed}; processor busy ${busy(a)} by ${a.method}, ${busy(b)} by ${b.method}`;
}

/** What Debian's kernel read where less was asked for, in whole tracks, repeats included. */
function readAhead(runs: readonly RunResult[], { values }: FloppyJob): string[] {
  return runs.flatMap((r) => {
    const dma = Number(r.measures['dmaChannelBytes']), fifo = Number(r.measures['floppyFifoAccesses']);
    // By hand the FIFO's accesses are commands and results, too: fewer than a track has bytes.
    const tracks = Math.floor((dma > 0 ? dma : fifo) / TRACK_BYTES), asked = values.bytes / TRACK_BYTES;
    return tracks <= asked ? [] : [
      `${r.method}: the kernel reads ahead, a track perhaps more than once: ${tracks} tracks ` +
        `(${formatCount(tracks * TRACK_BYTES)} bytes) where ` +
        `${formatCount(values.bytes)} bytes were asked for; the throughput counts these alone`,
    ];
  });
}

/** Where it turns: how long the processor may be away; by Debian, what it read ahead. */
export function floppyDetails(runs: readonly RunResult[], job: FloppyJob, direction: 'read' | 'write'): string[] {
  if (job.guest !== 'bare') return direction === 'read' ? readAhead(runs, job) : [];
  const time = serviceTime(job.values.threshold);
  const whole = formatSeconds(toSeconds(serviceTime(job.values.threshold === 0 ? 1 : 15)));
  const words = formatSeconds(toSeconds(time)), { busy } = job.values;
  const away = busy === 0 ? '' : `; the second job is away for ${formatSeconds(toSeconds(busy))}`;
  return [
    `the FIFO waits ${words} for service: a processor that is away for less is as fast as DMA; away for longer it ` +
      `may lose bytes, and a turn of the disk with each; away for more than ${whole}, the whole FIFO, it must${away}`,
  ];
}
