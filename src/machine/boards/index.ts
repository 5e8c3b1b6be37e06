import type { BoardDefinition } from '../definition.ts';
import { pc } from './pc.ts';

/** The boards that can be built. */
export const BOARDS: readonly BoardDefinition[] = [pc as unknown as BoardDefinition];

export function findBoard(name: string): BoardDefinition | null {
  return BOARDS.find((b) => b.name === name) ?? null;
}
