/** `--report FILE`: a result as one page of HTML. What makes pages is loaded when one is made. */
import type { Kit } from '../../../src/control/experiments/experiment.ts';
import type { ExperimentResult } from '../../../src/control/experiments/result.ts';
import { shellWord } from '../../../src/control/shell-word.ts';
import type { Component } from '../../../src/sim/component.ts';
import { checkOutput, type InputFile } from '../hosts/output-file.ts';
import { InputError } from '../input-error.ts';
import { VERSION } from '../package-info.ts';
import type { Traced } from '../../report/compare-page.ts';

export const REPORT_HELP = 'write the result as one page of HTML to FILE: table, figures, pieces of the traced runs, ' +
  'and how true the models are';
export const WHAT_REPORT = 'the report';

/**
 * Says early that a report could not be written.
 * @param outputs files that are written besides, by their options
 * @throws InputError
 */
export function checkReport(
  path: string, inputs: readonly InputFile[], outputs: readonly { path: string | undefined; what: string }[],
): void {
  if (path === '-') throw new InputError('--report - would mix the page with the table; give a file');
  checkOutput(path, '--report', WHAT_REPORT, inputs, outputs);
}

/** The page of a comparison. `components`: of one of its machines. */
export async function comparePage(
  result: ExperimentResult, kit: Kit, traced: readonly Traced[], components: readonly Component[],
): Promise<string> {
  const { comparePage: pageOf } = await import('../../report/compare-page.ts');
  return await pageOf(result, kit, { traced, components, ...origin() });
}

/** What gives a page again: the program, and the command line that is running, less the report. */
export function origin(): { command: string; generator: string } {
  const words = process.argv.slice(2);
  const kept = words.filter((w, n) => !w.startsWith('--report=') && w !== '--report' && words[n - 1] !== '--report');
  return { command: ['northbridge', ...kept.map(shellWord)].join(' '), generator: `northbridge ${VERSION}` };
}
