import { signal } from '@preact/signals';

/** The terminal is made for a screen reader, too, which slows it down. */
export const readsAloud = signal(false);
