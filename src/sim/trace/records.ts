import type { Ticks } from '../time.ts';
import { FLAG, KIND } from './kinds.ts';
import { sizeOf, type Shape } from './names.ts';
import type { Rows } from './rows.ts';

/** What every record has. */
interface Linked {
  /** Counted from 1 in the order in which records begin; a parent has a smaller id. */
  id: number;
  /** Id of the record that caused this one; 0: the guest's program itself, or unknown. */
  parent: number;
}

/** One bus transaction. */
export interface TransactionRecord extends Linked {
  readonly kind: 'transaction';
  /** Name of the address space: 'memory', 'io', 'pci-config'. */
  space: string;
  initiator: string;
  /** Name of the target region, or 'none' if nothing decodes the address. */
  target: string;
  address: number;
  /** Bytes. */
  size: number;
  write: boolean;
  /** Value moved; -1 for bursts. */
  value: number;
  secure: boolean;
  privileged: boolean;
  /** UC, WC, WT, WP, WB, or '' outside memory. */
  memoryType: string;
  start: Ticks;
  end: Ticks;
  status: string;
  /** Linear address of the guest's instruction; -1 if no instruction made the access. */
  pc: number;
}

/** A DMA port was asked to move bytes; its bursts are transactions whose parent is this. */
export interface RequestRecord extends Linked {
  readonly kind: 'request';
  time: Ticks;
  port: string;
  space: string;
  address: number;
  /** Bytes. */
  size: number;
  write: boolean;
  /**
   * Id of the request that the port had before, if this one goes on with that work; 0 if an access
   * to the device started it.
   */
  after: number;
}

/** The end of a request (its parent). */
export interface CompletionRecord extends Linked {
  readonly kind: 'completion';
  time: Ticks;
  port: string;
  /** Bytes moved. */
  bytes: number;
  status: string;
}

/** A device's event ran; its parent is what scheduled it. */
export interface EventRecord extends Linked {
  readonly kind: 'event';
  time: Ticks;
  name: string;
}

/** A line changed its level. */
export interface EdgeRecord extends Linked {
  readonly kind: 'edge';
  time: Ticks;
  line: string;
  level: boolean;
}

/**
 * The processor took a vector from its interrupt controller; the parent is the edge that made the
 * request.
 */
export interface AcknowledgeRecord extends Linked {
  readonly kind: 'acknowledge';
  time: Ticks;
  initiator: string;
  vector: number;
}

/** A handler was entered; the parent is the acknowledge cycle, or the edge of an NMI. */
export interface HandlerRecord extends Linked {
  readonly kind: 'handler';
  time: Ticks;
  initiator: string;
  vector: number;
  /** Linear address of its first instruction, and of the instruction that it interrupted. */
  entry: number;
  pc: number;
}

/** The handler that is the parent returned. */
export interface ReturnRecord extends Linked {
  readonly kind: 'return';
  time: Ticks;
  initiator: string;
  /** Linear address of the instruction that goes on. */
  pc: number;
}

/** A named moment of the run. */
export interface MarkRecord extends Linked {
  readonly kind: 'mark';
  time: Ticks;
  name: string;
}

/** Something worth noting that is no transaction: a guest mistake, a reset. */
export interface NoteRecord extends Linked {
  readonly kind: 'note';
  time: Ticks;
  source: string;
  what: string;
  detail: string;
}

export type TraceRecord =
  | TransactionRecord
  | RequestRecord
  | CompletionRecord
  | EventRecord
  | EdgeRecord
  | AcknowledgeRecord
  | HandlerRecord
  | ReturnRecord
  | MarkRecord
  | NoteRecord;

/** Row `row` of `rows` as an object. */
export function recordOf(
  id: number, rows: Rows, row: number, shapes: readonly Shape[], names: readonly string[],
): TraceRecord {
  const s = shapes[rows.shape[row]];
  const parent = rows.parent[row], time = rows.start[row];
  const address = rows.address[row], value = rows.value[row], extra = rows.extra[row];
  const who = names[s.who];
  switch (s.kind) {
    case KIND.TRANSACTION:
      return {
        kind: 'transaction', id, parent,
        space: names[s.space],
        initiator: who,
        target: names[s.what],
        address,
        size: sizeOf(s, value),
        write: (s.flags & FLAG.WRITE) !== 0,
        value: s.size === 0 ? -1 : value,
        secure: (s.flags & FLAG.SECURE) !== 0,
        privileged: (s.flags & FLAG.PRIVILEGED) !== 0,
        memoryType: names[s.type],
        start: time,
        end: time + rows.ticks[row],
        status: names[s.status],
        pc: extra,
      };
    case KIND.REQUEST:
      return {
        kind: 'request', id, parent, time, port: who,
        space: names[s.space],
        address, size: value,
        write: (s.flags & FLAG.WRITE) !== 0,
        after: extra,
      };
    case KIND.COMPLETION:
      return { kind: 'completion', id, parent, time, port: who, bytes: value, status: names[s.status] };
    case KIND.EVENT:
      return { kind: 'event', id, parent, time, name: who };
    case KIND.EDGE:
      return { kind: 'edge', id, parent, time, line: who, level: value !== 0 };
    case KIND.ACKNOWLEDGE:
      return { kind: 'acknowledge', id, parent, time, initiator: who, vector: value };
    case KIND.HANDLER:
      return { kind: 'handler', id, parent, time, initiator: who, vector: value, entry: address, pc: extra };
    case KIND.RETURN:
      return { kind: 'return', id, parent, time, initiator: who, pc: address };
    case KIND.MARK:
      return { kind: 'mark', id, parent, time, name: who };
    default:
      return {
        kind: 'note', id, parent, time, source: who,
        what: names[s.what],
        detail: names[value],
      };
  }
}
