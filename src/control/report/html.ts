/**
 * A text as it stands in HTML, SVG or other XML, also within a quoted attribute; U+FFFD for what no
 * document may contain (XML 1.0 §2.2, Char).
 */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd');
}

/** A table of texts; the first column names its rows. `numbers`: the others stand right. */
export function htmlTable(
  head: readonly string[], rows: readonly (readonly string[])[], { numbers = false, best = (): boolean => false }: {
    numbers?: boolean; best?: (row: number, column: number) => boolean;
  } = {},
): string {
  const th = head.map((text) => `<th scope="col">${escapeHtml(text)}</th>`).join('');
  const body = rows.map((row, r) => {
    const [name, ...cells] = row;
    const indent = /^ +/.test(name) ? ' class="part"' : '';
    return `<tr><th scope="row"${indent}>${escapeHtml(name.trim())}</th>` +
      cells.map((text, c) => `<td${best(r, c) ? ' class="best"' : ''}>${escapeHtml(text)}</td>`).join('') + '</tr>';
  });
  return `<div class="wide"><table${numbers ? ' class="numbers"' : ''}>\n<thead><tr>${th}</tr></thead>\n` +
    `<tbody>\n${body.join('\n')}\n</tbody></table></div>\n`;
}
