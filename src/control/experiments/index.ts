import type { GuestBlock } from '../guests/block.ts';
import { BENCHMARK } from '../guests/benchmark.ts';
import { CPU_LOOP } from '../guests/cpu-loop.ts';
import { OWN_DEVICE } from '../guests/own-device.ts';
import { FAULTS } from '../guests/faults.ts';
import type { Experiment } from './experiment.ts';
import { FOUND } from './list.ts';

/** The experiments, in the order of the lists. */
export const EXPERIMENTS: readonly Experiment[] = FOUND.toSorted((a, b) => placeOf(a) - placeOf(b));

function placeOf({ place }: Experiment): number {
  return place ?? Number.MAX_SAFE_INTEGER;
}

export function findExperiment(name: string): Experiment | null {
  return EXPERIMENTS.find((e) => e.name === name) ?? null;
}

/** Parameter blocks of all guest programs: the C headers are made from them. */
export const PARAMETER_BLOCKS: readonly GuestBlock<never>[] = [
  ...([CPU_LOOP, FAULTS, BENCHMARK, OWN_DEVICE] as readonly unknown[] as readonly GuestBlock<never>[]),
  ...EXPERIMENTS.flatMap((e) => e.blocks),
];
