/** What a device's README says of what is left out and where it deviates. */
export interface Prose {
  /** Markdown, or '' where the page says nothing. */
  readonly notModelled: string;
  readonly deviations: string;
}

/** Reads the two statements out of a README, however they stand there. */
export function proseOf(readme: string): Prose {
  return { notModelled: statement(readme, 'Not modelled'), deviations: statement(readme, 'Deviations') };
}

/**
 * What follows a word: a section below a heading, or the rest of its paragraph and the list that
 * follows it. Several in one page are joined.
 */
function statement(text: string, word: string): string {
  const lines = text.split('\n'), found: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const heading = new RegExp(`^(#+) ${word}\\s*$`).exec(lines[at]);
    if (heading !== null) {
      const end = lines.findIndex((l, i) => i > at && /^#+ /.test(l));
      found.push(lines.slice(at + 1, end < 0 ? undefined : end).join('\n').trim());
      continue;
    }
    const inline = new RegExp(`(?:^|[.;] )\\*{0,2}${word}\\b(?: \\([^)]*\\)|[^:.(]*):\\*{0,2}\\s*(.*)$`).exec(lines[at]);
    if (inline === null) continue;
    let end = at + 1;
    while (end < lines.length && lines[end].trim() !== '' && !lines[end].startsWith('#')) end++;
    found.push([inline[1], ...lines.slice(at + 1, end)].join('\n').trim());
  }
  return found.filter((f) => f !== '').join('\n');
}
