import { TICKS_PER_SECOND } from '../../sim/time.ts';
import type { TraceRecord } from '../../sim/trace.ts';
import type { MappedAccess } from '../trace/mappings.ts';

/**
 * The trace as newline-delimited JSON (RFC 8259 values, one a line). The first line is a header
 * that names the units; every other line is a record or the begin of a run. All keys of a kind are
 * always there, in the same order; a value that a record has not is null. Same run, same bytes.
 */
export const NDJSON_VERSION = 2;

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

/** `"address":496,"addressHex":"0x1f0"`: numbers for programs, digits for people. */
function place(key: string, address: number): string {
  return address < 0 ? `"${key}":null,"${key}Hex":null` : `"${key}":${address},"${key}Hex":"0x${address.toString(16)}"`;
}

function through({ name, linear, entry }: MappedAccess): string {
  return `,"mapping":${quote(name)},${place('linear', linear)},"entry":${entry === '' ? 'null' : quote(entry)}`;
}

/**
 * The line for one record, with its newline. Bursts have no value: null. An access that a user's
 * program made through a mapping with a name has `mapping`, `linear` and `entry` at its end.
 */
export function ndjsonRecord(r: TraceRecord, mapped: MappedAccess | null = null): string {
  const head = `{"kind":"${r.kind}","id":${r.id},"parent":${r.parent},`;
  switch (r.kind) {
    case 'transaction':
      return (
        `${head}"start":${r.start},"end":${r.end},"initiator":${quote(r.initiator)},"space":${quote(r.space)},` +
        `"target":${quote(r.target)},${place('address', r.address)},"size":${r.size},"write":${r.write},` +
        `"value":${r.value < 0 ? 'null' : r.value},"status":${quote(r.status)},"secure":${r.secure},` +
        `"privileged":${r.privileged},"memoryType":${r.memoryType === '' ? 'null' : quote(r.memoryType)},` +
        `${place('pc', r.pc)}${mapped === null ? '' : through(mapped)}}\n`
      );
    case 'request':
      return (
        `${head}"time":${r.time},"port":${quote(r.port)},"space":${quote(r.space)},` +
        `${place('address', r.address)},"size":${r.size},"write":${r.write},"after":${r.after}}\n`
      );
    case 'completion':
      return `${head}"time":${r.time},"port":${quote(r.port)},"bytes":${r.bytes},"status":${quote(r.status)}}\n`;
    case 'edge':
      return `${head}"time":${r.time},"line":${quote(r.line)},"level":${r.level}}\n`;
    case 'acknowledge':
      return `${head}"time":${r.time},"initiator":${quote(r.initiator)},"vector":${r.vector}}\n`;
    case 'handler':
      return (
        `${head}"time":${r.time},"initiator":${quote(r.initiator)},"vector":${r.vector},` +
        `${place('entry', r.entry)},${place('pc', r.pc)}}\n`
      );
    case 'return':
      return `${head}"time":${r.time},"initiator":${quote(r.initiator)},${place('pc', r.pc)}}\n`;
    case 'event':
    case 'mark':
      return `${head}"time":${r.time},"name":${quote(r.name)}}\n`;
    case 'note':
      return (
        `${head}"time":${r.time},"source":${quote(r.source)},"what":${quote(r.what)},` +
        `"detail":${JSON.stringify(r.detail)}}\n`
      );
  }
}
