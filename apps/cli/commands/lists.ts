import { Argument, Command } from 'commander';
import type { Board } from '../../../src/machine/board.ts';
import { PcMachine } from '../../../src/machine/pc-machine.ts';
import { BOARDS } from '../boards.ts';
import { knownWord } from '../suggest.ts';

/** `northbridge boards [board]` */
export function boardsCommand(): Command {
  return new Command('boards')
    .description('List the machines that can be built, or show one: its chips, maps and interrupt lines')
    .addArgument(new Argument('[board]', 'a machine to show'))
    .action((name?: string) => {
      if (name === undefined) {
        for (const b of BOARDS)
          process.stdout.write(`${b.name}  ${b.summary}\n${b.parts.map((p) => `      ${p}\n`).join('')}`);
        return;
      }
      knownWord(name, BOARDS.map((b) => b.name), 'board');
      const machine = new PcMachine({
        ramBytes: 16 * 2 ** 20,
        disk: null, ide: 'piix3',
        onSerial: () => {},
        onPost: () => {},
      });
      process.stdout.write(describeBoard(machine.board));
    });
}

/** The recorded graph of a board as text: what the machine really is, not a description of it. */
function describeBoard(board: Board): string {
  const parts = [`components: ${board.components.map((c) => c.name).join(', ')}\n`];
  for (const space of board.spaces) {
    const rows = space.mapped.filter((r) => r.enabled).sort((a, b) => a.base - b.base)
      .map((r) => [`  ${hex(r.base, space.bits)}-${hex(r.base + r.size - 1, space.bits)}`, r.name]);
    if (rows.length > 0)
      parts.push(`${space.name}, ${space.bits} bits, after reset (with 16 MiB of RAM):\n${leftTable(rows)}`);
  }
  parts.push(`interrupt lines:\n${leftTable(board.wires.map((w) => [`  ${w.line.name}`, `→ ${w.to}`]))}`);
  parts.push(`bus masters: ${board.initiators.map((i) => i.port.name).join(', ')}\n`);
  return parts.join('\n');
}

function hex(n: number, bits: number): string {
  return n.toString(16).padStart(bits / 4, '0');
}

/** Two columns, both left. */
function leftTable(rows: readonly (readonly string[])[]): string {
  const width = Math.max(0, ...rows.map(([a]) => a.length));
  return rows.map(([a, b]) => `${a.padEnd(width)}  ${b}\n`).join('');
}
