/**
 * A chip's title as a label: what stands before the first colon or comma, in up to `most`
 * lines of up to `columns` characters; what does not fit ends in an ellipsis.
 */
export function labelLines(title: string, columns: number, most: number): string[] {
  const short = (/^[^:,]*/.exec(title)?.[0] ?? '').trim();
  const lines: string[] = [];
  for (const word of short.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  const shown = lines.slice(0, most).map((l) => cut(l, columns));
  if (lines.length > most)
    shown[most - 1] = cut(`${shown[most - 1] as string} ${lines[most] as string}`, columns, true);
  return shown.filter((l) => l !== '');
}

function cut(text: string, columns: number, always = false): string {
  return text.length <= columns && !always ? text : `${text.slice(0, columns - 1).trimEnd()}…`;
}
