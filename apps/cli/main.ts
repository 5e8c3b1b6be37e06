#!/usr/bin/env node
import { closeSync } from 'node:fs';
import { basename } from 'node:path';
import { isatty } from 'node:tty';
import { northbridge } from './program.ts';
import { reportError, STATUS } from './report-error.ts';

// A reader that has seen enough (`| head`) is no error worth a word.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(STATUS.closedPipe);
  if (error.code === 'EIO' && terminals.includes(1)) process.exit(STATUS.hungUp);
  process.stderr.write(`northbridge: cannot write to standard output: ${error.message}\n`);
  process.exit(STATUS.input);
});
// Each stream's failure is its own: what cannot be told on stderr changes neither the result on
// stdout nor the exit status.
process.stderr.on('error', () => {});
// At its exit Node sets terminals back and aborts if one has gone away; a closed descriptor is left
// alone.
const terminals = [0, 1, 2].filter((fd) => isatty(fd));
process.on('exit', () => {
  for (const fd of terminals) if (!isatty(fd)) closeSync(fd);
});

try {
  // Suites for devices start what they test under the name of another emulator.
  const words = basename(process.argv[1] ?? '').startsWith('qemu-system-') ? ['qtest'] : [];
  const argv = [...process.argv.slice(0, 2), ...words, ...process.argv.slice(2)];
  const program = await northbridge(argv[2]);
  await program.parseAsync(argv);
} catch (error) {
  process.exitCode = reportError(error);
}
