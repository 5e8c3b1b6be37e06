import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianFiles } from './debian-files.ts';

/** The names under which syslinux and we call mtools. */
const MTOOLS = ['mformat', 'mcopy', 'mmove', 'mattrib'];

/**
 * A floppy disk of 1.44 MB that starts syslinux with this `syslinux.cfg`, or null with a reason if
 * the tools cannot be had.
 */
export async function syslinuxFloppy(configuration: string): Promise<Uint8Array | null> {
  const architecture = ({ x64: 'amd64', ia32: 'i386' } as Record<string, string>)[process.arch];
  if (architecture === undefined) {
    console.warn(`skipped: Debian has no syslinux for ${process.arch}`);
    return null;
  }
  const syslinux = await debianFiles({ package: 'syslinux', files: ['usr/bin/syslinux'], architecture });
  const mtools = await debianFiles({ package: 'mtools', files: ['usr/bin/mtools'], architecture });
  if (syslinux === null || mtools === null) return null;
  const work = mkdtempSync(join(tmpdir(), 'northbridge-'));
  try {
    const run = (program: string, ...args: string[]): void => {
      execFileSync(join(work, program), args, {
        stdio: 'pipe', cwd: work, env: { ...process.env, PATH: `${work}:${process.env.PATH ?? ''}` },
      });
    };
    for (const [folder, program] of [[syslinux, 'syslinux'], [mtools, 'mtools']] as const) {
      copyFileSync(join(folder, program), join(work, program));
      chmodSync(join(work, program), 0o755);
    }
    for (const name of MTOOLS) symlinkSync('mtools', join(work, name));
    writeFileSync(join(work, 'syslinux.cfg'), configuration);
    writeFileSync(join(work, 'floppy.img'), new Uint8Array(1440 * 1024));
    run('mformat', '-i', 'floppy.img', '-f', '1440', '::');
    run('mcopy', '-i', 'floppy.img', 'syslinux.cfg', '::');
    run('syslinux', '-i', 'floppy.img');
    return readFileSync(join(work, 'floppy.img'));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
