import { signal } from '@preact/signals';

/**
 * Which of the side's panels is in front: `inspect`, `screen`, `own`,
 * `lesson`, or a lesson: `lesson/…`.
 */
export const side = signal('inspect');

/** The panel's first word. */
export function tabOf(name: string): string {
  return name.split('/', 1)[0] as string;
}
