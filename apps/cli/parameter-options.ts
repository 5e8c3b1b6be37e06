import { Option, type Command } from 'commander';
import { ParameterError, type Parameter } from '../../src/sim/parameter.ts';
import { optionWord } from '../../src/machine/option-words.ts';
import { InputError } from './input-error.ts';
import { nearest } from './suggest.ts';

const PLACEHOLDER: Readonly<Record<Parameter['kind'], string>> = {
  size: 'size', count: 'number', duration: 'time', frequency: 'frequency', choice: 'word', choices: 'list',
  flag: 'on|off',
};

/**
 * Adds an option for each row to a command, under a heading of its help.
 * @param decided rows whose default is decided by the job
 */
export function addParameterOptions(
  command: Command, rows: Readonly<Record<string, Parameter>>, heading: string,
  decided: readonly string[] = [],
): void {
  for (const [name, row] of Object.entries(rows)) {
    const initial = decided.includes(name) ? 'as the job needs' : row.format(row.default);
    const option = new Option(`--${optionWord(name)} <${PLACEHOLDER[row.kind]}>`, row.doc);
    if (initial !== '') option.description += ` (default: ${initial})`;
    command.addOption(option.helpGroup(heading));
  }
}

/** The values of rows from a command's options, as typed and as meant. @throws InputError */
export function parameterValues(
  rows: Readonly<Record<string, Parameter>>, options: Readonly<Record<string, unknown>>,
): { values: Record<string, unknown>; texts: Record<string, string>; given: Set<string> } {
  const values: Record<string, unknown> = {}, texts: Record<string, string> = {}, given = new Set<string>();
  for (const [name, row] of Object.entries(rows)) {
    const text = options[name];
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

function parsed(name: string, row: Parameter, text: string): unknown {
  const refuse = (why: string): InputError =>
    new InputError(`--${optionWord(name)} '${text}': ${why}${hint(row, text)}`);
  let value: unknown;
  try {
    value = row.parse(text);
  } catch (error) {
    if (error instanceof ParameterError && error.message.startsWith(`'${text}' is no`))
      throw new InputError(`--${optionWord(name)} ${error.message}${hint(row, text)}`);
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
  return new InputError(`--${optionWord(name)}${typed}: ${error.message.slice(colon + 2)}`);
}
