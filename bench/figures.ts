/**
 * The benchmarks that are loops inside one process. This file is the process: `node
 * dist/bench/figures.js guest 5` prints figures as JSON.
 */
import { fileURLToPath } from 'node:url';
import { runChild } from './child.ts';
import { deviceMemoryFigures } from './device-memory.ts';
import { displayFigures } from './display.ts';
import { engineFigures } from './engine.ts';
import { guestFigures } from './guest.ts';
import { figure, type Column, type Figure } from './measure.ts';
import type { NodeBinary } from './node24.ts';
import { schedulerFigures } from './scheduler.ts';
import { snapshotFigures } from './snapshot.ts';
import { traceFigures } from './trace-store.ts';

/** What it takes to get the interpreter's figures: seven runs, whatever was asked for. */
function interpreterFigures(): Figure[] {
  return engineFigures().flatMap((f) => [
    figure(`µops by hand, ${f.name}: median of 7`, 'M instructions/s', [f.median]),
    figure(`µops by hand, ${f.name}: best of 7`, 'M instructions/s', [f.best]),
  ]);
}

const SECTIONS = {
  guest: guestFigures, engine: interpreterFigures, scheduler: schedulerFigures, snapshot: snapshotFigures,
  trace: traceFigures, display: displayFigures, 'device-memory': deviceMemoryFigures,
} as const;
export type FigureSection = keyof typeof SECTIONS;

/** One section under each Node. */
export async function figureColumns(
  section: FigureSection, runs: number,
  nodes: readonly NodeBinary[],
  progress: (line: string) => void,
): Promise<Column[]> {
  const columns: Column[] = [];
  for (const node of nodes) {
    progress(`${section} (${node.title})`);
    columns.push({
      title: node.title,
      figures: await runChild<Figure[]>(node.path, './figures.js', [section, String(runs)]),
    });
  }
  return columns;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [section, runs] = process.argv.slice(2);
  if (!Object.hasOwn(SECTIONS, section))
    throw new Error(`usage: node dist/bench/figures.js ${Object.keys(SECTIONS).join('|')} [RUNS]`);
  console.log(JSON.stringify(SECTIONS[section as FigureSection](Number(runs ?? 5))));
}
