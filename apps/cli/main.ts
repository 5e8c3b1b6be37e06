#!/usr/bin/env node
import { CommanderError } from 'commander';
import { GuestFailure } from '../../src/control/experiments/disk-read.ts';
import { InputError, RunError } from './input-error.ts';
import { northbridge } from './program.ts';

/**
 * Exit statuses: 0 all is well; 1 the run ended badly; 2 the input cannot be used; 130 interrupted;
 * 141 nobody reads stdout any more.
 */
const STATUS = { run: 1, input: 2, closedPipe: 141 } as const;

// A reader that has seen enough (`| head`) is no error worth a word.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(STATUS.closedPipe);
  process.stderr.write(`northbridge: cannot write to standard output: ${error.message}\n`);
  process.exit(STATUS.input);
});
process.stderr.on('error', () => process.exit(STATUS.closedPipe));

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
