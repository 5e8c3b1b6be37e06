import { Command, type Option } from 'commander';
import type { Experiment } from '../../src/control/experiments/experiment.ts';
import { InputError } from './input-error.ts';
import { knownWord } from './suggest.ts';

/**
 * A command with one below it for each experiment. Options may stand before the experiment's name,
 * too.
 */
export function perExperiment(
  command: Command, experiments: readonly Experiment[], make: (e: Experiment) => Command,
): Command {
  command
    .usage('<experiment> [options]')
    .argument('<experiment>', `the job: ${experiments.map((e) => e.name).join(', ')}`)
    .allowUnknownOption();
  for (const e of experiments) command.addCommand(make(e));
  return command.action(async (_first: string, _options, self: Command) => {
    const names = experiments.map((e) => e.name), { args } = self;
    const at = firstOperand(args, names, self.commands.flatMap((c) => c.options));
    if (at < 0) throw new InputError(`which experiment? (known: ${names.join(', ')})`);
    const name = knownWord(args[at], names, 'experiment');
    const own = self.commands.find((c) => c.name() === name) as Command;
    await own.parseAsync([...args.slice(0, at), ...args.slice(at + 1)], { from: 'user' });
  });
}

/**
 * Where the first word stands that is neither an option nor the value of one, or -1. An option that
 * nobody knows has the next word as its value, unless that is one of `names`.
 */
function firstOperand(args: readonly string[], names: readonly string[], known: readonly Option[]): number {
  for (let at = 0; at < args.length; at++) {
    if (!args[at].startsWith('-')) return at;
    const option = known.find((o) => o.long === args[at]);
    if (option?.required ?? (!args[at].includes('=') && !names.includes(args[at + 1] ?? ''))) at++;
  }
  return -1;
}
