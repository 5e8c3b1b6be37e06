import { signal } from '@preact/signals';

/** The figures take the place of machine and timeline. */
export const tall = signal(false);
