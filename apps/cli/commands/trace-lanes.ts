import { recordText, timeOf, timeText } from '../../../src/control/export/record-line.ts';
import { mainLines } from '../../../src/control/trace/chain.ts';
import { Lanes } from '../../../src/control/trace/lanes.ts';
import { TraceStore } from '../../../src/control/trace/store.ts';
import { TextOutput } from '../hosts/text-output.ts';
import type { TraceSource } from '../hosts/trace-source.ts';
import { InputError } from '../input-error.ts';
import { formatCount } from '../quantities.ts';

/**
 * The id that --chain or --walk is given, 0 for the first DMA request.
 * @throws InputError
 */
export function parseId(asked: string | true, option: string): number {
  const wanted = asked === true ? 0 : Number(asked);
  if (!Number.isSafeInteger(wanted) || wanted < 0 || (asked !== true && wanted === 0))
    throw new InputError(`${option} ${String(asked)} is no id; ids are the numbers 1, 2, 3 …`);
  return wanted;
}

/** A file has no such record. */
export function noRecord(source: TraceSource, wanted: number, option: string): InputError {
  const what = wanted === 0 ? `DMA request to begin with; give an id: ${option} ID` : `record ${wanted}`;
  return new InputError(`'${source.path}' has no ${what} (ids are in the output of --to csv)`);
}

/** `--walk`: the main line of the piece of work that a record belongs to. @throws InputError */
export async function walk(source: TraceSource, asked: string | true, path: string): Promise<void> {
  const wanted = parseId(asked, '--walk');
  // Ids are counted within a run: the first run that has it.
  let store = new TraceStore(), which = '', fresh = true, found = 0;
  const idIn = (s: TraceStore): number =>
    (wanted === 0 ? s.seek(0, 1, { kinds: ['request'] }) : s.record(wanted))?.id ?? 0;
  await source.each(
    (name) => {
      if (found !== 0 || (found = idIn(store)) !== 0) return;
      store = new TraceStore();
      which = name;
      fresh = true;
    },
    ({ rows, ids, count, shapes, names }) => {
      if (found !== 0) return;
      if (fresh) store.begin({ shapes, names });
      fresh = false;
      store.take(rows, count, ids);
    },
  );
  found ||= idIn(store);
  const work = store.path(found);
  if (work === null) throw noRecord(source, wanted, '--walk');
  const out = new TextOutput(path), { ids, main } = work;
  const more = work.cut ? 'more than ' : '', span = `#${ids[0]} to #${ids[ids.length - 1]}`;
  out.write(`run ${which}: the work of #${found}: ${more}${formatCount(ids.length)} records, ${span}; its main line\n`);
  const records = [...main].flatMap((id) => store.record(id) ?? []);
  const lines = mainLines(records, (r) => `#${r.id} ${timeText(timeOf(r))}  ${recordText(r)}`);
  for (const line of lines) out.write(`${line}\n`);
  out.close();
}

/** `--lanes`: how much of the time each initiator, target, port, line and handler was busy. */
export async function lanes(source: TraceSource, path: string): Promise<void> {
  const runs = new Map<string, { lanes: Lanes | null; first: number }>();
  let run = '';
  await source.each(
    (name) => runs.set(run = name, { lanes: null, first: 0 }),
    ({ rows, ids, count, shapes, names }) => {
      const of = runs.get(run) ?? { lanes: null, first: 0 };
      if (of.lanes === null) {
        of.lanes = new Lanes(shapes, names, {});
        of.first = rows.start[0];
      }
      of.lanes.add(rows, count, ids);
    },
  );
  const out = new TextOutput(path);
  for (const [name, of] of runs) {
    const length = (of.lanes?.latest ?? 0) - of.first;
    out.write(`run ${name}: ${timeText(of.first)} to ${timeText(of.first + length)}\n`);
    out.write('share\tbusy\tcount\tlane\n');
    for (const { kind, name: lane, count, busy } of of.lanes?.sheets() ?? []) {
      const share = busy === 0 ? '-' : `${((100 * busy) / length).toFixed(3)} %`;
      out.write(`${share}\t${busy === 0 ? '-' : timeText(busy)}\t${count}\t${kind} ${lane}\n`);
    }
  }
  out.close();
}
