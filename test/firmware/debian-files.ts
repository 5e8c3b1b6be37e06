import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheFolder } from '../../apps/cli/cache/folder.ts';
import { keptFiles, NoPackageError } from '../../apps/cli/guests/debian/kept-files.ts';
import type { Bios, BootDevice } from '../../src/machine/firmware/bios.ts';

/** A file of a Debian package, or null with the reason in `console.warn` if it cannot be had. */
export async function debianFile(name: string, path: string): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(readFileSync(join(await keptFiles({ package: name, files: [path] }, cacheFolder(), () => {}),
      basename(path))));
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
