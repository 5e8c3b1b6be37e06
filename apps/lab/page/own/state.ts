/** What the user has brought, and what is to be done with it. Nothing of it is remembered. */
import { computed, signal } from '@preact/signals';
import type { FileRole } from '../../../../src/control/software/own-files.ts';
import type { MachinePlan } from '../../protocol/machine.ts';
import type { OwnCard, OwnDevice, OwnForm } from '../../protocol/own.ts';
import { openMachines } from '../state/actions.ts';
import { clerk } from '../state/desk.ts';
import { messageOf } from '../state/message-of.ts';
import { ADDER } from './adder.ts';

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
/** There is a display card among them. */
export const withScreen = computed(() => cards.value.some(({ kind }) => kind === 'vga'));
/** Keep the trace; off for a Linux unless the user says so. */
export const record = signal<boolean | null>(null);
export const recorded = computed(() => record.value ?? files.value.kernel === undefined);
export const runnable = computed(() => files.value.kernel !== undefined || files.value.program !== undefined);
/** Text of the user's own device. It is kept whatever becomes of the machine. */
export const deviceSource = signal(ADDER);
export const deviceSlot = signal('');
/** The device is put into the machine with the user's own software. */
export const withDevice = signal(false);
const deviceFile = signal('device.ts');

/** What the machine can be given; null: not asked yet. */
export const form = signal<OwnForm | null>(null);

/**
 * Takes files that were dropped or chosen: each to its role, with a line about each that has none.
 */
export async function take(given: readonly File[]): Promise<void> {
  if (given.length === 0) return;
  looking.value = true;
  try {
    const looks = await clerk.ask((w) => w.own.look([...given]));
    const kept: Partial<Record<FileRole, File>> = { ...files.value };
    looks.forEach(({ role }, n) => {
      if (role === null || role === 'device') return;
      kept[role] = given[n] as File;
      // One thing runs.
      if (role === 'kernel') delete kept.program;
      if (role === 'program') for (const linux of ['kernel', 'vmlinux', 'initrd'] as const) delete kept[linux];
    });
    files.value = kept;
    form.value ??= await clerk.ask((w) => w.own.form());
    const device = given[looks.findLastIndex(({ role }) => role === 'device')];
    if (device !== undefined) await takeDevice(device);
    refusals.value = looks.flatMap(({ refusal }) => (refusal === '' ? [] : [refusal]));
  } catch (error) {
    refusals.value = [messageOf(error)];
  } finally {
    looking.value = false;
  }
}

async function takeDevice(file: File): Promise<void> {
  deviceSource.value = await file.text();
  deviceFile.value = file.name;
  withDevice.value = true;
  part.value = 'device';
}

/** Takes a file away. */
export function drop(role: FileRole): void {
  const { [role]: _, ...rest } = files.value;
  files.value = rest;
}

/** Types an option of the board; an empty text is as if nothing was typed. */
export function type(name: string, text: string): void {
  const { [name]: _, ...rest } = texts.value, given = text.trim();
  texts.value = given === '' ? rest : { ...rest, [name]: given };
}

/** Puts a display card into the first free slot, or takes it out. */
export function putScreen(on: boolean): void {
  const others = cards.value.filter(({ kind }) => kind !== 'vga');
  cards.value = on ? [...others, { kind: 'vga', slot: '', texts: {} }] : others;
}

/** The machine that the user asks for. */
function ownPlan(): MachinePlan {
  const { kernel, program, vmlinux, initrd, disk, cd } = files.value;
  return {
    experiment: '', method: 'own', guest: 'bare', texts: texts.value,
    own: {
      kernel: kernel ?? program ?? null, guest: '', vmlinux: vmlinux ?? null, initrd: initrd ?? null,
      append: append.value, disk: disk ?? null, cd: cd ?? null, cards: cards.value,
      device: withDevice.value ? ownDevice() : null, record: recorded.value,
    },
  };
}

function ownDevice(): OwnDevice {
  return { file: deviceFile.value, source: deviceSource.value, slot: deviceSlot.value };
}

/** A program of ours with the user's device. */
export async function runWithProgram(): Promise<void> {
  const nothing = { kernel: null, vmlinux: null, initrd: null, append: '', disk: null, cd: null, cards: [] };
  await openMachines([{
    experiment: '', method: 'own', guest: 'bare', texts: {},
    own: { ...nothing, guest: 'own-device', device: ownDevice(), record: true },
  }], Infinity);
}

/** Builds the machine and lets it run; what is wrong is told by the pane. */
export async function run(): Promise<void> {
  await openMachines([ownPlan()], Infinity);
}
