/**
 * `npm run bench`: how fast this is, beside v86 and QEMU, under two versions of Node. Nothing here
 * is asserted.
 */
import { writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { BOOT_NOTE, bootColumns } from './boot.ts';
import { DEVICE_MEMORY_NOTE } from './device-memory.ts';
import { DISPLAY_NOTE } from './display.ts';
import { figureColumns } from './figures.ts';
import { LOOP_NOTE, loopColumns } from './loops.ts';
import { loadLine, machineLine, printTable, type Column } from './measure.ts';
import { MEMORY_NOTE, memoryColumns } from './memory.ts';
import { node24, THIS_NODE, type NodeBinary } from './node24.ts';
import { PROMPT_NOTE, promptColumns } from './prompt.ts';
import { qemuVersion } from './peers/qemu.ts';
import { v86Version } from './peers/v86.ts';
import { SNAPSHOT_NOTE } from './snapshot.ts';
import { TRACE_NOTE } from './trace-store.ts';

interface Options {
  runs: number;
  minutes: number;
  only?: string[];
  node24: boolean;
  json?: string;
}

interface Section {
  readonly name: string;
  readonly title: string;
  /** What the figures mean. */
  readonly note: string;
  readonly columns: (options: Options, nodes: readonly NodeBinary[]) => Promise<Column[]>;
}

const begun = performance.now();

/** A line on stderr, with the time since the start. */
function progress(line: string): void {
  const s = Math.round((performance.now() - begun) / 1e3);
  process.stderr.write(`[${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}] ${line}\n`);
}

const SECTIONS: readonly Section[] = [
  {
    name: 'boot',
    title: 'Debian to init',
    note: BOOT_NOTE,
    columns: (o, nodes) => bootColumns(o.runs, nodes, progress),
  },
  {
    name: 'prompt',
    title: "Linux's prompt from a saved state",
    note: PROMPT_NOTE,
    columns: (o, nodes) => promptColumns(o.runs, nodes, progress),
  },
  {
    name: 'loops',
    title: 'Processor and device access',
    note: LOOP_NOTE,
    columns: (o, nodes) => loopColumns(o.runs, nodes, progress),
  },
  {
    name: 'memory', title: 'Memory', note: MEMORY_NOTE,
    columns: (o, nodes) => memoryColumns(o.minutes, nodes, progress),
  },
  {
    name: 'guest',
    title: 'Guest loops',
    note: 'Loops of our guest program cpu-loop: guest instructions a second of wall time, the building of ' +
      'the machine not counted.\n',
    columns: (o, nodes) => figureColumns('guest', o.runs, nodes, progress),
  },
  {
    name: 'engine',
    title: 'Interpreter alone',
    note: 'Two synthetic programs given to the µop interpreter without decoder and machine: guest ' +
      'instructions a second of processor time.\n',
    columns: (o, nodes) => figureColumns('engine', o.runs, nodes, progress),
  },
  {
    name: 'scheduler',
    title: 'Event queue',
    note: 'Events popped, run and scheduled again, a second, with some number of them pending.\n',
    columns: (o, nodes) => figureColumns('scheduler', o.runs, nodes, progress),
  },
  {
    name: 'snapshot',
    title: 'Snapshots',
    note: SNAPSHOT_NOTE,
    columns: (o, nodes) => figureColumns('snapshot', o.runs, nodes, progress),
  },
  {
    name: 'trace',
    title: 'Trace store',
    note: TRACE_NOTE,
    columns: (o, nodes) => figureColumns('trace', o.runs, nodes, progress),
  },
  {
    name: 'display',
    title: 'Display card',
    note: DISPLAY_NOTE,
    columns: (o, nodes) => figureColumns('display', o.runs, nodes, progress),
  },
  {
    name: 'device-memory',
    title: 'Memory of a card',
    note: DEVICE_MEMORY_NOTE,
    columns: (o, nodes) => figureColumns('device-memory', o.runs, nodes, progress),
  },
];

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('a positive number is wanted.');
  return value;
}

function count(text: string): number {
  const value = positive(text);
  if (!Number.isInteger(value)) throw new InvalidArgumentError('a whole number is wanted.');
  return value;
}

function sectionNames(text: string): string[] {
  const known = SECTIONS.map((s) => s.name);
  const names = text.split(',').map((n) => n.trim()).filter((n) => n !== '');
  const unknown = names.find((n) => !known.includes(n));
  if (unknown !== undefined || names.length === 0)
    throw new InvalidArgumentError(
      `${unknown === undefined ? 'no section is named' : `there is no section '${unknown}'`}; there are ` +
        `${known.join(', ')}.`,
    );
  return names;
}

/** Figures, then ratios, then what there is to tell about single runs. */
function printParts(columns: readonly Column[]): void {
  const part = (ratios: boolean): Column[] =>
    columns.map((c) => ({ title: c.title, figures: c.figures.filter((f) => (f.unit === 'ratio') === ratios) }));
  printTable(part(false));
  if (part(true).some((c) => c.figures.length > 0)) {
    console.log();
    printTable(part(true));
  }
  for (const { log } of columns) if (log !== undefined) console.log(`\n${log.join('\n')}`);
}

async function bench(options: Options): Promise<void> {
  const nodes: NodeBinary[] = [THIS_NODE];
  const load = loadLine();
  console.log(machineLine());
  console.log(load);
  console.log(
    `v86 ${v86Version() ?? 'not installed: its figures are missing'}; ` +
      `${qemuVersion() ?? 'QEMU not installed: its figures are missing'}`,
  );
  if (options.node24) {
    const second = node24(progress);
    if (typeof second === 'string') console.log(`no second column: ${second}`);
    else if (second.title !== THIS_NODE.title) nodes.push(second);
  }
  console.log(
    `${nodes.map((n) => n.title).join(' and ')}; ${options.runs} runs of each; a cell is: median (minimum ` +
      `– maximum), or the one value there is\n`,
  );

  const results: { section: string; columns: Column[] }[] = [];
  const failures: string[] = [];
  for (const section of SECTIONS) {
    if (options.only !== undefined && !options.only.includes(section.name)) continue;
    console.log(`== ${section.title} (${section.name}) ==\n${section.note}`);
    try {
      const columns = await section.columns(options, nodes);
      printParts(columns);
      results.push({ section: section.name, columns });
    } catch (error) {
      const reason = (error as Error).message;
      failures.push(section.name);
      console.log(`not measured: ${reason}`);
    }
    console.log();
  }
  if (options.json !== undefined) {
    const peers = { v86: v86Version() ?? null, qemu: qemuVersion() ?? null };
    const { runs, minutes } = options;
    const written = { date: new Date().toISOString(), machine: machineLine(), load, peers, runs, minutes, results };
    writeFileSync(options.json, `${JSON.stringify(written, null, 2)}\n`);
  }
  if (failures.length > 0) {
    process.stderr.write(`bench: not measured: ${failures.join(', ')}\n`);
    process.exitCode = 1;
  }
}

await new Command('bench')
  .description(
    'Measure how fast this is, beside v86 and QEMU. Medians; ratios are taken run by run. See bench/README.md.',
  )
  .option('--runs <n>', 'runs of each contender', count, 5)
  .option('--minutes <n>', 'wall time of the work in section memory, under each Node', positive, 1)
  .option('--only <list>', `sections, with commas: ${SECTIONS.map((s) => s.name).join(',')}`, sectionNames)
  .option('--no-node24', 'only this Node; otherwise Node 24 as well, fetched by npm on first use')
  .option('--json <file>', 'write all runs to a file, too')
  .action(bench)
  .parseAsync();
