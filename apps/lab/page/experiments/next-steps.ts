/** "Next:" lines of experiments, with what of them can be followed on the page. */

/** A part of the line; with somewhere to go if it names it. */
export interface NextPiece {
  readonly text: string;
  readonly go: { readonly experiment: string; readonly option: string; readonly value: string } | null;
}

/**
 * Splits a line such as `compare disk-read with --mode pio0; compare disk-write` at the experiments
 * and the options with a value.
 * @param current the experiment that the line is of
 * @param names of all experiments
 */
export function nextPieces(line: string, current: string, names: readonly string[]): NextPiece[] {
  const pieces: NextPiece[] = [];
  let about = current, at = 0;
  for (const match of line.matchAll(/compare ([a-z][a-z0-9-]*)|--([a-z][a-z-]*) ([\w.][\w.,=:+-]*\w|\w)/g)) {
    const [text, experiment, option = '', value = ''] = match;
    if (experiment !== undefined && !names.includes(experiment)) continue;
    // Files and seeds of the command line are nothing for a page.
    if (option === 'trace' || option === 'audio' || option === 'pcap') continue;
    if (match.index > at) pieces.push({ text: line.slice(at, match.index), go: null });
    about = experiment ?? about;
    pieces.push({ text, go: { experiment: about, option, value } });
    at = match.index + text.length;
  }
  if (at < line.length) pieces.push({ text: line.slice(at), go: null });
  return pieces;
}
