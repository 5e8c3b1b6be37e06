import { Option, type Command } from 'commander';
import {
  asFieldError, FieldError, fieldWord, initialText, readValues, type ReadValues,
} from '../../src/control/experiments/form.ts';
import { optionWord } from '../../src/machine/option-words.ts';
import type { Parameter } from '../../src/sim/parameter.ts';
import { InputError } from './input-error.ts';

const PLACEHOLDER: Readonly<Record<Parameter['kind'], string>> = {
  size: 'size', count: 'number', duration: 'time', frequency: 'frequency', choice: 'word', choices: 'list',
  flag: 'on|off', faults: 'fault',
};

/**
 * Adds an option for each row to a command, under a heading of its help.
 * @param decided rows whose value the program decides where it is not given
 */
export function addParameterOptions(
  command: Command, rows: Readonly<Record<string, Parameter>>, heading: string,
  decided: readonly string[] = [],
): void {
  for (const [name, row] of Object.entries(rows)) {
    const initial = initialText(name, row, decided.includes(name));
    const option = new Option(`--${fieldWord(name)} <${PLACEHOLDER[row.kind]}>`, row.doc);
    const notes = [wordsOf(row), initial === '' ? '' : `default: ${initial}`].filter((n) => n !== '');
    if (notes.length > 0) option.description += ` (${notes.join('; ')})`;
    // Several faults: the option may be given several times.
    if (row.kind === 'faults')
      option.argParser((text: string, before?: string) => (before === undefined ? text : `${before}+${text}`));
    command.addOption(option.helpGroup(heading));
    if (fieldWord(name) !== optionWord(name)) command.addOption(new Option(`--${optionWord(name)} <value>`).hideHelp());
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
): ReadValues {
  try {
    return readValues(rows, typedTexts(rows, options));
  } catch (error) {
    throw asInputError(error);
  }
}

/** What a command's options say of rows, by their names. @throws InputError */
export function typedTexts(
  rows: Readonly<Record<string, Parameter>>, options: Readonly<Record<string, unknown>>,
): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const name of Object.keys(rows)) {
    const word = fieldWord(name), shared = word === optionWord(name) ? undefined : options[word];
    if (shared !== undefined && options[name] !== undefined)
      throw new InputError(`--${word} and --${optionWord(name)} are the same option; give one`);
    const text = shared ?? options[name];
    if (typeof text === 'string') texts[name] = text;
  }
  return texts;
}

/** An error of a field or of a parameter, as one of its option; other errors as they are. */
export function asInputError(error: unknown): unknown {
  const told = asFieldError(error);
  if (!(told instanceof FieldError)) return told;
  return new InputError(told.field === '' ? told.rest : `--${fieldWord(told.field)}${told.rest}`);
}
