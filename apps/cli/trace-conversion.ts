import { recordWriter, wavesComment, type TraceFormat } from '../../src/control/export/formats.ts';
import { VcdSurvey, VcdWriter } from '../../src/control/export/vcd.ts';
import type { TraceHeader } from '../../src/control/trace/format.ts';
import { MappingNames, type MappedAccess } from '../../src/control/trace/mappings.ts';
import { RowFilter, type RowWish } from '../../src/control/trace/row-filter.ts';
import { KIND } from '../../src/sim/trace/kinds.ts';
import { recordOf, type TraceRecord } from '../../src/sim/trace/records.ts';
import { TextOutput } from './hosts/text-output.ts';
import type { TraceSource } from './hosts/trace-source.ts';
import { InputError } from './input-error.ts';

/** Refuses bytes on a terminal. @throws InputError */
export function refuseConversion(to: TraceFormat, path: string): void {
  if (to === 'perfetto' && path === '-' && process.stdout.isTTY)
    throw new InputError('--to perfetto makes a binary file: say where with --out FILE');
}

/**
 * Calls `visit` with each record that passes and the mapping that it went through, `begin` before
 * those of a run.
 */
export async function filtered(
  source: TraceSource, wish: RowWish, begin: (run: string) => void,
  visit: (r: TraceRecord, run: string, mapped: MappedAccess | null) => void,
): Promise<void> {
  const filter = new RowFilter(wish);
  let run = '', mappings = new MappingNames();
  await source.each(
    (name, { shapes, names }) => {
      run = name;
      mappings = new MappingNames();
      filter.begin(shapes, names);
      begin(name);
    },
    ({ rows, ids, count, shapes, names }) => {
      for (let row = 0; row < count; row++) {
        // A filter that holds the notes back does not take the names away.
        if (shapes[rows.shape[row]].kind === KIND.NOTE) mappings.see(recordOf(ids[row], rows, row, shapes, names));
        if (!filter.passes(rows, row)) continue;
        const record = recordOf(ids[row], rows, row, shapes, names);
        visit(record, run, mappings.of(record));
      }
    },
  );
}

/**
 * Writes the records that pass in another format.
 * @param path where to; - is standard output
 * @throws InputError
 */
export async function convert(source: TraceSource, wish: RowWish, to: TraceFormat, path: string): Promise<void> {
  if (to === 'vcd') return await waves(source, wish, path);
  const out = new TextOutput(path);
  const writer = recordWriter(to, source.header as TraceHeader, (piece) => {
    if (typeof piece === 'string') out.write(piece);
    else out.bytes(piece);
  });
  await filtered(source, wish, (run) => writer.run(run), (r, _, mapped) => writer.record(r, mapped));
  out.close();
}

/** Waves have their signals declared first, and one time: two passes over one run. */
async function waves(source: TraceSource, wish: RowWish, path: string): Promise<void> {
  const survey = new VcdSurvey(), runs: string[] = [];
  await filtered(
    source, wish,
    (run) => {
      runs.push(run);
      if (runs.length > 1)
        throw new InputError(
          `'${source.path}' has several runs, and VCD has one time: choose one with --method ` +
            `(--method ${runs[0]}, --method ${run} …)`,
        );
    },
    (r) => survey.add(r),
  );
  const header = source.header as TraceHeader, out = new TextOutput(path);
  const comment = wavesComment(header, runs[0] ?? 'none');
  const writer = new VcdWriter((text) => out.write(text), survey, header.generator, comment);
  await filtered(source, wish, () => {}, (r) => writer.record(r));
  writer.finish();
  out.close();
}
