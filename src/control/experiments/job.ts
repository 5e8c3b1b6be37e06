import { findBoard } from '../../machine/boards/index.ts';
import { valuesOf, type Parameter } from '../../sim/parameter.ts';
import type { Experiment, GuestKind, JobOf } from './experiment.ts';

/** What may be told of a job; what is left out has its default. */
export interface JobWish {
  readonly values?: Readonly<Record<string, unknown>>;
  readonly board?: string;
  readonly boardOptions?: Readonly<Record<string, unknown>>;
  readonly guest?: GuestKind;
  readonly methods?: readonly string[];
}

/** The guests of an experiment, in the order of its variants. */
export function guestsOf(e: Experiment): GuestKind[] {
  return [...new Set(e.variants.map((v) => v.guest))];
}

/** The methods of an experiment with a guest on a board. */
export function methodsOf(e: Experiment, guest: GuestKind, board: string): string[] {
  return e.variants.filter((v) => v.guest === guest && v.boards.includes(board)).map((v) => v.method);
}

/** Those of them that are compared where nobody names any. */
export function defaultMethodsOf(e: Experiment, guest: GuestKind, board: string): string[] {
  const further = e.variants.filter((v) => v.guest === guest && v.further === true).map((v) => v.method);
  return methodsOf(e, guest, board).filter((m) => !further.includes(m));
}

/**
 * A job from values, for programs: the command line and a form make theirs from texts.
 * @throws ParameterError
 */
export function jobOf(e: Experiment, wish: JobWish = {}): JobOf {
  const board = wish.board ?? e.variants[0]?.boards[0] ?? '';
  const guest = wish.guest ?? guestsOf(e)[0] ?? 'bare';
  const options = findBoard(board)?.options ?? {};
  const rows = e.parameters as Readonly<Record<string, Parameter>>;
  const values = valuesOf(rows, wish.values ?? {});
  const texts = Object.entries(rows).map(([name, row]) => [name, row.format(values[name])]);
  return {
    values, board, guest,
    texts: Object.fromEntries(texts) as Record<string, string>,
    boardOptions: valuesOf(options, wish.boardOptions ?? {}),
    given: new Set([...Object.keys(wish.values ?? {}), ...Object.keys(wish.boardOptions ?? {})]),
    methods: wish.methods ?? defaultMethodsOf(e, guest, board),
  };
}
