import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { recordText, timeOf, timeText } from '../../../../src/control/export/record-line.ts';
import { formatCount } from '../../../../src/control/quantities.ts';
import type { TraceRecord } from '../../../../src/sim/trace/records.ts';
import { active, activePane, moments, selection } from '../state/workbench.ts';
import { select } from './model.ts';

/** Height of a row, and rows that are kept beyond what is seen. */
const ROW = 20, MARGIN = 20;
/** Rows of one page: a browser's elements have a greatest height. */
const PAGE = 100_000;

/** The records around the moment as a table. */
export function RecordTable() {
  const body = useRef<HTMLDivElement>(null), top = useSignal(0), height = useSignal(200);
  const got = useSignal<readonly TraceRecord[]>([]);
  const { sheet: { value: sheet }, status: { value: status } } = activePane.value;
  const first = status?.first ?? 0, last = status?.last ?? 0;
  const base = useSignal(first), count = Math.max(0, Math.min(PAGE, last - base.value + 1));
  const from = base.value + Math.max(0, Math.floor(top.value / ROW) - MARGIN);
  const wanted = Math.min(Math.ceil(height.value / ROW) + 2 * MARGIN, Math.max(0, base.value + count - from));
  useEffect(() => {
    let current = true;
    if (wanted <= 0 || sheet === null) got.value = [];
    else
      void activePane.value.remote.trace.records(from, wanted).then((records) => {
        if (current) got.value = records;
      }).catch(() => { /* the worker was ended: the pane tells why */ });
    return () => { current = false; };
  }, [from, wanted, sheet]);
  useEffect(() => {
    const place = body.current;
    if (place === null) return undefined;
    const size = new ResizeObserver(() => { height.value = place.clientHeight; });
    size.observe(place);
    return () => size.disconnect();
  }, []);
  // The moment's record comes into view when it changes.
  useSignalEffect(() => {
    const { record, time } = moments[active.value].value;
    const go = (id: number): void => {
      const place = body.current;
      if (place === null || id === 0) return;
      if (id < base.peek() || id >= base.peek() + PAGE) base.value = Math.max(1, id - PAGE / 2);
      const y = (id - base.peek()) * ROW;
      if (y < place.scrollTop || y > place.scrollTop + place.clientHeight - 3 * ROW)
        requestAnimationFrame(() => { place.scrollTop = y - place.clientHeight / 2; });
    };
    if (record !== 0) go(record);
    else void activePane.peek().remote.trace.idAt(time).then(go).catch(() => { /* as above */ });
  });
  const at = selection.value.kind === 'record' ? selection.value.id : 0;
  return (
    <div
      class="timeline-list" ref={body} tabIndex={0} role="group" aria-label="records around the moment"
      onScroll={(e) => { top.value = e.currentTarget.scrollTop; }}
    >
      <table aria-rowcount={last - first + 1}>
        <thead><tr><th>record</th><th>time</th><th>what</th><th>caused by</th></tr></thead>
        <tbody>
          <tr style={{ height: `${Math.max(0, from - base.value) * ROW}px` }} aria-hidden="true" />
          {got.value.map((r) => (
            <tr key={r.id} aria-rowindex={r.id - first + 1} aria-selected={r.id === at}>
              <td><button class="bare" onClick={() => select(active.value, r)}>{formatCount(r.id)}</button></td>
              <td>{timeText(timeOf(r))}</td>
              <td class="what">{recordText(r)}</td>
              <td>{r.parent === 0 ? '' : formatCount(r.parent)}</td>
            </tr>
          ))}
          <tr
            aria-hidden="true"
            style={{ height: `${Math.max(0, base.value + count - from - got.value.length) * ROW}px` }}
          />
        </tbody>
      </table>
      {count === 0 && <p class="empty">Nothing has been recorded yet.</p>}
    </div>
  );
}
