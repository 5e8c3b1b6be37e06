import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { extractFromPackage, listPackage } from './deb.ts';
import { moduleName } from './modules.ts';
import { ProgramError } from './run.ts';

/**
 * Files of one package, unpacked as they are asked for: each unpacking reads the whole package, so
 * ask for many at once.
 */
export class PackageFiles {
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

  /** Paths of the kernel modules in it, by the names that the kernel knows them by. */
  async modules(): Promise<ReadonlyMap<string, string>> {
    return new Map((await this.list()).filter((n) => n.endsWith('.ko')).map((path) => [moduleName(path), path]));
  }

  async read(name: string): Promise<Uint8Array> {
    await this.unpack([name]);
    return readFile(join(this.dir, name));
  }
}
