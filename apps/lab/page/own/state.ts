/** What the user has brought, and what is to be done with it. Nothing of it is remembered. */
import { computed, signal } from '@preact/signals';
import { wrap, type Remote } from 'comlink';
import type { FileRole } from '../../../../src/control/software/own-files.ts';
import type { MachinePlan } from '../../protocol/machine.ts';
import type { OwnCard } from '../../protocol/own.ts';
import type { LabWorker } from '../../protocol/worker.ts';
import { openMachines } from '../state/actions.ts';

/** Parts of the panel. */
export const PARTS = ['software', 'terminal', 'device'] as const;
export const part = signal<(typeof PARTS)[number]>('software');

/** A file of the user's for each role. */
export const files = signal<Readonly<Partial<Record<FileRole, File>>>>({});
/** Why files were refused, a line each. */
export const refusals = signal<readonly string[]>([]);
/** Files are being looked at. */
export const looking = signal(false);
/** Command line; '': the usual one. */
export const append = signal('');
/** Board options as texts. */
export const texts = signal<Readonly<Record<string, string>>>({});
export const cards = signal<readonly OwnCard[]>([]);
/** Keep the trace; off for a Linux unless the user says so. */
export const record = signal<boolean | null>(null);
export const recorded = computed(() => record.value ?? files.value.kernel === undefined);
/** A device of the user's own is put into the machine. */
export const withDevice = signal(false);

let clerk: Remote<LabWorker> | null = null;

/** A worker without a machine that tells what files are. */
export function askClerk(): Remote<LabWorker> {
  clerk ??= wrap<LabWorker>(
    new Worker(new URL(WORKER_FILE, document.baseURI), { type: 'module', name: 'files' }),
  );
  return clerk;
}

/**
 * Takes files that were dropped or chosen: each to its role, with a line about each that has none.
 */
export async function take(given: readonly File[]): Promise<void> {
  if (given.length === 0) return;
  looking.value = true;
  try {
    const looks = await askClerk().own.look([...given]);
    const kept: Partial<Record<FileRole, File>> = { ...files.value };
    looks.forEach(({ role }, n) => {
      if (role === null) return;
      kept[role] = given[n] as File;
      // One thing runs.
      if (role === 'kernel') delete kept.program;
      if (role === 'program') for (const linux of ['kernel', 'vmlinux', 'initrd'] as const) delete kept[linux];
    });
    files.value = kept;
    refusals.value = looks.flatMap(({ refusal }) => (refusal === '' ? [] : [refusal]));
  } catch (error) {
    refusals.value = [error instanceof Error ? error.message : String(error)];
  } finally {
    looking.value = false;
  }
}

/** Takes a file away. */
export function drop(role: FileRole): void {
  const { [role]: _, ...rest } = files.value;
  files.value = rest;
}

/** The machine that the user asks for. */
export function ownPlan(): MachinePlan {
  const { kernel, program, vmlinux, initrd, disk } = files.value;
  return {
    experiment: '', method: 'own', guest: 'bare', texts: texts.value,
    own: {
      kernel: kernel ?? program ?? null, guest: '', vmlinux: vmlinux ?? null, initrd: initrd ?? null,
      append: append.value, disk: disk ?? null, cards: cards.value, device: null, record: recorded.value,
    },
  };
}

/** Builds the machine and lets it run; what is wrong is told by the pane. */
export async function run(): Promise<void> {
  await openMachines([ownPlan()], Infinity);
}
