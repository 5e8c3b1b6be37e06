import { Option, type Command } from 'commander';
import { ParameterError, type Parameter } from '../../src/sim/parameter.ts';
import { optionWord } from '../../src/machine/option-words.ts';
import { InputError } from './input-error.ts';
import { nearest } from '../../src/sim/nearest.ts';

const PLACEHOLDER: Readonly<Record<Parameter['kind'], string>> = {
  size: 'size', count: 'number', duration: 'time', frequency: 'frequency', choice: 'word', choices: 'list',
  flag: 'on|off', faults: 'fault',
};

/** Rows whose option has the name that commands share; the row's own name is taken, too. */
const SHARED: Readonly<Record<string, string>> = { ram: 'memory' };

/** What is said of a row that the program decides in words of its own. */
const DECIDED: Readonly<Record<string, string>> = { kernelEntry: 'vmlinux where it can be had' };

/** The name of a row's option. */
export function flagOf(name: string): string {
  return SHARED[name] ?? optionWord(name);
}

/**
 * Adds an option for each row to a command, under a heading of its help.
 * @param decided rows whose value the program decides where it is not given
 */
export function addParameterOptions(
  command: Command, rows: Readonly<Record<string, Parameter>>, heading: string,
  decided: readonly string[] = [],
): void {
  for (const [name, row] of Object.entries(rows)) {
    const initial = decided.includes(name) ? DECIDED[name] ?? 'as the job needs' : row.format(row.default);
    const option = new Option(`--${flagOf(name)} <${PLACEHOLDER[row.kind]}>`, row.doc);
    const notes = [wordsOf(row), initial === '' ? '' : `default: ${initial}`].filter((n) => n !== '');
    if (notes.length > 0) option.description += ` (${notes.join('; ')})`;
    // Several faults: the option may be given several times.
    if (row.kind === 'faults')
      option.argParser((text: string, before?: string) => (before === undefined ? text : `${before}+${text}`));
    command.addOption(option.helpGroup(heading));
    if (name in SHARED) command.addOption(new Option(`--${optionWord(name)} <value>`).hideHelp());
  }
}

/** The words that a row takes, where its description does not name them all. */
function wordsOf({ kind, choices = [], doc }: Parameter): string {
  if (kind !== 'choice' && kind !== 'choices') return '';
  return choices.every((word) => doc.includes(word)) ? '' : choices.join(', ');
}

/** The values of rows from a command's options, as typed and as meant. @throws InputError */
export function parameterValues(
  rows: Readonly<Record<string, Parameter>>, options: Readonly<Record<string, unknown>>,
): { values: Record<string, unknown>; texts: Record<string, string>; given: Set<string> } {
  const values: Record<string, unknown> = {}, texts: Record<string, string> = {}, given = new Set<string>();
  for (const [name, row] of Object.entries(rows)) {
    const shared = options[SHARED[name] ?? name], text = shared ?? options[name];
    if (name in SHARED && shared !== undefined && options[name] !== undefined)
      throw new InputError(`--${flagOf(name)} and --${optionWord(name)} are the same option; give one`);
    if (typeof text !== 'string') {
      values[name] = row.default;
      texts[name] = row.format(row.default);
      continue;
    }
    given.add(name);
    texts[name] = text.trim();
    values[name] = parsed(name, row, text);
  }
  return { values, texts, given };
}

/** Texts of rows for people: a size that was typed as a bare number says its unit. */
export function shownTexts(
  rows: Readonly<Record<string, Parameter>>, texts: Readonly<Record<string, string>>,
): Record<string, string> {
  const shown = (name: string, text: string): string =>
    rows[name]?.kind === 'size' && /^(0x[0-9a-f]+|[\d.]+)$/i.test(text) ? `${text} B` : text;
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, shown(name, text)]));
}

function parsed(name: string, row: Parameter, text: string): unknown {
  const refuse = (why: string): InputError =>
    new InputError(`--${flagOf(name)} '${text}': ${why}${hint(row, text)}`);
  let value: unknown;
  try {
    value = row.parse(text);
  } catch (error) {
    if (error instanceof ParameterError && error.message.startsWith(`'${text}' is no`))
      throw new InputError(`--${flagOf(name)} ${error.message}${hint(row, text)}`);
    if (error instanceof ParameterError) throw refuse(error.message);
    throw error;
  }
  const wrong = row.refusal(value);
  if (wrong !== '') throw refuse(wrong);
  return value;
}

/** The nearest word that the parameter takes. */
function hint(row: Parameter, text: string): string {
  if (row.kind !== 'choice' && row.kind !== 'choices') return '';
  const words = row.choices ?? [];
  const stranger = text.split(',').map((w) => w.trim()).find((w) => w !== '' && !words.includes(w));
  const near = stranger === undefined ? null : nearest(stranger, words);
  return near === null ? '' : `; did you mean '${near}'?`;
}

/** A ParameterError whose message begins with the parameter's name, as an error of its option. */
export function asInputError(error: unknown, texts: Readonly<Record<string, string>>): unknown {
  if (!(error instanceof ParameterError)) return error;
  const colon = error.message.indexOf(': ');
  const name = error.message.slice(0, colon);
  const typed = texts[name] === undefined || texts[name] === '' ? '' : ` '${texts[name]}'`;
  return new InputError(`--${flagOf(name)}${typed}: ${error.message.slice(colon + 2)}`);
}
