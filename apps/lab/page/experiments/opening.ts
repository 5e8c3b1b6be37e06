/**
 * Smaller jobs for machines that are opened to be looked at: what there is to see is the same, and
 * the recording stays short. Figures are measured with the experiment's own values.
 */
import type { RunRequest } from '../../protocol/experiments.ts';
import type { MachinePlan } from '../../protocol/machine.ts';

const OPENING: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'paths': { bytes: '64KiB', direction: 'to-card', sweep: 'off' },
  'register-block': { frames: '20' },
  'ring-receive': { frames: '30' },
  'disk-read': { bytes: '64KiB' },
  'disk-write': { bytes: '64KiB' },
  'floppy-read': { bytes: '9KiB' },
  'floppy-write': { bytes: '9KiB' },
  'two-jobs': { bytes: '16KiB' },
  'uart-receive': { characters: '64' },
  'uart-send': { characters: '64' },
  'camera-stream': { frames: '6' },
  'sound-play': { bytes: '1KiB' },
  'raid-read': { stripes: '16' },
  'many-masters': { time: '20ms' },
};

/** What a machine of an experiment is opened with where the user did not say. */
export function openingTexts(experiment: string): Readonly<Record<string, string>> {
  return OPENING[experiment] ?? {};
}

/**
 * Those in which a word's way through the processor to memory, or from there, is the point: their
 * machines are opened with the processor's accesses to memory in the recording.
 */
const WITH_MEMORY: ReadonlySet<string> = new Set(['paths', 'disk-read', 'disk-write', 'floppy-read', 'floppy-write']);

/** The machine of a method that is opened to be looked at. */
export function planOf({ experiment, guest, texts }: Omit<RunRequest, 'methods'>, method: string): MachinePlan {
  return {
    experiment, guest, method, texts: { ...openingTexts(experiment), ...texts },
    ...(guest === 'bare' && WITH_MEMORY.has(experiment) ? { memory: true } : {}),
  };
}
