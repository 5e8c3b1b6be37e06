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
    `    <testcase classname="${escape(suite)}" name="${escape(c.name)}" time="${seconds(c.seconds)}">\n` +
    (c.failure === '' ? '' : `      <failure message="${escape(c.failure)}">${escape(c.details)}</failure>\n`) +
    `      <system-out>${escape(c.output)}</system-out>\n    </testcase>\n`,
  );
  return '<?xml version="1.0" encoding="UTF-8"?>\n' +
    `<testsuites tests="${cases.length}" failures="${failed}" time="${seconds(time)}">\n` +
    `  <testsuite name="${escape(suite)}" tests="${cases.length}" failures="${failed}" errors="0" skipped="0" ` +
    `time="${seconds(time)}">\n${body.join('')}  </testsuite>\n</testsuites>\n`;
}

function seconds(value: number): string {
  return value.toFixed(9);
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text for XML 1.0: entities, and U+FFFD for what no document may contain (§2.2, Char). */
function escape(text: string): string {
  return text
    .replace(/[&<>"]/g, (c) => ENTITIES[c])
    // eslint-disable-next-line no-control-regex -- these are the characters to be replaced
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}
