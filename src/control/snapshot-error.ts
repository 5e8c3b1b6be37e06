/** A snapshot that cannot be taken back. The message is one line that says why. */
export class SnapshotError extends Error {
  constructor(reason: string) {
    super(`snapshot: ${reason}`);
    this.name = 'SnapshotError';
  }
}
