import { Camera } from '../../../hw/camera/camera.ts';
import { CAMERA_OPTIONS, Sensor } from '../../../hw/camera/sensor.ts';
import { count, duration, ParameterError, type ValuesOf } from '../../../sim/parameter.ts';
import { ms, TICKS_PER_SECOND, toSeconds } from '../../../sim/time.ts';
import { roundedRam } from '../disk/disk-job.ts';
import {
  bare, experiment, type EndedTrial, type JobOf, type Kit, type Measure, type Outcome, type Trial,
} from '../experiment.ts';
import {
  CPU_BUSY, CPU_MMIO_ACCESSES, CPU_PORT_ACCESSES, DEVICE_BYTES, DEVICE_TRANSFERS, found, INTERRUPTS, SECONDS,
} from '../measures.ts';
import { CAMERA_MEMORY, CAMERA_STREAM_BLOCK, MOST_FRAMES, SPOILT, type PERMISSIONS } from './block.ts';
import { judge } from './judge.ts';
import { blockOf, cameraByUio, LINUX_MEMORY } from './linux.ts';
import { pictureDigest } from './reference.ts';
import { CAMERA_STREAM_STATEMENTS } from './statements.ts';

const MiB = 2 ** 20, PAGE = 4096;
/** Status of a block whose program is done. */
const DONE = 0x01;

/** Permission and ring of each method. */
export const CAMERA_METHODS: Readonly<Record<string, { permission: (typeof PERMISSIONS)[number]; entries: number }>> = {
  'grab': { permission: 'each-frame', entries: 1 },
  'ring-2': { permission: 'none-while-free', entries: 2 },
  'ring-4': { permission: 'none-while-free', entries: 4 },
  'ring-8': { permission: 'none-while-free', entries: 8 },
  'overwrite': { permission: 'never', entries: 4 },
};

const choiceOf = (row: { doc: string }, value: number, minimum: number, maximum: number, step = 1) =>
  count(value, { doc: row.doc, source: 'a choice', minimum, maximum, step });

export const CAMERA_STREAM_PARAMETERS = {
  frames: count(60, { doc: 'frames that the sensor sends', source: 'a choice', minimum: 2, maximum: MOST_FRAMES }),
  width: choiceOf(CAMERA_OPTIONS.width, 320, 16, 2048, 4),
  height: choiceOf(CAMERA_OPTIONS.height, 240, 4, 2048),
  pixelBytes: CAMERA_OPTIONS.pixelBytes,
  frameRate: choiceOf(CAMERA_OPTIONS.frameRate, 100, 1, 1000),
  fifo: CAMERA_OPTIONS.fifo,
  busy: duration(ms(3), { doc: 'work on each frame, at least', source: 'a choice', maximum: TICKS_PER_SECOND }),
  hiccup: duration(ms(40), { doc: 'further work on some frames', source: 'a choice', maximum: TICKS_PER_SECOND }),
  every: count(10, { doc: 'on every which frame', source: 'a choice', minimum: 1, maximum: MOST_FRAMES }),
  batch: count(1, {
    doc: 'frames whose buffers are given back by one write', source: 'a choice', minimum: 1, maximum: 256,
  }),
};

export type CameraJob = JobOf<typeof CAMERA_STREAM_PARAMETERS>;

/** Bytes of the longest ring with its page lists and buffers. */
function ringBytes({ values }: CameraJob): number {
  const pages = Math.ceil((values.width * values.height * values.pixelBytes) / PAGE);
  const entries = Math.max(...Object.values(CAMERA_METHODS).map((m) => m.entries));
  return 2 * PAGE + entries * (Math.ceil(pages / 16) * 64 + pages * PAGE);
}

/** Memory for it, and for what is below. */
function memoryFor(job: CameraJob): number {
  return (job.guest === 'debian' ? LINUX_MEMORY : CAMERA_MEMORY) + ringBytes(job);
}

function settle(job: CameraJob): ValuesOf<typeof CAMERA_STREAM_PARAMETERS> {
  const ram = Number(job.boardOptions['ram']);
  if (job.given.has('ram') && memoryFor(job) > ram)
    throw new ParameterError(`width: eight frames of this size need ${Math.ceil(memoryFor(job) / MiB)}MiB of memory`);
  if (memoryFor(job) > 1024 * MiB) throw new ParameterError('width: eight frames of this size do not fit into 1GiB');
  return job.values;
}

function prepare(job: CameraJob, method: string, kit: Kit): Trial {
  const { frames, width, height, pixelBytes, frameRate, fifo, busy, hiccup, every, batch } = job.values;
  const sensor = new Sensor({ width, height, pixelBytes, frameRate });
  const clock = Number(job.boardOptions['processorClock']);
  const cyclesOf = (ticks: number): number => Math.floor(toSeconds(ticks) * clock);
  const { permission, entries } = CAMERA_METHODS[method] as (typeof CAMERA_METHODS)[string];
  const linux = job.guest === 'debian';
  const least = roundedRam(memoryFor(job), linux ? 256 * MiB : 32 * MiB);
  const ram = job.given.has('ram') ? Number(job.boardOptions['ram']) : least;
  const reserved = Math.ceil(ringBytes(job) / MiB) * MiB, memory = linux ? ram - reserved : CAMERA_MEMORY;
  const input = {
    permission, entries, frames, memory, busyCycles: cyclesOf(busy), hiccupCycles: cyclesOf(hiccup), every, batch,
  };
  return {
    machine: {
      options: { ram },
      devices: [{
        use: Camera, at: 'pci 3', name: 'camera', options: { width, height, pixelBytes, frameRate, fifo },
      }],
    },
    software: linux
      ? cameraByUio(kit, CAMERA_STREAM_BLOCK.encode(input), memory, reserved)
      : bare(kit.guestImage('camera-stream'), CAMERA_STREAM_BLOCK, input),
    bytes: frames * sensor.frameBytes,
    phases: linux ? ['booting Linux', 'taking frames', 'ending'] : ['starting', 'taking frames', 'finishing'],
    // What the frames take, and as long as the slowest work on all of them, twice.
    limit: (linux ? 600 : 10) + 2 * (frames + 2) *
      (1 / frameRate + toSeconds(busy + hiccup) + (sensor.frameBytes * 40) / clock),
    ...(linux ? { resumable: true } : {}),
    finish: (end: EndedTrial) => {
      const a = CAMERA_STREAM_BLOCK.decode(linux ? blockOf(end) : end.block);
      if (a.status !== DONE) throw end.failure(CAMERA_STREAM_BLOCK.explain(a.status, a.detail));
      const outcome = outcomeOf(end, a, permission, (n) => pictureDigest(n, sensor.lineBytes, height));
      return linux ? { ...outcome, found: { ...outcome.found, cameraInterrupts: a.interrupts } } : outcome;
    },
  };
}

/** What the block says: is every frame right, and where are the others? */
function outcomeOf(
  { failure }: EndedTrial, a: ReturnType<typeof CAMERA_STREAM_BLOCK.decode>, permission: string,
  digestOf: (frame: number) => number,
): Outcome {
  if (a.spurious !== 0) throw failure(`${a.spurious} interrupts came that the camera had not asked for`);
  const n = a.processed;
  const spoilt = (why: number): number => a.spoilt.slice(0, n).filter((s) => s === why).length;
  const right = a.numbers.slice(0, n).every((frame, k) => a.spoilt[k] !== 0 || a.digests[k] === digestOf(frame));
  const sent = a.lastFrame - a.firstFrame + 1;
  return {
    mode: null,
    // A frame that is said to be spoilt is not looked at.
    matches: n > 0 && right,
    found: {
      sent, processed: n, gone: sent - n, dropped: a.dropped, overwritten: spoilt(SPOILT.overwritten),
      damaged: spoilt(SPOILT.damaged), lostLines: a.lostLines, missed: a.missed,
      writesPerFrame: (a.registerWrites - (permission === 'each-frame' ? 0 : 1)) / n,
      readsPerFrame: a.registerReads / n,
      age: a.ageTotal / n / 1e6, ageWorst: a.ageWorst / 1e6,
    },
  };
}

/** Linux only: what an interrupt takes at the 8259 pair and in the camera's configuration space. */
const LINUX_PORTS: readonly Measure[] = [{
  ...CPU_PORT_ACCESSES,
  of: (run) => (run.found['cameraInterrupts'] === undefined ? null : run.counters['cpuPortAccesses'] ?? 0),
}];

const MEASURES: readonly Measure[] = [
  found('sent', 'frames that the sensor sent'),
  found('processed', 'frames worked on', { better: 'more' }),
  found('gone', 'frames never seen', { better: 'less' }),
  // The camera goes on until the program stops it: behind the last frame that counts, too.
  found('dropped', 'dropped for an empty ring, to the end', { better: 'less' }),
  found('overwritten', 'overwritten while worked on', { better: 'less' }),
  found('damaged', 'damaged: bus too busy', { better: 'less' }),
  found('lostLines', '  lines lost in the FIFO', { better: 'less' }),
  found('missed', 'frames missed: bus too busy for them', { better: 'less' }),
  found('writesPerFrame', 'register writes a frame', { better: 'less', digits: 2 }),
  found('readsPerFrame', 'register reads a frame', { better: 'less', digits: 2 }),
  found('age', 'a frame\'s age when work begins', { unit: 's', better: 'less' }),
  found('ageWorst', '  oldest', { unit: 's', better: 'less' }),
  SECONDS, CPU_BUSY, CPU_MMIO_ACCESSES, ...LINUX_PORTS, DEVICE_BYTES, DEVICE_TRANSFERS, INTERRUPTS,
  found('cameraInterrupts', '  of these the camera\'s, told by UIO', { better: 'less' }),
];

/** A stream that nobody asks for frame by frame. */
export const CAMERA_STREAM = experiment({
  name: 'camera-stream',
  place: 120,
  question: 'Does a device need a permission for each transfer, and what if the ring of buffers runs empty?',
  summary: 'A camera stores frames at its own rate: asked for each, in rings of 2, 4 and 8 buffers, or without end.',
  shows: ['R9', 'R10'],
  statements: CAMERA_STREAM_STATEMENTS,
  parameters: CAMERA_STREAM_PARAMETERS,
  variants: (['bare', 'debian'] as const).flatMap((guest) =>
    Object.keys(CAMERA_METHODS).map((method) => ({ method, guest, boards: ['pc'], carriers: ['device'] }) as const)),
  linuxJobs: true,
  measures: MEASURES,
  plots: [
    { x: 'hiccup', y: 'gone', series: 'method' },
    { x: 'hiccup', y: 'ageWorst', series: 'method' },
  ],
  blocks: [CAMERA_STREAM_BLOCK as never],
  checks: { right: 'each frame\'s bytes are right', wrong: 'bytes of a frame are wrong' },
  decides: ['ram'],
  settle,
  title: ({ values }) =>
    `${values.frames} frames of ${values.width} x ${values.height}, ${values.frameRate} a second`,
  prepare,
  judge,
});
