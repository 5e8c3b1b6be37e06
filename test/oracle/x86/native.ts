/** Builds the harness with the host's compiler and runs cases on the host's processor. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeOutcomes, encodeCases, MODE } from './record.ts';
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
    if (process.arch !== 'x64') return `host processor is ${process.arch}`;
    if (process.platform !== 'linux') return `host system is ${process.platform}`;
    const native = new Native(mkdtempSync(join(tmpdir(), 'x86-oracle-')));
    const options = ['-O1', '-no-pie', '-fno-pie', '-fno-stack-protector', '-o', native.program, SOURCE];
    const compiled = spawnSync('gcc', options, { encoding: 'utf8' });
    const reason =
      compiled.status !== 0 ? `gcc failed: ${compiled.error?.message ?? compiled.stderr.split('\n')[0]}` : native.probe();
    if (reason === '') return native;
    native.remove();
    return reason;
  }

  /** Runs INC EAX in a 32-bit and in a 16-bit segment; why this host cannot, or an empty string. */
  private probe(): string {
    const one = (mode: number): Case => ({
      code: Uint8Array.of(0x40), mode, regs: new Uint32Array(8), flags: 0x202, seed: 0, pokes: [], ignore: 0,
    });
    try {
      const [wide, narrow] = this.run([one(MODE.FLAT), one(MODE.CODE16)]);
      return wide.regs[0] === 1 && narrow.regs[0] === 1 ? '' : 'the harness runs no 32-bit code here';
    } catch (error) {
      return `the harness does not run here: ${(error instanceof Error ? error.message : String(error)).split('\n')[0]}`;
    }
  }

  run(cases: readonly Case[]): Outcome[] {
    const from = join(this.folder, 'cases');
    const to = join(this.folder, 'results');
    writeFileSync(from, encodeCases(cases));
    execFileSync(this.program, [from, to], { stdio: 'pipe' });
    return decodeOutcomes(readFileSync(to), cases);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
