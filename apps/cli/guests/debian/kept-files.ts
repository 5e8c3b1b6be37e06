import { randomBytes } from 'node:crypto';
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { PrivateApt } from './apt.ts';
import { PackageFiles } from './package-files.ts';
import { ProgramError } from './run.ts';

/** Why the files of a package are not there; one line. */
export class NoPackageError extends Error {
  constructor(name: string, why: string) {
    super(`cannot get the package ${name}: ${why}`);
    this.name = 'NoPackageError';
  }
}

/** Files of a package that are wanted. */
export interface WantedFiles {
  readonly package: string;
  /** Paths as the package has them, from the root: `usr/share/seabios/bios.bin`. */
  readonly files: readonly string[];
  /** Debian's name of the architecture; i386 if left out, which also offers those of `all`. */
  readonly architecture?: string;
}

/**
 * Files of a Debian package by their base names: those that are kept in `cacheDir`, or else the
 * package that this machine's own sources offer is fetched and unpacked there. Nothing is
 * installed, and no script of the package runs. Returns the folder.
 * @throws NoPackageError
 */
export async function keptFiles(
  { package: name, files, architecture = 'i386' }: WantedFiles, cacheDir: string, log: (line: string) => void,
): Promise<string> {
  const store = join(cacheDir, 'packages');
  const kept = await newest(store, name, files);
  if (kept !== null) return kept;
  const work = await mkdtemp(join(tmpdir(), 'northbridge-'));
  try {
    return await fetched(name, files, architecture, store, work, log);
  } catch (error) {
    if (error instanceof ProgramError && error.missing)
      throw new NoPackageError(name, 'this machine has no apt-get, apt-cache, dpkg-deb or tar');
    if (error instanceof ProgramError) throw new NoPackageError(name, error.message);
    const code = (error as NodeJS.ErrnoException).code;
    throw code === undefined ? error : new NoPackageError(name, `its folder in ${store} cannot be made (${code})`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The folder that was made last and has all the files, or null. */
async function newest(store: string, name: string, files: readonly string[]): Promise<string | null> {
  const folders = (await readdir(store).catch(() => [])).filter((folder) => folder.startsWith(`${name}_`));
  let best: string | null = null, time = -Infinity;
  for (const folder of folders) {
    const path = join(store, folder);
    const whole = await Promise.all(files.map(async (f) => stat(join(path, basename(f))).catch(() => null)));
    const made = (await stat(path)).mtimeMs;
    if (whole.every((s) => s !== null) && made > time) [best, time] = [path, made];
  }
  return best;
}

async function fetched(
  name: string, files: readonly string[], architecture: string, store: string, work: string,
  log: (line: string) => void,
): Promise<string> {
  await mkdir(store, { recursive: true });
  const apt = await PrivateApt.create(work, architecture);
  log(`reading the package lists for ${architecture}`);
  const complaint = await apt.update();
  const version = (await apt.show(name))?.get('Version');
  if (version === undefined)
    throw new NoPackageError(name, complaint || "this machine's package sources have no such package");
  log(`downloading ${name} ${version}`);
  const unpacked = new PackageFiles(await apt.download({ name, version }), join(work, 'unpacked'));
  await unpacked.unpack(files.map((f) => `./${f}`));
  const fresh = join(store, `.new-${randomBytes(6).toString('hex')}`);
  await mkdir(fresh);
  for (const f of files) await copyFile(join(work, 'unpacked', f), join(fresh, basename(f)));
  const place = join(store, `${name}_${version}_${randomBytes(3).toString('hex')}`.replace(/[^A-Za-z0-9._+-]/g, '_'));
  await rename(fresh, place);
  return place;
}
