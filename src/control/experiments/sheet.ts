/** An experiment as plain data: what a page or another program has to know to offer it. */
import { shellWord } from '../shell-word.ts';
import type { Carrier, Experiment, GuestKind, Kit, Measure, Plot } from './experiment.ts';
import {
  EXPERIMENT_BOARD, fieldWord, FieldError, formOf, jobFromTexts, jobRows, type Form, type JobTexts,
} from './form.ts';
import { defaultMethodsOf, guestsOf, methodsOf } from './job.ts';
import { headingOf } from './report.ts';

/** A method as it is offered. */
export interface MethodSheet {
  readonly method: string;
  /** Who moves the data, in their order; empty: the experiment is not about that. */
  readonly carriers: readonly Carrier[];
  /** Compared where nobody names methods. */
  readonly usual: boolean;
}

/** What there is with one guest. */
export interface GuestSheet {
  readonly guest: GuestKind;
  readonly methods: readonly MethodSheet[];
  readonly form: Form;
}

/** An experiment as it is offered. All of it can be cloned between threads. */
export interface ExperimentSheet {
  readonly name: string;
  readonly question: string;
  readonly summary: string;
  /** Rows of the list of capabilities: `R3`. */
  readonly shows: readonly string[];
  readonly guests: readonly GuestSheet[];
  readonly measures: readonly Pick<Measure, 'key' | 'label' | 'unit' | 'better'>[];
  readonly plots: readonly Plot[];
}

/** What there is to choose in an experiment. */
export function sheetOf(e: Experiment): ExperimentSheet {
  return {
    name: e.name, question: e.question, summary: e.summary, shows: [...e.shows],
    guests: guestsOf(e).map((guest) => {
      const usual = defaultMethodsOf(e, guest, EXPERIMENT_BOARD);
      return {
        guest, form: formOf(e, guest),
        methods: methodsOf(e, guest, EXPERIMENT_BOARD).map((method) => ({
          method, usual: usual.includes(method),
          carriers: [...e.variants.find((v) => v.guest === guest && v.method === method)?.carriers ?? []],
        })),
      };
    }),
    measures: e.measures.map(({ key, label, unit, better }) => ({ key, label, unit, better })),
    plots: (e.plots ?? []).map((p) => ({ ...p })),
  };
}

/** Whether a job can be, and how it is called. */
export interface JobCheck {
  /** What would be done, where; '' if it cannot be. */
  readonly heading: string;
  /** The field that is wrong, '' for the job as a whole, and why; null: nothing is wrong. */
  readonly problem: { readonly field: string; readonly message: string } | null;
}

/** Looks at a job without running it. */
export function checkJob(e: Experiment, wish: JobTexts, kit: Kit): JobCheck {
  try {
    return { heading: headingOf({ experiment: e, job: jobFromTexts(e, wish, kit) }, kit), problem: null };
  } catch (error) {
    if (!(error instanceof FieldError)) throw error;
    return { heading: '', problem: { field: error.field, message: error.message } };
  }
}

/**
 * The command line that does a job: `northbridge compare paths --bytes 64KiB`.
 * @param axis a parameter with several values, as `sweep` takes it
 */
export function commandLine(
  e: Experiment, { guest, methods, texts = {} }: JobTexts, axis: { name: string; text: string } | null = null,
): string {
  const first = guestsOf(e)[0] as GuestKind, chosen = guest ?? first, { own, board } = jobRows(e);
  const usual = defaultMethodsOf(e, chosen, EXPERIMENT_BOARD);
  const words = ['northbridge', axis === null ? 'compare' : 'sweep', e.name];
  if (axis !== null) words.push('--param', shellWord(`${fieldWord(axis.name)}=${axis.text}`));
  if (chosen !== first) words.push('--guest', chosen);
  if (methods !== undefined && methods.join() !== usual.join()) words.push('--methods', shellWord(methods.join(',')));
  for (const name of [...Object.keys(own), ...Object.keys(board)])
    if (texts[name] !== undefined && name !== axis?.name) words.push(`--${fieldWord(name)}`, shellWord(texts[name]));
  return words.join(' ');
}
