import { Argument, Command, Option } from 'commander';
import { FAULTS } from '../../../src/machine/faults/rows.ts';
import { knownWord } from '../suggest.ts';

/** `northbridge faults [fault]` */
export function faultsCommand(): Command {
  return new Command('faults')
    .description('List what can be faulty in a machine, for --fault: what the hardware does, and what software sees')
    .addArgument(new Argument('[fault]', 'one of them'))
    .addOption(new Option('--json', 'print one JSON object in place of the text'))
    .addHelpText(
      'after', '\nExamples:\n  northbridge compare disk-read --methods dma --fault dma-corrupt,rate=1e-4\n' +
        '  northbridge run pc --kernel vmlinuz --fault irq-lost,of=ide,seed=7,from=5s --fault drive-late',
    )
    .action((name: string | undefined, { json = false }: { json?: boolean }) => {
      const names = name === undefined ? Object.keys(FAULTS) : [knownWord(name, Object.keys(FAULTS), 'fault')];
      process.stdout.write(json ? asJson(names) : names.map(asText).join('\n'));
    });
}

function asText(name: string): string {
  const { does, seen, parameters } = FAULTS[name];
  const rows = Object.entries(parameters).map(([key, p]) => [`${key}=${p.format(p.default)}`, p.doc] as const);
  const width = Math.max(...rows.map(([setting]) => setting.length));
  return `${name}  ${does}\n      seen as: ${seen}\n` +
    rows.map(([setting, doc]) => `      ${setting.padEnd(width)}  ${doc}\n`).join('');
}

function asJson(names: readonly string[]): string {
  return `${JSON.stringify({
    schema: 'northbridge-faults/1',
    faults: names.map((name) => {
      const { does, seen, parameters } = FAULTS[name];
      return {
        name, does, seen,
        parameters: Object.entries(parameters).map(([key, p]) => ({
          name: key, default: p.format(p.default), doc: p.doc,
        })),
      };
    }),
  }, null, 2)}\n`;
}
