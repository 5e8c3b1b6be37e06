import type { Command } from 'commander';
import { LINUX_OPTIONS } from '../../src/control/experiments/form.ts';
import { BOARDS, boardOptionRows, findBoard } from '../../src/machine/boards/index.ts';
import type { BoardDefinition } from '../../src/machine/definition.ts';
import { addParameterOptions, parameterValues } from './parameter-options.ts';

/** Set by the commands themselves: memory is --memory. */
const DECIDED = ['ram'] as const;

/**
 * Adds the options of a board; of every board, for a command whose argument names the board.
 * @param without further options that have no meaning for the command
 */
export function addBoardOptions(
  command: Command, name: string | null = null, without: readonly string[] = [],
): Command {
  for (const board of BOARDS.filter((b) => name === null || b.name === name))
    addParameterOptions(
      command, boardOptionRows(board, [...DECIDED, ...without]), `Board ${board.name}:`, LINUX_OPTIONS,
    );
  return command;
}

/** The board's options as the command line gives them. @throws InputError */
export function boardOptionValues(board: string, options: object): Record<string, unknown> {
  const rows = boardOptionRows(findBoard(board) as BoardDefinition, DECIDED);
  return parameterValues(rows, options as Readonly<Record<string, unknown>>).values;
}
