import { useSignal, useSignalEffect } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { timeText } from '../../../../src/control/export/record-line.ts';
import { activePane, moments, active } from '../state/workbench.ts';
import { nowhere, selected } from './chain.ts';
import { measured } from './measure.ts';
import { spanWords, recordWords } from './words.ts';

/** Between two announcements (ms): a reader of the screen must keep up. */
const PAUSE = 500;

/** What is selected, in one line; told to readers of the screen no faster than they can follow. */
export function SelectedLine() {
  const said = useSignal(''), due = useRef<ReturnType<typeof setTimeout> | null>(null);
  useSignalEffect(() => {
    void [selected.value, measured.value, nowhere.value];
    due.current ??= setTimeout(() => {
      due.current = null;
      said.value = text();
    }, PAUSE);
  });
  useEffect(() => () => clearTimeout(due.current ?? 0), []);
  return (
    <>
      <p class="timeline-line" title={text()}>
        <span class="mono">{timeText(moments[active.value].value.time)}</span> {text()}
      </p>
      <p class="unseen" role="status" aria-live="polite">{said.value}</p>
    </>
  );
}

function text(): string {
  const span = measured.value, board = activePane.value.sheet.value?.board;
  if (span !== null)
    return `measured: ${spanWords(Math.abs(span.to - span.from), board?.clocks ?? [], board?.buses ?? [])}`;
  const now = selected.value;
  if (now === null) return '';
  return `${nowhere.value === '' ? '' : `${nowhere.value} `}${recordWords(now.kind, now.words, now.cause)}`;
}
