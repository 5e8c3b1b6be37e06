import type { BlockBackend } from '../../host/block.ts';
import { DiskOverlay } from '../disk-overlay.ts';
import type { Attachment } from '../session.ts';
import type { MachineSpec } from './experiment.ts';

/** The disks of a trial's machine, then its diskettes; null: an empty drive. */
export function disksOf({ disks = [], floppies = [] }: MachineSpec): (BlockBackend | null)[] {
  return [...disks, ...floppies];
}

/** What a snapshot of that machine must take along: the disks' changed pages. */
export function overlaysOf(spec: MachineSpec): Record<string, Attachment> {
  return Object.fromEntries(
    disksOf(spec).flatMap((disk, n) => (disk instanceof DiskOverlay ? [[`disk ${n}`, disk]] : [])),
  );
}
