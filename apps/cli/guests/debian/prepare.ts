import { createHash, randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isKept, makeFolder, unpackedKernel } from '../../kernels/index.ts';
import { PrivateApt, kernelOf } from './apt.ts';
import type { Candidate } from './apt.ts';
import { writeCpio } from './cpio.ts';
import type { CpioEntry } from './cpio.ts';
import { extractFromPackage, listPackage } from './deb.ts';
import { APPLETS, initScript } from './init.ts';
import { loadOrder, moduleName, readModuleInfo } from './modules.ts';
import type { ModuleInfo } from './modules.ts';
import { ProgramError } from './run.ts';

/** A Linux guest that reads its first disk and says what it read. */
export interface DebianGuest {
  /** Path of the bzImage. */
  readonly kernel: string;
  /** Path of the kernel that is packed in it; null if that could not be unpacked or kept. */
  readonly vmlinux: string | null;
  /** Path of the initramfs (uncompressed cpio). */
  readonly initrd: string;
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
  const whole = async (guest: DebianGuest): Promise<DebianGuest> =>
    options.unpack === false ? guest : withVmlinux(guest, log);
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
  const work = await mkdtemp(join(tmpdir(), 'northbridge-'));
  try {
    return await whole(await make(work, store, log));
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
      initrd: join(dir, 'initrd'),
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

async function make(work: string, store: string, log: (line: string) => void): Promise<DebianGuest> {
  const apt = await PrivateApt.create(work, ARCHITECTURE);
  log(`reading the package lists for ${ARCHITECTURE}`);
  const complaint = await apt.update();
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
 * Files of one package, unpacked as they are asked for: each unpacking reads the whole package, so
 * ask for many at once.
 */
class PackageFiles {
  private readonly deb: string;
  private readonly dir: string;
  private names: string[] | undefined;
  private readonly unpacked = new Set<string>();

  constructor(deb: string, dir: string) {
    this.deb = deb;
    this.dir = dir;
  }

  async list(): Promise<string[]> {
    return this.names ??= await listPackage(this.deb);
  }

  async find(pattern: RegExp): Promise<string> {
    const name = (await this.list()).find((n) => pattern.test(n));
    if (name === undefined)
      throw new ProgramError(`the package ${this.deb.replace(/^.*\//, '')} has no file like ${pattern.source}`, false);
    return name;
  }

  async unpack(names: readonly string[]): Promise<void> {
    const missing = names.filter((n) => !this.unpacked.has(n));
    if (missing.length === 0) return;
    await mkdir(this.dir, { recursive: true });
    await extractFromPackage(this.deb, missing, this.dir);
    for (const name of missing) this.unpacked.add(name);
  }

  async read(name: string): Promise<Uint8Array> {
    await this.unpack([name]);
    return readFile(join(this.dir, name));
  }
}

/**
 * Where the modules and what they may depend on live; one pass over the package unpacks them all.
 */
const LIKELY = new RegExp(
  '/kernel/(drivers/(ata/(ata_piix|libata)|scsi/(s[dr]_mod|scsi_\\w+))|' +
    'block/[^/]+|lib/[^/]+|crypto/cr[^/]+)\\.ko$',
);

async function initramfs(files: PackageFiles, busybox: Uint8Array): Promise<Uint8Array> {
  const all = (await files.list()).filter((n) => n.endsWith('.ko') || n.startsWith('./boot/vmlinuz-'));
  const byName = new Map(all.map((path) => [moduleName(path), path] as const));
  await files.unpack(all.filter((n) => LIKELY.test(n) || n.startsWith('./boot/')));
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
