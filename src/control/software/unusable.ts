/**
 * Something that a user gave and that cannot be used: one line that says what is wrong, and what
 * to do.
 */
export class UnusableError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UnusableError';
  }
}
