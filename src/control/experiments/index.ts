import type { GuestBlock } from '../guests/block.ts';
import { BENCHMARK } from '../guests/benchmark.ts';
import { CPU_LOOP } from '../guests/cpu-loop.ts';
import { OWN_DEVICE } from '../guests/own-device.ts';
import { FAULTS } from '../guests/faults.ts';
import { CAMERA_STREAM } from './camera-stream/experiment.ts';
import { DISK_READ } from './disk-read/experiment.ts';
import { DISK_WRITE } from './disk-write/experiment.ts';
import type { Experiment } from './experiment.ts';
import { FLOPPY_READ } from './floppy-read/experiment.ts';
import { FLOPPY_WRITE } from './floppy-write/experiment.ts';
import { MANY_MASTERS } from './many-masters/experiment.ts';
import { PATHS } from './paths/experiment.ts';
import { RING_RECEIVE } from './ring-receive/experiment.ts';
import { REGISTER_BLOCK } from './register-block/experiment.ts';
import { RAID_READ } from './raid-read/experiment.ts';
import { REGISTER_EFFECTS } from './register-effects/experiment.ts';
import { SOUND_PLAY } from './sound-play/experiment.ts';
import { TWO_JOBS } from './two-jobs/experiment.ts';
import { UART_RECEIVE } from './uart-receive/experiment.ts';
import { UART_SEND } from './uart-send/experiment.ts';

/** The experiments, in the order of the lists. A new one is a folder and a line here. */
export const EXPERIMENTS: readonly Experiment[] = [
  PATHS,
  REGISTER_EFFECTS,
  REGISTER_BLOCK,
  RING_RECEIVE,
  DISK_READ,
  DISK_WRITE,
  FLOPPY_READ,
  FLOPPY_WRITE,
  TWO_JOBS,
  UART_RECEIVE,
  UART_SEND,
  CAMERA_STREAM,
  SOUND_PLAY,
  RAID_READ,
  MANY_MASTERS,
];

export function findExperiment(name: string): Experiment | null {
  return EXPERIMENTS.find((e) => e.name === name) ?? null;
}

/** Parameter blocks of all guest programs: the C headers are made from them. */
export const PARAMETER_BLOCKS: readonly GuestBlock<never>[] = [
  ...([CPU_LOOP, FAULTS, BENCHMARK, OWN_DEVICE] as readonly unknown[] as readonly GuestBlock<never>[]),
  ...EXPERIMENTS.flatMap((e) => e.blocks),
];
