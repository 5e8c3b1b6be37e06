import { Command } from 'commander';
import { EXPERIMENTS } from '../../src/control/experiments/index.ts';
import type { Experiment } from '../../src/control/experiments/experiment.ts';
import { cacheCommand } from './commands/cache.ts';
import { compareCommand } from './commands/compare.ts';
import { completionCommand } from './commands/completion.ts';
import { deviceCommand } from './commands/device.ts';
import { guestCommand } from './commands/guest.ts';
import { experimentsCommand } from './commands/experiments.ts';
import { boardsCommand } from './commands/lists.ts';
import { runCommand } from './commands/run.ts';
import { testCommand } from './commands/test.ts';
import { traceCommand } from './commands/trace.ts';
import { VERSION } from './package-info.ts';

const EXAMPLES = `
Examples:
  northbridge compare disk-read
        the same read by polled PIO, by interrupt-driven PIO and by DMA
  northbridge compare disk-read --guest debian
        the same question put to Debian's own kernel and driver
  northbridge compare disk-read --methods dma --mode mwdma0 --bytes 1MiB --trace dma.trace
        one method, with every bus transaction in a file
  northbridge trace dma.trace --chain
        from the command that started a transfer to the return of the interrupt's handler
  northbridge run pc --kernel vmlinuz --initrd initrd --append 'console=ttyS0,115200' --disk disk.img
        a machine with its serial console on the terminal (Ctrl-A x leaves)

Exit status: 0 all is well, 1 the run ended badly, 2 the input cannot be used.`;

/** `northbridge compare disk-read` */
function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}

/** The command line, with these experiments. */
export function northbridge(experiments: readonly Experiment[] = EXPERIMENTS): Command {
  const program = new Command('northbridge')
    .description('A computer that you can open: watch data move between processor, memory and devices.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', EXAMPLES);
  const commands = [
    compareCommand(experiments), runCommand(), testCommand(), traceCommand(), boardsCommand(), deviceCommand(),
    experimentsCommand(experiments), guestCommand(), cacheCommand(), completionCommand(),
  ];
  for (const command of commands) program.addCommand(command);
  // Errors of the command line itself are InputErrors in all but name: one line, status 2.
  const settle = (command: Command): void => {
    // What stands behind a command with commands is theirs to judge.
    command.exitOverride().allowExcessArguments(command.commands.length > 0);
    command.showHelpAfterError(false).showSuggestionAfterError(true);
    const help = `${pathOf(command)} --help`;
    command.configureOutput({
      outputError: (text, write) =>
        write(
          `northbridge: ${text
            .replace(/^error: /, '')
            .trim()
            .replace(/\s*\n\s*/g, ' ')
            .replace(/ \(Did you mean (?:one of )?(.+)\?\)$/, "; did you mean '$1'?")
            .replace(/\.$/, '')}; see ${help}\n`,
        ),
    });
    command.commands.forEach(settle);
  };
  settle(program);
  return program;
}
