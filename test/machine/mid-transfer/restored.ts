/**
 * A process of its own: restores snapshots into machines that run by the other engine, runs each to
 * a time, and prints what they are then, a line each. Its input is a file of `Saved` objects.
 */
import { readFileSync } from 'node:fs';
import { CaseRun, type Case } from './cases.ts';

/** A snapshot and where it leads. */
export interface Saved {
  readonly case: Case;
  /** Path of the snapshot. */
  readonly file: string;
  /** Simulated time to run to (ticks). */
  readonly until: number;
}

const list = process.argv[2];
if (list !== undefined) {
  for (const saved of JSON.parse(readFileSync(list, 'utf8')) as Saved[]) {
    const run = new CaseRun(saved.case, 'interpreter');
    run.restore(readFileSync(saved.file));
    run.session.run(saved.until);
    process.stdout.write(`${run.checksum()}\n`);
  }
}
