/** A job of an experiment from texts, as command lines and forms have them. */
import { boardOptionRows, findBoard } from '../../machine/boards/index.ts';
import { optionWord } from '../../machine/option-words.ts';
import { nearest } from '../../sim/nearest.ts';
import { ParameterError, type Parameter, type ParameterRows } from '../../sim/parameter.ts';
import type { Experiment, GuestKind, JobOf, Kit } from './experiment.ts';
import { defaultMethodsOf, guestsOf, methodsOf } from './job.ts';

/** The board that experiments run on. */
export const EXPERIMENT_BOARD = 'pc';

/** Options of boards that are about Linux, and noise where no Linux runs. */
export const LINUX_OPTIONS: readonly string[] = ['kernelEntry'];

/** Rows that are called in another way than by their own name. */
const SHARED: Readonly<Record<string, string>> = { ram: 'memory' };

/** What is said of a row that the program decides in words of its own. */
const DECIDED: Readonly<Record<string, string>> = { kernelEntry: 'vmlinux where it can be had' };

/** How users call a row: `processor-clock`; an option is `--` and this. */
export function fieldWord(name: string): string {
  return SHARED[name] ?? optionWord(name);
}

/** Something that was asked for and that cannot be. The message begins with the field's word. */
export class FieldError extends Error {
  override readonly name = 'FieldError';
  /** The row's name; '' if it is about the job as a whole. */
  readonly field: string;
  /** What follows the field's name in the message, with the separator: `'x' is no size`. */
  readonly rest: string;

  constructor(field: string, rest: string) {
    super(field === '' ? rest : `${fieldWord(field)}${rest}`);
    this.field = field;
    this.rest = rest;
  }
}

/** Rows of the experiment and of the board: together they are its fields. */
export interface JobRows {
  readonly own: ParameterRows;
  readonly board: ParameterRows;
}

/** The rows that jobs of an experiment have. */
export function jobRows(e: Experiment): JobRows {
  const board = findBoard(EXPERIMENT_BOARD), without = guestsOf(e).includes('debian') ? [] : LINUX_OPTIONS;
  return { own: { ...e.parameters }, board: board === null ? {} : { ...boardOptionRows(board, without) } };
}

/** A field of a form. All of it can be cloned between threads. */
export interface Field {
  /** Key of `JobTexts.texts`. */
  readonly name: string;
  /** How users call it, as in the command line's option without `--`. */
  readonly word: string;
  readonly kind: Parameter['kind'];
  /** What it is, one line. */
  readonly doc: string;
  /** Where the default comes from, or ''. */
  readonly source: string;
  /** Written as a user would; '' where there is no such limit. */
  readonly minimum: string;
  readonly maximum: string;
  readonly step: string;
  readonly choices: readonly string[];
  /** What it is when nothing is typed: a value, or words if the job decides. */
  readonly initial: string;
  /** The job decides it where the user does not: `initial` is no value then. */
  readonly decided: boolean;
}

/** An experiment's form. */
export interface Form {
  readonly own: readonly Field[];
  /** Options of the machine. */
  readonly machine: readonly Field[];
}

/** The form of an experiment with a guest. */
export function formOf(e: Experiment, guest: GuestKind): Form {
  const { own, board } = jobRows(e), decided = [...e.decides ?? [], ...LINUX_OPTIONS];
  const noise = guest === 'bare' ? LINUX_OPTIONS : [];
  return {
    own: Object.entries(own).map(([name, row]) => fieldOf(name, row, false)),
    machine: Object.entries(board).filter(([name]) => !noise.includes(name))
      .map(([name, row]) => fieldOf(name, row, decided.includes(name))),
  };
}

/** A row as a field. @param decided the job decides it where the user does not */
export function fieldOf(name: string, row: Parameter, decided: boolean): Field {
  const limit = (value: number | undefined, none: number): string =>
    value === undefined || value === none ? '' : row.format(value);
  return {
    name, word: fieldWord(name), kind: row.kind, doc: row.doc, source: row.source, choices: [...row.choices ?? []],
    minimum: limit(row.minimum, 0), maximum: limit(row.maximum, Number.MAX_SAFE_INTEGER), step: limit(row.step, 1),
    initial: initialText(name, row, decided), decided,
  };
}

/** What a row is when nothing is typed, in a user's words. */
export function initialText(name: string, row: Parameter, decided: boolean): string {
  return decided ? DECIDED[name] ?? 'as the job needs' : row.format(row.default);
}

/** What is asked for: everything as a user writes it; what is left out has its default. */
export interface JobTexts {
  readonly guest?: GuestKind;
  readonly methods?: readonly string[];
  /** By the rows' names, the experiment's and the board's. */
  readonly texts?: Readonly<Record<string, string>>;
}

/** A job as it was asked for; its values are not checked together yet: `settleJob`. */
export interface ReadJob {
  readonly job: JobOf;
  /** Texts of the values as they were typed. */
  readonly typed: Readonly<Record<string, string>>;
}

/** A job from texts, read and checked. @throws FieldError */
export function jobFromTexts(e: Experiment, wish: JobTexts, kit: Kit): JobOf {
  return settleJob(e, readJob(e, wish), kit);
}

/** Reads a job: each text by itself. @throws FieldError */
export function readJob(e: Experiment, wish: JobTexts): ReadJob {
  const guest = wish.guest ?? guestsOf(e)[0] as GuestKind, texts = wish.texts ?? {}, rows = jobRows(e);
  if (!guestsOf(e).includes(guest)) throw new FieldError('', `${e.name} has no guest ${guest}`);
  const methods = wish.methods ?? defaultMethodsOf(e, guest, EXPERIMENT_BOARD);
  const known = methodsOf(e, guest, EXPERIMENT_BOARD), odd = methods.find((m) => !known.includes(m));
  if (odd !== undefined) throw new FieldError('', `unknown method '${odd}' (known: ${known.join(', ')})`);
  const names = [...Object.keys(rows.own), ...Object.keys(rows.board)];
  const stranger = Object.keys(texts).find((name) => !names.includes(name));
  if (stranger !== undefined) {
    const near = nearest(stranger, names), advice = near === null ? '' : `; did you mean '${near}'?`;
    throw new FieldError('', `${e.name} has no parameter '${stranger}'${advice}`);
  }
  const own = readValues(rows.own, texts), board = readValues(rows.board, texts);
  if (guest === 'bare')
    for (const name of LINUX_OPTIONS) {
      if (board.given.has(name)) throw new FieldError(name, ' is for the guest debian');
      delete board.values[name];
    }
  return {
    job: {
      values: own.values as JobOf['values'], board: EXPERIMENT_BOARD, guest, methods: [...methods],
      texts: { ...shownTexts(rows.board, board.texts), ...shownTexts(rows.own, own.texts) },
      boardOptions: board.values, given: new Set([...own.given, ...board.given]),
    },
    typed: { ...board.texts, ...own.texts },
  };
}

/** The job with its values checked together. @throws FieldError */
export function settleJob(e: Experiment, { job, typed }: ReadJob, kit: Kit): JobOf {
  const misfit = e.variants
    .filter((v) => v.guest === job.guest && job.methods.includes(v.method))
    .map((v) => v.fits?.(job) ?? '').find((why) => why !== '');
  if (misfit !== undefined) throw new FieldError('', misfit);
  let values: JobOf['values'];
  try {
    values = e.settle?.(job, kit) ?? job.values;
  } catch (error) {
    throw asFieldError(error, Object.fromEntries([...job.given].map((name) => [name, typed[name] ?? ''])));
  }
  const texts = { ...job.texts };
  for (const [name, row] of Object.entries(e.parameters as ParameterRows))
    if (!job.given.has(name)) texts[name] = row.format((values as Record<string, unknown>)[name]);
  return { ...job, values, texts };
}

/** Values of rows from texts, and which were given. */
export interface ReadValues {
  readonly values: Record<string, unknown>;
  readonly texts: Record<string, string>;
  readonly given: Set<string>;
}

/** The values of rows, as typed and as meant; other names are not looked at. @throws FieldError */
export function readValues(rows: ParameterRows, typed: Readonly<Record<string, string>>): ReadValues {
  const values: Record<string, unknown> = {}, texts: Record<string, string> = {}, given = new Set<string>();
  for (const [name, row] of Object.entries(rows)) {
    const text = Object.hasOwn(typed, name) ? typed[name] as string : null;
    if (text !== null) given.add(name);
    values[name] = text === null ? row.default : parsed(name, row, text);
    texts[name] = text === null ? row.format(row.default) : text.trim();
  }
  return { values, texts, given };
}

/** Texts of rows for people: a size that was typed as a bare number says its unit. */
function shownTexts(rows: ParameterRows, texts: Readonly<Record<string, string>>): Record<string, string> {
  const shown = (name: string, text: string): string =>
    rows[name]?.kind === 'size' && /^(0x[0-9a-f]+|[\d.]+)$/i.test(text) ? `${text} B` : text;
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, shown(name, text)]));
}

function parsed(name: string, row: Parameter, text: string): unknown {
  let value: unknown;
  try {
    value = row.parse(text);
  } catch (error) {
    if (!(error instanceof ParameterError)) throw error;
    const said = error.message.startsWith(`'${text}' is no`) ? ` ${error.message}` : ` '${text}': ${error.message}`;
    throw new FieldError(name, said + hint(row, text));
  }
  const wrong = row.refusal(value);
  if (wrong !== '') throw new FieldError(name, ` '${text}': ${wrong}${hint(row, text)}`);
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

/** A ParameterError whose message begins with the parameter's name, as an error of its field. */
export function asFieldError(error: unknown, texts: Readonly<Record<string, string>> = {}): unknown {
  if (!(error instanceof ParameterError)) return error;
  const colon = error.message.indexOf(': ');
  const name = error.message.slice(0, colon);
  const typed = texts[name] === undefined || texts[name] === '' ? '' : ` '${texts[name]}'`;
  return new FieldError(name, `${typed}: ${error.message.slice(colon + 2)}`);
}
