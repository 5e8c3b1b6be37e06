import { TICKS_PER_SECOND } from '../../sim/time.ts';
import type { TraceRecord } from '../../sim/trace.ts';

/**
 * The trace as newline-delimited JSON (RFC 8259 values, one a line). The first line is a header
 * that names the units; every other line is a transaction, a note or the begin of a run. All keys
 * are always there, in the same order; a value that a record has not is null. Same run, same bytes.
 */
export const NDJSON_VERSION = 1;

/** What the header line tells. */
export interface NdjsonHeader {
  /** The program that wrote the file, with its version. */
  generator: string;
  board: string;
  /** The filters in words, '' if every record is written. */
  filter: string;
}

const quoted = new Map<string, string>();
const QUOTED_LIMIT = 4096;

/** JSON.stringify of a name, remembered: the same few names come millions of times. */
function quote(text: string): string {
  let q = quoted.get(text);
  if (q === undefined) {
    q = JSON.stringify(text);
    if (quoted.size < QUOTED_LIMIT) quoted.set(text, q);
  }
  return q;
}

/** The file's first line, with its newline. */
export function ndjsonHeader(header: NdjsonHeader): string {
  return (
    `{"northbridge-trace":${NDJSON_VERSION},"ticksPerSecond":${TICKS_PER_SECOND},` +
    `"timeUnit":"start, end and time are ticks of 1/3 ns","addressUnit":"bytes",` +
    `"board":${quote(header.board)},"filter":${quote(header.filter)},"generator":${quote(header.generator)}}\n`
  );
}

/**
 * The line before the records of one run: several runs may follow each other in one file, each with
 * its time from 0.
 */
export function ndjsonRun(name: string): string {
  return `{"kind":"run","name":${quote(name)}}\n`;
}

/** The line for one record, with its newline. Bursts have no value: null. */
export function ndjsonRecord(r: TraceRecord): string {
  if (r.kind === 'note')
    return (
      `{"kind":"note","time":${r.time},"source":${quote(r.source)},` +
      `"what":${quote(r.what)},"detail":${JSON.stringify(r.detail)}}\n`
    );
  const cause =
    r.causeKind === 'pc'
      ? `{"pc":${r.cause}}`
      : r.causeKind === 'event'
        ? `{"event":${quote(String(r.cause))}}`
        : 'null';
  const value = r.value < 0 ? 'null' : r.value;
  const type = r.memoryType === '' ? 'null' : quote(r.memoryType);
  return (
    `{"kind":"transaction","start":${r.start},"end":${r.end},"initiator":${quote(r.initiator)},` +
    `"space":${quote(r.space)},"target":${quote(r.target)},"address":${r.address},"size":${r.size},` +
    `"write":${r.write},"value":${value},"status":${quote(r.status)},"secure":${r.secure},` +
    `"privileged":${r.privileged},"memoryType":${type},"cause":${cause}}\n`
  );
}
