import { RULE_NAMES } from './forgive.ts';

/** What the processor and the devices of this program note, beside broken rules (`forgive.ts`). */
const OWN_NOTES = [
  'answer-overrun', 'ata-read-before-drq', 'breakpoint', 'bus-master-off', 'bus-master-stopped',
  'fdc-invalid-command', 'fdc-no-index', 'fdc-not-ready', 'fdc-overrun', 'floppy-format-lost', 'floppy-write-cut',
  'camera-refused', 'camera-stopped',
  'dma-cascade', 'dma-clamped',
  'command-in-sleep', 'command-while-busy', 'command-while-drq', 'divider', 'dma-busy', 'dma-decode-error',
  'dma-protocol', 'dma-range', 'dma-refused', 'dma-target-error', 'fault', 'ferr', 'frame-length', 'frames-waiting',
  'input-overrun', 'interrupt-storm', 'lacking',
  'microcode', 'msr', 'no-slave', 'raid-stopped', 'receive-overrun', 'reentrant', 'reset', 'ring-range', 'ring-refused',
  'scan-set', 'shutdown',
  'sound-command', 'sound-line', 'sound-write-while-busy', 'spurious-interrupt', 'task-trap', 'transmit-refused',
  'uncached',
  'data-port-idle', 'unknown-command', 'write-protected', 'no-picture', 'display-mode',
] as const;

/**
 * Names of all notes that this program makes, for whoever asks for one by name. Devices from
 * outside may make others.
 */
export const NOTE_NAMES: readonly string[] = [...OWN_NOTES, ...RULE_NAMES].sort();
