import { describeRecord, type RecordWords } from '../../../src/control/inspect/describe-record.ts';
import { lookAtMemory } from '../../../src/control/inspect/memory.ts';
import { memoryMap, placeAt } from '../../../src/control/inspect/memory-map.ts';
import { lookAtNote } from '../../../src/control/inspect/notes.ts';
import { lookAtPart } from '../../../src/control/inspect/part.ts';
import { codeAt, lookAtProcessor, translationsOf, walkOf } from '../../../src/control/inspect/processor.ts';
import { causesOf, lastAccessBefore, notesUpTo, shortened } from '../../../src/control/inspect/record-links.ts';
import { mappingOf } from '../../../src/control/trace/mappings.ts';
import type { Machine } from '../../../src/machine/machine.ts';
import type { Ticks } from '../../../src/sim/time.ts';
import type { TraceRecord, TransactionRecord } from '../../../src/sim/trace/records.ts';
import type { AsOf, InspectApi } from '../protocol/inspect.ts';
import type { MachineHost } from './machine-host.ts';

/** Links of a chain of causes that are told at its beginning and at its end. */
const NEAR = 4, FAR = 4;
/** Effects of a record that are told. */
const EFFECTS = 12;

/** Looks at the machine of this worker. */
export class InspectHost implements InspectApi {
  private readonly host: MachineHost;

  constructor(host: MachineHost) {
    this.host = host;
  }

  async part(time: Ticks, name: string): ReturnType<InspectApi['part']> {
    return this.asOf(time, (machine) => lookAtPart(machine, name));
  }
  async memory(time: Ticks, space: string, address: number, length: number): ReturnType<InspectApi['memory']> {
    return this.asOf(time, (machine) => lookAtMemory(machine, space, address, length));
  }
  async place(time: Ticks, space: string, address: number): ReturnType<InspectApi['place']> {
    return this.asOf(time, (machine) => placeAt(machine, space, address));
  }
  async map(time: Ticks): ReturnType<InspectApi['map']> {
    return this.asOf(time, memoryMap);
  }
  async processor(time: Ticks, codeBytes: number): ReturnType<InspectApi['processor']> {
    return this.asOf(time, (machine) => ({
      processor: lookAtProcessor(machine), code: codeAt(machine, codeBytes), translations: translationsOf(machine),
    }));
  }
  async walk(time: Ticks, address: number): ReturnType<InspectApi['walk']> {
    return this.asOf(time, (machine) => walkOf(machine, address));
  }

  async record(id: number): ReturnType<InspectApi['record']> {
    const { store } = this.host.machine, record = store.record(id);
    if (record === null) return null;
    const before = record.kind === 'transaction' ? lastAccessBefore(store, record) : null;
    const effects = store.effects(id, EFFECTS);
    const chain = shortened(causesOf(store, record), NEAR, FAR);
    const words = (r: TraceRecord): RecordWords => this.wordsOf(r);
    return {
      record, words: this.wordsOf(record, before),
      causes: chain.near.map(words), skipped: chain.skipped, origins: chain.far.map(words),
      effects: await this.words(effects.ids), more: effects.count - effects.ids.length,
    };
  }
  async words(ids: readonly number[]): ReturnType<InspectApi['words']> {
    const { store } = this.host.machine;
    return ids.flatMap((id) => {
      const record = store.record(id);
      return record === null ? [] : [this.wordsOf(record)];
    });
  }
  async notes(time: Ticks, most: number): ReturnType<InspectApi['notes']> {
    const { store, machine, now } = this.host.machine;
    return { at: Math.min(time, now), look: notesUpTo(store, time, most).map((n) => lookAtNote(machine.board, n)) };
  }

  private wordsOf(record: TraceRecord, before: TransactionRecord | null = null): RecordWords {
    const { store, machine } = this.host.machine;
    return describeRecord(machine.board, record, before, mappingOf(store, record));
  }

  /** At most where the front is: a look does not make it run. */
  private asOf<T>(time: Ticks, look: (machine: Machine) => T): AsOf<T> {
    const explorer = this.host.machine;
    const machine = time >= explorer.now ? explorer.machine : explorer.past({ ticks: time });
    return { at: machine.sim.scheduler.now, look: look(machine) };
  }
}
