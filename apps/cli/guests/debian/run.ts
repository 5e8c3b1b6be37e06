import { spawn } from 'node:child_process';

/**
 * A program that ended badly or could not be started: `message` is one line with its name and its
 * last complaint.
 */
export class ProgramError extends Error {
  /** True if there is no such program on this machine. */
  readonly missing: boolean;

  constructor(message: string, missing: boolean) {
    super(message);
    this.name = 'ProgramError';
    this.missing = missing;
  }
}

/** What a program wrote, and how it ended. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code; 0 is good. */
  readonly code: number;
}

// The output is read by us, so it must not depend on the user's language.
const ENVIRONMENT = { ...process.env, LC_ALL: 'C', LANGUAGE: 'C' };

/** Runs a program to its end. Throws only if it cannot be started. */
export async function run(program: string, args: readonly string[], cwd?: string): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: ENVIRONMENT,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { stderr += text; });
    child.on('error', (error: NodeJS.ErrnoException) => {
      reject(new ProgramError(`${program} cannot be started: ${error.message}`, error.code === 'ENOENT'));
    });
    child.on('close', (code) => { resolve({ stdout, stderr, code: code ?? -1 }); });
  });
}

/** Runs a program and gives its standard output; throws a ProgramError if it ends badly. */
export async function output(program: string, args: readonly string[], cwd?: string): Promise<string> {
  const result = await run(program, args, cwd);
  if (result.code !== 0)
    throw new ProgramError(`${program} ended with ${result.code}: ${lastLine(result.stderr)}`, false);
  return result.stdout;
}

/**
 * Runs `from | to` and gives the second program's standard output; throws a ProgramError if either
 * ends badly.
 */
export async function pipe(from: readonly string[], to: readonly string[]): Promise<string> {
  const start = (command: readonly string[], input: 'ignore' | 'pipe') =>
    spawn(command[0]!, command.slice(1), { env: ENVIRONMENT, stdio: [input, 'pipe', 'pipe'] });
  const source = start(from, 'ignore');
  const sink = start(to, 'pipe');
  let stdout = '';
  sink.stdout!.setEncoding('utf8').on('data', (text: string) => { stdout += text; });
  const ends = [[source, from[0]!] as const, [sink, to[0]!] as const].map(
    ([child, name]) =>
      new Promise<void>((resolve, reject) => {
        let stderr = '';
        child.stderr!.setEncoding('utf8').on('data', (text: string) => {
          stderr += text;
        });
        child.on('error', (error: NodeJS.ErrnoException) => {
          reject(new ProgramError(`${name} cannot be started: ${error.message}`, error.code === 'ENOENT'));
        });
        child.on('close', (code) => {
          if (code === 0) resolve();
          else reject(new ProgramError(`${name} ended with ${code}: ${lastLine(stderr)}`, false));
        });
      }),
  );
  // A broken pipe is the consequence of an end that is reported anyway.
  sink.stdin!.on('error', () => { source.kill(); });
  sink.on('error', () => { source.kill(); });
  source.stdout!.pipe(sink.stdin!);
  try {
    await Promise.all(ends);
  } finally {
    await Promise.allSettled(ends);
  }
  return stdout;
}

/** The last line that is not empty. */
export function lastLine(text: string): string {
  return text.trimEnd().split('\n').pop() ?? '';
}
