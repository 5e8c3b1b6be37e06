import type { DiskOverlay } from '../../disk-overlay.ts';
import { bare, type EndedTrial, type Experiment, type Kit, type Software, type Trial } from '../experiment.ts';
import { FLOPPY_BLOCK, FLOPPY_TRIES, type FloppyMethod } from './block.ts';
import {
  busyLoops, FLOPPY_MEASURES, FLOPPY_PARAMETERS, FLOPPY_VARIANTS, foundBy, limitFor, type FloppyJob,
  type FloppyParameters,
} from './job.ts';

const MiB = 2 ** 20;

/** What a trial in one direction has of its own. */
export interface FloppyWay extends Pick<Trial, 'attach' | 'measured'> {
  readonly direction: 'read' | 'write';
  readonly disk: DiskOverlay;
  /** SHA-256 of what shall arrive. */
  readonly expected: string;
  /** The job for Debian. */
  linux(): Software;
  /** SHA-256 of what has arrived. */
  arrived(end: EndedTrial): string;
}

/** A trial with a floppy disk, in either direction. */
export function floppyTrial(job: FloppyJob, method: string, kit: Kit, way: FloppyWay): Trial {
  const { bytes, threshold } = job.values, { direction, disk, expected, linux, arrived, ...hooks } = way;
  const bareGuest = job.guest === 'bare';
  return {
    machine: { options: { ram: (bareGuest ? 32 : 256) * MiB }, floppies: [disk] },
    software: bareGuest ? bare(kit.guestImage('floppy'), FLOPPY_BLOCK, {
      method: method as FloppyMethod, direction, byteCount: bytes, threshold, busyLoops: busyLoops(job),
      tries: FLOPPY_TRIES,
    }) : linux(),
    bytes,
    phases: [bareGuest ? 'starting' : 'booting Linux', direction === 'read' ? 'reading' : 'writing', 'finishing'],
    limit: limitFor(job),
    // Memory is looked at where the guest is a program of ours, whose buffer has a place.
    ...(bareGuest ? hooks : {}),
    finish: (end: EndedTrial) => {
      const answer = bareGuest ? foundBy(FLOPPY_BLOCK.decode(end.block), job) : { arrived: bytes };
      const sha256 = arrived(end);
      return {
        mode: null, matches: answer['arrived'] === bytes && sha256 === expected,
        found: { ...answer, sha256, reference: expected },
      };
    },
  };
}

/** What both experiments are alike in. */
export const FLOPPY_EXPERIMENT = {
  shows: ['R3', 'R4', 'R8'],
  parameters: FLOPPY_PARAMETERS,
  variants: FLOPPY_VARIANTS,
  measures: FLOPPY_MEASURES,
  checks: { right: 'all bytes arrived and are right', wrong: 'bytes were lost' },
  plots: [
    { x: 'busy', y: 'arrived', series: 'method' },
    { x: 'busy', y: 'bytesPerSecond', series: 'method' },
    { x: 'threshold', y: 'cpuBusy', series: 'method' },
  ],
  linuxJobs: true,
  decides: ['ram'],
} as const satisfies Partial<Experiment<FloppyParameters>>;
