import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianFiles } from './debian-files.ts';

/** Parts that grub-mkimage makes every core image for a PC with. */
const PARTS = ['kernel.img', 'lzma_decompress.img', 'moddep.lst'];

/** An image format of grub-mkimage, and what is to be in the image. */
export interface GrubFormat {
  readonly name: string;
  /** Where GRUB looks for `grub.cfg`. */
  readonly prefix: string;
  /** With all that they need. */
  readonly modules: readonly string[];
}

/** What a medium is made of. */
export interface GrubWork {
  readonly core: Uint8Array;
  /** A folder of one's own until the medium is made. */
  readonly work: string;
  /** A boot program of Debian's grub-pc-bin. */
  part(name: string): Uint8Array;
}

/**
 * A medium with GRUB, made by `make` of Debian's parts, or null with a reason in `console.warn` if
 * they or the tools cannot be had.
 *
 * @param boot the boot programs that `make`, or the format, needs
 */
export async function grubImage(
  format: GrubFormat, boot: readonly string[], make: (work: GrubWork) => Uint8Array,
): Promise<Uint8Array | null> {
  const architecture = ({ x64: 'amd64', arm64: 'arm64', ia32: 'i386' } as Record<string, string>)[process.arch];
  const files = [...PARTS, ...boot, ...format.modules.map((name) => `${name}.mod`)];
  const grub = await debianFiles({
    package: 'grub-pc-bin', files: files.map((name) => `usr/lib/grub/i386-pc/${name}`),
  });
  const tools = architecture === undefined ? null
    : await debianFiles({ package: 'grub-common', files: ['usr/bin/grub-mkimage'], architecture });
  if (grub === null || tools === null) return null;
  const work = mkdtempSync(join(tmpdir(), 'northbridge-'));
  try {
    const part = (name: string): Uint8Array => readFileSync(join(grub, name));
    return make({ core: coreImage(format, tools, grub, work), work, part });
  } catch (error) {
    // A tool or one of its libraries is not on this machine; what it says about it is the reason.
    const { code, status, stderr } = error as { code?: string; status?: number; stderr?: Buffer };
    if (code !== 'ENOENT' && status !== 127) throw error;
    console.warn(`skipped: ${(stderr?.toString().trim() ?? '') || (error as Error).message}`);
    return null;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function coreImage({ name, prefix, modules }: GrubFormat, tools: string, grub: string, work: string): Uint8Array {
  const program = join(work, 'grub-mkimage'), core = join(work, 'core.img');
  copyFileSync(join(tools, 'grub-mkimage'), program);
  chmodSync(program, 0o755);
  execFileSync(program, ['-O', name, '-d', grub, '-o', core, '-p', prefix, ...modules], { stdio: 'pipe' });
  return readFileSync(core);
}
