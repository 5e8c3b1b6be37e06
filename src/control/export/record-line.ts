import type { TraceRecord } from '../../sim/trace/records.ts';

const hex = (n: number): string => `0x${n.toString(16)}`;

/** A time in ticks in the largest unit that leaves a whole part, exact to the nanosecond. */
export function timeText(ticks: number): string {
  const ns = Math.round(ticks / 3);
  if (ns >= 1e9) return `${(ns / 1e9).toFixed(9)} s`;
  return ns >= 1e6 ? `${(ns / 1e6).toFixed(6)} ms` : `${(ns / 1e3).toFixed(3)} µs`;
}

/** When a record began. */
export function timeOf(r: TraceRecord): number {
  return r.kind === 'transaction' ? r.start : r.time;
}

/** When it was over. */
export function endOf(r: TraceRecord): number {
  return r.kind === 'transaction' ? r.end : r.time;
}

/** What a record says, in words, without id and time. */
export function recordText(r: TraceRecord): string {
  switch (r.kind) {
    case 'transaction': {
      const bad = r.status === 'ok' ? '' : ` (${r.status})`;
      const what = r.value < 0 ? `${r.size} bytes ` : r.write ? `${hex(r.value)} ` : '';
      const got = r.value < 0 || r.write ? '' : `: ${hex(r.value)}`;
      const at = `${r.write ? 'to' : 'at'} ${r.space} ${hex(r.address)} (${r.target})`;
      const pc = r.pc < 0 ? '' : `, pc ${hex(r.pc)}`;
      return `${r.initiator} ${r.write ? 'writes' : 'reads'} ${what}${at}${got}${bad}${pc}`;
    }
    case 'request': {
      const after = r.after === 0 ? '' : `, after #${r.after}`;
      return `request ${r.port}: ${r.write ? 'write' : 'read'} ${r.size} bytes at ${r.space} ${hex(r.address)}${after}`;
    }
    case 'completion': return `completion ${r.port}: ${r.bytes} bytes, ${r.status}`;
    case 'event': return `event ${r.name}`;
    case 'edge': return `edge ${r.line} ${r.level ? 'rises' : 'falls'}`;
    case 'acknowledge': return `acknowledge ${r.initiator}: vector ${hex(r.vector)}`;
    case 'handler':
      return `handler ${r.initiator}: vector ${hex(r.vector)} at ${hex(r.entry)}, interrupts ${hex(r.pc)}`;
    case 'return': return `return ${r.initiator} to ${hex(r.pc)}`;
    case 'mark': return `mark ${r.name}`;
    case 'note': return `note ${r.source} ${r.what}: ${r.detail}`;
  }
}
