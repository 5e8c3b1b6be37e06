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
  let store = new TraceStore(), which = '', found = 0;
  const idIn = (s: TraceStore): number =>
    (wanted === 0 ? s.seek(0, 1, { kinds: ['request'] }) : s.record(wanted))?.id ?? 0;
  await source.each(
    (name, tables) => {
      if (found !== 0 || (found = idIn(store)) !== 0) return;
      store = new TraceStore();
      store.begin(tables);
      which = name;
    },
    ({ rows, ids, count }) => {
      if (found === 0) store.take(rows, count, ids);
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
  const runs: { readonly name: string; readonly lanes: Lanes; first: number | null }[] = [];
  await source.each(
    (name, { shapes, names }) => void runs.push({ name, lanes: new Lanes(shapes, names, {}), first: null }),
    ({ rows, ids, count }) => {
      const run = runs[runs.length - 1];
      run.first ??= rows.start[0];
      run.lanes.add(rows, count, ids);
    },
  );
  const out = new TextOutput(path);
  for (const { name, lanes: sums, first } of runs) {
    const from = first ?? 0, length = sums.latest - from;
    out.write(`run ${name}: ${timeText(from)} to ${timeText(sums.latest)}\n`);
    out.write('share\tbusy\tcount\tlane\n');
    for (const { kind, name: lane, count, busy } of sums.sheets()) {
      const share = busy === 0 ? '-' : `${((100 * busy) / length).toFixed(3)} %`;
      out.write(`${share}\t${busy === 0 ? '-' : timeText(busy)}\t${count}\t${kind} ${lane}\n`);
    }
  }
  out.close();
}
