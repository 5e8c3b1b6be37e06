import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { northbridge as program } from '../../apps/cli/program.ts';
import { reportError } from '../../apps/cli/report-error.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What `npm run build` made: tests of the command line run what users run. */
export const PROGRAM = join(ROOT, 'dist/apps/cli/main.js');

export interface Result {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command line in a child process, without a terminal. */
export function northbridge(
  args: readonly string[],
  options: { cwd?: string; input?: string; env?: Record<string, string> } = {},
): Result {
  const r = spawnSync(process.execPath, [PROGRAM, ...args], {
    encoding: 'utf8',
    input: options.input ?? '',
    maxBuffer: 2 ** 28,
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { ...process.env, ...options.env },
  });
  return { status: r.status, stdout: r.stdout, stderr: r.stderr };
}

/**
 * What the command line says of words that it refuses: in this process, as a new one takes half a
 * second to start. What gets as far as a machine belongs into `northbridge`.
 */
export async function refusal(args: readonly string[], cwd: string): Promise<Result> {
  const said = { stdout: '', stderr: '' }, before = process.cwd();
  const streams = ['stdout', 'stderr'] as const;
  const writes = streams.map((name) => process[name].write);
  for (const name of streams)
    process[name].write = (text: string | Uint8Array): boolean => {
      said[name] += typeof text === 'string' ? text : Buffer.from(text).toString();
      return true;
    };
  process.chdir(cwd);
  let status = 0;
  try {
    await (await program(args[0])).parseAsync([...args], { from: 'user' });
    status = Number(process.exitCode ?? 0);
  } catch (error) {
    status = reportError(error);
  } finally {
    process.exitCode = undefined;
    process.chdir(before);
    streams.forEach((name, n) => { process[name].write = writes[n]; });
  }
  return { status, ...said };
}

/** A folder for one test file, and its removal. */
export function scratch(): { path: (name: string) => string; folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'northbridge-cli-'));
  return { folder, path: (name) => join(folder, name), remove: () => rmSync(folder, { recursive: true, force: true }) };
}
