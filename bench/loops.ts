/**
 * Guest work that is all processor, and guest work that is all device access: the program
 * guest/benchmark, one image, here, in v86 and in QEMU. By itself: `node dist/bench/loops.js [RUNS]
 * [JOBS…]`, by default 3 runs of all jobs.
 */
import { fileURLToPath } from 'node:url';
import { ENGINE_KINDS } from '../src/jit/engine-kind.ts';
import { QEMU_CPU } from './boot.ts';
import {
  BENCHMARK_IMAGE, checksum, GUEST_MEMORY_MIB, JOBS, markers, runOwn, type Job, type OwnRun, type Work,
} from './guest-run.ts';
import { figure, loadLine, machineLine, printTable, ratio, type Column, type Figure } from './measure.ts';
import { THIS_NODE, type NodeBinary } from './node24.ts';
import type { PeerRun } from './peers/peer.ts';
import { qemuVersion, runQemu } from './peers/qemu.ts';
import { runV86, v86Version } from './peers/v86.ts';

/** Enough for about a second on a machine of some hundred MIPS; an access is an iteration. */
const ITERATIONS: Readonly<Record<Job, number>> = {
  sort: 60, sha256: 150,
  'copy-rep': 48_000,
  'copy-loop': 600,
  chase: 600,
  'chase-far': 300,
  x87: 5000, ports: 6_000_000,
  'ports-uart': 6_000_000,
  mmio: 6_000_000,
};
/**
 * TCG makes each step of a repeated string instruction by itself: two orders of magnitude slower
 * than the others, so it gets less to do.
 */
const TCG_COPY_REP = 300;
/**
 * This part of the iterations is run before the clock starts: by then, every machine has compiled
 * what it compiles.
 */
const WARM_UP = 1 / 4;
const isAccess = (job: Job): boolean => job === 'ports' || job === 'ports-uart' || job === 'mmio';

export const LOOP_NOTE = `The guest program benchmark.elf (guest/benchmark), ${GUEST_MEMORY_MIB} MiB, the ` +
  `same bytes everywhere: multiboot in v86 (without a BIOS) and QEMU, our own loader
here. Wall time between two lines that the guest prints, after a warm-up of a quarter of the work. Every run is a new process; the contenders take turns; all must
print the same checksum (QEMU copies less by rep movsd: a run of ours of the same length gives that checksum). Instructions are counted by our machine, where both
engines must agree, and taken for all, since the code is the same; a repeated string instruction counts one an iteration. QEMU: -cpu
${QEMU_CPU}.
- sort: quicksort of 64 K dwords; sha256: of 64 KiB; copy-rep, copy-loop: 256 KiB by rep movsd and by a loop of dwords; chase, chase-far: pointers through
  256 KiB and 4 MiB (the latter mostly waits for the host's own memory); x87: doubles
  and 80-bit values by a compiler for the x87. Paging is off.
- ports: a byte from port 21h, the mask of the 8259A: that device on all three (in v86 handled inside its WebAssembly).
- ports-uart: a byte from port 3FDh, the line status of COM1: that device on all three (in v86 handled in JavaScript).
- mmio: a byte from B8000h through a page that is PCD and PWT, paging on. v86 and QEMU: their VGA's text memory, whose reads go through the device's handler (latches,
  plane select). Ours: the board has no memory-mapped device, so the benchmark maps a one-byte register that reads back what was written; the way there (page walk,
  address space, PCI bus time, register bank) is the whole way to any device.
Ratios are ratios of speed, ours / theirs, run by run: above 1, ours is faster.
`;

/** Who runs the program. */
interface Contender {
  readonly name: string;
  readonly own: boolean;
  /** The same under every Node. */
  readonly native: boolean;
  readonly run: (node: NodeBinary, work: Work) => Promise<PeerRun | OwnRun>;
}

/** Ours, and the peers that are installed; tells of those that are not. */
function contenders(progress: (line: string) => void): Contender[] {
  const list: Contender[] = ENGINE_KINDS.toReversed().map((engine) => ({
    name: `ours, ${engine}`, own: true, native: false, run: (node, work) => runOwn(node.path, engine, work),
  }));
  const options = (w: Work) => ({
    kernel: { multiboot: BENCHMARK_IMAGE, append: `job=${w.job} iterations=${w.iterations} warm-up=${w.warmUp}` },
    memoryMiB: GUEST_MEMORY_MIB, ...markers(w.job),
  });
  if (v86Version() === undefined) progress('loops: the npm package v86 is not installed; without it');
  else
    list.push({
      name: 'v86', own: false, native: false,
      run: (node, work) => runV86({ ...options(work), node: node.path }),
    });
  if (qemuVersion() === undefined) progress('loops: there is no qemu-system-i386; without it');
  else
    list.push({
      name: 'QEMU TCG',
      own: false, native: true,
      run: (_node, work) => runQemu({ ...options(work), cpu: QEMU_CPU }),
    });
  return list;
}

function workOf(job: Job, c: Contender): Work {
  const iterations = c.native && job === 'copy-rep' ? TCG_COPY_REP : ITERATIONS[job];
  return { job, iterations, warmUp: Math.ceil(iterations * WARM_UP) };
}

/**
 * Figures of one job under one Node, and speed ratios. `speeds`: millions of instructions
 * (accesses) a second, in the order of the runs.
 */
function jobFigures(
  job: Job,
  list: readonly Contender[],
  speeds: (c: Contender) => number[],
  withNative: boolean,
): Figure[] {
  const figures = list
    .filter((c) => withNative || !c.native)
    .map((c) =>
      isAccess(job)
        ? figure(
            `${job}: ${c.name}`,
            'ns an access',
            speeds(c).map((s) => 1000 / s),
          )
        : figure(`${job}: ${c.name}`, 'M guest instructions/s', speeds(c)),
    );
  for (const ours of list.filter((c) => c.own)) {
    for (const peer of list.filter((c) => !c.own))
      figures.push(ratio(`${job}: ${ours.name} / ${peer.name}`, speeds(ours), speeds(peer)));
  }
  return figures;
}

/** The geometric mean over the jobs of each pair's ratio, run by run. */
function meanRatios(jobs: readonly Job[], list: readonly Contender[], figures: readonly Figure[]): Figure[] {
  return list.filter((c) => c.own).flatMap((ours) => list.filter((c) => !c.own).map((peer) => {
    const each = jobs.map((job) => figures.find((f) => f.name === `${job}: ${ours.name} / ${peer.name}`)!.values);
    const means = each[0].map((_, run) =>
      Math.exp(each.reduce((sum, values) => sum + Math.log(values[run]), 0) / each.length),
    );
    return figure(`all ${jobs.length} loops: ${ours.name} / ${peer.name}`, 'ratio', means);
  }));
}

/** Checksum and instructions of a piece of work: whoever does it, it is the same. */
class Results {
  private readonly known = new Map<string, { checksum: string; instructions: number; by: string }>();

  /** @throws Error if it differs from what another run found */
  check(work: Work, run: PeerRun | OwnRun, by: string): void {
    const found = { checksum: checksum(run.output), instructions: 'instructions' in run ? run.instructions : 0, by };
    const key = `${work.job} ${work.iterations}`, old = this.known.get(key);
    if (old === undefined) {
      this.known.set(key, found);
      return;
    }
    if (old.checksum !== found.checksum)
      throw new Error(`${key}: checksum ${found.checksum} by ${by}, ${old.checksum} by ${old.by}`);
    if (old.instructions !== 0 && found.instructions !== 0 && old.instructions !== found.instructions) {
      throw new Error(`${key}: ${found.instructions} instructions by ${by}, ${old.instructions} by ${old.by}`);
    }
    old.instructions ||= found.instructions;
  }

  /** Between the two lines; 0 if none of ours has run it. */
  instructions(work: Work): number {
    return this.known.get(`${work.job} ${work.iterations}`)?.instructions ?? 0;
  }
}

/**
 * Runs all contenders in turns, job by job: one column for each Node, QEMU's own figures in the
 * first column and its ratios in all.
 * @throws Error if two runs of a job differ in checksum, or two of ours in their count of
 * instructions
 */
export async function loopColumns(
  runs: number,
  nodes: readonly NodeBinary[],
  progress: (line: string) => void,
  jobs: readonly Job[] = JOBS,
): Promise<Column[]> {
  const list = contenders(progress);
  const columns = nodes.map((node) => ({ title: node.title, figures: [] as Figure[] }));
  const results = new Results();
  const key = (c: Contender, node: NodeBinary): string => (c.native ? c.name : `${c.name} (${node.title})`);
  for (const job of jobs) {
    const times = new Map<string, number[]>();
    for (let run = 1; run <= runs; run++) {
      for (const [i, node] of nodes.entries()) {
        for (const c of list) {
          if (c.native && i > 0) continue;
          const work = workOf(job, c),
            result = await c.run(node, work);
          progress(
            `loops ${run}/${runs}: ${job}, ${key(c, node)} ${result.seconds.toFixed(2)} s, processor ` +
              `${result.cpuSeconds.toFixed(2)} s`,
          );
          results.check(work, result, key(c, node));
          if (results.instructions(work) === 0) results.check(work, await list[0].run(node, work), key(list[0], node));
          times.set(key(c, node), [...(times.get(key(c, node)) ?? []), result.seconds]);
        }
      }
    }
    const amount = (c: Contender): number =>
      isAccess(job) ? workOf(job, c).iterations : results.instructions(workOf(job, c));
    for (const [i, node] of nodes.entries()) {
      columns[i].figures.push(
        ...jobFigures(job, list, (c) => times.get(key(c, node))!.map((t) => amount(c) / t / 1e6), i === 0),
      );
    }
  }
  const loops = jobs.filter((job) => !isAccess(job));
  if (loops.length > 1) for (const column of columns) column.figures.push(...meanRatios(loops, list, column.figures));
  return columns;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const runs = Number(process.argv[2] ?? 3);
  const wanted = process.argv.slice(3), jobs = JOBS.filter((j) => wanted.length === 0 || wanted.includes(j));
  if (!(runs >= 1) || jobs.length < wanted.length)
    throw new Error(`usage: node dist/bench/loops.js [RUNS] [${JOBS.join('|')}]…`);
  console.log(
    `${machineLine()}\n${loadLine()}\nv86 ${v86Version() ?? 'missing'}; ` +
      `${qemuVersion() ?? 'QEMU missing'}\n${LOOP_NOTE}`,
  );
  const columns = await loopColumns(runs, [THIS_NODE], (line) => process.stderr.write(`${line}\n`), jobs);
  const part = (keep: (f: Figure) => boolean): Column[] =>
    columns.map((c) => ({ title: `${c.title}: median (min – max)`, figures: c.figures.filter(keep) }));
  printTable(part((f) => f.unit !== 'ratio'));
  console.log('');
  printTable(part((f) => f.unit === 'ratio'));
}
