import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isKept, makeFolder, unpackedKernel } from '../../kernels/index.ts';
import { writeCpio, type CpioEntry } from '../../../../src/control/experiments/linux/cpio.ts';
import { PrivateApt, kernelOf } from './apt.ts';
import type { Candidate } from './apt.ts';
import { APPLETS, initScript } from './init.ts';
import { isJobModules, jobModulesBeside, keepJobModules } from './job-modules.ts';
import { loadOrder, readModuleInfo } from './modules.ts';
import type { ModuleInfo } from './modules.ts';
import { PackageFiles } from './package-files.ts';
import { ProgramError } from './run.ts';

/** A Linux guest that reads its first disk and says what it read. */
export interface DebianGuest {
  /** Path of the bzImage. */
  readonly kernel: string;
  /** Path of the kernel that is packed in it; null if that could not be unpacked or kept. */
  readonly vmlinux: string | null;
  /** Path of the initramfs (uncompressed cpio). */
  readonly initrd: string;
  /** Path of its kernel's further modules, for jobs (a cpio archive); null if not asked for. */
  readonly modules: string | null;
  /** Kernel command line; add `nb.bytes=N`, and `libata.dma=0` for PIO. */
  readonly append: string;
  /** Package versions, for reports: `linux-image-… 6.1.x, busybox-static …`. */
  readonly version: string;
}

export interface PrepareOptions {
  /** Folder that the guest is kept in; made if missing. Default: `defaultCacheDir()`. */
  readonly cacheDir?: string;
  /** Gets one line for each step that takes time. */
  readonly log?: (line: string) => void;
  /** Look for newer packages even if a guest is already there. */
  readonly refresh?: boolean;
  /** `false`: do not unpack the kernel; whoever enters it does. `vmlinux` is then null. */
  readonly unpack?: boolean;
  /**
   * Have the modules for jobs, too: a guest that was made without them gets them now.
   * `if-possible`: and if they cannot be had, that is told, and the guest is given without.
   */
  readonly modules?: boolean | 'if-possible';
}

/** Why there is no guest; the message is one line and says what to do. */
export class NoDebianGuestError extends Error {
  constructor(why: string) {
    super(`cannot prepare the Debian guest: ${why}; give a kernel and an initramfs with --kernel and --initrd`);
    this.name = 'NoDebianGuestError';
  }
}

const ARCHITECTURE = 'i386';
const KERNEL = 'linux-image-686';
const BUSYBOX = 'busybox-static';
/** What sda on a PIIX needs; the two checksum drivers spare the kernel a search for them. */
const MODULES = ['ata_piix', 'sd_mod'];
const MODULES_IF_THERE = ['crct10dif_generic', 'crc64_rocksoft_generic'];

/**
 * Kernel options. io_delay=none: the kernel's delay is a write to port 80h, which is where the
 * guest's marks go. cryptomgr.notests: no self-tests of ciphers that nobody uses. nokaslr: the same
 * addresses in every kernel. noisapnp: no search for ISA Plug and Play cards, half a second of
 * delays. panic=-1: a panic ends the run in place of hanging.
 */
export const KERNEL_OPTIONS = 'console=ttyS0,115200 cryptomgr.notests io_delay=none nokaslr noisapnp panic=-1';

/** The folder that prepared guests are kept in unless told otherwise. */
export function defaultCacheDir(): string {
  const cache = process.env['XDG_CACHE_HOME'];
  return join(cache !== undefined && cache !== '' ? cache : join(homedir(), '.cache'), 'northbridge');
}

/**
 * Gives the Debian guest: from the cache if one is there, else made from the packages that this
 * machine's own package sources offer for i386. Nothing is installed and the machine's package
 * configuration is not changed.
 * @throws NoDebianGuestError where there is no such package client or no such package
 */
export async function prepareDebianGuest(options: PrepareOptions = {}): Promise<DebianGuest> {
  const log = options.log ?? (() => undefined);
  const whole = async (guest: DebianGuest): Promise<DebianGuest> => {
    const more = await withModulesWhere(options.modules ?? false, guest, log);
    return options.unpack === false ? more : withVmlinux(more, log);
  };
  const store = join(options.cacheDir ?? defaultCacheDir(), 'debian-guest');
  if (options.refresh !== true) {
    const kept = await newestKept(store);
    if (kept !== undefined) return await whole(kept);
  }
  // Before anything is downloaded.
  try {
    makeFolder(store);
  } catch (error) {
    throw new NoDebianGuestError(
      `its folder ${store} cannot be made (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    );
  }
  return await whole(await withApt(async (apt, work) => make(apt, work, store, log), log));
}

/** Does something with the machine's package client and a folder. @throws NoDebianGuestError */
async function withApt<T>(
  act: (apt: AptLists, work: string) => Promise<T>, log: (line: string) => void,
): Promise<T> {
  const work = await mkdtemp(join(tmpdir(), 'northbridge-'));
  try {
    const apt = await PrivateApt.create(work, ARCHITECTURE);
    log(`reading the package lists for ${ARCHITECTURE}`);
    return await act({ apt, complaint: await apt.update() }, work);
  } catch (error) {
    if (error instanceof ProgramError && error.missing) {
      throw new NoDebianGuestError(
        'this machine has no apt-get, apt-cache, dpkg-deb or tar, so it is no Debian system',
      );
    }
    if (error instanceof ProgramError) throw new NoDebianGuestError(error.message);
    throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The package client with its lists read, and what it said against them. */
interface AptLists {
  readonly apt: PrivateApt;
  readonly complaint: string;
}

/** A guest made by another recipe than today's is not the same guest. */
export function recipeMark(): string {
  return createHash('sha256')
    .update(initScript(['*']) + APPLETS.join() + MODULES.join() + MODULES_IF_THERE.join())
    .digest('hex')
    .slice(0, 12);
}

async function newestKept(store: string): Promise<DebianGuest | undefined> {
  const names = await readdir(store).catch(() => [] as string[]);
  let newest: { guest: DebianGuest; time: number } | undefined;
  for (const name of names.filter((n) => n.endsWith(`-${recipeMark()}`))) {
    const guest = await readKept(join(store, name));
    const time = (await stat(join(store, name))).mtimeMs;
    if (guest !== undefined && (newest === undefined || time > newest.time)) newest = { guest, time };
  }
  return newest?.guest;
}

async function readKept(dir: string): Promise<DebianGuest | undefined> {
  try {
    return {
      kernel: join(dir, 'vmlinuz'), vmlinux: null,
      initrd: join(dir, 'initrd'), modules: null,
      append: KERNEL_OPTIONS,
      version: (await readFile(join(dir, 'version'), 'utf8')).trim(),
    };
  } catch {
    return undefined;
  }
}

/** Where the unpacked form of a guest's kernel is kept. */
export function vmlinuxBeside(kernel: string): string {
  return join(dirname(kernel), 'vmlinux');
}

/**
 * The guest with its kernel unpacked beside it; guests that were made before that was kept have
 * none yet. Whether it is sound is for whoever reads it: a damaged one is made anew then.
 */
async function withVmlinux(guest: DebianGuest, log: (line: string) => void): Promise<DebianGuest> {
  const vmlinux = vmlinuxBeside(guest.kernel);
  if (await isKept(vmlinux)) return { ...guest, vmlinux };
  log('unpacking the kernel');
  try {
    const found = await unpackedKernel(await readFile(guest.kernel), vmlinux);
    return { ...guest, vmlinux: found.vmlinux !== null && found.kept ? vmlinux : null };
  } catch {
    return guest;
  }
}

async function withModulesWhere(
  wanted: NonNullable<PrepareOptions['modules']>, guest: DebianGuest, log: (line: string) => void,
): Promise<DebianGuest> {
  if (wanted === false) return guest;
  try {
    return await withModules(guest, log);
  } catch (error) {
    if (wanted !== 'if-possible' || !(error instanceof NoDebianGuestError)) throw error;
    log(error.message);
    return guest;
  }
}

/**
 * The guest with the modules for jobs beside it; one that was made before they were kept, or with
 * another list of them, gets them from the package that its kernel is of.
 */
async function withModules(guest: DebianGuest, log: (line: string) => void): Promise<DebianGuest> {
  const folder = dirname(guest.kernel), modules = jobModulesBeside(guest.kernel);
  if (await isJobModules(modules)) return { ...guest, modules };
  const [, name = '', version = ''] = /^(\S+) ([^\s,]+)/.exec(guest.version) ?? [];
  await withApt(async ({ apt, complaint }, work) => {
    log(`downloading ${name} ${version} for its further modules`);
    const file = await apt.download({ name, version }).catch((error: unknown) => {
      throw new NoDebianGuestError(
        `its further modules are missing, and ${name} ${version} cannot be downloaded ` +
          `(${complaint === '' ? (error as Error).message : complaint}); ` +
          'northbridge guest prepare debian --refresh makes a guest of what there is now',
      );
    });
    await keepJobModules(new PackageFiles(file, join(work, 'kernel')), folder);
  }, log);
  return { ...guest, modules };
}

async function make(
  { apt, complaint }: AptLists, work: string, store: string, log: (line: string) => void,
): Promise<DebianGuest> {
  const meta = await apt.show(KERNEL);
  const kernelName = meta === undefined ? undefined : kernelOf(meta.get('Depends') ?? '');
  const kernel = kernelName === undefined ? undefined : await candidate(apt, kernelName);
  const busybox = await candidate(apt, BUSYBOX);
  if (kernel === undefined || busybox === undefined) {
    const missing = kernel === undefined ? KERNEL : BUSYBOX;
    throw new NoDebianGuestError(
      `this machine's package sources have no ${missing} for ` +
        `${ARCHITECTURE}${complaint === '' ? '' : ` (${complaint})`}`,
    );
  }

  const version = `${kernel.name} ${kernel.version}, ${busybox.name} ${busybox.version}`;
  const key = `${kernel.name}_${kernel.version}_${busybox.version}`.replace(/[^A-Za-z0-9._+-]/g, '_');
  const place = join(store, `${key}-${recipeMark()}`);
  const kept = await readKept(place);
  if (kept !== undefined) return kept;

  log(`downloading ${version}`);
  const kernelFile = await apt.download(kernel);
  const busyboxFile = await apt.download(busybox);
  log('unpacking and making the initramfs');
  const files = new PackageFiles(kernelFile, join(work, 'kernel'));
  const image = await files.find(/^\.\/boot\/vmlinuz-/);
  const busyboxFiles = new PackageFiles(busyboxFile, join(work, 'busybox'));
  const initrd = await initramfs(files, await busyboxFiles.read(await busyboxFiles.find(/^\.\/(usr\/)?bin\/busybox$/)));

  const fresh = join(store, `.new-${randomBytes(6).toString('hex')}`);
  await mkdir(fresh, { recursive: true });
  try {
    await writeFile(join(fresh, 'vmlinuz'), await files.read(image));
    await writeFile(join(fresh, 'initrd'), initrd);
    await writeFile(join(fresh, 'version'), `${version}\n`);
    await keepJobModules(files, fresh);
    // One rename makes it visible; if another process was quicker, its result is the same as ours.
    await rename(fresh, place).catch(async (error: unknown) => {
      if (await readKept(place) === undefined) throw error;
    });
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return (await readKept(place))!;
}

async function candidate(apt: PrivateApt, name: string): Promise<Candidate | undefined> {
  const version = (await apt.show(name))?.get('Version');
  return version === undefined ? undefined : { name, version };
}

/**
 * Where the modules and what they may depend on live; one pass over the package unpacks them all.
 */
const LIKELY = new RegExp(
  '/kernel/(drivers/(ata/(ata_piix|libata)|scsi/(s[dr]_mod|scsi_\\w+))|' +
    'block/[^/]+|lib/[^/]+|crypto/cr[^/]+|fs/(ext4|jbd2|mbcache)[^ ]*)\\.ko$',
);

async function initramfs(files: PackageFiles, busybox: Uint8Array): Promise<Uint8Array> {
  const byName = await files.modules();
  await files.unpack((await files.list()).filter((n) => LIKELY.test(n) || n.startsWith('./boot/vmlinuz-')));
  const contents = new Map<string, Uint8Array>();
  const info = async (name: string): Promise<ModuleInfo> => {
    const path = byName.get(name);
    if (path === undefined) throw new ProgramError(`the kernel package has no module ${name}`, false);
    const bytes = await files.read(path);
    contents.set(name, bytes);
    return readModuleInfo(path, bytes);
  };
  const order = await loadOrder([...MODULES_IF_THERE.filter((m) => byName.has(m)), ...MODULES], info);

  const folder = (path: string): CpioEntry => ({ path, kind: 'folder', mode: 0o755 });
  const entries: CpioEntry[] = [
    ...['bin', 'dev', 'modules', 'proc', 'sys', 'tmp'].map(folder),
    { path: 'dev/console', kind: 'character', mode: 0o600, major: 5, minor: 1 },
    { path: 'bin/busybox', kind: 'file', bytes: busybox, mode: 0o755 },
    ...APPLETS.map((a): CpioEntry => ({ path: `bin/${a}`, kind: 'link', target: 'busybox' })),
    ...order.map((m): CpioEntry => ({ path: `modules/${m}.ko`, kind: 'file', bytes: contents.get(m)!, mode: 0o644 })),
    {
      path: 'init', kind: 'file',
      bytes: new TextEncoder().encode(initScript(order.map((m) => `${m}.ko`))),
      mode: 0o755,
    },
  ];
  return writeCpio(entries);
}
