import { Option } from 'commander';
import { TICKS_PER_SECOND, type Ticks } from '../../../src/sim/time.ts';
import { checkOutputWritable, refuseOverwriting, type InputFile } from '../hosts/output-file.ts';
import { InputError } from '../input-error.ts';
import { parseSeconds } from '../quantities.ts';

const OPTION = '--save-at';
/** Says that what follows is a text, whatever it looks like. */
const TEXT = 'text:';

/** A `--save-at` of the command line: at a time, or when the console has said a text. */
export interface SaveWish {
  readonly at: { readonly time: Ticks } | { readonly text: string };
  readonly path: string;
  /** The moment in words: `when the console said 'login:'`. */
  readonly moment: string;
}

/** `--save-at WHEN FILE`, which may be given again. */
export function saveAtOption(): Option {
  return new Option(
    `${OPTION} <when file...>`,
    'save a snapshot to FILE and go on; WHEN is a simulated time (2.5, 20ms) or a text on the console (login:, ' +
      'text:5 if it looks like a time); may be given again',
  );
}

/**
 * The wishes in the order in which they were typed.
 * @param values what stands behind all `--save-at`: pairs
 * @throws InputError
 */
export function saveWishes(values: readonly string[] | undefined): SaveWish[] {
  const wishes: SaveWish[] = [];
  for (let i = 0; i < (values ?? []).length; i += 2) {
    const [when, path] = (values as readonly string[]).slice(i, i + 2);
    if (path === undefined)
      throw new InputError(`${OPTION} wants two values, WHEN and FILE, behind the board: ` +
        `northbridge run pc … ${OPTION} 'login:' at-login.snap`);
    if (path === '' || path === '-') throw new InputError(`${OPTION} ${when}: '${path}' is no file`);
    wishes.push({ ...momentOf(when), path });
  }
  return wishes;
}

function momentOf(when: string): Pick<SaveWish, 'at' | 'moment'> {
  if (/^\s*[\d.]/.test(when)) {
    let seconds: number;
    try {
      seconds = parseSeconds(when, OPTION);
    } catch (error) {
      throw new InputError(`${(error as Error).message}, or ${TEXT}${when} for a text on the console`);
    }
    const time = Math.round(seconds * TICKS_PER_SECOND);
    if (!Number.isSafeInteger(time))
      throw new InputError(`${OPTION} '${when}' is more than the 34 days that simulated time can count`);
    return { at: { time }, moment: `at ${when.trim()}` };
  }
  const text = when.startsWith(TEXT) ? when.slice(TEXT.length) : when;
  if (text === '') throw new InputError(`${OPTION} wants a time or a text, which '${when}' is not`);
  return { at: { text }, moment: `when the console said '${text.replaceAll(/[^ -~]/g, '?')}'` };
}

/**
 * Refuses before the run what could not be saved.
 * @param from time at which the run begins
 * @param until time at which it ends
 * @param inputs files that the run reads
 * @param outputs files that it writes besides, by their options
 * @throws InputError
 */
export function checkWishes(
  wishes: readonly SaveWish[], { from, until }: { from: Ticks; until: Ticks }, inputs: readonly InputFile[],
  outputs: readonly InputFile[],
): void {
  wishes.forEach((wish, n) => {
    const { at, path, moment } = wish;
    if ('time' in at && at.time <= from)
      throw new InputError(`${OPTION}: the snapshot that is loaded is of a later moment than ${moment.slice(3)}`);
    if ('time' in at && at.time > until)
      throw new InputError(`${OPTION}: the run ends (--until) before ${moment.slice(3)}`);
    refuseOverwriting(path, OPTION, inputs);
    checkOutputWritable(path, 'snapshot');
    const other = outputs.find((o) => o.path === path)?.what ?? (wishes.findIndex((w) => w.path === path) < n ? OPTION :
      null);
    if (other !== null) throw new InputError(`${OPTION} '${path}' is the file of ${other}, too; give another name`);
  });
}
