import { createHash, randomBytes } from 'node:crypto';
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readCpio, writeCpio } from '../../../../src/control/experiments/linux/cpio.ts';
import type { LinuxModule, LinuxModules } from '../../../../src/control/experiments/linux/job.ts';
import { loadOrder, moduleName, readModuleInfo, type ModuleInfo } from './modules.ts';
import type { PackageFiles } from './package-files.ts';
import { ProgramError } from './run.ts';

/** Modules that jobs may ask for; what they depend on comes with them. */
const JOB_MODULES = [
  'ata_piix', 'ata_generic', 'sd_mod', 'sr_mod', 'isofs', 'sg', 'floppy',
  'snd_sb16', 'snd_pcm_oss', 'snd_mixer_oss',
  'ne2k_pci', '8139too', '8139cp', 'e1000', 'pktgen',
  'parport_pc', 'ppdev', 'lp', 'uio_pci_generic', 'msr', 'ext4', 'crc32c_generic',
  'bochs',
];
/** As of the prepared guest: they spare the kernel a search. */
const JOB_MODULES_IF_THERE = ['crct10dif_generic', 'crc64_rocksoft_generic'];
const VERSION = 1;

/** Where the modules for jobs are kept: beside the kernel, by the list that they are made from. */
export function jobModulesBeside(kernel: string): string {
  const list = [VERSION, ...JOB_MODULES, ...JOB_MODULES_IF_THERE].join();
  return join(dirname(kernel), `modules-${createHash('sha256').update(list).digest('hex').slice(0, 12)}.cpio`);
}

/** Whether modules are kept at `path`. */
export async function isJobModules(path: string): Promise<boolean> {
  return stat(path).then((s) => s.isFile(), () => false);
}

/**
 * Keeps the modules of a kernel's package in the folder of its guest: one archive, in load order.
 */
export async function keepJobModules(files: PackageFiles, folder: string): Promise<void> {
  const byName = await files.modules();
  const pathOf = (name: string): string => {
    const path = byName.get(name);
    if (path === undefined) throw new ProgramError(`the kernel package has no module ${name}`, false);
    return path;
  };
  // Each unpacking reads the whole package: so what is likely to be needed at once.
  await files.unpack([...byName.values()].filter((path) => LIKELY.test(path)));
  const contents = new Map<string, Uint8Array>();
  const roots = [...JOB_MODULES_IF_THERE.filter((m) => byName.has(m)), ...JOB_MODULES];
  const order = await loadOrder(roots, async (name) => {
    const bytes = await files.read(pathOf(name));
    contents.set(name, bytes);
    return readModuleInfo(name, bytes);
  });
  const archive = writeCpio(
    order.map((m) => ({ path: `${m}.ko`, kind: 'file', bytes: contents.get(m) as Uint8Array, mode: 0o644 })),
  );
  const fresh = join(folder, `.new-${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(fresh, archive, { flag: 'wx' });
    await rename(fresh, jobModulesBeside(join(folder, 'vmlinuz')));
  } finally {
    await rm(fresh, { force: true });
  }
}

const LIKELY = new RegExp(
  '/kernel/(drivers/(ata|block|net/ethernet/(8390|realtek|intel/e1000)|parport|uio)/[^/]+|' +
    'drivers/(net/mii|scsi/(s[dgr]_mod|sg|scsi_\\w+)|(char|cdrom)/[^/]+)|fs/isofs/[^/]+|' +
    'sound/(core|isa|drivers)/.*|sound/soundcore|' +
    'block/[^/]+|lib/[^/]+|crypto/cr[^/]+|net/core/[^/]+|arch/x86/kernel/[^/]+|' +
    'drivers/gpu/drm/([^/]+|tiny/bochs|ttm/ttm)|drivers/video/fbdev/core/[^/]+)\\.ko$',
);

/**
 * The modules that are kept at `path`.
 * @throws Error in one line if that is no whole archive of modules
 */
export async function readJobModules(path: string): Promise<LinuxModules> {
  const modules = new Map<string, { module: LinuxModule; info: ModuleInfo }>();
  for (const { path: file, bytes } of readCpio(await readFile(path))) {
    const name = moduleName(file);
    modules.set(name, { module: { name, bytes }, info: readModuleInfo(file, bytes) });
  }
  return { inOrder: (names) => ordered(modules, names) };
}

/** Each after what it depends on, otherwise as they were asked for. */
function ordered(
  modules: ReadonlyMap<string, { module: LinuxModule; info: ModuleInfo }>, names: readonly string[],
): LinuxModule[] {
  const order = new Set<LinuxModule>();
  // The archive was made from an order, so nothing depends on itself.
  const need = (name: string): void => {
    const found = modules.get(name);
    if (found === undefined)
      throw new Error(`the prepared guest has no module ${name} (it has ${[...modules.keys()].sort().join(', ')})`);
    if (order.has(found.module)) return;
    found.info.depends.forEach(need);
    order.add(found.module);
  };
  names.map(moduleName).forEach(need);
  return [...order];
}
