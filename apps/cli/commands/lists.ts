import { Argument, Command, Option } from 'commander';
import type { BoardDefinition } from '../../../src/machine/definition.ts';
import { BOARDS, SHOWN_RAM, shownBoard } from '../boards.ts';
import { formatSize } from '../quantities.ts';
import { boardListing, boardSummary } from '../reports/board.ts';
import { knownWord } from '../suggest.ts';

/** `northbridge boards [board]` */
export function boardsCommand(): Command {
  return new Command('boards')
    .description('List the machines that can be built, or show one: chips, maps, lines, slots, options')
    .addArgument(new Argument('[board]', 'a machine to show'))
    .addOption(new Option('--json', 'print one JSON object in place of the text'))
    .action((name: string | undefined, { json = false }: { json?: boolean }) => {
      process.stdout.write(name === undefined ? listBoards(json) : showBoard(name, json));
    });
}

function listBoards(json: boolean): string {
  if (!json) return BOARDS.map((b) => boardSummary(shownBoard(b))).join('\n');
  const boards = BOARDS.map(({ name, summary }) => ({ name, summary }));
  return `${JSON.stringify({ schema: 'northbridge-boards/1', boards }, null, 2)}\n`;
}

function showBoard(name: string, json: boolean): string {
  const known = knownWord(name, BOARDS.map((b) => b.name), 'board');
  const shown = shownBoard(BOARDS.find((b) => b.name === known) as BoardDefinition);
  return json ? `${JSON.stringify(shown, null, 2)}\n` : boardListing(shown, formatSize(SHOWN_RAM));
}
