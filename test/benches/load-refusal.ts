import { expect } from 'vitest';
import { LoadError } from '../../src/machine/loader/load-error.ts';

/** The error, of one line, with which a loader refuses. */
export function refusal(run: () => unknown): LoadError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(LoadError);
    expect((error as LoadError).message).not.toContain('\n');
    return error as LoadError;
  }
  throw new Error('it was accepted');
}
