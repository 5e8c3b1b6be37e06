import { Option } from 'commander';
import { TICKS_PER_SECOND, type Ticks } from '../../../src/sim/time.ts';
import { checkOutputWritable, isSameFile, refuseOverwriting, type InputFile } from '../hosts/output-file.ts';
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

/** Keeps apart what stands behind each `--save-at`: two of them with one value each are no pair. */
class SaveAtOption extends Option {
  private begins = false;

  /** The parser asks whether an argument is this option's flag; values come after it. */
  is(arg: string): boolean {
    const found = arg === this.long;
    this.begins ||= found;
    return found;
  }

  taken(value: string, before: readonly (readonly string[])[] = []): string[][] {
    const groups = before.map((group) => [...group]);
    if (this.begins) groups.push([value]);
    else groups[groups.length - 1].push(value);
    this.begins = false;
    return groups;
  }
}

/** `--save-at WHEN FILE`, which may be given again. */
export function saveAtOption(): Option {
  const option: SaveAtOption = new SaveAtOption(
    `${OPTION} <when file...>`,
    'save a snapshot to FILE and go on; WHEN is a simulated time (2.5, 20ms) or a text on the console (login:, ' +
      'text:5 if it looks like a time); may be given again',
  ).argParser<string[][]>((value, before) => option.taken(value, before));
  return option;
}

/**
 * The wishes in the order in which they were typed.
 * @param values what stands behind each `--save-at`: pairs
 * @throws InputError
 */
export function saveWishes(values: readonly (readonly string[])[] | undefined): SaveWish[] {
  return (values ?? []).map((pair) => {
    const [when, path] = pair;
    if (pair.length !== 2)
      throw new InputError(`${OPTION} wants two values, WHEN and FILE, behind the board: ` +
        `northbridge run pc … ${OPTION} 'login:' at-login.snap`);
    if (path === '' || path === '-') throw new InputError(`${OPTION} ${when}: '${path}' is no file`);
    return { ...momentOf(when), path };
  });
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
    const other = outputs.find((o) => isSameFile(o.path, path))?.what ??
      (wishes.slice(0, n).some((w) => isSameFile(w.path, path)) ? OPTION : null);
    if (other !== null) throw new InputError(`${OPTION} '${path}' is the file of ${other}, too; give another name`);
  });
}
