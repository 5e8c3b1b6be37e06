/** A result as one page of HTML that needs nothing else: no network, no script, no font. */
import { recordText, timeOf, timeText } from '../export/record-line.ts';
import { fieldWord } from '../experiments/form.ts';
import type { ExperimentReport } from '../experiments/report.ts';
import type { Sweep } from '../sweep/sweep.ts';
import type { Excerpt } from './excerpt.ts';
import type { PartFidelity } from './fidelity.ts';
import { escapeHtml, htmlTable } from './html.ts';
import { STYLE } from './style.ts';
import { microseconds, timelineSvg } from './timeline-svg.ts';

/** What a page is made of. */
export interface ReportContents {
  readonly question: string;
  /** What was done, where. */
  readonly heading: string;
  /** Of a comparison; null: of a sweep. */
  readonly result: ExperimentReport | null;
  /** A sweep's points; null: there are none. */
  readonly points: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] } | null;
  /** Drawings with their titles: `svg` is inserted as it is. */
  readonly figures: readonly { readonly title: string; readonly svg: string }[];
  /** Pieces of the traced runs, by method. */
  readonly excerpts: readonly { readonly method: string; readonly pieces: readonly Excerpt[] }[];
  readonly fidelity: readonly PartFidelity[];
  /** The command line that gives the same again. */
  readonly command: string;
  /** The program with its version. */
  readonly generator: string;
}

/** Records of an excerpt that are told in words. */
const WORDS = 24;
/** Rows of a sweep that are shown. */
const MOST_ROWS = 400;

/** What a sweep did, where. */
export function headingOfSweep({ experiment, board, guest, methods, axes, fixed }: Sweep): string {
  const given = Object.entries(fixed).map(([name, text]) => `, ${fieldWord(name)} ${text}`).join('');
  return `${experiment}: ${methods.join(', ')} by ${axes.map((a) => fieldWord(a.name)).join(' and ') || 'nothing'}, ` +
    `board ${board}${given}, guest ${guest}`;
}

/** The page; the same contents give the same bytes. */
export function reportHtml(c: ReportContents): string {
  return `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n` +
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n' +
    `<title>${escapeHtml(c.heading)}</title>\n<style>\n${STYLE}</style>\n</head>\n<body>\n<main>\n` +
    `<h1>${escapeHtml(c.question)}</h1>\n<p class="job">${escapeHtml(c.heading)}</p>\n` +
    resultPart(c.result) + figuresPart(c) + pointsPart(c) + excerptsPart(c) + fidelityPart(c.fidelity) +
    `<section><h2>Again</h2>\n<pre>${escapeHtml(c.command)}</pre>\n` +
    `<p class="soft">${escapeHtml(c.generator)}. Times are simulated: the same command gives the same figures.</p>` +
    '</section>\n</main>\n</body>\n</html>\n';
}

function resultPart(result: ExperimentReport | null): string {
  if (result === null || result.methods.length === 0) return '';
  const { methods, rows, check, judgement } = result;
  const table = htmlTable(['', ...methods], rows.map((r) => [r.label, ...r.cells.map((cell) => cell.text)]), {
    numbers: true, best: (r, m) => rows[r].cells[m].best,
  });
  const details = (judgement.details ?? []).map((d) => `<li>${escapeHtml(d)}</li>`).join('\n');
  return `<section><p class="answer">${escapeHtml(judgement.sentence)}</p>\n${table}` +
    `<p class="check">${escapeHtml(check)}</p>\n${details === '' ? '' : `<ul>\n${details}\n</ul>\n`}</section>\n`;
}

function figuresPart({ figures }: ReportContents): string {
  if (figures.length === 0) return '';
  return `<section><h2>Figures</h2>\n${figures.map(({ title, svg }) =>
    `<figure class="plot" aria-label="${escapeHtml(title)}">${svg}</figure>`).join('\n')}</section>\n`;
}

function pointsPart({ points }: ReportContents): string {
  if (points === null) return '';
  const shown = points.rows.slice(0, MOST_ROWS), left = points.rows.length - shown.length;
  return `<section><h2>Points</h2>\n${htmlTable(points.head, shown, { numbers: true })}` +
    (left === 0 ? '' : `<p class="soft">${left} further points are in the sweep's CSV.</p>\n`) + '</section>\n';
}

function excerptsPart({ excerpts }: ReportContents): string {
  if (excerpts.length === 0) return '';
  const initiators = [...new Set(excerpts.flatMap((e) => e.pieces.flatMap((p) =>
    p.records.flatMap((r) => (r.kind === 'transaction' ? [r.initiator] : [])))))];
  const piece = (method: string, e: Excerpt): string => {
    const name = `${method}, ${microseconds(e.until - e.from)} ${e.where}`;
    const words = e.records.slice(0, WORDS).map((r) =>
      `<li><span>+${timeText(timeOf(r) - e.from)}</span> ${escapeHtml(recordText(r))}</li>`);
    const left = e.records.length - words.length;
    return `<figure><figcaption>${escapeHtml(name)}, at ${timeText(e.from)}: ${e.records.length} records</figcaption>` +
      `${timelineSvg(e, initiators, name)}<details><summary>In words</summary><ol>\n${words.join('\n')}\n</ol>` +
      `${left > 0 ? `<p class="soft">and ${left} more</p>` : ''}</details></figure>\n`;
  };
  return '<section><h2>Who moved what</h2>\n<p class="soft">Pieces of the runs above, from their traces. Lanes: who ' +
    'began a transfer, then <span>→</span> who answered it, then lines. Colour: who began it.</p>\n' +
    excerpts.map(({ method, pieces }) => `<h3>${escapeHtml(method)}</h3>\n` +
      pieces.filter((p) => p.records.length > 0).map((p) => piece(method, p)).join('')).join('') + '</section>\n';
}

function fidelityPart(parts: readonly PartFidelity[]): string {
  if (parts.length === 0) return '';
  return '<section><h2>How true the models are</h2>\n<p class="soft">Figures of time of the parts involved: where ' +
    'each comes from, and who has verified it.</p>\n' + parts.map((p) =>
    `<details><summary>${escapeHtml(p.name)}: ${escapeHtml(p.title)}</summary>\n` +
    (p.datasheet === '' ? '' : `<p class="soft">Follows: ${escapeHtml(p.datasheet)}</p>\n`) +
    (p.figures.length === 0 ? '' : htmlTable(
      ['figure', 'value', 'source', 'verified by'], p.figures.map((f) => [f.what, f.value, f.source, f.verified]),
    )) +
    (p.absent.length === 0 ? '' : `<p>Absent:</p>\n<ul>${p.absent.map((a) =>
      `<li>${escapeHtml(a)}</li>`).join('\n')}</ul>\n`) + '</details>\n').join('') + '</section>\n';
}
