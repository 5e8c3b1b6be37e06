/**
 * One measurement in a process of its own: nothing that an earlier one compiled or cached is there.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/**
 * Runs a program of this folder under `node` and gives the JSON value that is the last line of its
 * standard output. Its standard error goes to ours.
 * @throws Error if it ends badly
 */
export async function runChild<T>(node: string, program: string, args: readonly string[]): Promise<T> {
  const path = fileURLToPath(new URL(program, import.meta.url));
  return new Promise((resolve, reject) => {
    const child = spawn(node, [path, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => { text += part; });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const what = `${program.replace(/^\.\//, '')} ${args.join(' ')}`;
      if (code !== 0) {
        reject(new Error(`${what} ended with ${code ?? signal}`));
        return;
      }
      try {
        resolve(JSON.parse(text.trimEnd().split('\n').pop() ?? '') as T);
      } catch {
        reject(new Error(`${what} printed no result`));
      }
    });
  });
}
