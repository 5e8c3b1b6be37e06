import type { TraceRecord } from '../../sim/trace/records.ts';
import { recordText, timeOf } from './record-line.ts';

/** The first line of a trace as CSV (RFC 4180, but lines end in LF). */
export const CSV_HEADER =
  'run,id,parent,kind,start,end,who,space,target,address,addressHex,size,write,value,status,pc,pcHex,text\n';

function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A line of fields, with its newline. */
export function csvLine(fields: readonly string[]): string {
  return `${fields.map(field).join(',')}\n`;
}

const place = (n: number): string[] => (n < 0 ? ['', ''] : [String(n), `0x${n.toString(16)}`]);

/** The line for one record, with its newline. What a record has not is empty. */
export function csvRecord(run: string, r: TraceRecord): string {
  const head = [run, String(r.id), String(r.parent), r.kind, String(timeOf(r))];
  let rest: string[];
  if (r.kind === 'transaction')
    rest = [
      String(r.end), r.initiator, r.space, r.target, ...place(r.address), String(r.size), String(r.write),
      r.value < 0 ? '' : String(r.value), r.status, ...place(r.pc),
    ];
  else if (r.kind === 'request')
    rest = ['', r.port, r.space, '', ...place(r.address), String(r.size), String(r.write), '', '', '', ''];
  else {
    const who =
      r.kind === 'completion' ? r.port : r.kind === 'edge' ? r.line : r.kind === 'note' ? r.source
        : r.kind === 'event' || r.kind === 'mark' ? r.name : r.initiator;
    const size = r.kind === 'completion' ? String(r.bytes) : '';
    const value =
      r.kind === 'edge' ? String(+r.level) : r.kind === 'acknowledge' || r.kind === 'handler' ? String(r.vector) : '';
    const pc = r.kind === 'handler' || r.kind === 'return' ? place(r.pc) : ['', ''];
    rest = ['', who, '', '', '', '', size, '', value, r.kind === 'completion' ? r.status : '', ...pc];
  }
  return csvLine([...head, ...rest, recordText(r)]);
}
