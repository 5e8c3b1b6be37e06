import { CommanderError } from 'commander';
import { GuestFailure } from '../../src/control/failure.ts';
import { InputError, RunError } from './input-error.ts';

/**
 * Exit statuses: 0 all is well; 1 the run ended badly; 2 the input cannot be used; 130 interrupted;
 * 129 the terminal has gone; 141 nobody reads stdout any more.
 */
export const STATUS = { run: 1, input: 2, hungUp: 129, closedPipe: 141 } as const;

/** Tells an error on stderr. @returns the exit status */
export function reportError(error: unknown): number {
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
