import { Command, Option } from 'commander';
import { checkOutputWritable, refuseOverwriting, writeOutputFile } from '../hosts/output-file.ts';
import { InputError } from '../input-error.ts';
import { readInput } from '../input-files.ts';
import { isWide, WIDE } from '../../../src/control/quantities.ts';
import { axisOf, measures } from '../../report/axes.ts';

interface PlotOptions {
  x: string;
  y: string;
  by: string;
  svg: string;
  log?: string;
  title?: string;
}

const STDOUT = '-';

/** `northbridge plot FILE…`: a figure from the rows of a sweep. */
export function plotCommand(): Command {
  return new Command('plot')
    .description('Draw the rows of a sweep as a figure')
    .argument('<file...>', 'CSV files of northbridge sweep; several are the parts of one sweep')
    .addOption(new Option('--x <column>', 'the axis to the right, a parameter, e.g. bytes').makeOptionMandatory())
    .addOption(new Option('--y <column>', 'the axis upwards, a measure by its key or its words, e.g. throughput')
      .makeOptionMandatory())
    .addOption(new Option('--by <columns>', 'a line for each value of these, with commas').default('method'))
    .addOption(new Option('--svg <file>', 'where to write the figure (- is stdout)').makeOptionMandatory())
    .addOption(new Option('--log <axes>', 'logarithmic axes: x, y, xy or none (default: x and y where values are ' +
      `${WIDE} times apart)`))
    .addOption(new Option('--title <text>', 'a title (default: y by x)'))
    .action((files: string[], options: PlotOptions) => plot(files, options));
}

async function plot(files: string[], options: PlotOptions): Promise<void> {
  const { log } = options;
  if (log !== undefined && !['x', 'y', 'xy', 'none'].includes(log))
    throw new InputError(`--log '${log}' is none of x, y, xy, none`);
  if (options.svg !== STDOUT) checkOutputWritable(options.svg, 'the figure');
  refuseOverwriting(options.svg, '--svg', files.map((path) => ({ path, what: 'table' })));
  const { plotPoints, readRows } = await import('../plot/points.ts');
  const rows = readRows(files.map((path) => ({ path, text: new TextDecoder().decode(readInput(path, 'table')) })));
  const x = columnOf(options.x, rows[0]), y = columnOf(options.y, rows[0]);
  const by = options.by.split(',').map((c) => c.trim()).filter((c) => c !== '').map((c) => columnOf(c, rows[0]));
  const points = plotPoints(rows, { x, y, by });
  const isLog = (axis: 'x' | 'y'): boolean => {
    const values = points.map((p) => p[axis]);
    if (log !== undefined && log.includes(axis) && Math.min(...values) <= 0)
      throw new InputError(`--log ${log}: there are values of ${axis} that are not above 0`);
    return log === undefined ? isWide(values) : log.includes(axis);
  };
  const axes = { x: { ...axisOf(x), log: isLog('x') }, y: { ...axisOf(y), log: isLog('y') } };
  const title = options.title ?? `${axes.y.label} by ${axes.x.label}`;
  const { figureSvg } = await import('../../report/figure.ts');
  const svg = figureSvg(points, { title, ...axes });
  if (options.svg === STDOUT) process.stdout.write(svg);
  else writeOutputFile(options.svg, svg, 'the figure');
}

/** A column by its name, or a measure's by its words. */
function columnOf(word: string, row: Readonly<Record<string, string>>): string {
  if (word in row) return word;
  const plain = (text: string): string => text.trim().toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return Object.keys(row).find((c) => plain(c) === plain(word)) ??
    measures().find((m) => m.key in row && plain(m.label) === plain(word))?.key ?? word;
}
