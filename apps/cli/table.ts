/** Width that a text takes on a terminal, for the characters that we print (no wide ones). */
function width(text: string): number {
  return [...text].length;
}

/**
 * A plain-text table: the first column left, the others right, two spaces between. Rows may be of
 * different lengths; a row that is null becomes a rule.
 */
export function formatTable(rows: readonly (readonly string[] | null)[]): string {
  const columns: number[] = [];
  for (const row of rows) row?.forEach((cell, i) => { columns[i] = Math.max(columns[i] ?? 0, width(cell)); });
  const rule = '─'.repeat(columns.reduce((a, b) => a + b, 0) + 2 * (columns.length - 1));
  return rows.map((row) => {
    if (row === null) return rule;
    return row.map((cell, i) => {
      const pad = ' '.repeat(columns[i] - width(cell));
      return i === 0 ? cell + pad : pad + cell;
    }).join('  ').trimEnd();
  }).join('\n') + '\n';
}
