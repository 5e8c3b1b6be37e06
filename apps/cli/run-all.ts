import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Experiment, GuestKind } from '../../src/control/experiments/experiment.ts';
import { guestsOf } from '../../src/control/experiments/job.ts';
import { writeOutputFile } from './hosts/output-file.ts';
import { InputError, RunError, systemReason } from './input-error.ts';
import { formatSeconds } from './quantities.ts';

const PROGRAM = fileURLToPath(new URL('./main.js', import.meta.url));

interface Ended {
  readonly experiment: string;
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** `compare NAME --json` in a process of its own: what it prints is what a user gets. */
async function compared(experiment: string, guest: GuestKind, several: boolean): Promise<Ended> {
  const begun = performance.now();
  const args = ['compare', experiment, '--json', '--no-wall', '--quiet', ...(several ? ['--guest', guest] : [])];
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '', stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
  const status = await new Promise<number | null>((resolve) => { child.on('close', (code) => resolve(code)); });
  return { experiment, status, stdout, stderr, seconds: (performance.now() - begun) / 1e3 };
}

/**
 * Runs every experiment that has this guest, as many at a time as there are cores, and says in one
 * paragraph each what it found, in the order of the list.
 * @param folder where the JSON of each goes, or null
 * @throws RunError if one failed; InputError if the folder cannot be made
 */
export async function runAll(
  experiments: readonly Experiment[], guest: GuestKind, folder: string | null, print: (text: string) => void,
): Promise<void> {
  if (folder !== null) {
    try {
      mkdirSync(folder, { recursive: true });
    } catch (error) {
      throw new InputError(`cannot make the folder '${folder}': ${systemReason(error)}`);
    }
  }
  const wanted = experiments.filter((e) => guestsOf(e).includes(guest));
  const results = new Map<string, Ended>(), failed: string[] = [];
  const left = wanted.values();
  let told = 0;
  const tell = (): void => {
    for (let r; told < wanted.length && (r = results.get(wanted[told].name)) !== undefined; told++) {
      if (r.status !== 0) failed.push(r.experiment);
      if (folder !== null && r.stdout !== '') writeOutputFile(join(folder, `${r.experiment}.json`), r.stdout, 'result');
      print(paragraph(r));
    }
  };
  const lane = async (): Promise<void> => {
    for (const e of left) {
      results.set(e.name, await compared(e.name, guest, guestsOf(e).length > 1));
      tell();
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, () => lane()));
  if (failed.length > 0)
    throw new RunError(`${failed.length} of ${wanted.length} experiments did not end well: ${failed.join(', ')}`);
  print(`All ${wanted.length} experiments ended well.\n`);
}

function paragraph({ experiment, status, stdout, stderr, seconds }: Ended): string {
  if (status !== 0)
    return `✗ ${experiment}  exit status ${status}\n  ${stderr.trim().replaceAll('\n', '\n  ')}\n\n`;
  const { runs, judgement } = JSON.parse(stdout) as {
    runs: { method: string }[]; judgement: { sentence: string };
  };
  return `✓ ${experiment}  ${runs.map((r) => r.method).join(', ')}; ${formatSeconds(seconds)} of wall time\n` +
    `  ${judgement.sentence.replaceAll('\n', '\n  ')}\n\n`;
}
