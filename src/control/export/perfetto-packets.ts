import { ProtoMessage } from './protobuf.ts';

/**
 * Field numbers of Perfetto's messages (github.com/google/perfetto, protos/perfetto/trace). Those
 * that are used stand in test/export/perfetto.proto, too, against which files are decoded.
 */
const TRACE = { packet: 1 } as const;
const PACKET = { timestamp: 8, sequence: 10, event: 11, interned: 12, flags: 13, track: 60 } as const;
const TRACK = { uuid: 1, name: 2, process: 3, parent: 5, counter: 8, childOrdering: 11, rank: 12 } as const;
const PROCESS = { pid: 1, name: 6 } as const;
const COUNTER = { unit: 3 } as const;
const EVENT = { annotation: 4, type: 9, name: 10, track: 11, counterValue: 30, flow: 47 } as const;
const ANNOTATION = { name: 1, unsigned: 3, text: 6, pointer: 7 } as const;
const INTERNED = { eventNames: 2, annotationNames: 3 } as const;
const NAMED = { iid: 1, name: 2 } as const;

const FLAGS = { STATE_CLEARED: 1, NEEDS_STATE: 2 } as const;
const ORDER_EXPLICIT = 3;
const UNIT_SIZE_BYTES = 3;
const TYPE = { BEGIN: 1, END: 2, INSTANT: 3, COUNTER: 4 } as const;
/** All packets are of one sequence, so that they share their names. */
const SEQUENCE = 1;

/** What a track is beside its name. */
export interface TrackShape {
  /** Another track; 0: none. */
  readonly parent: number;
  /** Place among its parent's children. */
  readonly rank: number;
  /** It is a process with this number. */
  readonly pid?: number;
  /** It counts bytes. */
  readonly counter?: boolean;
}

/** A further value of an event; an address is shown in hexadecimal. */
export type Annotation =
  | readonly [name: string, value: number, as: 'number' | 'address']
  | readonly [name: string, value: string];

/** Encodes the packets of a Perfetto trace, one by one; names are written at their first use. */
export class PerfettoPackets {
  private readonly put: (bytes: Uint8Array) => void;
  private tracks = 0;
  private first = true;
  private readonly eventNames = new Map<string, number>();
  private readonly annotationNames = new Map<string, number>();
  private readonly file = new ProtoMessage();
  private readonly packet = new ProtoMessage();
  private readonly event = new ProtoMessage();
  private readonly interned = new ProtoMessage();
  private readonly inner = new ProtoMessage();
  private readonly part = new ProtoMessage();

  /** @param put takes bytes of the file; they are used again when it returns */
  constructor(put: (bytes: Uint8Array) => void) {
    this.put = put;
  }

  /** Describes a track. @returns its number */
  track(name: string, { parent, rank, pid, counter }: TrackShape): number {
    const uuid = ++this.tracks, track = this.inner.clear().unsigned(TRACK.uuid, uuid);
    if (pid === undefined) track.text(TRACK.name, name);
    else track.message(TRACK.process, this.part.clear().unsigned(PROCESS.pid, pid).text(PROCESS.name, name));
    if (parent !== 0) track.unsigned(TRACK.parent, parent);
    if (counter === true) track.message(TRACK.counter, this.part.clear().unsigned(COUNTER.unit, UNIT_SIZE_BYTES));
    track.unsigned(TRACK.childOrdering, ORDER_EXPLICIT).unsigned(TRACK.rank, rank);
    this.begin(0).message(PACKET.track, track);
    this.end();
    return uuid;
  }

  /** A slice begins. Times are ns, flows numbers that causes and effects share. */
  beginSlice(
    track: number, ns: number, name: string, flows: readonly number[], annotations: readonly Annotation[],
  ): void {
    this.named(TYPE.BEGIN, track, ns, name, flows, annotations);
  }

  /** The slice that began last on the track ends. */
  endSlice(track: number, ns: number): void {
    this.write(ns, this.event.clear().unsigned(EVENT.type, TYPE.END).unsigned(EVENT.track, track));
  }

  instant(
    track: number, ns: number, name: string, flows: readonly number[], annotations: readonly Annotation[],
  ): void {
    this.named(TYPE.INSTANT, track, ns, name, flows, annotations);
  }

  /** A counter track's new value. */
  count(track: number, ns: number, value: number): void {
    const event = this.event.clear().unsigned(EVENT.type, TYPE.COUNTER).unsigned(EVENT.track, track);
    this.write(ns, event.unsigned(EVENT.counterValue, value));
  }

  private named(
    type: number, track: number, ns: number, name: string, flows: readonly number[],
    annotations: readonly Annotation[],
  ): void {
    const event = this.event.clear().unsigned(EVENT.type, type).unsigned(EVENT.track, track);
    event.unsigned(EVENT.name, this.intern(this.eventNames, INTERNED.eventNames, name));
    for (const flow of flows) event.fixed64(EVENT.flow, flow);
    for (const a of annotations) {
      const iid = this.intern(this.annotationNames, INTERNED.annotationNames, a[0]);
      const annotation = this.inner.clear().unsigned(ANNOTATION.name, iid);
      if (a.length === 2) annotation.text(ANNOTATION.text, a[1]);
      else annotation.unsigned(a[2] === 'address' ? ANNOTATION.pointer : ANNOTATION.unsigned, a[1]);
      event.message(EVENT.annotation, annotation);
    }
    this.write(ns, event);
  }

  private intern(known: Map<string, number>, field: number, name: string): number {
    let iid = known.get(name);
    if (iid === undefined) {
      iid = known.size + 1;
      known.set(name, iid);
      this.interned.message(field, this.part.clear().unsigned(NAMED.iid, iid).text(NAMED.name, name));
    }
    return iid;
  }

  private write(ns: number, event: ProtoMessage): void {
    const packet = this.begin(FLAGS.NEEDS_STATE).unsigned(PACKET.timestamp, ns).message(PACKET.event, event);
    if (!this.interned.empty) packet.message(PACKET.interned, this.interned);
    this.interned.clear();
    this.end();
  }

  private begin(flags: number): ProtoMessage {
    const all = flags | (this.first ? FLAGS.STATE_CLEARED : 0);
    this.first = false;
    const packet = this.packet.clear().unsigned(PACKET.sequence, SEQUENCE);
    return all === 0 ? packet : packet.unsigned(PACKET.flags, all);
  }

  private end(): void {
    this.put(this.file.clear().message(TRACE.packet, this.packet).bytes);
  }
}
