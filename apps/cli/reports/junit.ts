import { escapeHtml } from '../../../src/control/report/html.ts';

/** One test as JUnit's XML has it. */
export interface JUnitCase {
  name: string;
  /** Simulated seconds: the same every time. */
  seconds: number;
  /** Why it failed, or ''. */
  failure: string;
  /** More about the failure, several lines. */
  details: string;
  /** The console. */
  output: string;
}

/** A report in the XML of JUnit (the elements that Jenkins and GitLab read), one suite. */
export function junitXml(suite: string, cases: readonly JUnitCase[]): string {
  const failed = cases.filter((c) => c.failure !== '').length;
  const time = cases.reduce((sum, c) => sum + c.seconds, 0);
  const body = cases.map((c) =>
    `    <testcase classname="${escapeHtml(suite)}" name="${escapeHtml(c.name)}" time="${seconds(c.seconds)}">\n` +
    (c.failure === '' ? '' : `      <failure message="${escapeHtml(c.failure)}">${escapeHtml(c.details)}</failure>\n`) +
    `      <system-out>${escapeHtml(c.output)}</system-out>\n    </testcase>\n`,
  );
  return '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<testsuites tests="${cases.length}" failures="${failed}" time="${seconds(time)}">\n` +
    `  <testsuite name="${escapeHtml(suite)}" tests="${cases.length}" failures="${failed}" errors="0" skipped="0" ` +
    `time="${seconds(time)}">\n${body.join('')}  </testsuite>\n</testsuites>\n`;
}

function seconds(value: number): string {
  return value.toFixed(9);
}
