/**
 * The guest did not do its job. The message is one line; `lastLines` are the last lines that it
 * wrote.
 */
export class GuestFailure extends Error {
  override readonly name = 'GuestFailure';
  readonly lastLines: readonly string[];

  constructor(message: string, lastLines: readonly string[]) {
    super(message);
    this.lastLines = lastLines;
  }
}
