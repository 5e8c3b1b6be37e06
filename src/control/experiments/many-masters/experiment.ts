import { count, duration, type ValuesOf } from '../../../sim/parameter.ts';
import { CAMERA_OPTIONS, Sensor } from '../../../hw/camera/sensor.ts';
import { houseCard } from '../../../machine/cards.ts';
import { ms, TICKS_PER_SECOND, toSeconds } from '../../../sim/time.ts';
import { DiskOverlay } from '../../disk-overlay.ts';
import { POST } from '../../guests/status.ts';
import { generatedDisk } from '../../image-disk.ts';
import {
  bare, experiment, LOOKS_ONLY, type EndedTrial, type JobOf, type Kit, type MeasuredValue, type Trial,
} from '../experiment.ts';
import { MANY_MASTERS_BLOCK, MASTERS_MEMORY } from './block.ts';
import { between, busTimes, MASTERS, type Master } from './bus-time.ts';
import { cameraRight, diskRight, raidRight } from './checks.ts';
import { judge } from './judge.ts';
import { MEASURES } from './measures.ts';
import { MANY_MASTERS_STATEMENTS } from './statements.ts';

const MiB = 2 ** 20;
const DISK = 4 * MiB;

/** Who is there in each method: one more in each. */
export const METHODS: Readonly<Record<string, readonly Master[]>> = {
  'disk': MASTERS.slice(0, 1),
  'and-camera': MASTERS.slice(0, 2),
  'and-raid': MASTERS.slice(0, 3),
  'and-network': MASTERS.slice(0, 4),
  'and-sound': MASTERS,
};

export const MANY_MASTERS_PARAMETERS = {
  time: duration(ms(60), { doc: 'how long all go on', source: 'a choice', minimum: ms(1), maximum: ms(1000) }),
  frameRate: count(50, {
    doc: 'frames a second of the camera, 640 x 480', source: 'a choice', minimum: 1, maximum: 200,
  }),
  fifo: CAMERA_OPTIONS.fifo,
  soundRate: count(44100, { doc: 'samples a second, 16 bits', source: 'Compact Disc', minimum: 5000, maximum: 44100 }),
};

export type MastersJob = JobOf<typeof MANY_MASTERS_PARAMETERS>;
export type MastersValues = ValuesOf<typeof MANY_MASTERS_PARAMETERS>;

function prepare(job: MastersJob, method: string, kit: Kit): Trial {
  const { time, frameRate, fifo, soundRate } = job.values;
  const there = new Set(METHODS[method]);
  const disk = generatedDisk(DISK);
  const sensor = new Sensor({ width: 640, height: 480, pixelBytes: 1, frameRate });
  const clock = Number(job.boardOptions['processorClock']);
  let from: ReturnType<typeof busTimes> | null = null, to: ReturnType<typeof busTimes> | null = null;
  return {
    machine: {
      options: { ram: 32 * MiB, ...(there.has('sound') ? { sound: 'sb16' } : {}) },
      disks: [new DiskOverlay(disk)],
      // Slots whose interrupt lines are not that of the sound card.
      devices: [
        ...(there.has('camera') ? [houseCard('camera', 'pci 3', { frameRate, fifo })] : []),
        ...(there.has('raid') ? [houseCard('raid', 'pci 6')] : []),
        ...(there.has('network')
          ? [houseCard('rtl8139', 'pci 5', { far: 'source', frames: 1e9, interval: 0 }, 'net')] : []),
      ],
    },
    software: bare(kit.guestImage('many-masters'), MANY_MASTERS_BLOCK, {
      disk: true, camera: there.has('camera'), raid: there.has('raid'), network: there.has('network'),
      sound: there.has('sound'), runCycles: Math.floor(toSeconds(time) * clock), memory: MASTERS_MEMORY, soundRate,
    }),
    bytes: 0,
    phases: ['starting', 'all at once', 'stopping'],
    limit: 20 + 2 * toSeconds(time),
    remembers: LOOKS_ONLY,
    posted: (code, machine) => {
      if (code === POST.begin) from = busTimes(machine);
      else if (code === POST.end) to = busTimes(machine);
    },
    finish: ({ block, machine, between: counted, failure }: EndedTrial) => {
      const a = MANY_MASTERS_BLOCK.decode(block);
      if (a.spurious !== 0) throw failure(`${a.spurious} interrupts came that nobody had asked for`);
      if (from === null || to === null) throw failure('the guest did not mark the measured part');
      const ticks = counted(POST.begin, POST.end)?.ticks ?? 0;
      const found: Record<string, MeasuredValue> = {
        cameraLost: there.has('camera') ? a.cameraLost : null,
        cameraMissed: there.has('camera') ? a.cameraMissed : null,
        netMissed: there.has('network') ? a.netMissed : null,
        diskCommands: a.diskCommands, cameraFrames: a.cameraFrames, raidStripes: a.raidStripes, netFrames: a.netFrames,
      };
      let all = 0;
      for (const master of MASTERS) {
        const t = between(from[master], to[master]), on = there.has(master) && t.transactions > 0;
        all += t.held;
        found[`${master}Rate`] = on ? (t.bytes * TICKS_PER_SECOND) / ticks : null;
        found[`${master}Share`] = on ? t.held / ticks : null;
        found[`${master}Wait`] = on ? toSeconds(t.waited / t.transactions) : null;
        found[`${master}Worst`] = on ? toSeconds(t.worst) : null;
      }
      found['busShare'] = all / ticks;
      return {
        mode: null,
        matches: a.diskErrors === 0 && a.netErrors === 0 && diskRight(machine, disk, a.diskLba) &&
          (!there.has('camera') || cameraRight(machine, sensor, a.cameraFrames)) &&
          (!there.has('raid') || raidRight(machine)),
        found,
      };
    },
    marks: [POST.begin, POST.end],
  };
}

/** Several bus masters and one bus. */
export const MANY_MASTERS = experiment({
  name: 'many-masters',
  place: 150,
  question: 'When several devices master one bus at once, who gets how much of it, and who starves?',
  summary: 'A disk, a camera, an array, a network card and a sound card, one more in each run, on one PCI bus.',
  shows: ['R9', 'R29'],
  statements: MANY_MASTERS_STATEMENTS,
  parameters: MANY_MASTERS_PARAMETERS,
  variants: Object.keys(METHODS).map((method) => ({
    method, guest: 'bare', boards: ['pc'], carriers: ['device'],
  }) as const),
  measures: MEASURES,
  blocks: [MANY_MASTERS_BLOCK as never],
  decides: ['ram', 'sound'],
  title: ({ texts, values }) => `all at once for ${texts['time']}, camera at ${values.frameRate} frames a second`,
  prepare,
  judge,
});
