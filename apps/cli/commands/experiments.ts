import { Command } from 'commander';
import type { Experiment, GuestKind } from '../../../src/control/experiments/experiment.ts';
import { IN_WORDS, STATEMENTS, statementsShown } from '../../../src/control/experiments/statements.ts';
import { InputError } from '../input-error.ts';
import { knownWord } from '../suggest.ts';

interface Options {
  statements?: boolean;
  json?: boolean;
  run?: boolean;
  guest: string;
  out?: string;
}

/** `northbridge experiments` */
export function experimentsCommand(experiments: readonly Experiment[]): Command {
  return new Command('experiments')
    .description('List the experiments for `compare`, and what they show')
    .option('--statements', 'which statements about DMA and memory-mapped I/O are shown by which experiment')
    .option('--json', 'print one JSON object')
    .option('--run', 'run all with their default parameters and say what each found')
    .option('--guest <guest>', 'with --run: bare or debian', 'bare')
    .option('--out <folder>', 'with --run: write the JSON of each to FOLDER/NAME.json')
    .action(async (options: Options) => {
      if (options.run === true) {
        const guest = knownWord(options.guest, ['bare', 'debian'], 'guest') as GuestKind;
        const { runAll } = await import('../run-all.ts');
        await runAll(experiments, guest, options.out ?? null, (text) => process.stdout.write(text));
        return;
      }
      if (options.out !== undefined) throw new InputError('--out is for experiments --run');
      const text = options.statements === true ? statements(experiments) : list(experiments);
      const json = options.statements === true ? statementsJson(experiments) : listJson(experiments);
      process.stdout.write(options.json === true ? `${JSON.stringify(json, null, 2)}\n` : text);
    });
}

/** Methods by guest. */
function methods(e: Experiment): Record<string, string[]> {
  const out: Record<string, string[]> = {};
  for (const v of e.variants) (out[v.guest] ??= []).push(v.method);
  return out;
}

function list(experiments: readonly Experiment[]): string {
  return experiments.map((e) => {
    const rows = Object.entries(methods(e)).map(([guest, m]) => `      --guest ${guest.padEnd(8)} ${m.join(', ')}\n`);
    return `${e.name}  ${e.question}\n      ${e.summary}\n${rows.join('')}`;
  }).join('');
}

function listJson(experiments: readonly Experiment[]): object {
  return {
    schema: 'northbridge-experiments/1',
    experiments: experiments.map((e) => ({
      name: e.name, question: e.question, summary: e.summary, shows: e.shows, methods: methods(e),
      parameters: Object.entries(e.parameters).map(([name, row]) => ({
        name, kind: row.kind, unit: row.unit, default: row.default, doc: row.doc, source: row.source,
        ...(row.choices === undefined ? {} : { choices: row.choices }),
        ...(row.minimum === undefined ? {} : { minimum: row.minimum, maximum: row.maximum, step: row.step }),
      })),
      measures: e.measures.map(({ key, label, unit, better }) => ({ key, label: label.trim(), unit, better })),
      plots: e.plots ?? [], statements: e.statements,
    })),
  };
}

/** What stands below a statement: the experiments that show it, or the word that answers it. */
function answers(id: string, shown: ReturnType<typeof statementsShown>): string[] {
  const word = IN_WORDS.get(id);
  return [
    ...(shown.get(id) ?? []).map((s) => `${s.experiment}: ${s.where}`),
    ...(word === undefined ? [] : [`in words: GLOSSARY.md, "${word}"`]),
  ];
}

function statements(experiments: readonly Experiment[]): string {
  const shown = statementsShown(experiments);
  const lines = STATEMENTS.map(({ id, text }) => {
    const by = answers(id, shown);
    const below = by.length === 0 ? ['not shown yet'] : by;
    return [`${id.padEnd(5)} ${text}`, ...below.map((line) => `      ${line}`)].join('\n');
  });
  const words = [...IN_WORDS.keys()].filter((id) => !shown.has(id)).length;
  const count = `${shown.size} of ${STATEMENTS.length} are shown by ${experiments.length} experiments`;
  return `${lines.join('\n')}\n\n${count}, ${words} are about words\n`;
}

function statementsJson(experiments: readonly Experiment[]): object {
  const shown = statementsShown(experiments);
  return {
    schema: 'northbridge-statements/1', shown: shown.size, of: STATEMENTS.length,
    statements: STATEMENTS.map(({ id, text }) => ({
      id, text, shownBy: shown.get(id) ?? [], ...(IN_WORDS.has(id) ? { glossary: IN_WORDS.get(id) } : {}),
    })),
  };
}
