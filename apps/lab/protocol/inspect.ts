/** What can be seen of the machine at a moment, without touching it. */
import type { AddressWalk, HeldTranslation } from '../../../src/arch/isa.ts';
import type { RecordWords } from '../../../src/control/inspect/describe-record.ts';
import type { MemoryLook } from '../../../src/control/inspect/memory.ts';
import type { PlaceLook, SpaceLook } from '../../../src/control/inspect/memory-map.ts';
import type { NoteLook } from '../../../src/control/inspect/notes.ts';
import type { PartLook } from '../../../src/control/inspect/part.ts';
import type { CodeLook, ProcessorLook } from '../../../src/control/inspect/processor.ts';
import type { TraceRecord } from '../../../src/sim/trace/records.ts';
import type { Ticks } from '../../../src/sim/time.ts';

/** A look, and the moment that it is of: the first instruction boundary at the time asked for. */
export interface AsOf<T> {
  readonly at: Ticks;
  readonly look: T;
}

export interface ProcessorView {
  readonly processor: ProcessorLook | null;
  readonly code: CodeLook | null;
  readonly translations: readonly HeldTranslation[];
}

/** A record, what led to it and what it led to, in words. */
export interface RecordView {
  readonly record: TraceRecord;
  readonly words: RecordWords;
  /** Its cause, the cause of that, and so on, the nearest first; of a long chain the beginning. */
  readonly causes: readonly RecordWords[];
  /** Links of the chain behind these that are left out, and the furthest ones. */
  readonly skipped: number;
  readonly origins: readonly RecordWords[];
  /** Records that it is the cause of, the first few; how many more there are. */
  readonly effects: readonly RecordWords[];
  readonly more: number;
}

/** Times are those of moments (`page/state/workbench.ts`). Null: there is no such thing. */
export interface InspectApi {
  part(time: Ticks, name: string): Promise<AsOf<PartLook | null>>;
  memory(time: Ticks, space: string, address: number, length: number): Promise<AsOf<MemoryLook | null>>;
  place(time: Ticks, space: string, address: number): Promise<AsOf<PlaceLook | null>>;
  map(time: Ticks): Promise<AsOf<SpaceLook[]>>;
  /** With `codeBytes` bytes of code from the next instruction on. */
  processor(time: Ticks, codeBytes: number): Promise<AsOf<ProcessorView>>;
  walk(time: Ticks, address: number): Promise<AsOf<AddressWalk | null>>;
  record(id: number): Promise<RecordView | null>;
  /** Records in words, for a log. */
  words(ids: readonly number[]): Promise<RecordWords[]>;
  /** Notes that were recorded up to a time, the newest first. */
  notes(time: Ticks, most: number): Promise<AsOf<NoteLook[]>>;
}
