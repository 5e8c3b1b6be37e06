import { PC_RAM } from '../../src/machine/pc-machine.ts';
import { InputError } from './input-error.ts';
import { formatSize, parseSize } from './quantities.ts';

const MiB = 2 ** 20;
const MIN_RAM = 16 * MiB;

/** What `--memory` says, in bytes. @throws InputError */
export function memorySize(text: string): number {
  const bytes = parseSize(text, '--memory');
  if (bytes % MiB !== 0) throw new InputError(`--memory ${text} is no whole number of MiB`);
  if (bytes < MIN_RAM)
    throw new InputError(`--memory ${text} is too little: the machine has at least ${formatSize(MIN_RAM)}`);
  if (bytes > PC_RAM.maximum)
    throw new InputError(`--memory ${text} does not fit: the machine has at most ${formatSize(PC_RAM.maximum)}`);
  return bytes;
}
