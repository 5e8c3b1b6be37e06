/**
 * Number of single-character changes (insert, delete, replace, swap of neighbours) between two
 * words.
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let d = Math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) d = Math.min(d, beforeLast[j - 2] + 1);
      row.push(d);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length];
}

/** The known word nearest to what was typed, or null if none is near. */
export function nearest(typed: string, known: readonly string[]): string | null {
  const word = typed.toLowerCase();
  let best: string | null = null;
  let distance = Infinity;
  for (const k of known) {
    const d = k.startsWith(word) || word.startsWith(k) ? 0.5 : editDistance(word, k.toLowerCase());
    if (d < distance) {
      distance = d;
      best = k;
    }
  }
  return word !== '' && distance <= Math.max(1, Math.floor(word.length / 2)) ? best : null;
}

/** ` (did you mean X?)` for the end of a message, or '' if no known word is near. */
export function didYouMean(typed: string, known: readonly string[]): string {
  const near = nearest(typed, known);
  return near === null ? '' : ` (did you mean ${near}?)`;
}
