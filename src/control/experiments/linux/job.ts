import { GuestFailure } from '../../failure.ts';
import { asciiBytes } from '../../snapshot-blob.ts';
import type { Kit, Software } from '../experiment.ts';
import { writeCpio, type CpioEntry } from './cpio.ts';
import { JOB_APPLETS, jobInit } from './init.ts';

/** A kernel module of the prepared guest. */
export interface LinuxModule {
  /** With underscores, as the kernel knows it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Modules beside those of the prepared guest's own archive. */
export interface LinuxModules {
  /**
   * The modules of these names with all that they depend on, each after what it depends on.
   * @throws Error in one line for one that is not there
   */
  inOrder(names: readonly string[]): readonly LinuxModule[];
}

/** What a Linux guest is to do. */
export interface LinuxJob {
  /** Shell commands; `jobInit` tells which functions they may call. Its end is the job's end. */
  readonly script: string;
  /**
   * Modules to load before the script, each with its parameters behind a blank:
   * `snd-sb16 port=0x220 irq=5`. What they depend on is loaded by itself.
   */
  readonly modules?: readonly string[];
  /** Modules that are put into /modules and not loaded, with what they depend on. */
  readonly modulesToLoadLater?: readonly string[];
  /** Shell variables of the script. */
  readonly parameters?: Readonly<Record<string, string | number>>;
  /** Programs of ours that are put into /bin: folders of `guest/linux`. */
  readonly programs?: readonly string[];
  /** Further files by path, without a leading `/`; their folders are made. */
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** The same, for programs and what they load. */
  readonly executables?: Readonly<Record<string, Uint8Array>>;
  /** What is added to the kernel's command line. */
  readonly append?: string;
}

/**
 * A job for the prepared Linux guest, as the software of a trial. The guest's own archive stays as
 * it is; a second one behind it brings another /init (Documentation/driver-api/early-userspace/
 * buffer-format.rst: archives are unpacked one after the other).
 * @throws GuestFailure if the host has prepared no guest, or a module is missing
 */
export function linuxJob(kit: Kit, job: LinuxJob): Software {
  const { linux } = kit;
  if (linux === null) throw new GuestFailure('the host has not prepared Debian', []);
  const append = `${linux.append} ${job.append ?? ''}`.trimEnd();
  const initrd = joined(linux.initrd, archive(kit, job));
  return { guest: 'debian', boot: { kind: 'linux', ...linux, initrd, append } };
}

/** The job's own archive. */
function archive(kit: Kit, job: LinuxJob): Uint8Array {
  const parameters = new Map((job.modules ?? []).map((text) => {
    const [, name = '', rest = ''] = /^(\S+)\s*(.*)$/.exec(text) ?? [];
    return [kernelName(name), rest];
  }));
  const loaded = modulesOf(kit, [...parameters.keys()]);
  const more = modulesOf(kit, (job.modulesToLoadLater ?? []).map(kernelName))
    .filter((m) => loaded.every((l) => l.name !== m.name));
  const variables = Object.fromEntries(Object.entries(job.parameters ?? {}).map(([k, v]) => [checked(k), quoted(v)]));
  const init = jobInit(
    loaded.map(({ name }) => ({ name, parameters: parameters.get(name) ?? '' })), variables, job.script,
  );
  const file = (path: string, bytes: Uint8Array, mode: number): CpioEntry => ({ path, kind: 'file', bytes, mode });
  const further = [
    ...Object.entries(job.files ?? {}).map(([path, bytes]) => file(path, bytes, 0o644)),
    ...Object.entries(job.executables ?? {}).map(([path, bytes]) => file(path, bytes, 0o755)),
  ];
  return writeCpio([
    file('init', asciiBytes(init), 0o755),
    ...JOB_APPLETS.map((a): CpioEntry => ({ path: `bin/${a}`, kind: 'link', target: 'busybox' })),
    ...[...loaded, ...more].map((m) => file(`modules/${m.name}.ko`, m.bytes, 0o644)),
    ...(job.programs ?? []).map((name) => file(`bin/${name}`, kit.guestImage(`linux/${name}`), 0o755)),
    ...foldersOf(further), ...further,
  ]);
}

/** Folders that the guest's own archive has. */
const FOLDERS_THERE: readonly string[] = ['bin', 'modules'];

/** The folders that files need, each after the one that it is in. */
function foldersOf(files: readonly CpioEntry[]): CpioEntry[] {
  const folders = new Set<string>();
  for (const { path } of files) {
    const names = path.split('/').slice(0, -1);
    names.forEach((_, n) => folders.add(names.slice(0, n + 1).join('/')));
  }
  return [...folders].filter((path) => !FOLDERS_THERE.includes(path))
    .map((path) => ({ path, kind: 'folder', mode: 0o755 }));
}

function modulesOf(kit: Kit, names: readonly string[]): readonly LinuxModule[] {
  if (names.length === 0) return [];
  const modules = kit.linuxModules ?? null;
  if (modules === null)
    throw new GuestFailure(
      `the job needs modules of the prepared kernel (${names.join(', ')}), and the host has none for this kernel`, [],
    );
  try {
    return modules.inOrder(names);
  } catch (error) {
    throw new GuestFailure((error as Error).message, []);
  }
}

/** With underscores: a file may be called snd-pcm.ko, the module is snd_pcm. */
function kernelName(name: string): string {
  return name.replaceAll('-', '_');
}

function checked(name: string): string {
  if (!/^[A-Za-z_]\w*$/.test(name)) throw new Error(`'${name}' is no name of a shell variable`);
  return name;
}

function quoted(value: string | number): string {
  return String(value).replaceAll('\'', '\'\\\'\'');
}

/** Archives begin at multiples of 4. */
function joined(first: Uint8Array | undefined, second: Uint8Array): Uint8Array {
  if (first === undefined) return second;
  const at = Math.ceil(first.length / 4) * 4;
  const both = new Uint8Array(at + second.length);
  both.set(first);
  both.set(second, at);
  return both;
}
