import { csvParse } from 'd3-dsv';
import { optionWord } from '../../../src/machine/option-words.ts';
import type { PlotPoint } from '../../report/figure.ts';
import { InputError } from '../input-error.ts';

/** What is plotted against what. */
export interface PlotWish {
  readonly x: string;
  readonly y: string;
  readonly by: readonly string[];
}

/** The columns of a sweep that say what came of a point, and not where it is. */
const OUTCOME = new Set(['point', 'method', 'guest', 'board', 'mode', 'matches', 'state', 'error']);

/** Rows of one or several files of equal columns. @throws InputError */
export function readRows(files: readonly { path: string; text: string }[]): Record<string, string>[] {
  const rows: Record<string, string>[] = [];
  let columns = '';
  for (const { path, text } of files) {
    const table = csvParse(text);
    if (table.length === 0) throw new InputError(`'${path}' has no rows; give a CSV file of northbridge sweep`);
    if (columns !== '' && table.columns.join() !== columns)
      throw new InputError(`'${path}' has other columns than '${files[0].path}'; plot files of one sweep together`);
    columns = table.columns.join();
    rows.push(...table.map((row) => ({ ...row }) as Record<string, string>));
  }
  // Parts of a sweep give what the whole does, in whatever order they are named.
  const points = new Map(rows.map((row, i) => [row['point'] ?? String(i), row]));
  if (points.size < rows.length) throw new InputError('a point is there twice; give each part of a sweep once');
  return rows.sort((a, b) => Number(a['point'] ?? 0) - Number(b['point'] ?? 0));
}

/**
 * Points by series, each ascending in x. What varies beside x stands in the name of a series, so
 * that no line runs through different jobs. Rows without a figure are left out.
 * @throws InputError
 */
export function plotPoints(rows: readonly Record<string, string>[], { x, y, by }: PlotWish): PlotPoint[] {
  const columns = Object.keys(rows[0]);
  const stranger = [x, y, ...by].find((name) => !columns.includes(name)), known = columns.filter((c) => c !== 'error');
  if (stranger !== undefined)
    throw new InputError(`there is no column '${stranger}'; there are ${known.join(', ')}`);
  // The axes stand between the first column and the method.
  const axes = columns.slice(1, Math.max(1, columns.indexOf('method'))).filter((c) => !OUTCOME.has(c));
  const varying = axes
    .filter((c) => c !== x && c !== y && !by.includes(c) && new Set(rows.map((r) => r[c])).size > 1);
  const points = rows
    .filter((r) => (r['state'] ?? 'done') === 'done' && r[x] !== '' && r[y] !== '')
    .map((r) => {
      const first = by.map((c) => r[c]), rest = varying.map((c) => `${optionWord(c)} ${r[c]}`);
      return {
        x: Number(r[x]), y: Number(r[y]), series: [...first, ...rest].join(', '),
        by: first.join(', '), rest: rest.join(', '),
      };
    })
    .filter((p) => Number.isFinite(p.x) && Number.isFinite(p.y));
  if (points.length === 0)
    throw new InputError(`no row has numbers in both '${x}' and '${y}'`);
  const order = [...new Set(points.map((p) => p.series))];
  return points.sort((a, b) => order.indexOf(a.series) - order.indexOf(b.series) || a.x - b.x);
}
