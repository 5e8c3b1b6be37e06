/** Builds the harness with the host's compiler and runs cases on the host's processor. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeOutcomes, encodeCases } from './record.ts';
import type { Case, Outcome } from './record.ts';

const SOURCE = new URL('harness.c', import.meta.url).pathname;

export class Native {
  private readonly folder: string;
  private readonly program: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.program = join(folder, 'harness');
  }

  /** The harness, or a sentence that says why this host has none. */
  static build(): Native | string {
    if (process.arch !== 'x64' && process.arch !== 'ia32') return `host processor is ${process.arch}`;
    if (process.platform !== 'linux') return `host system is ${process.platform}`;
    const native = new Native(mkdtempSync(join(tmpdir(), 'x86-oracle-')));
    const options = ['-m32', '-O1', '-no-pie', '-fno-pie', '-fno-stack-protector', '-o', native.program, SOURCE];
    const compiled = spawnSync('gcc', options, { encoding: 'utf8' });
    if (compiled.status !== 0) {
      native.remove();
      return `gcc -m32 failed: ${compiled.error?.message ?? compiled.stderr.split('\n')[0]}`;
    }
    return native;
  }

  run(cases: readonly Case[]): Outcome[] {
    const from = join(this.folder, 'cases');
    const to = join(this.folder, 'results');
    writeFileSync(from, encodeCases(cases));
    execFileSync(this.program, [from, to], { timeout: 5_000 });
    return decodeOutcomes(readFileSync(to), cases);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
