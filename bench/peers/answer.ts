import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';

/** How often the newline is typed again: what a machine is sent before it runs is lost in some. */
const AGAIN = 20;

/** A machine that was started from a saved state, until it answered. */
export interface Answer {
  /** Wall time from the start of the process to the prompt that answers a newline. */
  readonly seconds: number;
  readonly output: string;
}

/** Starts a program whose standard input and output are a console. */
export function startConsole(program: string, args: readonly string[]): ChildProcessWithoutNullStreams {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  // A console that is closed while a newline is on its way is no failure of the run.
  child.stdin.on('error', () => {});
  return child;
}

/**
 * Starts a program, types newlines until `prompt` has come, and ends it.
 * @throws Error if it ends by itself or does not answer within `limitSeconds`
 */
export function timeToAnswer(
  program: string, args: readonly string[], prompt: string, limitSeconds = 60,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    let output = '', complaints = '', answer: Answer | null = null;
    const child = startConsole(program, args);
    const typing = setInterval(() => child.stdin.write('\n'), AGAIN);
    const limit = setTimeout(() => child.kill('SIGKILL'), limitSeconds * 1e3);
    child.stdout.setEncoding('latin1').on('data', (text: string) => {
      output += text;
      if (answer !== null || !output.includes(prompt)) return;
      answer = { seconds: (performance.now() - begun) / 1e3, output };
      child.kill('SIGKILL');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => { complaints += text; });
    child.on('error', reject);
    child.on('close', () => {
      clearInterval(typing);
      clearTimeout(limit);
      if (answer !== null) resolve(answer);
      else reject(new Error(`${program} did not answer: ${(complaints || output).trim().slice(-300)}`));
    });
  });
}
