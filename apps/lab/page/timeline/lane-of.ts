import type { TraceRecord } from '../../../../src/sim/trace/records.ts';

/** Key of the lane in which a record stands. */
export function laneOf(r: TraceRecord): string {
  switch (r.kind) {
    case 'transaction': return `initiator:${r.initiator}`;
    case 'request': case 'completion': return `request:${r.port}`;
    case 'edge': return `line:${r.line}`;
    case 'acknowledge': case 'handler': case 'return': return `handler:${r.initiator}`;
    case 'note': case 'mark': return r.kind;
    case 'event': return `event:${r.name}`;
  }
}
