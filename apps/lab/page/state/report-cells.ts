/** Single cells of a result's table. */
import type { RunReport } from '../../protocol/experiments.ts';
import type { ReportCell } from '../../../../src/control/experiments/report.ts';

type Reported = Pick<RunReport, 'report'>;

/** The text of a cell of a report, `–` if there is none. */
export function cellText(of: Reported, measure: string, method: string): string {
  return cellOf(of, measure, method)?.text ?? '–';
}

/** The number of a cell of a report, NaN if there is none. */
export function cellNumber(of: Reported, measure: string, method: string): number {
  const value = cellOf(of, measure, method)?.value;
  return typeof value === 'number' ? value : NaN;
}

function cellOf({ report }: Reported, measure: string, method: string): ReportCell | undefined {
  return report.rows.find((row) => row.key === measure)?.cells[report.methods.indexOf(method)];
}
