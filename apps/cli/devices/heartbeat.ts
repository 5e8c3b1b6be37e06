/** Cells shared by the main thread and the one that watches it. */
export const CELL = {
  /** Counts every step into a device and out of one. */
  STEPS: 0,
  /** Number of the device that is at work, from 1 on; 0: none. */
  DEVICE: 1,
  /** How many times the usual patience it may take: more for loading a file than for a hook. */
  TIMES: 2,
  /** 1: the watching thread has said that a device never returns, and ends the process. */
  ENDED: 3,
} as const;

export interface Watched {
  readonly cells: SharedArrayBuffer;
  readonly patienceSeconds: number;
  /** Exit status of a process whose device never returns. */
  readonly status: number;
}
