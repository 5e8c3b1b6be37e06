import type { Experiment, RunResult } from '../../src/control/experiments/experiment.ts';
import type { JobWish } from '../../src/control/experiments/job.ts';
import { POST } from '../../src/control/guests/status.ts';
import type { Machine } from '../../src/machine/machine.ts';
import type { TraceRecord, TransactionRecord } from '../../src/sim/trace.ts';
import { runToEnd } from './experiment-bench.ts';

/** One method of an experiment: its result, and what happened between the two marks. */
export interface TracedRun {
  readonly run: RunResult;
  readonly machine: Machine;
  /** All records, in the order in which they ended. */
  readonly records: readonly TraceRecord[];
  /** The transactions among them, in the order in which they began. */
  readonly transactions: readonly TransactionRecord[];
}

/** Runs one method and keeps its trace. `processorRam`: with the processor's accesses of RAM. */
export function tracedRun(e: Experiment, method: string, wish: JobWish = {}, processorRam = false): TracedRun {
  const all: TraceRecord[] = [];
  let built: Machine | null = null;
  const run = runToEnd(e, method, wish, {
    started: (machine) => {
      built = machine;
      machine.sim.trace.processorRam = processorRam;
      machine.sim.trace.listen((r) => all.push({ ...r }));
    },
  });
  const mark = (code: number): number =>
    all.findIndex((r) => r.kind === 'transaction' && r.target === 'post.ports' && r.value === code);
  const records = all.slice(mark(POST.begin) + 1, mark(POST.end));
  const transactions = records.filter((r) => r.kind === 'transaction').sort((a, b) => a.id - b.id);
  return { run, machine: built as unknown as Machine, records, transactions };
}

/** The record's causes, nearest first, as far as they are among `records`. */
export function causesOf(record: TraceRecord, records: readonly TraceRecord[]): TraceRecord[] {
  const byId = new Map(records.map((r) => [r.id, r]));
  const causes: TraceRecord[] = [];
  for (let c = byId.get(record.parent); c !== undefined; c = byId.get(c.parent)) causes.push(c);
  return causes;
}

/** Transactions of one initiator. */
export function by(initiator: string): (r: TransactionRecord) => boolean {
  return (r) => r.initiator === initiator;
}
