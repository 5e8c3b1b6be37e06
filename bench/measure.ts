/** Repeated measurement: medians over runs, and the ratio of two alternatives pair by pair. */
import { cpus } from 'node:os';

export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
}

/** Runs `once` (which returns the figure) `runs` times after one warm-up. */
export function measure(name: string, unit: string, runs: number, once: () => number): Figure {
  once();
  const values = Array.from({ length: runs }, once).sort((a, b) => a - b);
  return { name, unit, minimum: values[0], median: values[values.length >> 1], maximum: values[values.length - 1] };
}

/** Seconds that `work` takes. */
export function seconds(work: () => void): number {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e9;
}

/** One line about the machine that the figures are from. */
export function machineLine(): string {
  const list = cpus();
  return `${list.length} × ${list[0]?.model.trim() ?? 'unknown processor'}, Node ${process.version}, V8 ${process.versions.v8}, ${process.platform} ${process.arch}`;
}

export function printFigures(figures: readonly Figure[]): void {
  const width = Math.max(...figures.map((f) => f.name.length));
  console.log(`${''.padEnd(width)}  ${'median'.padStart(9)}  ${'min'.padStart(9)}  ${'max'.padStart(9)}`);
  for (const f of figures) {
    const cell = (v: number): string => v.toPrecision(4).padStart(9);
    console.log(`${f.name.padEnd(width)}  ${cell(f.median)}  ${cell(f.minimum)}  ${cell(f.maximum)}  ${f.unit}`);
  }
}
