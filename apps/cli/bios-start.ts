import { join } from 'node:path';
import { Option, type Command } from 'commander';
import {
  BOOT_DEVICES, checkBios, checkOptionRom, type Bios, type BootDevice,
} from '../../src/machine/firmware/bios.ts';
import type { RuleName } from '../../src/sim/forgive.ts';
import { boardOptionValues } from './board-options.ts';
import { cacheFolder } from './cache/folder.ts';
import { forgivenRules } from './forgive-option.ts';
import { keptFiles, NoPackageError } from './guests/debian/kept-files.ts';
import { InputError } from './input-error.ts';
import { loadRefusal, readInput } from './input-files.ts';
import { DEFAULT_MEMORY } from './kernel-start.ts';
import { memorySize, type MemoryOption } from './memory-size.ts';
import { knownWord } from './suggest.ts';

/** What a start by a BIOS goes by on the command line. */
export interface BiosOptions extends MemoryOption {
  bios?: string;
  boot?: string;
  biosLog?: boolean;
  videoBios?: string;
  kernel?: string;
  initrd?: string;
  append?: string;
  kernelEntry?: string;
  forgive?: string;
  quiet?: boolean;
  floppy?: string[];
  disk?: string[];
}

/** Debian's SeaBIOS: the system BIOS, and the one of the display card. */
const SEABIOS = {
  package: 'seabios', files: ['usr/share/seabios/bios.bin', 'usr/share/seabios/vgabios-stdvga.bin'],
} as const;

/** Adds `--bios` and what belongs to it. */
export function addBiosOptions(command: Command): Command {
  return command
    .addOption(new Option(
      '--bios <file>', "start by a BIOS: an image of its chip, or `seabios`, Debian's, which is fetched once",
    ))
    .addOption(new Option(
      '--boot <device>',
      `what the BIOS starts from: ${BOOT_DEVICES.join(', ')} (default: the floppy if there is one, else the disk)`,
    ))
    .addOption(new Option('--video-bios <file>', "the display card's option ROM (--bios seabios brings one)"))
    .addOption(new Option('--bios-log', "show the BIOS's log (port 402h) on stderr"));
}

/** A run that begins at the reset vector: what its machine is built from. */
export class BiosStart {
  readonly ramBytes: number;
  /** Values of the board's options, without RAM. */
  readonly boardOptions: Record<string, unknown>;
  readonly forgive: readonly RuleName[];
  readonly exitPort = false;
  /** @throws InputError */
  constructor(board: string, options: BiosOptions) {
    this.boardOptions = boardOptionValues(board, options);
    this.ramBytes = memorySize(options, DEFAULT_MEMORY);
    this.forgive = forgivenRules(options.forgive);
  }

  /** Nothing is loaded: the processor is at its reset vector. */
  into(_session: unknown): void {}
}

/** Reads the images, and checks them; null without `--bios`. @throws InputError */
export async function readBios(options: BiosOptions): Promise<Bios | null> {
  if (options.bios === undefined) {
    checkNoBios(options);
    return null;
  }
  for (const name of ['kernel', 'initrd', 'append', 'kernelEntry'] as const) {
    if (options[name] === undefined) continue;
    const word = name === 'kernelEntry' ? 'kernel-entry' : name;
    throw new InputError(`--${word} beside --bios: the BIOS loads what the machine starts; leave one of them out`);
  }
  const boot: BootDevice[] = options.boot !== undefined
    ? [knownWord(options.boot, BOOT_DEVICES, 'boot device') as BootDevice]
    : options.floppy !== undefined ? ['floppy', 'disk'] : ['disk'];
  const images = await imagesOf(options);
  return { ...images, boot, ...(options.biosLog === true ? { onLog: logger() } : {}) };
}

/** `--boot`, `--bios-log` or `--video-bios` without a BIOS is a mistake. @throws InputError */
function checkNoBios(options: BiosOptions): void {
  const alone = options.boot !== undefined ? 'boot' : options.biosLog === true ? 'bios-log' : 'video-bios';
  if (alone === 'video-bios' && options.videoBios === undefined) return;
  throw new InputError(`--${alone} without a BIOS: give --bios seabios, or --bios FILE, too`);
}

async function imagesOf(options: BiosOptions): Promise<Pick<Bios, 'image' | 'videoRom'>> {
  const { bios = '' } = options;
  let image = '', video = options.videoBios;
  if (bios === 'seabios') {
    const say = (line: string): void => {
      if (options.quiet !== true) process.stderr.write(`northbridge: ${line}\n`);
    };
    try {
      const folder = await keptFiles(SEABIOS, cacheFolder(), say);
      image = join(folder, 'bios.bin');
      video ??= join(folder, 'vgabios-stdvga.bin');
    } catch (error) {
      if (error instanceof NoPackageError) throw new InputError(`${error.message}; give an image with --bios FILE`);
      throw error;
    }
  } else {
    image = bios;
  }
  return {
    image: checked(image, 'BIOS', checkBios),
    ...(video === undefined
      ? {}
      : { videoRom: checked(video, 'video BIOS', (rom) => checkOptionRom(`'${video}'`, rom)) }),
  };
}

function checked(path: string, what: string, check: (image: Uint8Array) => void): Uint8Array {
  const image = readInput(path, what);
  try {
    check(image);
  } catch (error) {
    const refusal = loadRefusal(error, '');
    throw refusal instanceof InputError && what === 'BIOS'
      ? new InputError(refusal.message.replace(/^BIOS/, `BIOS '${path}'`))
      : refusal;
  }
  return image;
}

/** Writes whole lines to stderr. */
function logger(): (byte: number) => void {
  let line = '';
  return (byte) => {
    if (byte !== 0x0a) {
      line += String.fromCharCode(byte);
      return;
    }
    process.stderr.write(`bios: ${line}\n`);
    line = '';
  };
}
