/** A saved state of QEMU: the stream of a migration, in a file. */
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startConsole } from './answer.ts';
import { QEMU_PROGRAM, qemuArguments, type QemuRunOptions } from './qemu.ts';

const LIMIT_SECONDS = 120;

/** Boots to `prompt` and saves the state to `file`, which may hold no quotes. */
export async function saveQemu(options: QemuRunOptions, prompt: string, file: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'northbridge-bench-'));
  const monitor = join(folder, 'monitor');
  const child = startConsole(QEMU_PROGRAM, [
    ...qemuArguments({ ...options, more: [...options.more ?? [], '-monitor', `unix:${monitor},server,nowait`] }),
  ]);
  const until = performance.now() + LIMIT_SECONDS * 1e3;
  try {
    let output = '', failed = false;
    child.stdout.setEncoding('latin1').on('data', (text: string) => { output += text; });
    child.on('error', () => { failed = true; });
    while (!output.includes(prompt)) {
      if (failed || child.exitCode !== null || performance.now() > until)
        throw new Error(`QEMU came to no prompt: ${output.slice(-300)}`);
      await setTimeout(50);
    }
    const socket = connect(monitor);
    let answers = '';
    socket.setEncoding('latin1').on('data', (text: string) => { answers += text; });
    socket.on('error', () => {});
    socket.write(`migrate "exec:cat > '${file}'"\n`);
    while (!answers.includes('completed')) {
      if (answers.includes('failed') || performance.now() > until) throw new Error(`QEMU saved no state: ${answers}`);
      await setTimeout(100);
      socket.write('info migrate\n');
    }
    socket.destroy();
  } finally {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
}

/** QEMU's command line that goes on from `file`. */
export function fromQemuState(options: QemuRunOptions, file: string): string[] {
  return [...qemuArguments(options), '-incoming', `exec:cat '${file}'`];
}
