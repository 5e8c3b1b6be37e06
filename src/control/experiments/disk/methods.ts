/** The ways in which our own programs move a disk's bytes. */
import type { DiskReadMethod } from '../disk-read/block.ts';
import type { JobOf } from '../experiment.ts';
import { TRANSFER_MODES } from './transfer-mode.ts';

/** What the guest program does in a method of an experiment. */
export interface DiskMethod {
  readonly name: string;
  /** What disk-read and disk-write call it. */
  readonly program: DiskReadMethod;
  /** The transfer mode that the method is named for; '' for the fastest, or the one asked for. */
  readonly mode: string;
  /** Sectors of a DRQ block, 0: the program's own (16), `multcount`: the parameter. */
  readonly block: number | 'multcount';
  /** Not one of those that are compared where nobody names methods. */
  readonly further: boolean;
}

function pio(name: string, program: DiskReadMethod, block: DiskMethod['block'], further: boolean): DiskMethod {
  return { name, program, mode: '', block, further };
}

/** All methods, those first that are compared by default. */
export const DISK_METHODS: readonly DiskMethod[] = [
  pio('pio-polled', 'pio-polled', 0, false),
  pio('pio-irq', 'pio-irq', 0, false),
  { name: 'dma', program: 'dma', mode: '', block: 0, further: false },
  pio('pio-ax', 'pio-ax', 0, true),
  pio('pio-single', 'pio-irq', 1, true),
  pio('pio-multiple', 'pio-irq', 'multcount', true),
  ...TRANSFER_MODES.filter((m) => m.kind !== 'pio').map((m): DiskMethod => ({
    name: m.name, program: 'dma', mode: m.name, block: 0, further: true,
  })),
];

/** The variants of an experiment with these methods. */
export const DISK_VARIANTS = DISK_METHODS.map(({ name, program, further }) => ({
  method: name, guest: 'bare', boards: ['pc'], further, carriers: [program === 'dma' ? 'device' : 'processor'],
}) as const);

/** The method of that name, which is one of them. */
export function diskMethod(name: string): DiskMethod {
  return DISK_METHODS.find((m) => m.name === name) as DiskMethod;
}

/** Sectors of a DRQ block, for the program's block: 0 is its own. */
export function blockSectors(method: string, multcount: number): number {
  const { block } = diskMethod(method);
  return block === 'multcount' ? multcount : block;
}

/** The south bridge that a method needs where the user did not choose one. */
export function bridgeFor(method: string, job: JobOf): { ide?: string } {
  return method.startsWith('udma') && !job.given.has('ide') ? { ide: 'piix4' } : {};
}
