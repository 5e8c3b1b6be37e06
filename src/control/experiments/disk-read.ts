import type { BlockBackend } from '../../host/block.ts';
import {
  decodeDiskRead, DISK_READ_BUFFER, encodeDiskRead, POST, type DiskReadMethod,
} from '../../machine/loader/guest-block.ts';
import { TICKS_PER_SECOND, toSeconds } from '../../sim/time.ts';
import { busyShare, type Counters } from '../counters.ts';
import { Session, type SessionMachine } from '../session.ts';
import { ConsoleLines } from './console-lines.ts';
import type { ExperimentInfo } from './index.ts';
import type { TransferMode } from './transfer-mode.ts';

export const DISK_READ = {
  name: 'disk-read',
  summary: 'The same bytes from the same disk, moved by the processor (PIO) or by the controller (bus-master DMA).',
  board: 'pc',
  guests: { bare: ['pio-polled', 'pio-irq', 'dma'], debian: ['pio', 'dma'] },
} as const satisfies ExperimentInfo;

export type DiskReadGuest = keyof typeof DISK_READ.guests;

/** The software that reads. */
export type DiskReadSoftware =
  | { guest: 'bare'; /** guest/images/disk-read.elf */ image: Uint8Array }
  | { guest: 'debian'; kernel: Uint8Array; initrd: Uint8Array; append: string };

/** A machine for the experiment; whoever makes it connects the two callbacks. */
export interface DiskReadMachine extends SessionMachine {
  readonly ram: Uint8Array;
  /**
   * Loads one of our guest programs with its parameter block; returns the block's physical address.
   */
  loadGuest(image: Uint8Array, block: Uint8Array): number;
  loadLinux(boot: { kernel: Uint8Array; initrd?: Uint8Array; append: string }): void;
}

export interface DiskReadHost {
  createMachine(options: {
    ramBytes: number;
    disk: BlockBackend;
    onPost: (code: number) => void;
    onSerial: (byte: number) => void;
  }): DiskReadMachine;
  /** SHA-256 in lower-case hexadecimal digits. */
  hash(bytes: Uint8Array): string;
  /** Called when the machine is loaded, before its first instruction. */
  started?: (machine: DiskReadMachine) => void;
  /** Called between slices of simulated time; `false` ends the run. */
  progress?: (phase: string, machine: DiskReadMachine) => boolean | void;
}

export interface DiskReadJob {
  software: DiskReadSoftware;
  method: string;
  /** Bytes to read from the disk's beginning; a multiple of 512. */
  bytes: number;
  /** A disk of its own for this run. */
  disk: BlockBackend;
  /** SHA-256 of the disk's first `bytes` bytes. */
  diskSha256: string;
  /** The transfer mode to set, or null: the guest's own choice. */
  mode: TransferMode | null;
}

/** What one run gave. Everything is measured between the two marks, over simulated time. */
export interface DiskReadRun {
  method: string;
  /** Transfer mode (`pio4`, `mwdma2`, `udma2`), or null if nobody told. */
  mode: string | null;
  seconds: number;
  bytesPerSecond: number;
  /** Share of the time in which the processor was not halted, 0 to 1. */
  cpuBusy: number;
  counters: Counters;
  /** Of what arrived in the guest's memory. */
  sha256: string;
  matches: boolean;
}

/**
 * The guest did not do its job. The message is one line; `lastLines` are the last lines that it
 * wrote.
 */
export class GuestFailure extends Error {
  readonly lastLines: readonly string[];

  constructor(message: string, lastLines: readonly string[]) {
    super(message);
    this.name = 'GuestFailure';
    this.lastLines = lastLines;
  }
}

const MiB = 2 ** 20;
/** Where the bare guest's buffer begins. */
export const BARE_BUFFER = DISK_READ_BUFFER;

/**
 * RAM that a guest needs for `bytes` bytes: the bare guest its buffer, Linux itself and a file in a
 * tmpfs of 90 % of what it has.
 */
export function ramFor(guest: DiskReadGuest, bytes: number): number {
  const needed = guest === 'bare' ? BARE_BUFFER + bytes : 224 * MiB + Math.ceil(bytes * 1.2);
  return Math.max(guest === 'bare' ? 32 * MiB : 256 * MiB, Math.ceil(needed / (16 * MiB)) * 16 * MiB);
}

/** Simulated seconds after which a guest has failed: far more than the slowest mode needs. */
function budget(guest: DiskReadGuest, bytes: number): number {
  return (guest === 'bare' ? 10 : 600) + bytes / 100e3;
}

/** Runs one method. @throws GuestFailure */
export function runDiskRead(job: DiskReadJob, host: DiskReadHost): DiskReadRun {
  const { software } = job;
  const lines = new ConsoleLines();
  const phases =
    software.guest === 'bare'
      ? { before: 'starting', inside: 'reading', after: 'finishing' }
      : { before: 'booting Linux', inside: 'reading', after: 'checking' };
  let phase = phases.before;
  let end: 'done' | 'failed' | '' = '';
  let arrived = '';
  let blockAddress = 0;

  const machine = host.createMachine({
    ramBytes: ramFor(software.guest, job.bytes),
    disk: job.disk,
    onSerial: (byte) => lines.put(byte),
    onPost: (code) => {
      if (code === POST.begin) {
        session.mark('begin');
        phase = phases.inside;
      } else if (code === POST.end && phase === phases.inside) {
        session.mark('end');
        phase = phases.after;
        if (software.guest === 'bare') arrived = host.hash(machine.ram.subarray(BARE_BUFFER, BARE_BUFFER + job.bytes));
      } else if (code === POST.done || code === POST.fail) {
        end = code === POST.done ? 'done' : 'failed';
        machine.stop();
      }
    },
  });
  const session = new Session<DiskReadMachine>(machine, {
    onSlice: () => host.progress?.(`${job.method}: ${phase}`, machine),
  });

  if (software.guest === 'bare') {
    blockAddress = machine.loadGuest(software.image, encodeDiskRead({
      method: job.method as DiskReadMethod, byteCount: job.bytes, buffer: BARE_BUFFER, skipSha256: true,
      ...(job.mode === null ? {} : { transferMode: job.mode.value }),
    }));
  } else {
    const force = job.mode === null ? '' : ` libata.force=${job.mode.name}`;
    machine.loadLinux({
      kernel: software.kernel, initrd: software.initrd,
      append: `${software.append} nb.bytes=${job.bytes}${job.method === 'pio' ? ' libata.dma=0' : ''}${force}`,
    });
  }
  host.started?.(machine);

  const limit = budget(software.guest, job.bytes);
  const reason = session.run(Math.floor(limit * TICKS_PER_SECOND));
  const failure = (why: string): GuestFailure => new GuestFailure(`${job.method}: ${why}`, lines.last());
  if (end === '' && reason === 'time')
    throw failure(`the guest did not finish within ${limit.toFixed(0)} simulated seconds (it was ${phase})`);
  if (end === '')
    throw failure(`the machine stopped (${reason}) at ${toSeconds(session.now).toFixed(6)} s while it was ${phase}`);
  if (software.guest === 'bare') {
    const result = decodeDiskRead(machine.ram.subarray(blockAddress, blockAddress + 0x90));
    if (end === 'failed') throw failure(`the guest failed: ${bareFailure(result.status, result.detail)}`);
    if (result.bytesDone !== job.bytes) throw failure(`the guest read ${result.bytesDone} of ${job.bytes} bytes`);
  } else {
    if (end === 'failed') throw failure(`the guest failed: ${lines.after('nb: error ') ?? 'it gave no reason'}`);
    arrived = lines.after('nb: sha256 ') ?? '';
  }
  const counters = session.between('begin', 'end');
  if (counters === null || counters.ticks <= 0) throw failure('the guest did not mark the measured part');
  const seconds = toSeconds(counters.ticks);
  const mode = job.mode?.name ?? linuxMode(lines.after('nb: mode '));
  return {
    method: job.method, mode, seconds, bytesPerSecond: job.bytes / seconds, cpuBusy: busyShare(counters), counters,
    sha256: arrived, matches: arrived === job.diskSha256,
  };
}

/** A mode as Linux names it (`XFER_MW_DMA_2`) in our words (`mwdma2`), or null. */
function linuxMode(name: string | null): string | null {
  const m = /^XFER_(PIO|MW_DMA|UDMA)_(\d)$/.exec(name ?? '');
  return m === null ? null : `${m[1].replace('_', '').toLowerCase()}${m[2]}`;
}

/** guest/runtime/block.h in words. */
function bareFailure(status: number, detail: number): string {
  const hex = `0x${detail.toString(16)}`;
  switch (status) {
    case 0x80: return 'its parameter block is damaged';
    case 0x81: return `it refused the parameter at offset ${hex}`;
    case 0x82: return 'no drive answers as primary master';
    case 0x83: return `the drive did not answer command ${hex} in time`;
    case 0x84: return `the drive ended command ${hex} with an error`;
    case 0x85: return 'there is no bus-master IDE controller on the PCI bus';
    case 0x86: return 'the bus master reported an error';
    case 0x87: return 'the bus master was still active after the interrupt';
    case 0x88: return 'the controller has no timing for this transfer mode';
    case 0x89: return 'the range ends behind the drive\'s last sector';
    case 0x8a: return `processor exception ${detail & 0xff}`;
    default: return `status 0x${status.toString(16)}, detail ${hex}`;
  }
}
