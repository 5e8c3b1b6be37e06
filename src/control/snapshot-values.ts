import { SnapshotError } from './snapshot-error.ts';

/**
 * Values of a snapshot's structure, which is what some program wrote: each is of its type, or the
 * file is refused. `what` is for the message.
 */
export function object(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SnapshotError(`damaged: ${what} is missing`);
  return value as Record<string, unknown>;
}

export function list(value: unknown, what: string): unknown[] {
  if (!Array.isArray(value)) throw new SnapshotError(`damaged: ${what} are missing`);
  return value;
}

export function text(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new SnapshotError(`damaged: ${what} is no text`);
  return value;
}

export function count(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw new SnapshotError(`damaged: ${what} is no number`);
  return value;
}
