/**
 * The guest program `benchmark` (guest/benchmark) on our machine. This file is also the program
 * that makes one run, in a process of its own: `node dist/bench/guest-run.js jit sort 100 10`
 * (engine, job, iterations, iterations before the clock starts) prints it as JSON.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PostLatch } from '../src/hw/misc/post/post.ts';
import { ENGINE_KINDS, type EngineKind } from '../src/jit/engine-kind.ts';
import { BENCHMARK, JOBS, type Job } from '../src/control/guests/benchmark.ts';
import { POST } from '../src/control/guests/status.ts';
import { PcMachine } from '../src/machine/pc-machine.ts';
import { seconds as simulated } from '../src/sim/time.ts';
import { runChild } from './child.ts';
import { MarkerWatch, type PeerOptions, type PeerRun } from './peers/peer.ts';

export const BENCHMARK_IMAGE = fileURLToPath(new URL('../../guest/images/benchmark.elf', import.meta.url));
export { JOBS, type Job } from '../src/control/guests/benchmark.ts';
export const GUEST_MEMORY_MIB = 32;

/** What a run does. */
export interface Work {
  readonly job: Job;
  /** See guest/benchmark/params.h. */
  readonly iterations: number;
  /** Iterations before the start line. */
  readonly warmUp: number;
}

/** A run of ours: besides what a peer tells, the instructions between the two lines. */
export interface OwnRun extends PeerRun {
  readonly instructions: number;
}

/** The two lines between which time is measured, on every machine. */
export function markers(job: Job): Pick<PeerOptions, 'endMarker'> & { startMarker: string } {
  return { startMarker: `begin ${job}\r\n`, endMarker: ' done\r\n' };
}

/** The job's result as the guest printed it. @throws Error if it is not there */
export function checksum(output: string): string {
  const found = /checksum=([0-9a-f]{8}) done/.exec(output)?.[1];
  if (found === undefined) throw new Error(`no checksum in ${JSON.stringify(output)}`);
  return found;
}

/** Runs the program in a new process. */
export function runOwn(node: string, engine: EngineKind, work: Work): Promise<OwnRun> {
  return runChild<OwnRun>(node, './guest-run.js', [engine, work.job, String(work.iterations), String(work.warmUp)]);
}

/** Runs the program in this process. @throws Error if it does not come to its last line */
export function runHere(image: Uint8Array, engine: EngineKind, work: Work): OwnRun {
  const watch = new MarkerWatch(markers(work.job), () => {
    const { user, system } = process.cpuUsage();
    return { wall: performance.now() / 1e3, cpu: (user + system) / 1e6 };
  });
  let begun = 0, instructions = 0;
  const machine: PcMachine = new PcMachine({
    ramBytes: GUEST_MEMORY_MIB * 2 ** 20, disk: null, ide: 'piix3', engine,
    onSerial: (byte) => {
      if (watch.push(String.fromCharCode(byte))) machine.stop();
    },
    onPost: (code) => {
      if (code === POST.begin) begun = machine.cpu.instructions;
      else if (code === POST.end) instructions = machine.cpu.instructions - begun;
      else if (code === POST.fail) machine.stop();
    },
  });
  // The board has no memory-mapped device: a register that reads back what was written stands where
  // the peers' VGA has its text memory.
  const memory = machine.board.spaces.find((s) => s.name === 'memory')!;
  machine.board.map(memory, 0xb8000, 1, machine.board.add(new PostLatch('mmio', machine.board)).ports, {
    bus: machine.board.buses[0],
  });
  machine.loadGuest(image, BENCHMARK.encode(work));
  const reason = machine.run(simulated(10_000));
  if (watch.result === null)
    throw new Error(`${work.job} ended without its last line (${reason}): ${JSON.stringify(watch.output)}`);
  return { ...watch.result, instructions, peakMiB: process.resourceUsage().maxRSS / 1024, output: watch.output };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [kind, name, iterations, warmUp] = process.argv.slice(2);
  const engine = ENGINE_KINDS.find((k) => k === kind), job = JOBS.find((j) => j === name);
  if (engine === undefined || job === undefined)
    throw new Error(
      `usage: node dist/bench/guest-run.js ${ENGINE_KINDS.join('|')} ${JOBS.join('|')} [ITERATIONS [WARM-UP]]`,
    );
  const work = { job, iterations: Number(iterations ?? 1), warmUp: Number(warmUp ?? 0) };
  console.log(JSON.stringify(runHere(new Uint8Array(readFileSync(BENCHMARK_IMAGE)), engine, work)));
}
