/** Compiles and runs the generator of x87 vectors on the host. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SEED = '20240229';
const SOURCE = new URL('vectors.c', import.meta.url).pathname;

export interface HostVectors {
  /** Records as `vectors.c` describes them. */
  readonly stream: Uint8Array;
  /** Why there are none; empty if there are. */
  readonly reason: string;
}

/** Output of the generator; `scale` multiplies the number of vectors. */
export function hostVectors(scale: number): HostVectors {
  const none = (reason: string): HostVectors => ({ stream: new Uint8Array(0), reason });
  if (process.arch !== 'x64') return none('host is not x86-64');
  const directory = mkdtempSync(join(tmpdir(), 'x87-'));
  try {
    const program = join(directory, 'vectors');
    const compiler = spawnSync('gcc', ['-O1', '-o', program, SOURCE]);
    if (compiler.error !== undefined) return none('no gcc');
    if (compiler.status !== 0) return none(`gcc failed: ${String(compiler.stderr).split('\n')[0]}`);
    const run = spawnSync(program, [SEED, String(scale)], { maxBuffer: 1 << 28 });
    if (run.status === 3) return none('host forbids executable memory');
    if (run.error !== undefined) return none(`the generator does not run here: ${run.error.message}`);
    if (run.status !== 0) return none(`the generator ends with status ${run.status}, signal ${run.signal}`);
    return { stream: run.stdout, reason: '' };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
