/**
 * What a guest asked for that the processor says it lacks: noted each time, and kept for whoever
 * wonders why a run ended in a triple fault.
 */
import { VECTOR } from './fault.ts';
import type { X86 } from './x86.ts';

export interface Refusal {
  /** #GP or #UD. */
  readonly vector: number;
  /** What was asked for, as the object of a sentence. */
  readonly asked: string;
}

/** Bits of CR4 (SDM vol. 3, 2.5) that some processor has. */
const CR4_NAMES: readonly (readonly [bit: number, name: string])[] = [
  [0, 'VME'], [1, 'PVI'], [5, 'PAE'], [6, 'MCE'], [10, 'OSXMMEXCPT'], [11, 'UMIP'], [12, 'LA57'], [13, 'VMXE'],
  [14, 'SMXE'], [16, 'FSGSBASE'], [17, 'PCIDE'], [18, 'OSXSAVE'], [20, 'SMEP'], [21, 'SMAP'], [22, 'PKE'],
];

/** Model-specific registers that kernels ask for first (SDM vol. 4). */
const MSR_NAMES: ReadonlyMap<number, string> = new Map([
  [0x1b, 'local APIC base'], [0x3a, 'feature control'], [0x48, 'speculation control'], [0x179, 'machine check'],
  [0x17a, 'machine check'], [0x17b, 'machine check'], [0x1a0, 'miscellaneous features'], [0x400, 'machine check'],
  [0xc0000080, 'EFER: long mode, no-execute'], [0xc0000081, 'SYSCALL'], [0xc0000100, 'base of FS'],
  [0xc0000101, 'base of GS'],
]);

/** Names of the bits of `refused`, for example `PAE`, or `bit 30`. */
export function cr4Names(refused: number): string {
  const names: string[] = [];
  for (let bit = 0; bit < 32; bit++)
    if (((refused >>> bit) & 1) !== 0) names.push(CR4_NAMES.find(([n]) => n === bit)?.[1] ?? `bit ${bit}`);
  return names.join(', ');
}

/** `1Bh (local APIC base)`. */
export function msrName(number: number): string {
  const known = MSR_NAMES.get(number);
  return `${number.toString(16).toUpperCase()}h${known === undefined ? '' : ` (${known})`}`;
}

/** The refusal in a sentence about the exception that it was. */
export function describeRefusal({ vector, asked }: Refusal): string {
  return `the last #${vector === VECTOR.UD ? 'UD' : 'GP'} was ${asked}, which this processor lacks`;
}

/** Notes what was asked for and raises #GP(0) or #UD. */
export function refuse(x: X86, vector: number, asked: string): never {
  x.env.note('lacking', `${asked}, which this processor lacks`);
  x.boundary.refused({ vector, asked });
  if (vector === VECTOR.UD) x.raise(VECTOR.UD);
  x.protection();
}
