import type { Machine } from './machine.ts';

/** Executes one µop; `next` is already set to the following one. */
export type Step = (m: Machine) => void;
