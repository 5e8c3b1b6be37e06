import { Command } from 'commander';
import type { Experiment } from '../../src/control/experiments/experiment.ts';
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

/** The list of experiments, given or the package's own. */
type List = () => Promise<readonly Experiment[]>;

/**
 * The commands in the order of the help. Each is loaded when it is wanted: a command does not wait
 * for what others need.
 */
const COMMANDS: Readonly<Record<string, (experiments: List) => Promise<Command>>> = {
  compare: async (experiments) => (await import('./commands/compare.ts')).compareCommand(await experiments()),
  sweep: async (experiments) => (await import('./commands/sweep.ts')).sweepCommand(await experiments()),
  plot: async () => (await import('./commands/plot.ts')).plotCommand(),
  worker: async () => (await import('./commands/worker.ts')).workerCommand(),
  run: async () => (await import('./commands/run.ts')).runCommand(),
  test: async () => (await import('./commands/test.ts')).testCommand(),
  qtest: async () => (await import('./commands/qtest.ts')).qtestCommand(),
  trace: async () => (await import('./commands/trace.ts')).traceCommand(),
  look: async (experiments) => (await import('./commands/look.ts')).lookCommand(await experiments()),
  boards: async () => (await import('./commands/lists.ts')).boardsCommand(),
  device: async () => (await import('./commands/device.ts')).deviceCommand(),
  experiments: async (experiments) =>
    (await import('./commands/experiments.ts')).experimentsCommand(await experiments()),
  faults: async () => (await import('./commands/faults.ts')).faultsCommand(),
  guest: async () => (await import('./commands/guest.ts')).guestCommand(),
  cache: async () => (await import('./commands/cache.ts')).cacheCommand(),
  completion: async () => (await import('./commands/completion.ts')).completionCommand(),
};

/**
 * The command line.
 * @param word the first word behind the program's name: if it is a command, only that is loaded
 * @param experiments those of the package if left out
 */
export async function northbridge(word?: string, experiments?: readonly Experiment[]): Promise<Command> {
  const program = new Command('northbridge')
    .description('A computer that you can open: watch data move between processor, memory and devices.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText('after', EXAMPLES);
  const list: List = async () =>
    experiments ?? (await import('../../src/control/experiments/index.ts')).EXPERIMENTS;
  // Completion describes all.
  const alone = word !== undefined && word !== 'completion' && Object.hasOwn(COMMANDS, word);
  const wanted = alone ? [word] : word === '--version' || word === '-V' ? [] : Object.keys(COMMANDS);
  for (const name of wanted) program.addCommand(await COMMANDS[name](list));
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
