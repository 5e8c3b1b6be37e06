/** A job of an experiment, from the words of a command line. */
import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { Command, Option } from 'commander';
import type { DebianFiles, Experiment, GuestKind, JobOf, Kit } from '../../src/control/experiments/experiment.ts';
import {
  EXPERIMENT_BOARD, jobRows, LINUX_OPTIONS, readJob, settleJob, type ReadJob,
} from '../../src/control/experiments/form.ts';
import { defaultMethodsOf, guestsOf, methodsOf } from '../../src/control/experiments/job.ts';
import type { LinuxModules } from '../../src/control/experiments/linux/job.ts';
import { KERNEL_OPTIONS, readJobModules, vmlinuxBeside } from './guests/debian/index.ts';
import { cacheFolder } from './cache/folder.ts';
import { keptFiles, NoPackageError } from './guests/debian/kept-files.ts';
import { FileDisk } from './hosts/disk.ts';
import { InputError, systemReason } from './input-error.ts';
import { chooseKernelEntry, type KernelEntry } from './kernel-entry.ts';
import { readInput, readKernel } from './input-files.ts';
import { guestImage } from './package-info.ts';
import { addParameterOptions, asInputError, typedTexts } from './parameter-options.ts';
import { knownWord } from './suggest.ts';
import { debianGuest } from './commands/guest.ts';

/** What says which job is meant, beside the experiment's and the board's parameters. */
export interface JobOptions {
  guest?: string;
  methods?: string;
  disk?: string;
  kernel?: string;
  kernelEntry?: string;
  initrd?: string;
  quiet?: boolean;
}

const GUEST_WORDS: Readonly<Record<GuestKind, string>> = {
  bare: 'bare (our own small program)', debian: "debian (Debian's kernel)",
};

/**
 * The command of an experiment with the options that say which job is meant.
 * @param methods says by which methods: a list if it is left out
 */
export function jobCommand(e: Experiment, methods: Option = methodsOption(e)): Command {
  const guests = guestsOf(e);
  const rows = jobRows(e);
  const command = new Command(e.name).summary(e.summary).description(`${e.question}\n${e.summary}`);
  if (guests.length > 1)
    command.addOption(
      new Option('--guest <guest>', `who does the work: ${guests.map((g) => GUEST_WORDS[g]).join(' or ')}`)
        .default(guests[0]),
    );
  command.addOption(methods);
  addParameterOptions(command, rows.own, 'Parameters:');
  if (e.inputs?.disk !== undefined) command.addOption(new Option('--disk <file>', e.inputs.disk));
  addParameterOptions(command, rows.board, `Board ${EXPERIMENT_BOARD}:`, [...e.decides ?? [], ...LINUX_OPTIONS]);
  if (guests.includes('debian'))
    command
      .addOption(new Option('--kernel <file>', 'with --guest debian: a bzImage in place of the prepared one'))
      .addOption(new Option('--initrd <file>', 'with --guest debian: an initramfs in place of the prepared one'));
  return command;
}

/** A job as it was asked for; its values are not checked together yet: `settled`. */
export interface AskedJob extends ReadJob {
  /** Without Linux: `linuxFor`. */
  readonly kit: Kit;
}

/** Reads a job from the options of its command. @throws InputError */
export function askedJob(e: Experiment, options: JobOptions): AskedJob {
  const guests = guestsOf(e);
  const guest = options.guest === undefined ? guests[0] as GuestKind : knownWord(options.guest, guests, 'guest');
  const methods = methodList(options.methods, e, guest, guests.length > 1 ? `with --guest ${guest}` : '');
  if (guest === 'bare' && (options.kernel !== undefined || options.initrd !== undefined))
    throw new InputError('--kernel and --initrd are for --guest debian');
  if (guest === 'bare' && options.kernelEntry !== undefined)
    throw new InputError('--kernel-entry is for --guest debian');
  const { own, board } = jobRows(e), typed = options as Readonly<Record<string, unknown>>;
  const texts = { ...typedTexts(own, typed), ...typedTexts(board, typed) };
  try {
    const read = readJob(e, { guest, methods, texts });
    const disk = options.disk === undefined ? null : new FileDisk(options.disk);
    return { ...read, kit: { guestImage, disk, linux: null, sha256 } };
  } catch (error) {
    throw asInputError(error);
  }
}

/** The job with its values checked together. @throws InputError */
export function settled(e: Experiment, asked: AskedJob): JobOf {
  try {
    return settleJob(e, asked, asked.kit);
  } catch (error) {
    throw asInputError(error);
  }
}

/** The methods by guest; those that are not compared by default stand apart. */
function methodsOption(e: Experiment): Option {
  const guests = guestsOf(e);
  const list = (of: typeof methodsOf): string => guests
    .map((g) => [g, of(e, g, EXPERIMENT_BOARD).join(',')] as const).filter(([, methods]) => methods !== '')
    .map(([g, methods]) => (guests.length > 1 ? `${g}: ` : '') + methods).join('; ');
  const further = list((_e, g) => {
    const usual = defaultMethodsOf(e, g, EXPERIMENT_BOARD);
    return methodsOf(e, g, EXPERIMENT_BOARD).filter((m) => !usual.includes(m));
  });
  return new Option('--methods <list>', further === ''
    ? `methods to compare, with commas (default: all; ${list(methodsOf)})`
    : `methods to compare, with commas, or all (default: ${list(defaultMethodsOf)}; further: ${further})`);
}

/** The methods of `--methods`, or those by default; `all` is all of them. */
function methodList(text: string | undefined, e: Experiment, guest: GuestKind, where: string): string[] {
  if (text === undefined) return defaultMethodsOf(e, guest, EXPERIMENT_BOARD);
  const known = methodsOf(e, guest, EXPERIMENT_BOARD);
  if (text.trim() === 'all') return known;
  const list = [...new Set(text.split(',').map((m) => m.trim()).filter((m) => m !== ''))];
  if (list.length === 0) throw new InputError(`--methods is empty; known: ${known.join(', ')}`);
  return list.map((m) => knownWord(m, known, 'method', where));
}

/** Linux as the trials boot it, where it is entered, and what jobs are made of. */
export interface LinuxForTrials {
  /** For the experiment's kit. */
  readonly kit: Pick<Kit, 'linux' | 'linuxModules' | 'debianFiles'>;
  readonly kernelEntry: KernelEntry['kernelEntry'];
}

/** @throws InputError */
export async function linuxFor(e: Experiment, options: JobOptions): Promise<LinuxForTrials> {
  const ownKernel = options.kernel === undefined ? null : readKernel(options.kernel);
  const ownInitrd = options.initrd === undefined ? null : readInput(options.initrd, 'initrd');
  // Modules are of one kernel: with another there are none.
  const modules = e.linuxJobs === true && ownKernel === null;
  const prepared = ownKernel !== null && ownInitrd !== null
    ? null
    : await debianGuest({ quiet: process.stderr.isTTY !== true, unpack: false, modules });
  const path = options.kernel ?? prepared?.kernel as string;
  const kernel = ownKernel ?? readKernel(path), append = prepared?.append ?? KERNEL_OPTIONS;
  const initrd = ownInitrd ?? readInput(prepared?.initrd as string, 'initrd');
  const { kernelEntry, ...unpacked } = await chooseKernelEntry({
    path, kernel, append, given: options.kernelEntry,
    ...(ownKernel === null ? { kept: vmlinuxBeside(path) } : {}),
    quiet: options.quiet === true,
  });
  const kept = prepared?.modules ?? null;
  return {
    kit: {
      linux: { kernel, ...unpacked, initrd, append },
      linuxModules: kept === null ? null : await jobModules(kept),
      debianFiles: await debianFiles(e.debianFiles ?? [], options.quiet === true),
    },
    kernelEntry,
  };
}

/** Files of packages, fetched if they are not kept. @throws InputError */
async function debianFiles(wanted: readonly DebianFiles[], quiet: boolean): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  for (const { package: name, files } of wanted) {
    try {
      const folder = await keptFiles({ package: name, files }, cacheFolder(), (line) => {
        if (!quiet) process.stderr.write(`northbridge: ${line}\n`);
      });
      for (const path of files) found.set(path, readInput(join(folder, basename(path)), name));
    } catch (error) {
      throw error instanceof NoPackageError ? new InputError(error.message) : error;
    }
  }
  return found;
}

async function jobModules(path: string): Promise<LinuxModules> {
  try {
    return await readJobModules(path);
  } catch (error) {
    throw new InputError(`the Debian guest's modules '${path}' cannot be read: ${systemReason(error)}; ` +
      'remove that file, and they are made anew');
  }
}

/** A running SHA-256 for experiments. */
export function sha256(): ReturnType<Kit['sha256']> {
  const hash = createHash('sha256');
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
}
