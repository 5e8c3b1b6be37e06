import { Option, type Command } from 'commander';
import { PC_RAM } from '../../src/machine/pc-machine.ts';
import { InputError } from './input-error.ts';
import { formatSize, parseSize } from './quantities.ts';

const MiB = 2 ** 20;
const MIN_RAM = 16 * MiB;

/** `--memory`, and `--ram`, which is the board's own word for it. */
export interface MemoryOption {
  memory?: string;
  ram?: string;
}

/** Adds `--memory`, with `--ram` as another name that no help shows. */
export function addMemoryOption(command: Command, initial: string): Command {
  return command
    .addOption(new Option('--memory <size>', `RAM (default: ${initial})`))
    .addOption(new Option('--ram <size>').hideHelp());
}

/**
 * What `--memory` or its other name says, if anything.
 * @throws InputError if both are given
 */
export function memoryText({ memory, ram }: MemoryOption): { text: string; option: string } | null {
  if (memory !== undefined && ram !== undefined)
    throw new InputError('--memory and --ram are the same option; give one');
  if (memory !== undefined) return { text: memory, option: '--memory' };
  return ram === undefined ? null : { text: ram, option: '--ram' };
}

/** The RAM that a command gives the machine, in bytes. @throws InputError */
export function memorySize(options: MemoryOption, initial: string): number {
  const { text, option } = memoryText(options) ?? { text: initial, option: '--memory' };
  const bytes = parseSize(text, option);
  if (bytes % MiB !== 0) throw new InputError(`${option} ${text} is no whole number of MiB`);
  if (bytes < MIN_RAM)
    throw new InputError(`${option} ${text} is too little: the machine has at least ${formatSize(MIN_RAM)}`);
  if (bytes > PC_RAM.maximum)
    throw new InputError(`${option} ${text} does not fit: the machine has at most ${formatSize(PC_RAM.maximum)}`);
  return bytes;
}
