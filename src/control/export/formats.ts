/** What a trace can be made into, for whoever has its records. */
import { recordOf, type TraceRecord } from '../../sim/trace/records.ts';
import type { TraceHeader } from '../trace/format.ts';
import type { MappedAccess } from '../trace/mappings.ts';
import type { RecordBlock } from '../trace/reader.ts';
import { CSV_HEADER, csvRecord } from './csv.ts';
import { ndjsonHeader, ndjsonRecord, ndjsonRun } from './ndjson.ts';
import { PerfettoWriter } from './perfetto.ts';
import { VcdSurvey, VcdWriter } from './vcd.ts';

export const TRACE_FORMATS = ['ndjson', 'csv', 'perfetto', 'vcd'] as const;
export type TraceFormat = (typeof TRACE_FORMATS)[number];

/** Takes the next piece of a file. Bytes are used again when it returns. */
export type Put = (piece: string | Uint8Array) => void;

/** Takes records as they come, run after run. */
export interface RecordWriter {
  /** Records from now on are of the run `name`. */
  run(name: string): void;
  record(r: TraceRecord, mapped?: MappedAccess | null): void;
}

/** A writer of a format that needs to know nothing before the first record. */
export function recordWriter(to: Exclude<TraceFormat, 'vcd'>, header: TraceHeader, put: Put): RecordWriter {
  if (to === 'perfetto') return new PerfettoWriter(put);
  put(to === 'csv' ? CSV_HEADER : ndjsonHeader(header));
  if (to === 'ndjson')
    return { run: (name) => put(ndjsonRun(name)), record: (r, mapped) => put(ndjsonRecord(r, mapped)) };
  let run = '';
  return { run: (name) => { run = name; }, record: (r) => put(csvRecord(run, r)) };
}

/** The line that a file of waves has about what it is of. */
export const wavesComment = (header: TraceHeader, run: string): string => `board ${header.board}, run ${run}`;

/**
 * Writes one run. It yields after each block, so that its caller can do something else.
 * @param blocks gives the same records each time that it is called: waves are made in two passes
 */
export function* writeRun(
  to: TraceFormat, header: TraceHeader, run: string, blocks: () => Iterable<RecordBlock>, put: Put,
): Generator<void> {
  function* each(visit: (r: TraceRecord) => void): Generator<void> {
    for (const { rows, ids, count, shapes, names } of blocks()) {
      for (let row = 0; row < count; row++) visit(recordOf(ids[row], rows, row, shapes, names));
      yield;
    }
  }
  if (to === 'vcd') {
    const survey = new VcdSurvey();
    yield* each((r) => survey.add(r));
    const writer = new VcdWriter(put, survey, header.generator, wavesComment(header, run));
    yield* each((r) => writer.record(r));
    writer.finish();
    return;
  }
  const writer = recordWriter(to, header, put);
  writer.run(run);
  yield* each((r) => writer.record(r));
}
