import type { Parameter } from '../../sim/parameter.ts';
import type { BoardDefinition } from '../definition.ts';
import { pc } from './pc/pc.ts';

/** The boards that can be built. */
export const BOARDS: readonly BoardDefinition[] = [pc as unknown as BoardDefinition];

export function findBoard(name: string): BoardDefinition | null {
  return BOARDS.find((b) => b.name === name) ?? null;
}

/**
 * The option rows of a board, of which command-line options, form fields and JSON keys are made.
 * `decided` are those that whoever builds the machine sets itself, such as `ram`.
 */
export function boardOptionRows(
  definition: BoardDefinition, decided: readonly string[] = [],
): Readonly<Record<string, Parameter>> {
  return Object.fromEntries(Object.entries(definition.options).filter(([name]) => !decided.includes(name)));
}
