import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { AccessedRegister, RecordWords } from '../../../../src/control/inspect/describe-record.ts';
import type { TraceRecord } from '../../../../src/sim/trace/records.ts';
import type { RecordView as Seen } from '../../protocol/inspect.ts';
import { messageOf } from '../state/message-of.ts';
import { activePane } from '../state/workbench.ts';
import { Term } from '../term.tsx';
import { count, hex, momentText } from './format.ts';
import { goToRecord } from './go.ts';
import { AddressLink, PartLink, Whose } from './links.tsx';

/** One record of the trace: what happened, in words, what led to it and what it led to. */
export function RecordView({ id }: { readonly id: number }) {
  // The one before stands until the next is there: stepping through records does not flicker.
  const seen = useSignal<{ readonly id: number; readonly view: Seen | null } | null>(null), failure = useSignal('');
  const pane = activePane.value, sheet = pane.sheet.value, ahead = id > (pane.status.value?.last ?? 0);
  useEffect(() => {
    let alive = true;
    failure.value = '';
    if (ahead) return undefined;
    void (async () => {
      try {
        const found = await pane.remote.inspect.record(id);
        if (alive) seen.value = { id, view: found };
      } catch (error) {
        if (alive) failure.value = messageOf(error);
      }
    })();
    return () => { alive = false; };
  }, [id, pane, sheet, ahead]);
  if (failure.value !== '') return <p class="empty">The record could not be read: {failure.value}</p>;
  if (ahead) return <p class="empty">Record {id} is still to come: let the machine run on.</p>;
  const view = seen.value?.view ?? null;
  if (view === null && seen.value?.id !== id) return <p class="empty">Reading…</p>;
  if (view === null)
    return <p class="empty">Record {id} is not kept any more: the recording has a limit. Select a later one.</p>;
  const { record, words, causes, skipped, origins, effects, more } = view;
  return (
    <article class="record">
      <header>
        <h2><Whose />{record.kind} #{record.id}</h2>
        <p class="sentence">{words.sentence}.</p>
        <p class="as-of">
          at {momentText(words.time)}{words.ticks > 0 ? `, took ${momentText(words.ticks)}` : ''}
        </p>
        <p>
          {words.from !== '' && <>From <PartLink name={words.from} /></>}
          {words.to !== '' && <> to <PartLink name={words.to} /></>}
        </p>
      </header>
      {words.registers.map((r) => <AccessedTable key={r.register} register={r} write={isWrite(record)} />)}
      <Facts record={record} />
      <Links title="Caused by" list={causes} none="The program itself, or what is not recorded." />
      {skipped > 0 && <p class="soft">… {count(skipped, 'link')} further, which began with</p>}
      {origins.length > 0 && <Links title="" list={origins} none="" first={causes.length + skipped + 1} />}
      <Links title="Led to" list={effects} none="Nothing that is recorded." />
      {more > 0 && <p class="soft">… and {count(more, 'record')} more</p>}
    </article>
  );
}

function isWrite(record: TraceRecord): boolean {
  return record.kind === 'transaction' && record.write;
}

function AccessedTable({ register: r, write }: { readonly register: AccessedRegister; readonly write: boolean }) {
  return (
    <table>
      <caption>{r.bank} {r.register}{r.doc === '' ? '' : `: ${r.doc}`}</caption>
      <thead>
        <tr>
          <th scope="col">bits</th><th scope="col">field</th>
          <th scope="col">{write ? 'written' : 'read'}</th><th scope="col">access</th>
        </tr>
      </thead>
      <tbody>
        {r.fields.map((f) => (
          <tr key={f.name} class={f.before !== null && f.before !== f.value ? 'changed' : ''}>
            <td class="mono soft">{f.high === f.low ? f.high : `${f.high}:${f.low}`}</td>
            <th scope="row">{f.name}</th>
            <td class="mono">
              {f.before !== null && f.before !== f.value ? `${short(f.before)} → ` : ''}{short(f.value)}
            </td>
            <td class="soft">{f.access}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function short(value: number): string {
  return value < 10 ? String(value) : hex(value);
}

/** The record as it is kept. */
function Facts({ record: r }: { readonly record: TraceRecord }) {
  if (r.kind === 'note') return <p>{r.detail}</p>;
  if (r.kind !== 'transaction' && r.kind !== 'request') return null;
  return (
    <dl class="facts">
      <dt><Term word="address space">address</Term></dt>
      <dd>{r.space} <AddressLink space={r.space} address={r.address} /></dd>
      <dt>size</dt><dd>{count(r.size, 'byte')}</dd>
      {r.kind === 'transaction' && (
        <>
          {r.value >= 0 && <><dt>value</dt><dd class="mono">{hex(r.value, 2 * r.size)}</dd></>}
          <dt><Term word="initiator">initiator</Term></dt><dd>{r.initiator}</dd>
          <dt><Term word="target">target</Term></dt><dd>{r.target}</dd>
          <dt>ended</dt><dd>{r.status === 'ok' ? 'well' : r.status}</dd>
          {r.memoryType !== '' && <><dt><Term>memory type</Term></dt><dd>{r.memoryType}</dd></>}
          {r.pc >= 0 && <><dt>instruction</dt><dd class="mono">{hex(r.pc, 8)}</dd></>}
        </>
      )}
    </dl>
  );
}

function Links({ title, list, none, first = 1 }: {
  readonly title: string; readonly list: readonly RecordWords[]; readonly none: string; readonly first?: number;
}) {
  return (
    <section aria-label={title === '' ? 'how it began' : title}>
      {title !== '' && <h3>{title}</h3>}
      {list.length === 0
        ? <p class="soft">{none}</p>
        : (
          <ol class="chain" start={first}>
            {list.map((w) => (
              <li key={w.id}>
                <button class="link" onClick={() => goToRecord(w.id, w.time)}>{w.sentence}</button>
                <span class="soft"> {momentText(w.time)}</span>
              </li>
            ))}
          </ol>
        )}
    </section>
  );
}
