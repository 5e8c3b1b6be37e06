import { DISK_READ } from './disk-read.ts';

/** What an experiment says of itself. */
export interface ExperimentInfo {
  name: string;
  /** One line. */
  summary: string;
  board: string;
  /** Methods that it compares, by guest. */
  guests: Readonly<Record<string, readonly string[]>>;
}

/** The experiments by name. */
export const EXPERIMENTS: readonly ExperimentInfo[] = [DISK_READ];

export function findExperiment(name: string): ExperimentInfo | null {
  return EXPERIMENTS.find((e) => e.name === name) ?? null;
}
