#!/usr/bin/env node
import { closeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { CommanderError } from 'commander';
import { GuestFailure } from '../../src/control/failure.ts';
import { InputError, RunError } from './input-error.ts';
import { northbridge } from './program.ts';

/**
 * Exit statuses: 0 all is well; 1 the run ended badly; 2 the input cannot be used; 130 interrupted;
 * 129 the terminal has gone; 141 nobody reads stdout any more.
 */
const STATUS = { run: 1, input: 2, hungUp: 129, closedPipe: 141 } as const;

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
  await northbridge().parseAsync(process.argv);
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : STATUS.input; // commander has said it
  if (error instanceof InputError) {
    process.stderr.write(`northbridge: ${error.message}\n`);
    return STATUS.input;
  }
  if (error instanceof GuestFailure) {
    process.stderr.write(`northbridge: ${error.message}\n`);
    for (const line of error.lastLines) process.stderr.write(`  console: ${line}\n`);
    return STATUS.run;
  }
  if (error instanceof RunError) {
    process.stderr.write(`northbridge: ${error.message}\n`);
    return STATUS.run;
  }
  process.stderr.write(
    `northbridge: this should not happen, please report it: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return STATUS.run;
}
