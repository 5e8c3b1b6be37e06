import type { DiskReadRun } from '../../../src/control/experiments/disk-read.ts';
import { formatCount, formatRate, formatSeconds, formatShare, formatSize } from '../quantities.ts';
import { formatTable } from '../table.ts';

export interface TimedRun extends DiskReadRun {
  /** Time that the simulation took. */
  wallSeconds: number;
}

export interface DiskReadReport {
  experiment: string;
  board: string;
  guest: string;
  bytes: number;
  diskName: string;
  diskSha256: string;
  /** Which engine executed the guests: it shows in wall time only. */
  engine: string;
  runs: readonly TimedRun[];
}

/** The report for people: measures down, methods across. */
export function compareTable(report: DiskReadReport): string {
  const { runs } = report;
  const row = (name: string, cell: (r: TimedRun) => string): string[] => [name, ...runs.map(cell)];
  const table = formatTable([
    row('', (r) => r.method),
    null,
    row('transfer mode', (r) => r.mode ?? 'the guest\'s own'),
    row('simulated time', (r) => formatSeconds(r.seconds)),
    row('throughput', (r) => formatRate(r.bytesPerSecond)),
    row('processor busy', (r) => formatShare(r.cpuBusy)),
    row('instructions', (r) => formatCount(r.counters.instructions)),
    row('port accesses by the processor', (r) => formatCount(r.counters.cpuPortAccesses)),
    row('  of these to the data port', (r) => formatCount(r.counters.dataPortAccesses)),
    row('MMIO accesses by the processor', (r) => formatCount(r.counters.cpuMmioAccesses)),
    row('bytes moved by devices', (r) => formatCount(r.counters.deviceBytes)),
    row('transfers by devices', (r) => formatCount(r.counters.deviceTransfers)),
    row('interrupts', (r) => formatCount(r.counters.interrupts)),
    row('SHA-256 of what arrived', (r) => `${r.sha256.slice(0, 6)}…${r.sha256.slice(-4)} ${r.matches ? '✓' : '✗'}`),
    row(`wall time, ${report.engine}`, (r) => formatSeconds(r.wallSeconds)),
  ]);
  const good = runs.every((r) => r.matches);
  return (
    `${report.experiment}: ${formatSize(report.bytes)} from ${report.diskName}, board ${report.board}, ` +
      `guest ${report.guest}\n\n${table}\n` +
    (good
      ? `✓ equal to the disk's own bytes: ${report.diskSha256}\n`
      : `✗ not equal to the disk's own bytes: ${report.diskSha256}\n`)
  );
}

/**
 * The report for programs: one JSON object, keys always in this order. The engine is not in it: but
 * for `wallSeconds` it is the same with each.
 */
export function compareJson(report: DiskReadReport): string {
  return `${JSON.stringify({
    experiment: report.experiment,
    board: report.board,
    guest: report.guest,
    bytes: report.bytes,
    diskSha256: report.diskSha256,
    runs: report.runs.map((r) => ({
      method: r.method,
      mode: r.mode,
      seconds: r.seconds,
      bytesPerSecond: r.bytesPerSecond,
      cpuBusy: r.cpuBusy,
      instructions: r.counters.instructions,
      cpuPortAccesses: r.counters.cpuPortAccesses,
      dataPortAccesses: r.counters.dataPortAccesses,
      cpuMmioAccesses: r.counters.cpuMmioAccesses,
      deviceBytes: r.counters.deviceBytes,
      deviceTransfers: r.counters.deviceTransfers,
      interrupts: r.counters.interrupts,
      sha256: r.sha256,
      wallSeconds: r.wallSeconds,
    })),
  }, null, 2)}\n`;
}
