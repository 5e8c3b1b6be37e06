import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheFolder } from '../../apps/cli/cache/folder.ts';
import { keptFiles, NoPackageError, type WantedFiles } from '../../apps/cli/guests/debian/kept-files.ts';
import type { Bios, BootDevice } from '../../src/machine/firmware/bios.ts';

/** A file of a Debian package, or null with the reason in `console.warn` if it cannot be had. */
export async function debianFile(name: string, path: string): Promise<Uint8Array | null> {
  const folder = await debianFiles({ package: name, files: [path] });
  return folder === null ? null : new Uint8Array(readFileSync(join(folder, basename(path))));
}

/** The folder with files of a package by their base names, or null as above. */
export async function debianFiles(wanted: WantedFiles): Promise<string | null> {
  try {
    return await keptFiles(wanted, cacheFolder(), () => {});
  } catch (error) {
    if (!(error instanceof NoPackageError)) throw error;
    console.warn(`skipped: ${error.message}`);
    return null;
  }
}

/** Debian's SeaBIOS with its video BIOS, or null. */
export async function seabios(boot: readonly BootDevice[], onLog: (byte: number) => void): Promise<Bios | null> {
  const image = await debianFile('seabios', 'usr/share/seabios/bios.bin');
  const videoRom = await debianFile('seabios', 'usr/share/seabios/vgabios-stdvga.bin');
  return image === null || videoRom === null ? null : { image, videoRom, boot, onLog };
}
