import { LoadError } from './load-error.ts';

/**
 * The parameter blocks of the guest programs (guest/runtime/block.h and guest/<program>/params.h):
 * little-endian dwords, a header of 14h bytes, inputs to 40h, results from there on.
 */

/** First dword of every block. */
export const BLOCK_MAGIC = 0x4e42_5042;
/** EAX at a guest's entry; EBX is the block's address. */
export const BOOT_MAGIC = 0x4e42_0001;
/** Offset of `status` in every block; 0 running, 1 done, 80h and above an error. */
export const BLOCK_STATUS = 0x08;

/** POST codes that the guests write to port 80h. */
export const POST = { begin: 0xb0, end: 0xb1, done: 0xdd, fail: 0xee } as const;

const METHODS = ['pio-polled', 'pio-irq', 'dma'] as const;
const KINDS = ['mix', 'registers', 'memory', 'calls'] as const;
const FAULTS = ['triple-fault', 'table-outside', 'zero-count', 'no-end', 'target-outside', 'short-table', 'long-table',
  'master-off', 'hole-access', 'hole-fetch'] as const;

export type DiskReadMethod = (typeof METHODS)[number];
export type CpuLoopKind = (typeof KINDS)[number];
export type FaultCase = (typeof FAULTS)[number];

/** Inputs of disk-read. Sizes in bytes; what is left out is the guest's default. */
export interface DiskReadInput {
  readonly method: DiskReadMethod;
  /** A positive multiple of 512, below 4 GiB. */
  readonly byteCount: number;
  /** Physical address, multiple of 4; 16 MiB if left out. */
  readonly buffer?: number;
  readonly lba?: number;
  /** 1-65536; 256. Above 256 the guest uses 48-bit commands. */
  readonly sectorsPerCommand?: number;
  /** PIO: sectors a DRQ block; 1 means READ SECTORS, else READ MULTIPLE; 16. */
  readonly blockSectors?: number;
  /** PIO: width of the data port's accesses; 16. */
  readonly portWidth?: 16 | 32;
  /**
   * SET FEATURES 03h value: 08h|n PIO, 20h|n multiword DMA, 40h|n Ultra DMA; left out: drive and
   * timing stay.
   */
  readonly transferMode?: number;
  /** DMA: longest PRD entry, even, to 65536. */
  readonly prdBytes?: number;
  /** The guest does not hash the buffer. */
  readonly skipSha256?: boolean;
  /** 48-bit commands even where not needed. */
  readonly forceExt?: boolean;
  /** DMA: poll the bus master's status in place of hlt. */
  readonly pollDma?: boolean;
}

/** What every guest answers. */
export interface GuestResult {
  readonly status: number;
  readonly detail: number;
}

/** Results of disk-read; see guest/disk-read/params.h. */
export interface DiskReadResult extends GuestResult {
  readonly ataStatus: number;
  readonly ataError: number;
  readonly bmStatus: number;
  readonly interrupts: number;
  readonly spurious: number;
  readonly commands: number;
  readonly polls: number;
  readonly bytesDone: number;
  readonly pciId: number;
  readonly bmBase: number;
  readonly diskSectors: number;
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string;
}

/** Results of cpu-loop; see guest/cpu-loop/params.h. */
export interface CpuLoopResult extends GuestResult {
  readonly checksum: number;
  readonly iterations: number;
}

/** Results of faults; see guest/faults/params.h. */
export interface FaultsResult extends GuestResult {
  readonly bmStatus: number;
  readonly ataStatus: number;
  readonly ataError: number;
  readonly polls: number;
  readonly pciStatus: number;
  /** Offset in the 256 KiB at 16 MiB; 0xffffffff: nothing changed. */
  readonly firstChanged: number;
  readonly changedEnd: number;
  readonly value: number;
  readonly recovered: boolean;
}

/** Where disk-read puts the data unless told otherwise. */
export const DISK_READ_BUFFER = 0x100_0000;

const DISK_READ = { number: 1, size: 0x90 };
const CPU_LOOP = { number: 2, size: 0x48 };
const FAULTS_PROGRAM = { number: 3, size: 0x64 };

function newBlock(program: { number: number; size: number }, flags: number): { bytes: Uint8Array; view: DataView } {
  const bytes = new Uint8Array(program.size);
  const view = new DataView(bytes.buffer);
  view.setUint32(0x00, BLOCK_MAGIC, true);
  view.setUint32(0x04, program.number, true);
  view.setUint32(0x10, flags, true);
  return { bytes, view };
}

function open(bytes: Uint8Array, program: { number: number; size: number }): (offset: number) => number {
  if (bytes.length < program.size)
    throw new LoadError('parameter block', bytes.length, `the block has ${program.size} bytes`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== BLOCK_MAGIC) throw new LoadError('parameter block', 0, 'the magic is gone');
  if (view.getUint32(4, true) !== program.number)
    throw new LoadError('parameter block', 4, `program ${view.getUint32(4, true)}, wanted ${program.number}`);
  return (offset) => view.getUint32(offset, true);
}

/**
 * The block to place in guest memory for disk-read (90h bytes). Values are the guest's to check.
 */
export function encodeDiskRead(input: DiskReadInput): Uint8Array {
  const flags =
    (input.skipSha256 === true ? 1 : 0) | (input.forceExt === true ? 2 : 0) | (input.pollDma === true ? 4 : 0);
  const { bytes, view } = newBlock(DISK_READ, flags);
  view.setUint32(0x14, METHODS.indexOf(input.method), true);
  view.setUint32(0x18, input.byteCount, true);
  view.setUint32(0x1c, input.buffer ?? DISK_READ_BUFFER, true);
  view.setUint32(0x20, input.lba ?? 0, true);
  view.setUint32(0x24, input.sectorsPerCommand ?? 0, true);
  view.setUint32(0x28, input.blockSectors ?? 0, true);
  view.setUint32(0x2c, input.portWidth ?? 0, true);
  view.setInt32(0x30, input.transferMode ?? -1, true);
  view.setUint32(0x34, input.prdBytes ?? 0, true);
  return bytes;
}

/** Reads a disk-read block back. */
export function decodeDiskRead(bytes: Uint8Array): DiskReadResult {
  const at = open(bytes, DISK_READ);
  return {
    status: at(0x08),
    detail: at(0x0c),
    ataStatus: at(0x40),
    ataError: at(0x44),
    bmStatus: at(0x48),
    interrupts: at(0x4c),
    spurious: at(0x50),
    commands: at(0x54),
    polls: at(0x58),
    bytesDone: at(0x5c),
    pciId: at(0x60),
    bmBase: at(0x64),
    diskSectors: at(0x68),
    sha256: Array.from(bytes.subarray(0x70, 0x90), (b) => b.toString(16).padStart(2, '0')).join(''),
  };
}

/**
 * The block for cpu-loop (48h bytes); left out or 0: 8,000,000 iterations, 16384 dwords, at 4 MiB.
 */
export function encodeCpuLoop(input: {
  readonly kind: CpuLoopKind;
  readonly iterations?: number;
  readonly words?: number;
  readonly memory?: number;
}): Uint8Array {
  const { bytes, view } = newBlock(CPU_LOOP, 0);
  view.setUint32(0x14, KINDS.indexOf(input.kind), true);
  view.setUint32(0x18, input.iterations ?? 0, true);
  view.setUint32(0x1c, input.words ?? 0, true);
  view.setUint32(0x20, input.memory ?? 0, true);
  return bytes;
}

/** Reads a cpu-loop block back. */
export function decodeCpuLoop(bytes: Uint8Array): CpuLoopResult {
  const at = open(bytes, CPU_LOOP);
  return { status: at(0x08), detail: at(0x0c), checksum: at(0x40), iterations: at(0x44) };
}

/**
 * The block for faults (64h bytes); left out or 0: address E0000000h, the case's own sectors,
 * 1,000,000 polls.
 */
export function encodeFaults(input: {
  readonly which: FaultCase;
  readonly address?: number;
  readonly sectors?: number;
  readonly polls?: number;
}): Uint8Array {
  const { bytes, view } = newBlock(FAULTS_PROGRAM, 0);
  view.setUint32(0x14, FAULTS.indexOf(input.which) + 1, true);
  view.setUint32(0x18, input.address ?? 0, true);
  view.setUint32(0x1c, input.sectors ?? 0, true);
  view.setUint32(0x20, input.polls ?? 0, true);
  return bytes;
}

/** Reads a faults block back. */
export function decodeFaults(bytes: Uint8Array): FaultsResult {
  const at = open(bytes, FAULTS_PROGRAM);
  return {
    status: at(0x08), detail: at(0x0c), bmStatus: at(0x40), ataStatus: at(0x44), ataError: at(0x48), polls: at(0x4c),
    pciStatus: at(0x50), firstChanged: at(0x54), changedEnd: at(0x58), value: at(0x5c), recovered: at(0x60) === 1,
  };
}
