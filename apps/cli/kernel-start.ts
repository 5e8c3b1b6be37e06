import { basename } from 'node:path';
import { DEFAULT_APPEND } from '../../src/control/software/bootable.ts';
import type { Session } from '../../src/control/session.ts';
import type { PcMachine } from '../../src/machine/pc-machine.ts';
import type { RuleName } from '../../src/sim/forgive.ts';
import { boardOptionValues } from './board-options.ts';
import { forgivenRules } from './forgive-option.ts';
import { InputError } from './input-error.ts';
import { loadRefusal, programAdvice, readBootable, readInput } from './input-files.ts';
import { memorySize, type MemoryOption } from './memory-size.ts';
import { formatSize } from './quantities.ts';

/** What a start goes by on the command line. */
export interface KernelOptions extends MemoryOption {
  kernel?: string;
  initrd?: string;
  append?: string;
  forgive?: string;
  kernelEntry?: string;
  quiet?: boolean;
}

export const DEFAULT_MEMORY = '256MiB';

/** A run that begins at reset: what its machine is built from, and the software that it gets. */
export class KernelStart {
  readonly ramBytes: number;
  /** Values of the board's options, without RAM. */
  readonly boardOptions: Record<string, unknown>;
  readonly forgive: readonly RuleName[];
  /** A bare-metal program has one. */
  readonly exitPort: boolean;
  private readonly kernel: string;
  private readonly append: string | undefined;
  private readonly image: Uint8Array;
  private readonly initrd: Uint8Array | null;
  /** The kernel unpacked, if that is entered. */
  private vmlinux: Uint8Array | null = null;

  private constructor(board: string, options: KernelOptions) {
    this.boardOptions = boardOptionValues(board, options);
    this.ramBytes = memorySize(options, DEFAULT_MEMORY);
    this.forgive = forgivenRules(options.forgive);
    if (options.kernel === undefined)
      throw new InputError(
        `board ${board} has nothing to start; give a Linux kernel with --kernel FILE, a BIOS with --bios seabios, ` +
          'or a snapshot with --load FILE',
      );
    this.kernel = options.kernel;
    this.append = options.append;
    const { kind, image } = readBootable(options.kernel);
    this.image = image;
    this.exitPort = kind === 'program';
    const linux = options.initrd !== undefined ? 'initrd' : options.kernelEntry !== undefined ? 'kernel-entry' : null;
    if (kind === 'program' && linux !== null)
      throw new InputError(`--${linux} is for Linux; '${options.kernel}' is a program`);
    this.initrd = options.initrd === undefined ? null : readInput(options.initrd, 'initrd');
  }

  /** Reads what is to be run, and checks it. @throws InputError */
  static async read(board: string, options: KernelOptions): Promise<KernelStart> {
    const start = new KernelStart(board, options);
    if (start.exitPort) {
      start.boardOptions['kernelEntry'] = 'decompressor';
      return start;
    }
    // Loaded here: a snapshot needs no decoder.
    const { chooseKernelEntry } = await import('./kernel-entry.ts');
    const { kernelEntry, vmlinux } = await chooseKernelEntry({
      path: start.kernel, kernel: start.image, append: start.append ?? DEFAULT_APPEND, given: options.kernelEntry,
      quiet: options.quiet === true,
    });
    start.boardOptions['kernelEntry'] = kernelEntry;
    start.vmlinux = vmlinux ?? null;
    return start;
  }

  /** Loads the software. @throws InputError */
  into({ machine }: Session<PcMachine>): void {
    const { image, initrd, vmlinux, append } = this;
    try {
      if (!this.exitPort)
        machine.loadLinux({
          kernel: image, ...(vmlinux === null ? {} : { vmlinux }), ...(initrd === null ? {} : { initrd }),
          append: append ?? DEFAULT_APPEND,
        });
      else
        machine.boot({
          kind: 'program', image, commandLine: `${basename(this.kernel)} ${append ?? ''}`.trimEnd(),
        });
    } catch (error) {
      const ram = formatSize(this.ramBytes);
      throw loadRefusal(error, this.exitPort ? programAdvice(ram) : `the machine has ${ram} (--memory)`);
    }
  }
}
